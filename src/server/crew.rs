//! The threads that connections are served on, each with a runtime of its own.
//!
//! Where one runtime has several threads, whichever hears of a connection first takes it up, and what the connection holds
//! moves from one processor's cache to another's with nearly every request. Here a connection stays on one thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::threads;
use crate::by_thread;

/// The threads. What they still do when this is dropped, they give up, and nobody waits for that.
pub(super) struct Crew {
    hands: Vec<Hand>,
}

/// One thread, and those beside it that do what takes long.
struct Hand {
    runtime: Runtime,
    /// Each of its tasks has this as long as it has not ended.
    token: Arc<()>,
}

impl Crew {
    /// One thread for each part of what is kept by thread, or fewer where the operating system refuses what they need.
    pub(super) fn new() -> Self {
        let runtimes = (0..by_thread::parts()).map_while(|number| {
            // tokio does not tell that a thread is refused, but panics.
            std::thread::Builder::new().spawn(|| ()).ok()?;
            // Of a worker, not of the calling thread: only so can judging what is large (`block_in_place`) let another
            // thread go on with the connections.
            threads().worker_threads(1).on_thread_start(move || by_thread::be(number)).build().ok()
        });
        Self { hands: runtimes.map(|runtime| Hand { runtime, token: Arc::default() }).collect() }
    }

    /// Has a task done by the thread that has the fewest; by this one's runtime if there is none.
    pub(super) fn give(&self, task: impl Future<Output = ()> + Send + 'static) {
        let Some(hand) = self.hands.iter().min_by_key(|hand| Arc::strong_count(&hand.token)) else {
            tokio::spawn(task);
            return;
        };
        let token = Arc::clone(&hand.token);
        hand.runtime.spawn(async move {
            task.await;
            drop(token);
        });
    }

    /// Ends, and waits until what the threads still did is given up, at most so long.
    pub(super) async fn end(mut self, limit: Duration) {
        let hands = std::mem::take(&mut self.hands);
        let until = Instant::now() + limit;
        let ended = tokio::task::spawn_blocking(move || {
            for hand in hands {
                hand.runtime.shutdown_timeout(until.saturating_duration_since(Instant::now()));
            }
        });
        let _ = ended.await; // nothing in it panics
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        // Whoever drops this may not wait, as a runtime that is dropped does.
        self.hands.drain(..).for_each(|hand| hand.runtime.shutdown_background());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread::{ThreadId, current};

    use tokio::sync::oneshot;

    use super::*;

    /// Notes that it is dropped.
    struct Dropped(Arc<AtomicBool>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            std::thread::sleep(Duration::from_millis(20)); // whoever does not wait is sooner
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[tokio::test]
    async fn tasks_are_spread_over_the_threads_and_stay_there() {
        let crew = Crew::new();
        let seen: Arc<Mutex<Vec<[ThreadId; 2]>>> = Arc::default();
        let (mut all, mut goes_on) = (Vec::new(), Vec::new());
        for _ in 0..crew.hands.len() {
            let (go_on, gone_on) = oneshot::channel::<()>();
            let (end, ended) = oneshot::channel();
            let seen = Arc::clone(&seen);
            crew.give(async move {
                let first = current().id();
                let _ = gone_on.await; // either way
                seen.lock().unwrap().push([first, current().id()]);
                let _ = end.send(());
            });
            goes_on.push(go_on);
            all.push(ended);
        }
        drop(goes_on);
        for ended in all {
            ended.await.unwrap();
        }
        let mut seen = seen.lock().unwrap().clone();
        assert!(seen.iter().all(|[first, last]| first == last));
        seen.sort_unstable_by_key(|[first, _]| format!("{first:?}"));
        seen.dedup();
        assert_eq!(seen.len(), crew.hands.len());
    }

    #[tokio::test]
    async fn what_is_under_way_is_dropped_before_the_end() {
        let crew = Crew::new();
        let is_dropped = Arc::new(AtomicBool::new(false));
        let guard = Dropped(Arc::clone(&is_dropped));
        let (begin, begun) = oneshot::channel();
        crew.give(async move {
            let _guard = guard;
            let _ = begin.send(());
            std::future::pending::<()>().await;
        });
        begun.await.unwrap();
        crew.end(Duration::from_secs(20)).await;
        assert!(is_dropped.load(Ordering::Relaxed));
    }
}
