//! Limits: how many calls pass in a time, in all, or at once. What is taken is taken in the order of arrival.

use std::collections::HashMap;

use crate::seed::Seed;

/// How many keys of one limit are told apart; the keys beyond them share one.
const MOST_KEYS: usize = 10_000;
/// How many calls can be under way at once for one key, before the oldest is taken for lost.
const MOST_UNDER_WAY: usize = 100_000;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// So many calls in so many milliseconds, as a token bucket of `burst` tokens.
    Rate { calls: u64, per: i64, burst: u64 },
    /// So many calls in all, or in each window of so many milliseconds since the session's first call.
    Quota { calls: u64, per: Option<i64> },
    /// So many calls at once.
    Concurrency { at_most: usize },
}

/// How a call stands with a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it passes.
    pub passes: bool,
    /// How many calls are permitted.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// Seconds, rounded up, until all are left again; `None` where time changes nothing.
    pub reset: Option<u64>,
    /// Seconds, rounded up, after which one more call passes; only for one that does not.
    pub retry_after: Option<u64>,
}

/// What the calls of one limit have taken, by key.
#[derive(Debug, Default, Clone)]
pub(super) struct Taken(HashMap<u64, Key>);

#[derive(Debug, Default, Clone)]
struct Key {
    /// Rate: when the bucket is full again, in microseconds; quota: the window of `count`.
    mark: i64,
    count: u64,
    /// When each call that is under way ends, in milliseconds; `i64::MAX` while that is not known.
    ends: Vec<(u64, i64)>,
}

impl Taken {
    /// Takes one call of a key, if the limit lets it pass. `since` is in milliseconds since the session's first call;
    /// `id` names the call, for `release`.
    pub(super) fn take(&mut self, limit: Limit, key: Seed, since: i64, id: u64) -> Standing {
        let key = self.key(limit, key, since);
        let before = key.standing(limit, since);
        if !before.passes {
            return before;
        }
        key.spend(limit, since, id);
        Standing { passes: true, retry_after: None, ..key.standing(limit, since) }
    }

    /// Where each key stands, without taking anything.
    pub(super) fn standings(&self, limit: Limit, since: i64) -> Vec<Standing> {
        let mut standings: Vec<Standing> = self.0.values().map(|key| key.standing(limit, since)).collect();
        standings.sort_by_key(|one| (one.remaining, one.reset, one.retry_after));
        standings
    }

    /// Says when a call that took a place will be over.
    pub(super) fn release(&mut self, key: Seed, id: u64, end: i64) {
        let place = if self.0.contains_key(&key.0) { key.0 } else { 0 };
        let Some(key) = self.0.get_mut(&place) else { return };
        if let Some(place) = key.ends.iter_mut().find(|(known, _)| *known == id) {
            place.1 = end;
        }
    }

    fn key(&mut self, limit: Limit, key: Seed, since: i64) -> &mut Key {
        if self.0.len() >= MOST_KEYS && !self.0.contains_key(&key.0) {
            // Who has taken nothing that still counts need not be remembered.
            self.0.retain(|_, known| !known.is_idle(limit, since));
        }
        let place = if self.0.len() < MOST_KEYS || self.0.contains_key(&key.0) { key.0 } else { 0 };
        self.0.entry(place).or_default()
    }
}

impl Key {
    fn is_idle(&self, limit: Limit, since: i64) -> bool {
        match limit {
            Limit::Rate { .. } => self.mark <= since * 1000,
            Limit::Quota { per, .. } => per.is_some_and(|per| self.mark != since / per.max(1)),
            Limit::Concurrency { .. } => self.ends.iter().all(|(_, end)| *end <= since),
        }
    }

    /// Where the key stands: of a limit that passes, how a call that has not come yet would.
    fn standing(&self, limit: Limit, since: i64) -> Standing {
        match limit {
            // A token bucket by one number, the moment at which it is full again (the generic cell rate algorithm).
            Limit::Rate { calls, per, burst } => {
                let (now, interval, burst) = (since * 1000, interval(calls, per), burst.max(1) as i64);
                let owed = self.mark.max(now) - now;
                let wait = owed - (burst - 1) * interval;
                let seconds = |micros: i64| micros.max(0).unsigned_abs().div_ceil(1_000_000);
                Standing {
                    passes: wait <= 0,
                    limit: calls,
                    remaining: ((burst * interval - owed).max(0) / interval).unsigned_abs().min(calls),
                    reset: Some(seconds(owed)),
                    retry_after: (wait > 0).then(|| seconds(wait).max(1)),
                }
            }
            Limit::Quota { calls, per } => {
                let window = window(per, since);
                let count = if self.mark == window { self.count } else { 0 };
                let left = per.map(|per| ((window + 1) * per - since).max(1).unsigned_abs().div_ceil(1000));
                Standing {
                    passes: count < calls,
                    limit: calls,
                    remaining: calls.saturating_sub(count),
                    reset: left,
                    retry_after: left.filter(|_| count >= calls),
                }
            }
            Limit::Concurrency { at_most } => {
                let under_way = || self.ends.iter().map(|(_, end)| *end).filter(|end| *end > since);
                let count = under_way().count();
                // The next place is free when the call that ends first has ended; of calls without an end, in a second.
                let next = under_way().filter(|end| *end < i64::MAX).min();
                let wait = next.map_or(1, |end| (end - since).unsigned_abs().div_ceil(1000).max(1));
                Standing {
                    passes: count < at_most,
                    limit: at_most as u64,
                    remaining: at_most.saturating_sub(count) as u64,
                    reset: None,
                    retry_after: (count >= at_most).then_some(wait),
                }
            }
        }
    }

