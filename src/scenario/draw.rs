//! Draws: chance that falls the same in every run, whatever the session's id, the time and the order of threads.
//!
//! A draw is a function of the session's seed, the rule, the operation, the fingerprint of the request, and how many
//! times that fingerprint has come in the session.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::seed::{Random, Seed};

/// How many fingerprints are counted in a session. Of requests beyond them each counts as the first of its kind: distinct
/// ones fail as they would have, equal ones all fail or all pass.
const MOST_FINGERPRINTS: usize = 100_000;

/// What a request's draws are made from, but for the rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draws {
    seed: Seed,
}

impl Draws {
    /// The draws of the nth request of this fingerprint to an operation.
    pub(super) fn new(session: Seed, operation: &str, fingerprint: Seed, nth: u64) -> Self {
        Self { seed: session.mix(operation.as_bytes()).mix_number(fingerprint.0).mix_number(nth) }
    }

    /// The stream of one rule: first of its chance, then of its faults.
    pub(super) fn of(self, rule: Seed) -> Random {
        self.seed.mix_number(rule.0).random()
    }
}

/// How often each fingerprint has come.
#[derive(Debug, Default)]
pub(super) struct Repeats(Mutex<HashMap<u64, u64>>);

impl Repeats {
    /// Counts a request; the first of its fingerprint is 1.
    pub(super) fn count(&self, fingerprint: Seed) -> u64 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST_FINGERPRINTS && !counts.contains_key(&fingerprint.0) {
            return 1;
        }
        let count = counts.entry(fingerprint.0).or_insert(0);
        *count += 1;
        *count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_differs_with_each_thing_that_it_is_made_from_and_with_nothing_else() {
        let draw = |session, rule, operation, fingerprint, nth| {
            Draws::new(Seed(session), operation, Seed(fingerprint), nth).of(Seed(rule)).bits()
        };
        let first = draw(1, 2, "a", 3, 1);
        assert_eq!(first, draw(1, 2, "a", 3, 1));
        let others = [
            draw(9, 2, "a", 3, 1),
            draw(1, 9, "a", 3, 1),
            draw(1, 2, "b", 3, 1),
            draw(1, 2, "a", 9, 1),
            draw(1, 2, "a", 3, 2),
        ];
        assert!(!others.contains(&first));
    }

    #[test]
    fn fingerprints_beyond_the_limit_are_firsts_and_the_others_go_on() {
        let repeats = Repeats::default();
        for fingerprint in 0..MOST_FINGERPRINTS as u64 {
            assert_eq!(repeats.count(Seed(fingerprint)), 1);
        }
        let one_more = Seed(MOST_FINGERPRINTS as u64);
        assert_eq!([repeats.count(one_more), repeats.count(one_more)], [1, 1]);
        assert_eq!([repeats.count(Seed(5)), repeats.count(Seed(5))], [2, 3]);
    }
}
