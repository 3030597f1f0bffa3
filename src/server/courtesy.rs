//! Writing to a client gives way to what else the thread has to do by then.
//!
//! Who is written to wakes up for it, and to wake somebody who sleeps takes the writer about as long as the writing. Where
//! many requests are there at the same time, each reply would be written as soon as it is made, and its client be done and
//! asleep before the next. So all that is there is read and answered first, and then written in a row.

use std::task::Context;

/// Whether the next write to a socket gives way.
#[derive(Debug)]
pub(super) struct Courtesy {
    gives_way: bool,
}

impl Default for Courtesy {
    fn default() -> Self {
        Self { gives_way: true }
    }
}

impl Courtesy {
    /// Notes that something was read, which what is written next answers.
    pub(super) fn has_read(&mut self) {
        self.gives_way = true;
    }

    /// Whether to write later: then the task of the context goes on once those have that are ready now. Only the first
    /// write behind what was read is: a reply that goes on is not held up.
    pub(super) fn gives_way(&mut self, context: &Context<'_>) -> bool {
        let gives_way = std::mem::take(&mut self.gives_way);
        if gives_way {
            // Woken while it runs, a task is put behind all others.
            context.waker().wake_by_ref();
        }
        gives_way
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::{Arc, Mutex};
    use std::task::Poll;

    use super::*;

    #[tokio::test]
    async fn a_write_gives_way_once_to_what_is_ready() {
        let done = Arc::new(Mutex::new(Vec::new()));
        let task = |name: &'static str| {
            let (mut courtesy, done) = (Courtesy::default(), Arc::clone(&done));
            tokio::spawn(poll_fn(move |context| {
                let mut done = done.lock().unwrap();
                done.push(format!("{name} is ready"));
                for write in 1..=2 {
                    if courtesy.gives_way(context) {
                        return Poll::Pending;
                    }
                    done.push(format!("{name} writes {write}"));
                }
                Poll::Ready(())
            }))
        };
        for task in [task("a"), task("b")] {
            task.await.unwrap();
        }
        let rows = ["a is ready", "b is ready", "a is ready", "a writes 1", "a writes 2", "b is ready"];
        assert_eq!(done.lock().unwrap()[..rows.len()], rows);
        let mut courtesy = Courtesy { gives_way: false };
        courtesy.has_read();
        assert!(courtesy.gives_way);
    }
}
