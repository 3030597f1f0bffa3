//! A time limit for one wait after another.

use std::pin::{Pin, pin};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

/// The longest wait: one that nobody waits for to end.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// A time limit for waits that follow each other.
///
/// To set a timer for each and to take it back costs more than to look at the clock. So the timer of an earlier wait is left
/// standing: when it goes off, the next one is set to the end of the present wait.
pub(super) struct Alarm {
    /// When the present wait is over.
    end: Instant,
    /// Goes off then or earlier; `None` until somebody has to wait.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    pub(super) fn new() -> Self {
        Self { end: Instant::now(), timer: None }
    }

    /// Begins a wait, which is over after so long.
    pub(super) fn begin(&mut self, limit: Duration) {
        self.end = Instant::now() + limit.min(LONGEST);
        // An earlier one had more time.
        self.timer.take_if(|timer| timer.deadline() > self.end);
    }

    /// Whether the wait is over. If it is not, `waker` is woken when that is to be asked again; it is always the same.
    pub(super) fn is_over(&mut self, waker: &Waker) -> bool {
        if self.timer.as_ref().is_some_and(|timer| !timer.is_elapsed()) {
            return false;
        }
        if Instant::now() >= self.end {
            return true;
        }
        // A new one: the runtime that the last one was set in may be gone.
        let timer = self.timer.insert(Box::pin(sleep_until(self.end)));
        // Even if the task has used up what it may do in one turn.
        pin!(unconstrained(timer)).poll(&mut Context::from_waker(waker)).is_ready()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::Wake;

    use tokio::sync::Notify;
    use tokio::time::sleep;

    use super::*;

    struct Bell(Notify);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.notify_one();
        }
    }

    #[tokio::test]
    async fn each_wait_has_its_own_time_though_timers_are_left_standing() {
        let bell = Arc::new(Bell(Notify::new()));
        let waker = Waker::from(Arc::clone(&bell));
        let mut alarm = Alarm::new();
        for limit in [40, 40, 10, 60].map(Duration::from_millis) {
            alarm.begin(limit);
            let begun = Instant::now();
            assert!(!alarm.is_over(&waker) || begun.elapsed() >= limit);
            // What came before the end of the wait before this one.
            sleep(limit / 4).await;
            alarm.begin(limit);
            while !alarm.is_over(&waker) {
                bell.0.notified().await;
            }
            assert!(begun.elapsed() >= limit + limit / 4, "{limit:?}");
        }
        alarm.begin(Duration::MAX);
        assert!(!alarm.is_over(&waker));
    }
}
