//! Watches every connection from the side: heads that are too slow, idleness, and the stop.
//!
//! A connection counts what it does in its [`Pulse`]; one task looks at all pulses a few times within each
//! time limit. So a request sets no timer and reads no clock, which would cost it several per cent.
//! Invariant: a connection first leaves its waker and then looks at its orders; the keeper gives the order
//! and then wakes; so no order is missed.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use super::{Shared, Summary};
use crate::lock::locked;

/// What the keeper wants of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// Go on.
    Serve = 0,
    /// Finish what is under way, then close.
    Finish = 1,
    /// Nothing happened for too long, or a head is too slow: close.
    Expire = 2,
    /// End, whatever is under way.
    Cut = 3,
}

/// What a connection is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Head,
    Busy,
}

/// What one connection tells of itself.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// Requests whose head is complete and whose reply is not yet made.
    under_way: AtomicU32,
    /// Requests answered.
    answered: AtomicU32,
    /// Whether bytes came since the last head was complete.
    head_begun: AtomicBool,
    /// Whether bytes are HTTP/2 frames, of which a few come without a request.
    multiplexed: AtomicBool,
    /// Reads and writes that moved bytes.
    moves: AtomicU32,
    order: AtomicU8,
    waker: Mutex<Option<Waker>>,
}

impl Pulse {
    /// Notes that bytes came, the first of them if `opening` is given.
    pub(super) fn received(&self, opening: Option<&[u8]>) {
        if opening.is_some_and(|bytes| bytes.starts_with(b"PRI")) {
            self.multiplexed.store(true, Ordering::Relaxed);
        }
        self.head_begun.store(true, Ordering::Relaxed);
        self.moved();
    }

