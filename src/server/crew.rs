//! The threads that connections are served on, each with a runtime of its own.
//!
//! Where one runtime has several threads, whichever hears of a connection first takes it up, and what the connection holds
//! moves from one processor's cache to another's with nearly every request. Here a connection stays on one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Runtime;

use super::threads;
use crate::by_thread;

/// The threads. What they still do when this is dropped, they give up.
pub(super) struct Crew {
    hands: Vec<Hand>,
}

/// One thread, apart from those that it blocks on.
struct Hand {
    runtime: Runtime,
    /// How many tasks it was given that have not ended.
    tasks: Arc<AtomicUsize>,
}

impl Crew {
    /// One thread for each processor, or fewer where the operating system refuses more.
    pub(super) fn new() -> Self {
        let wanted = std::thread::available_parallelism().map_or(1, usize::from);
        // One worker each. Unlike a runtime of the calling thread, such a runtime lets others go on while one blocks.
        let runtimes = (0..wanted).map_while(|number| {
            threads().worker_threads(1).on_thread_start(move || by_thread::be(number)).build().ok()
        });
        Self { hands: runtimes.map(|runtime| Hand { runtime, tasks: Arc::default() }).collect() }
    }

    /// Has a task done by the thread that has the fewest; by this one's runtime if there is none.
    pub(super) fn give(&self, task: impl Future<Output = ()> + Send + 'static) {
        let Some(hand) = self.hands.iter().min_by_key(|hand| hand.tasks.load(Ordering::Relaxed)) else {
            tokio::spawn(task);
            return;
        };
        let under_way = UnderWay::begin(&hand.tasks);
        hand.runtime.spawn(async move {
            task.await;
            drop(under_way);
        });
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        // Whoever drops this may not wait, as a runtime that is dropped does.
        self.hands.drain(..).for_each(|hand| hand.runtime.shutdown_background());
    }
}

/// A task that is counted.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn begin(tasks: &Arc<AtomicUsize>) -> Self {
        tasks.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(tasks))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
