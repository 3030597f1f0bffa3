//! A reply that waits for something to happen, as data: the server waits, and no thread does.

use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use bytes::Bytes;

/// What a reply waits for. Until then it has the content that it would have if nothing came.
#[derive(Clone)]
pub struct Waiting {
    /// Rung when something has happened.
    pub bell: Arc<Bell>,
    /// How long it waits.
    pub at_most: Duration,
    /// The content with which the reply goes out; `None` if what it waits for has not happened, which is no answer to the
    /// last question.
    pub ask: Ask,
}

/// What is asked whenever the bell has rung.
pub type Ask = Arc<dyn Fn(Asked) -> Option<Bytes> + Send + Sync>;

/// Why a waiting reply is asked for its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Something has happened.
    Rung,
    /// Its time is over.
    TimeOver,
    /// The server stops.
    Stopping,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiting({:?})", self.at_most)
    }
}

/// Rung by whoever does something, heard by those who listen. Where nobody listens, ringing is one look at a number.
#[derive(Debug, Default)]
pub struct Bell {
    listeners: AtomicUsize,
    rings: AtomicU64,
    /// Those who wait, by their numbers.
    wakers: Mutex<BTreeMap<u64, Waker>>,
    next: AtomicU64,
}

impl Bell {
    /// Wakes those who listen.
    pub fn ring(&self) {
        if self.listeners.load(Ordering::SeqCst) == 0 {
            return;
        }
        self.rings.fetch_add(1, Ordering::SeqCst);
        for waker in std::mem::take(&mut *self.wakers()).into_values() {
            waker.wake();
        }
    }

    /// Listens from now on: what rings before it is asked for is not missed.
    pub fn listen(self: &Arc<Self>) -> Listener {
        self.listeners.fetch_add(1, Ordering::SeqCst);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Listener { bell: Arc::clone(self), number, heard: self.rings.load(Ordering::SeqCst) }
    }

    fn wakers(&self) -> MutexGuard<'_, BTreeMap<u64, Waker>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Someone who listens to a bell, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    bell: Arc<Bell>,
    number: u64,
    heard: u64,
}

impl Listener {
    /// Waits for the next ring, or tells at once that there was one since the last.
    pub async fn next(&mut self) {
        poll_fn(|context| {
            let mut wakers = self.bell.wakers();
            let rings = self.bell.rings.load(Ordering::SeqCst);
            if rings != self.heard {
                self.heard = rings;
                return Poll::Ready(());
            }
            wakers.insert(self.number, context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.bell.wakers().remove(&self.number);
        self.bell.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::atomic::AtomicBool;
    use std::task::{Context, Wake};

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_ring_is_heard_once_by_those_who_listen_and_by_nobody_else() {
        let bell = Arc::new(Bell::default());
        bell.ring();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut listener = bell.listen();
        {
            let mut next = pin!(listener.next());
            assert!(next.as_mut().poll(&mut context).is_pending(), "it rang before");
            bell.ring();
            assert!(woken.0.load(Ordering::SeqCst));
            assert!(next.as_mut().poll(&mut context).is_ready());
        }
        bell.ring();
        assert!(pin!(listener.next()).poll(&mut context).is_ready(), "it rang while nobody waited");
        assert!(pin!(listener.next()).poll(&mut context).is_pending());
        drop(listener);
        assert!(bell.wakers().is_empty());
        assert_eq!(bell.listeners.load(Ordering::SeqCst), 0);
    }
}