    /// Notes that bytes left.
    pub(super) fn moved(&self) {
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a request's head is complete.
    pub(super) fn begin(&self) {
        self.under_way.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a request's reply is made.
    pub(super) fn end(&self) {
        self.head_begun.store(false, Ordering::Relaxed);
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.under_way.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether a head has begun to come and is not complete.
    pub(super) fn is_amid_head(&self) -> bool {
        self.phase() == Phase::Head
    }

    /// The present order.
    pub(super) fn order(&self) -> Order {
        match self.order.load(Ordering::Acquire) {
            0 => Order::Serve,
            1 => Order::Finish,
            2 => Order::Expire,
            _ => Order::Cut,
        }
    }

    /// Leaves the waker of the connection's task; cheap if it is the one in `known`.
    pub(super) fn attend(&self, known: &mut Option<Waker>, waker: &Waker) {
        if known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            return;
        }
        *known = Some(waker.clone());
        *locked(&self.waker) = Some(waker.clone());
    }

    /// Gives an order, unless a stronger one stands, and wakes the connection.
    fn command(&self, order: Order) {
        if self.order.fetch_max(order as u8, Ordering::AcqRel) < order as u8 {
            self.wake();
        }
    }

    /// Wakes the connection's task.
    pub(super) fn wake(&self) {
        if let Some(waker) = locked(&self.waker).as_ref() {
            waker.wake_by_ref();
        }
    }

    fn phase(&self) -> Phase {
        if self.under_way.load(Ordering::Relaxed) > 0 {
            return Phase::Busy;
        }
        let waits = self.head_begun.load(Ordering::Relaxed) && !self.multiplexed.load(Ordering::Relaxed);
        if waits { Phase::Head } else { Phase::Idle }
    }
}

/// A connection as the keeper saw it last, and for how long it has been so.
#[derive(Debug)]
struct Seen {
    pulse: Arc<Pulse>,
    phase: Phase,
    mark: u32,
    unchanged: Duration,
}

/// All connections of one server.
#[derive(Debug)]
pub(super) struct Keeper {
    head_timeout: Duration,
    idle_timeout: Duration,
    book: Mutex<Book>,
    gone: Notify,
    /// Without permits, and closed at the stop.
    stopping: Semaphore,
}

#[derive(Debug, Default)]
struct Book {
    seen: BTreeMap<u64, Seen>,
    accepted: u64,
    requests: u64,
    stopping: bool,
}

impl Keeper {
    /// A keeper without connections.
    pub(super) fn new(head_timeout: Duration, idle_timeout: Duration) -> Self {
        Self {
            head_timeout,
            idle_timeout,
            book: Mutex::default(),
            gone: Notify::new(),
            stopping: Semaphore::new(0),
        }
    }

    /// Takes a connection into care; yields the number under which it leaves.
    pub(super) fn enter(&self, pulse: &Arc<Pulse>) -> u64 {
        let mut book = locked(&self.book);
        book.accepted += 1;
        let number = book.accepted;
        if book.stopping {
            pulse.command(Order::Finish);
        }
        let pulse = Arc::clone(pulse);
        let seen = Seen { pulse, phase: Phase::Idle, mark: 0, unchanged: Duration::ZERO };
        book.seen.insert(number, seen);
        number
    }

    /// Lets a connection go.
    pub(super) fn leave(&self, number: u64) {
        let mut book = locked(&self.book);
        if let Some(seen) = book.seen.remove(&number) {
            book.requests += u64::from(seen.pulse.answered.load(Ordering::Relaxed));
        }
        if book.seen.is_empty() {
            self.gone.notify_waiters();
        }
    }

    /// Asks every connection to finish.
    pub(super) fn stop(&self) {
        let mut book = locked(&self.book);
        book.stopping = true;
        self.stopping.close();
        for seen in book.seen.values() {
            seen.pulse.command(Order::Finish);
        }
    }

    /// Waits until the server is asked to stop.
    pub(super) async fn stopping(&self) {
        let _ = self.stopping.acquire().await; // there is nothing to be acquired but the news
    }

    /// Waits until no connection is left.
    pub(super) async fn all_gone(&self) {
        loop {
            let gone = self.gone.notified();
            if locked(&self.book).seen.is_empty() {
                return;
            }
            gone.await;
        }
    }

    /// Ends the connections that are left and sums up.
    pub(super) fn cut(&self) -> Summary {
        let book = locked(&self.book);
        let mut requests = book.requests;
        for seen in book.seen.values() {
            requests += u64::from(seen.pulse.answered.load(Ordering::Relaxed));
            seen.pulse.command(Order::Cut);
        }
        Summary { connections: book.accepted, requests, cut: book.seen.len() as u64 }
    }

    fn tick(&self) -> Duration {
        (self.head_timeout.min(self.idle_timeout) / 4).clamp(Duration::from_millis(5), Duration::from_secs(5))
    }

    /// Judges every connection, `passed` after the last time.
    fn look(&self, passed: Duration) {
        for seen in locked(&self.book).seen.values_mut() {
            let phase = seen.pulse.phase();
            let (mark, limit) = match phase {
                Phase::Idle => (seen.pulse.moves.load(Ordering::Relaxed), self.idle_timeout),
                Phase::Head => (seen.pulse.answered.load(Ordering::Relaxed), self.head_timeout),
                Phase::Busy => (0, Duration::MAX),
            };
            if (phase, mark) != (seen.phase, seen.mark) {
                (seen.phase, seen.mark, seen.unchanged) = (phase, mark, Duration::ZERO);
                continue;
            }
            seen.unchanged = seen.unchanged.saturating_add(passed);
            if seen.unchanged >= limit {
                // a connection that does not follow within another limit does not even read or write
                let order = if seen.pulse.order() < Order::Expire { Order::Expire } else { Order::Cut };
                seen.pulse.command(order);
                seen.unchanged = Duration::ZERO;
            }
        }
    }
}

/// Does the work of a connection until an order as strong as `limit` comes; `None` if it came first.
pub(super) async fn obey<T>(pulse: &Pulse, limit: Order, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut known: Option<Waker> = None;
    poll_fn(|context| {
        pulse.attend(&mut known, context.waker());
        if pulse.order() >= limit {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// Watches the connections for ever.
pub(super) async fn watch(shared: Arc<Shared>) {
    let tick = shared.keeper.tick();
    loop {
        tokio::time::sleep(tick).await;
        shared.keeper.look(tick);
    }
}
