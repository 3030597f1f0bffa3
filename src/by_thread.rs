//! What is kept for each thread apart, so that threads that work at the same time do not write to the same place.
//!
//! Where they do, the place goes from one processor's cache to another's with every write, which costs more than most of
//! what is written.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

/// So many parts there are at most: what is asked of the whole has to look at each.
const MOST: usize = 16;

thread_local! {
    /// The number of the thread; `None` until it is asked for.
    static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// One of each kind for some threads.
#[derive(Debug)]
pub struct ByThread<T>(Box<[Apart<T>]>);

/// In no line of a cache with anything else.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Apart<T>(T);

impl<T: Default> Default for ByThread<T> {
    fn default() -> Self {
        Self((0..parts()).map(|_| Apart::default()).collect())
    }
}

impl<T> ByThread<T> {
    /// The part of this thread.
    pub fn own(&self) -> &T {
        &self.0[number() % self.0.len()].0
    }

    /// All parts.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|part| &part.0)
    }
}

/// Gives this thread a number: those with numbers that follow each other have different parts.
pub fn be(number: usize) {
    NUMBER.set(Some(number));
}

fn number() -> usize {
    /// Of the next thread that was given none.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NUMBER.get().unwrap_or_else(|| {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        be(number);
        number
    })
}

/// How many parts there are: one for each processor, up to a number that no server needs more of.
pub fn parts() -> usize {
    // To look takes long.
    static PARTS: OnceLock<usize> = OnceLock::new();
    *PARTS.get_or_init(|| available_parallelism().map_or(1, usize::from).min(MOST))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn threads_that_follow_each_other_have_parts_of_their_own() {
        let counts: ByThread<Mutex<usize>> = ByThread::default();
        std::thread::scope(|scope| {
            for number in 0..parts() {
                let counts = &counts;
                scope.spawn(move || {
                    be(number);
                    *counts.own().lock().unwrap() += 1;
                });
            }
        });
        assert!(counts.all().all(|count| *count.lock().unwrap() == 1));
    }
}
