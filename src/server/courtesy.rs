//! Giving way to what else a thread has to do.
//!
//! Who is written to wakes up for it, and to wake somebody who sleeps takes the writer about as long as the writing. Where
//! the replies of many upstreams are there at the same time, each would be sent as soon as it is judged, and its client be
//! done and asleep before the next. So all that is there is read and judged first, and then sent in a row.
//!
//! This is done before hyper gets a reply: what it holds that is not written yet, it drops where reading fails.

use std::future::poll_fn;
use std::task::Poll;

/// Waits until all tasks have gone on that are ready now. Unlike tokio's `yield_now`, it does not look for others, which
/// is a call of the operating system each time.
pub(super) async fn give_way() {
    let mut has_given = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_given, true) {
            return Poll::Ready(());
        }
        // Woken while it runs, a task is put behind all others.
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn what_is_ready_goes_first() {
        let done = Arc::new(Mutex::new(Vec::new()));
        let task = |name: &'static str| {
            let done = Arc::clone(&done);
            tokio::spawn(async move {
                done.lock().unwrap().push(format!("{name} is judged"));
                give_way().await;
                done.lock().unwrap().push(format!("{name} is sent"));
            })
        };
        for task in [task("a"), task("b")] {
            task.await.unwrap();
        }
        assert_eq!(*done.lock().unwrap(), ["a is judged", "b is judged", "a is sent", "b is sent"]);
    }
}
