//! One connection from its acceptance to its end: hyper over the wire, under the keeper's orders.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Poll, Waker};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;

use super::exchange::{Conversation, answer};
use super::handover::Handover;
use super::keeper::{Order, Pulse, obey};
use super::stream::Stream;
use super::wire::Wire;
use super::{Connection, Limits, Shared};

/// How hyper speaks: HTTP/1.0 and 1.1, and HTTP/2 to those who begin with its preface.
pub(super) fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Not `pipeline_flush(true)`: hyper 1.12 then flushes nothing while unparsed bytes are left in its buffer,
    // so a reply waits for the rest of the next request, and its own 400 and 431 are never sent. The tests
    // named for that tell when it may be switched on.
    builder.http1().keep_alive(true);
    builder
        .http2()
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX));
    builder
}

/// Serves one connection until either side ends it. What goes wrong on it is the client's own affair.
pub(super) async fn serve(stream: TcpStream, connection: Connection, place: Place) {
    let Place { shared, pulse, .. } = &place;
    let stream = match &shared.tls {
        None => Some(Stream::Plain(stream)),
        Some(tls) => {
            let handshake = tls.accept(stream, shared.limits.head_timeout);
            obey(pulse, Order::Finish, Box::pin(handshake)).await.flatten()
        }
    };
    if let Some(stream) = stream {
        let handover = Arc::new(Handover::new(Arc::clone(pulse)));
        converse(stream, connection, shared, pulse, &handover).await;
        if let Some((stream, script)) = handover.taken() {
            Box::pin(script.play(stream, pulse)).await;
        }
    }
    drop(place);
}

/// Lets hyper speak until the connection ends, or is taken from it.
async fn converse(
    stream: Stream,
    connection: Connection,
    shared: &Arc<Shared>,
    pulse: &Arc<Pulse>,
    handover: &Arc<Handover>,
) {
    let unread = Arc::new(AtomicBool::new(false));
    let wire = Wire::new(stream, Arc::clone(pulse), Arc::clone(&unread), Arc::clone(handover));
    let conversation = Arc::new(Conversation {
        shared: Arc::clone(shared),
        proxy: shared.proxy.clone().map(Arc::new),
        connection,
        pulse: Arc::clone(pulse),
        unread,
        handover: Arc::clone(handover),
    });
    let service = service_fn(move |request| answer(&conversation, request));
    let mut dialog = pin!(shared.builder.serve_connection(TokioIo::new(wire), service));
    let mut known: Option<Waker> = None;
    let mut told = false;
    poll_fn(|context| {
        pulse.attend(&mut known, context.waker());
        let order = pulse.order();
        if order == Order::Cut {
            return Poll::Ready(());
        }
        if order >= Order::Finish && !told {
            told = true;
            dialog.as_mut().graceful_shutdown();
        }
        let asked = handover.asked();
        let ended = dialog.as_mut().poll(context).map(drop);
        let leaves = asked.is_some_and(|asked| ended.is_pending() && handover.grant(asked));
        if leaves { Poll::Ready(()) } else { ended }
    })
    .await;
}

/// A connection's entry in the keeper's book, which ends with it.
pub(super) struct Place {
    number: u64,
    pulse: Arc<Pulse>,
    shared: Arc<Shared>,
}

impl Place {
    /// Enters a connection.
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let pulse = Arc::new(Pulse::default());
        Self { number: shared.keeper.enter(&pulse), pulse, shared }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.keeper.leave(self.number);
    }
}
