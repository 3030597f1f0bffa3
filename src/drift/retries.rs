//! How a client reacts to failures: what is told of a request that comes again after one, from the last failures of the
//! session.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use http::Method;
use http::header::{AUTHORIZATION, COOKIE};

use crate::clock::Moment;
use crate::message::Request;
use crate::seed::Seed;
use crate::text;
use crate::violation::Rule;

/// So many failures of one session are remembered.
const MOST_FAILURES: usize = 256;
/// Whoever asks again later than this, beyond what `Retry-After` asked for, does not retry but asks anew.
const LATEST: i64 = 60_000;
/// More retries in a row than this are too many.
const MOST_RETRIES: usize = 5;
/// So many retries show whether the pauses grow.
const ENOUGH_RETRIES: usize = 3;
/// `Retry-After` counts for no longer than this: a day.
const LONGEST_WAIT: i64 = 86_400_000;

/// One request, as far as it tells whether another one is the same again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// When it was read.
    pub at: Moment,
    /// Method, path, query, content and its kind, caller and wishes.
    pub fingerprint: u64,
    /// Its credentials; another one may change the answer.
    pub credentials: u64,
    /// Its `Idempotency-Key`, if it has one.
    pub key: Option<u64>,
    /// Whether its method may do something twice (RFC 9110 9.2.2): POST, PATCH.
    pub repeats_effects: bool,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With this status; for a failure, the wait in milliseconds that `Retry-After` asked for.
    Answered(u16, Option<i64>),
    /// With a connection that was cut.
    Cut,
}

/// A request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// The request.
    pub attempt: Attempt,
    /// How it ended.
    pub outcome: Outcome,
}

/// What is told of a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule that the client broke.
    pub rule: Rule,
    /// What is wrong, as one line.
    pub message: String,
}

impl Attempt {
    /// What a request comes to.
    pub fn new(request: &Request, at: Moment, caller: &str) -> Self {
        let header = |name: &str| request.headers.get(name).map_or(&b""[..], |value| value.as_bytes());
        let fingerprint = Seed(0)
            .mix(request.method.as_str().as_bytes())
            .mix(request.path.as_bytes())
            .mix(request.query.as_deref().unwrap_or_default().as_bytes())
            .mix(&request.body)
            .mix(caller.as_bytes())
            .mix(header("prefer"));
        // What a 406 or 415 is about.
        let negotiated = ["accept", "content-type", "content-encoding"];
        let fingerprint = negotiated.iter().fold(fingerprint, |seed, name| seed.mix(header(name)));
        let credentials = Seed(1).mix(header(AUTHORIZATION.as_str())).mix(header(COOKIE.as_str()));
        let key = request.headers.get("idempotency-key");
        Self {
            at,
            fingerprint: fingerprint.0,
            credentials: credentials.0,
            key: key.map(|key| Seed(2).mix(key.as_bytes()).0),
            repeats_effects: matches!(request.method, Method::POST | Method::PATCH),
        }
    }
}

impl Outcome {
    /// Whether the same request may go well later.
    fn is_passing(self) -> bool {
        matches!(self, Self::Cut | Self::Answered(408 | 425 | 429 | 500.., _))
    }

    fn is_failure(self) -> bool {
        matches!(self, Self::Cut | Self::Answered(400.., _))
    }

    fn wait(self) -> Option<i64> {
        match self {
            Self::Answered(_, wait) => wait.map(|wait| wait.clamp(0, LONGEST_WAIT)),
            Self::Cut => None,
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Answered(status, _) => format!("a {status}"),
            Self::Cut => "a lost connection".to_owned(),
        }
    }
}