    /// Takes one call, which the limit lets pass.
    fn spend(&mut self, limit: Limit, since: i64, id: u64) {
        match limit {
            Limit::Rate { calls, per, .. } => {
                self.mark = self.mark.max(since * 1000) + interval(calls, per);
            }
            Limit::Quota { per, .. } => {
                let window = window(per, since);
                if self.mark != window {
                    (self.mark, self.count) = (window, 0);
                }
                self.count += 1;
            }
            Limit::Concurrency { .. } => {
                self.ends.retain(|(_, end)| *end > since);
                if self.ends.len() >= MOST_UNDER_WAY {
                    self.ends.remove(0);
                }
                self.ends.push((id, i64::MAX));
            }
        }
    }
}

/// How many microseconds a token takes to come back.
fn interval(calls: u64, per: i64) -> i64 {
    (per * 1000 / calls.max(1) as i64).max(1)
}

/// Which window of a quota a moment lies in.
fn window(per: Option<i64>, since: i64) -> i64 {
    per.map_or(0, |per| since / per.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Seed = Seed(1);

    #[test]
    fn after_the_time_that_a_bucket_tells_one_more_call_passes() {
        let limit = Limit::Rate { calls: 60, per: 60_000, burst: 3 };
        let mut taken = Taken::default();
        let told: Vec<(bool, u64)> = (0..4)
            .map(|id| taken.take(limit, ONE, 0, id))
            .map(|standing| (standing.passes, standing.remaining))
            .collect();
        assert_eq!(told, [(true, 2), (true, 1), (true, 0), (false, 0)]);
        let refused = taken.take(limit, ONE, 0, 5);
        assert_eq!((refused.retry_after, refused.reset, refused.limit), (Some(1), Some(3), 60));
        assert!(!taken.take(limit, ONE, 999, 6).passes);
        assert!(taken.take(limit, ONE, 1000, 7).passes);
        assert!(taken.take(limit, Seed(2), 1000, 8).passes, "another key has a bucket of its own");
        let full_again = taken.take(limit, ONE, 60_000, 9);
        assert_eq!((full_again.passes, full_again.remaining), (true, 2));
    }

    #[test]
    fn in_any_second_no_more_calls_pass_than_the_rate_and_its_burst() {
        let limit = Limit::Rate { calls: 7, per: 1000, burst: 2 };
        let mut taken = Taken::default();
        let passed: Vec<i64> = (0..5000).filter(|at| taken.take(limit, ONE, *at, 0).passes).collect();
        assert!((35..=36).contains(&passed.len()), "{}", passed.len());
    }

    #[test]
    fn a_quota_counts_in_its_window_and_else_for_good() {
        let (windowed, total) =
            (Limit::Quota { calls: 2, per: Some(10_000) }, Limit::Quota { calls: 2, per: None });
        let mut taken = Taken::default();
        let passes: Vec<bool> =
            [0, 1, 2, 9_999, 10_000].map(|at| taken.take(windowed, ONE, at, 0).passes).into();
        assert_eq!(passes, [true, true, false, false, true]);
        let mut taken = Taken::default();
        let passes: Vec<bool> = [0, 1, 900_000].map(|at| taken.take(total, ONE, at, 0).passes).into();
        assert_eq!(passes, [true, true, false]);
        assert_eq!(taken.take(total, ONE, 0, 0).retry_after, None);
    }

    #[test]
    fn a_place_is_free_when_the_call_that_had_it_is_over() {
        let limit = Limit::Concurrency { at_most: 2 };
        let mut taken = Taken::default();
        assert!(taken.take(limit, ONE, 0, 1).passes);
        taken.release(ONE, 1, 1500);
        assert!(taken.take(limit, ONE, 100, 2).passes);
        assert_eq!(taken.take(limit, ONE, 100, 3).retry_after, Some(2));
        assert!(!taken.take(limit, ONE, 1499, 4).passes);
        assert!(taken.take(limit, ONE, 1500, 5).passes);
    }

    #[test]
    fn keys_beyond_the_limit_share_one_and_idle_ones_give_way() {
        let limit = Limit::Quota { calls: 1, per: Some(1000) };
        let mut taken = Taken::default();
        for key in 1..=MOST_KEYS as u64 {
            assert!(taken.take(limit, Seed(key), 0, 0).passes);
        }
        assert!(!taken.take(limit, Seed(5), 0, 0).passes);
        assert!(taken.take(limit, Seed(777_777), 1000, 0).passes, "the window of the others is over");
    }
}
