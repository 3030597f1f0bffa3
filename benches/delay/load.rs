//! The load: connections that are kept, each with one request under way.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What one round saw.
pub(crate) struct Round {
    /// How long the delayed replies took, ascending.
    times: Vec<Duration>,
    /// Undelayed replies in a second.
    pub(crate) undelayed: f64,
    pub(crate) failed: usize,
}

impl Round {
    /// The time, in milliseconds, that so many of a hundred delayed replies did not exceed.
    pub(crate) fn percentile(&self, share: usize) -> f64 {
        let place = self.times.len() * share / 100;
        self.times.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

/// Keeps so many delayed and undelayed requests under way for a time, each kind from a thread of its own: neither waits
/// for the client to be done with the other.
pub(crate) fn run(address: SocketAddr, delayed: usize, undelayed: usize, time: Duration) -> Round {
    std::thread::scope(|scope| {
        let prompt = scope.spawn(|| ask(address, "/prompt", undelayed, Duration::ZERO, time));
        // Spread over the delay: replies that all come at once would measure the queue, not the clock.
        let (mut times, late_failed) = ask(address, "/late", delayed, super::DELAY, time);
        let (answered, prompt_failed) = prompt.join().expect("the load does not panic");
        times.sort_unstable();
        let undelayed = answered.len() as f64 / time.as_secs_f64();
        Round { times, undelayed, failed: late_failed + prompt_failed }
    })
}

/// Asks on so many connections that begin one after the other within `spread`; yields how long the replies took, and how
/// many connections failed.
fn ask(
    address: SocketAddr,
    path: &'static str,
    connections: usize,
    spread: Duration,
    time: Duration,
) -> (Vec<Duration>, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime on this thread can be made").block_on(async {
        let end = Instant::now() + time;
        let mut tasks = JoinSet::new();
        for number in 0..connections {
            let wait = spread * number as u32 / connections as u32;
            tasks.spawn(repeat(address, path, wait, end));
        }
        let (mut times, mut failed) = (Vec::new(), 0);
        while let Some(one) = tasks.join_next().await {
            match one {
                Ok(Ok(more)) => times.extend(more),
                Ok(Err(_)) | Err(_) => failed += 1,
            }
        }
        (times, failed)
    })
}

/// Asks again and again; yields how long each reply took.
async fn repeat(
    address: SocketAddr,
    path: &str,
    wait: Duration,
    end: Instant,
) -> std::io::Result<Vec<Duration>> {
    tokio::time::sleep(wait).await;
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let (mut times, mut buffer) = (Vec::new(), vec![0; 4096]);
    while Instant::now() < end {
        let begin = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        let mut filled = 0;
        // Both sides end their content with this character, and have it nowhere else.
        while filled == 0 || buffer[filled - 1] != b'!' {
            let read = stream.read(&mut buffer[filled..]).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            filled += read;
        }
        times.push(begin.elapsed());
    }
    Ok(times)
}