/// What is told of a request that is the same as those that failed before it, oldest first; nothing if it is no retry.
pub fn verdicts(failures: &[Failed], attempt: &Attempt) -> Vec<Verdict> {
    let Some(last) = failures.last() else { return Vec::new() };
    let pause = attempt.at.0 - last.attempt.at.0;
    let wait = last.outcome.wait();
    if pause > LATEST + wait.unwrap_or(0) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut tell = |rule, message: String| found.push(Verdict { rule, message });
    let after = last.outcome.shown();
    if !last.outcome.is_passing() {
        let has_other = last.attempt.credentials != attempt.credentials;
        if !(has_other && matches!(last.outcome, Outcome::Answered(401 | 403, _))) {
            tell(
                Rule::RetryOfFinalFailure,
                format!("the same request came again after {after}, which stays"),
            );
        }
        return found;
    }
    if let Some(wait) = wait.filter(|wait| pause < *wait) {
        let message = format!(
            "the request came again {} after {after} that asked to wait {}",
            shown(pause),
            shown(wait)
        );
        tell(Rule::RetryTooSoon, message);
    }
    let retries = failures.len();
    if retries >= ENOUGH_RETRIES && failures.iter().all(|failed| failed.outcome.wait().is_none()) {
        let moments = failures.iter().map(|failed| failed.attempt.at.0).chain([attempt.at.0]);
        let moments: Vec<i64> = moments.collect();
        let pauses: Vec<i64> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // A tenth is the jitter of timers, not a longer pause.
        if pauses[1..].iter().all(|later| *later <= pauses[0] + pauses[0] / 10) {
            let longest = shown(pauses.iter().copied().max().unwrap_or_default());
            let message =
                format!("{retries} retries came after pauses that do not grow, the longest {longest}");
            tell(Rule::RetryWithoutBackOff, message);
        }
    }
    if retries > MOST_RETRIES {
        let message =
            format!("this is the retry {retries} of the same request, where {MOST_RETRIES} are enough");
        tell(Rule::RetryTooOften, message);
    }
    // Who is told to wait or to come later was not served: nothing can happen twice.
    let may_be_done = matches!(last.outcome, Outcome::Cut | Outcome::Answered(500.., _));
    if attempt.repeats_effects && may_be_done {
        match (last.attempt.key, attempt.key) {
            (_, None) => {
                tell(
                    Rule::RetryUnsafe,
                    format!("the request came again after {after} without `Idempotency-Key`"),
                );
            }
            (before, Some(key)) if before != Some(key) => {
                let message = format!("the request came again after {after} with another `Idempotency-Key`");
                tell(Rule::RetryKeyChanged, message);
            }
            (_, Some(_)) => {}
        }
    }
    found
}

fn shown(milliseconds: i64) -> String {
    if milliseconds % 1000 == 0 {
        return text::counted(usize::try_from(milliseconds / 1000).unwrap_or_default(), "second");
    }
    format!("{milliseconds} ms")
}

/// The last failures of a session.
#[derive(Debug, Default)]
pub struct Retries {
    /// Whether there is one: most requests need to know no more.
    is_used: AtomicBool,
    failures: Mutex<VecDeque<Failed>>,
}

impl Retries {
    /// Whether no failure is remembered.
    pub fn is_empty(&self) -> bool {
        !self.is_used.load(Ordering::Relaxed)
    }

