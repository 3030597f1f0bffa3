//! Waiting for something, but not for ever.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::sleep;

/// What a future comes to; `None` if it has not come to anything for so long. As tokio's `timeout`, but what is there at
/// once costs neither a timer nor a look at the clock.
pub async fn within<T>(limit: Duration, mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut limited = pin!(None);
    poll_fn(|context| {
        if let Poll::Ready(done) = future.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        if limited.is_none() {
            limited.set(Some(sleep(limit)));
        }
        // Even if the future has used up what a task may do in one turn, and does so in each.
        let over = limited.as_mut().as_pin_mut().map(|limited| pin!(unconstrained(limited)).poll(context));
        if over.is_some_and(|over| over.is_ready()) { Poll::Ready(None) } else { Poll::Pending }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::task::coop::consume_budget;

    use super::*;

    #[tokio::test]
    async fn what_is_there_comes_and_what_never_comes_is_given_up() {
        let short = Duration::from_millis(5);
        assert_eq!(within(Duration::ZERO, pin!(ready(1))).await, Some(1));
        assert_eq!(within(short, pin!(pending::<()>())).await, None);
        let later = async {
            tokio::task::yield_now().await;
            2
        };
        assert_eq!(within(Duration::from_mins(1), pin!(later)).await, Some(2));
        // One that leaves nothing of what a task may do in one turn, each time it is asked.
        let greedy = poll_fn(|context| {
            while pin!(consume_budget()).poll(context).is_ready() {}
            Poll::<()>::Pending
        });
        assert_eq!(within(short, pin!(greedy)).await, None);
    }
}
