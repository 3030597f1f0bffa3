//! The signals that ask the server to stop.

/// Waits for SIGINT, SIGTERM or SIGHUP (the terminal was closed). [`serve`](super::serve) takes a second signal as the wish to end at once.
///
/// Where the operating system refuses to watch a signal, that signal keeps its usual effect.
#[cfg(unix)]
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = wait(signal(SignalKind::interrupt()));
    let terminate = wait(signal(SignalKind::terminate()));
    let hangup = wait(signal(SignalKind::hangup()));
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
        () = hangup => {}
    }
}

/// Waits for Ctrl-C. [`serve`](super::serve) takes a second one as the wish to end at once.
#[cfg(not(unix))]
pub async fn stop_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn wait(signal: std::io::Result<tokio::signal::unix::Signal>) {
    let Ok(mut signal) = signal else { return std::future::pending().await };
    signal.recv().await;
}
