//! The only place with sockets: listens, reads whole requests, sends the handler's replies.
//!
//! A handler is a pure, synchronous function from a [`Request`] to a [`Reply`]; everything that can go wrong
//! before it is asked (a head or body too large or too slow, a broken message) is answered here.
//! [`wire`] owns the connection below hyper, which frames correctly by design. Where a reply is not to be framed
//! correctly, or not to be framed at all, hyper lets go of it ([`handover`]) and a [`script`] is played on it.

mod body;
mod connection;
mod content;
mod cors;
mod course;
mod courtesy;
mod crew;
mod deliver;
mod exchange;
mod handover;
mod http1;
mod keeper;
mod limits;
mod listen;
mod problem;
mod proxy;
mod refusal;
mod script;
mod stop;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod waiting;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

pub use cors::Cors;
pub use limits::Limits;
pub use listen::{Listeners, bind};
pub use proxy::{Door, Lack, Log, Origins, Proxy};
pub use stop::stop_signal;
pub use tls::Tls;

use crate::error::{Error, Result};
use crate::message::{Reply, Request};
use crew::Crew;
use keeper::Keeper;

/// The name of both loopback addresses, and the host that is bound unless another one is asked for.
pub const DEFAULT_HOST: &str = "localhost";
/// The port that is bound unless another one is asked for.
pub const DEFAULT_PORT: u16 = 4010;

/// How long replies under way may take once the server has been asked to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How long connections that are cut may take to go.
const LAST: Duration = Duration::from_secs(1);

/// Where and how to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// A name or address; `localhost` means 127.0.0.1 and, where there is one, `::1` on the same port.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Whether pages of other origins may read the replies.
    pub cors: Cors,
    /// What a client may ask of the server.
    pub limits: Limits,
    /// What to speak TLS with; `None` speaks it not.
    pub tls: Option<Tls>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: DEFAULT_HOST.to_owned(),
            port: DEFAULT_PORT,
            cors: Cors::MirrorOrigin,
            limits: Limits::default(),
            tls: None,
        }
    }
}

/// Where a request came from and arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The client's address.
    pub peer: SocketAddr,
    /// The address at which the client reached the server.
    pub local: SocketAddr,
}

/// Answers one request. It neither waits nor touches a socket; a panic in it becomes a 500 problem.
pub type Handler = Arc<dyn Fn(Request, &Connection) -> Reply + Send + Sync>;

/// What a server did until it stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// How many connections were accepted.
    pub connections: u64,
    /// How many requests were answered.
    pub requests: u64,
    /// How many connections were cut because they did not finish in time after the stop.
    pub cut: u64,
}

/// What all connections of one server share.
struct Shared {
    handler: Handler,
    /// Where requests go that are not for the reserved prefix.
    proxy: Option<Arc<Proxy>>,
    cors: Cors,
    limits: Limits,
    tls: Option<Tls>,
    builder: auto::Builder<TokioExecutor>,
    keeper: Keeper,
    places: Arc<Semaphore>,
}

/// What the operating system sets aside for each thread, and gives only as it is used: judging the deepest value that is
/// read by the longest chain of references takes some of it.
const STACK: usize = 16 * 1024 * 1024;

/// Makes the multi-thread runtime that the server runs in.
///
/// Fails with [`Error::Network`] if the operating system refuses polling.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    threads().build().map_err(|reason| Error::Network(format!("cannot start the server's threads: {reason}")))
}

/// How threads are made.
fn threads() -> tokio::runtime::Builder {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    threads.enable_all().thread_name("standin").thread_stack_size(STACK);
    threads
}

/// Serves until `stop` is done, then finishes what is under way, for at most five seconds or until a signal
/// asks once more, and tells what was done. Idle connections are closed at once.
pub async fn serve(listeners: Listeners, handler: Handler, stop: impl Future<Output = ()>) -> Summary {
    run(listeners, handler, None, stop).await
}

/// Passes requests on to upstreams until `stop` is done, as [`serve`] answers them. The handler is asked about the
/// reserved prefix only.
pub async fn serve_proxy(
    listeners: Listeners,
    handler: Handler,
    proxy: Arc<Proxy>,
    stop: impl Future<Output = ()>,
) -> Summary {
    run(listeners, handler, Some(proxy), stop).await
}

async fn run(
    listeners: Listeners,
    handler: Handler,
    proxy: Option<Arc<Proxy>>,
    stop: impl Future<Output = ()>,
) -> Summary {
    let Listeners { sockets, cors, limits, tls, .. } = listeners;
    let shared = Arc::new(Shared {
        handler,
        proxy,
        cors,
        builder: connection::builder(&limits),
        places: Arc::new(Semaphore::new(limits.connections)),
        keeper: Keeper::new(limits.head_timeout, limits.idle_timeout),
        limits,
        tls,
    });
    let crew = Arc::new(Crew::new());
    let accept = |socket| tokio::spawn(listen::accept(socket, Arc::clone(&shared), Arc::clone(&crew)));
    let mut accepting: Vec<_> = sockets.into_iter().map(accept).collect();
    accepting.push(tokio::spawn(keeper::watch(Arc::clone(&shared))));
    stop.await;
    for task in accepting {
        task.abort();
        let _ = task.await; // an aborted task says so; nothing is lost
    }
    shared.keeper.stop();
    tokio::select! {
        () = shared.keeper.all_gone() => {}
        () = tokio::time::sleep(GRACE) => {}
        () = stop_signal() => {}
    }
    let summary = shared.keeper.cut();
    if summary.cut > 0 {
        // What was cut is judged as far as it came.
        let _ = tokio::time::timeout(LAST, shared.keeper.all_gone()).await;
    }
    if let Some(crew) = Arc::into_inner(crew) {
        crew.end(LAST).await;
    }
    summary
}

/// A socket that listens, and the address that it listens at.
type Bound = (TcpListener, SocketAddr);