    /// What is told of a request.
    pub fn judge(&self, attempt: &Attempt) -> Vec<Verdict> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let same = failures.iter().filter(|failed| failed.attempt.fingerprint == attempt.fingerprint);
        verdicts(&same.copied().collect::<Vec<_>>(), attempt)
    }

    /// Remembers how a request ended: a failure, for the next one; a success ends the row.
    pub fn enter(&self, attempt: Attempt, outcome: Outcome) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_row = |failed: &Failed| {
            let pause = attempt.at.0 - failed.attempt.at.0;
            pause <= LATEST * 10 + failed.outcome.wait().unwrap_or(0)
        };
        failures.retain(|failed| {
            failed.attempt.fingerprint != attempt.fingerprint || outcome.is_failure() && is_of_row(failed)
        });
        if outcome.is_failure() {
            if failures.len() >= MOST_FAILURES {
                failures.pop_front();
            }
            failures.push_back(Failed { attempt, outcome });
        }
        self.is_used.store(!failures.is_empty(), Ordering::Relaxed);
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.is_used.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When there were failures and which, when the request comes again, and what is told of it.
    type Row<'a> = (&'a [(i64, Outcome)], i64, &'a [&'a str]);

    const NO_WAIT: Outcome = Outcome::Answered(503, None);

    fn attempt(at: i64) -> Attempt {
        Attempt { at: Moment(at), fingerprint: 7, credentials: 0, key: None, repeats_effects: false }
    }

    /// The codes of what is told of a request at `now`, after failures at these moments.
    fn told(past: &[(i64, Outcome)], now: i64) -> Vec<&'static str> {
        let failures: Vec<Failed> =
            past.iter().map(|(at, outcome)| Failed { attempt: attempt(*at), outcome: *outcome }).collect();
        verdicts(&failures, &attempt(now)).iter().map(|verdict| verdict.rule.code()).collect()
    }

    #[test]
    fn a_client_is_judged_by_when_it_comes_again() {
        const SOON: &[&str] = &["retry-too-soon"];
        const STEADY: &[&str] = &["retry-without-back-off"];
        let wait = Outcome::Answered(429, Some(5000));
        let steady = [(0, NO_WAIT), (1000, NO_WAIT), (2000, NO_WAIT)];
        let growing = [(0, NO_WAIT), (1000, NO_WAIT), (3000, NO_WAIT)];
        let six = [0, 1, 3, 7, 15, 31].map(|second| (second * 1000, NO_WAIT));
        let gone = Outcome::Answered(404, None);
        let cut = Outcome::Cut;
        let table: [Row; 16] = [
            (&[], 0, &[]),
            (&[(0, wait)], 4999, SOON),
            (&[(0, wait)], 5000, &[]),
            (&[(0, wait)], 65_001, &[]),
            (&[(0, Outcome::Answered(503, Some(i64::MAX)))], 1000, SOON),
            (&[(0, NO_WAIT)], 0, &[]),
            (&steady, 3000, STEADY),
            (&steady, 3100, STEADY),
            (&steady, 4000, &[]),
            (&growing, 4000, &[]),
            (&steady[..2], 2000, &[]),
            (&six, 63_000, &["retry-too-often"]),
            (&six[..5], 31_000, &[]),
            (&[(0, gone)], 10, &["retry-of-final-failure"]),
            (&[(0, gone)], 60_001, &[]),
            (&[(0, cut), (100, cut), (200, cut)], 300, STEADY),
        ];
        for (past, now, expected) in table {
            assert_eq!(told(past, now), expected, "{past:?} {now}");
        }
        for status in [400, 401, 403, 404, 409, 410, 422, 451] {
            assert_eq!(told(&[(0, Outcome::Answered(status, None))], 10).len(), 1, "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(told(&[(0, Outcome::Answered(status, None))], 10).is_empty(), "{status}");
        }
    }

    #[test]
    fn what_may_be_done_twice_needs_one_key() {
        let table = [
            (None, None, NO_WAIT, Some(Rule::RetryUnsafe)),
            (Some(1), None, NO_WAIT, Some(Rule::RetryUnsafe)),
            (Some(1), Some(2), NO_WAIT, Some(Rule::RetryKeyChanged)),
            (None, Some(2), Outcome::Cut, Some(Rule::RetryKeyChanged)),
            (Some(1), Some(1), NO_WAIT, None),
            (None, None, Outcome::Answered(429, None), None),
        ];
        for (before, now, outcome, expected) in table {
            let of = |at, key| Attempt { key, repeats_effects: true, ..attempt(at) };
            let failed = Failed { attempt: of(0, before), outcome };
            let found = verdicts(&[failed], &of(1000, now));
            assert_eq!(found.first().map(|verdict| verdict.rule), expected, "{before:?} {now:?} {outcome:?}");
        }
    }

    #[test]
    fn another_credential_after_a_401_is_no_retry() {
        let failed = Failed { attempt: attempt(0), outcome: Outcome::Answered(401, None) };
        let other = Attempt { credentials: 1, ..attempt(10) };
        assert!(verdicts(&[failed], &other).is_empty());
        assert_eq!(verdicts(&[failed], &attempt(10)).len(), 1);
    }

    #[test]
    fn a_success_ends_the_row_and_the_memory_is_bounded() {
        let retries = Retries::default();
        assert!(retries.is_empty());
        retries.enter(attempt(0), Outcome::Answered(404, None));
        assert_eq!(retries.judge(&attempt(10)).len(), 1);
        retries.enter(attempt(10), Outcome::Answered(200, None));
        assert!(retries.is_empty() && retries.judge(&attempt(20)).is_empty());
        for fingerprint in 0..3 * MOST_FAILURES as u64 {
            retries.enter(Attempt { fingerprint, ..attempt(0) }, NO_WAIT);
        }
        assert_eq!(retries.failures.lock().unwrap().len(), MOST_FAILURES);
        retries.clear();
        assert!(retries.is_empty());
    }
}
