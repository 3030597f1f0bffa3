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

/// What a client got for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// This status; for a failure, the wait in milliseconds that `Retry-After` asked for.
    Status(u16, Option<i64>),
    /// Not, or not whole: the connection or stream ended first.
    Lost,
}

/// A request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// The request.
    pub attempt: Attempt,
    /// What its client got.
    pub answer: Answer,
    /// When that had been sent; what its client does next is counted from here.
    pub ended: Moment,
}

/// What is told of a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule that the client broke.
    pub rule: Rule,
    /// What is wrong, as one line; it holds no measured time, so that the same requests get the same bytes.
    pub message: String,
    /// What was measured, and what to do.
    pub help: Option<String>,
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

impl Answer {
    /// Whether the same request may go well later.
    fn is_passing(self) -> bool {
        matches!(self, Self::Lost | Self::Status(408 | 425 | 429 | 500.., _))
    }

    fn is_failure(self) -> bool {
        matches!(self, Self::Lost | Self::Status(400.., _))
    }

    fn wait(self) -> Option<i64> {
        match self {
            Self::Status(_, wait) => wait.map(|wait| wait.clamp(0, LONGEST_WAIT)),
            Self::Lost => None,
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Status(status, _) => format!("a {status}"),
            Self::Lost => "a lost connection".to_owned(),
        }
    }
}

/// What is told of a request that is the same as those that failed before it, oldest first; nothing if it is no retry.
pub fn verdicts(failures: &[Failed], attempt: &Attempt) -> Vec<Verdict> {
    let Some(last) = failures.last() else { return Vec::new() };
    let pause = (attempt.at.0 - last.ended.0).max(0);
    let wait = last.answer.wait();
    if pause > LATEST + wait.unwrap_or(0) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let told = |rule, message: String| Verdict { rule, message, help: None };
    let after = last.answer.shown();
    if !last.answer.is_passing() {
        let has_other = last.attempt.credentials != attempt.credentials;
        if !(has_other && matches!(last.answer, Answer::Status(401 | 403, _))) {
            let message = format!("the same request came again after {after}, which stays");
            found.push(told(Rule::RetryOfFinalFailure, message));
        }
        return found;
    }
    if let Some(wait) = wait.filter(|wait| pause < *wait) {
        let message = format!("the request came again sooner than {after} asked to wait");
        let help = format!("it came after {}; wait {}", shown(pause), shown(wait));
        found.push(Verdict { rule: Rule::RetryTooSoon, message, help: Some(help) });
    }
    let retries = failures.len();
    if retries >= ENOUGH_RETRIES && failures.iter().all(|failed| failed.answer.wait().is_none()) {
        let next = failures[1..].iter().map(|failed| failed.attempt.at.0).chain([attempt.at.0]);
        let pauses: Vec<i64> =
            failures.iter().zip(next).map(|(failed, next)| next - failed.ended.0).collect();
        // A tenth is the jitter of timers, not a longer pause.
        if pauses[1..].iter().all(|later| *later <= pauses[0] + pauses[0] / 10) {
            let longest = shown(pauses.iter().copied().max().unwrap_or_default());
            let message = format!("{retries} retries came after pauses that do not grow");
            let help = format!("the longest was {longest}; let each be longer than the one before it");
            found.push(Verdict { rule: Rule::RetryWithoutBackOff, message, help: Some(help) });
        }
    }
    if retries > MOST_RETRIES {
        let message =
            format!("this is the retry {retries} of the same request, where {MOST_RETRIES} are enough");
        found.push(told(Rule::RetryTooOften, message));
    }
    // Who is told to wait or to come later was not served: nothing can happen twice.
    let may_be_done = matches!(last.answer, Answer::Lost | Answer::Status(500.., _));
    if attempt.repeats_effects && may_be_done {
        match (last.attempt.key, attempt.key) {
            (_, None) => {
                let message = format!("the request came again after {after} without `Idempotency-Key`");
                found.push(told(Rule::RetryUnsafe, message));
            }
            (before, Some(key)) if before != Some(key) => {
                let message = format!("the request came again after {after} with another `Idempotency-Key`");
                found.push(told(Rule::RetryKeyChanged, message));
            }
            (_, Some(_)) => {}
        }
    }
    found
}

/// The most of the failures that an attempt comes after one by one, oldest first: what was under way at the same time is no
/// retry of each other.
fn row<'f>(failures: impl Iterator<Item = &'f Failed>, attempt: &Attempt) -> Vec<Failed> {
    let same = failures.filter(|failed| failed.attempt.fingerprint == attempt.fingerprint);
    let mut row: Vec<Failed> = same.copied().collect();
    // From the last: whoever begins last leaves the most room for those before.
    row.sort_by_key(|failed| failed.attempt.at);
    row.reverse();
    let mut begun = attempt.at;
    row.retain(|failed| {
        let is_before = failed.ended <= begun;
        begun = if is_before { failed.attempt.at } else { begun };
        is_before
    });
    row.reverse();
    row
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
        verdicts(&row(failures.iter(), attempt), attempt)
    }

    /// Remembers what a client got and when: a failure, for the next one; a success ends the row.
    pub fn enter(&self, attempt: Attempt, answer: Answer, ended: Moment) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_row = |failed: &Failed| {
            let pause = attempt.at.0 - failed.ended.0;
            pause <= LATEST * 10 + failed.answer.wait().unwrap_or(0)
        };
        failures.retain(|failed| {
            failed.attempt.fingerprint != attempt.fingerprint || answer.is_failure() && is_of_row(failed)
        });
        if answer.is_failure() {
            if failures.len() >= MOST_FAILURES {
                failures.pop_front();
            }
            failures.push_back(Failed { attempt, answer, ended });
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
    type Row<'a> = (&'a [(i64, Answer)], i64, &'a [&'a str]);

    const NO_WAIT: Answer = Answer::Status(503, None);

    fn attempt(at: i64) -> Attempt {
        Attempt { at: Moment(at), fingerprint: 7, credentials: 0, key: None, repeats_effects: false }
    }

    /// A failure that was told at once.
    fn failed(attempt: Attempt, answer: Answer) -> Failed {
        Failed { attempt, answer, ended: attempt.at }
    }

    /// The codes of what is told of a request at `now`, after failures at these moments.
    fn told(past: &[(i64, Answer)], now: i64) -> Vec<&'static str> {
        let failures: Vec<Failed> = past.iter().map(|(at, answer)| failed(attempt(*at), *answer)).collect();
        verdicts(&failures, &attempt(now)).iter().map(|verdict| verdict.rule.code()).collect()
    }

    #[test]
    fn a_client_is_judged_by_when_it_comes_again() {
        const SOON: &[&str] = &["retry-too-soon"];
        const STEADY: &[&str] = &["retry-without-back-off"];
        let wait = Answer::Status(429, Some(5000));
        let steady = [(0, NO_WAIT), (1000, NO_WAIT), (2000, NO_WAIT)];
        let growing = [(0, NO_WAIT), (1000, NO_WAIT), (3000, NO_WAIT)];
        let six = [0, 1, 3, 7, 15, 31].map(|second| (second * 1000, NO_WAIT));
        let gone = Answer::Status(404, None);
        let cut = Answer::Lost;
        let table: [Row; 16] = [
            (&[], 0, &[]),
            (&[(0, wait)], 4999, SOON),
            (&[(0, wait)], 5000, &[]),
            (&[(0, wait)], 65_001, &[]),
            (&[(0, Answer::Status(503, Some(i64::MAX)))], 1000, SOON),
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
            assert_eq!(told(&[(0, Answer::Status(status, None))], 10).len(), 1, "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(told(&[(0, Answer::Status(status, None))], 10).is_empty(), "{status}");
        }
    }

    #[test]
    fn pauses_begin_when_the_failure_was_told() {
        let slow = |at: i64, answer| Failed { ended: Moment(at + 4000), ..failed(attempt(at), answer) };
        let codes = |failures: &[Failed], now| -> Vec<&str> {
            verdicts(failures, &attempt(now)).iter().map(|verdict| verdict.rule.code()).collect()
        };
        let wait = slow(0, Answer::Status(503, Some(2000)));
        assert_eq!(codes(&[wait], 5999), ["retry-too-soon"]);
        assert_eq!(codes(&[wait], 6000), [""; 0]);
        let steady = [0, 5000, 10_000].map(|at| slow(at, NO_WAIT));
        assert_eq!(codes(&steady, 15_000), ["retry-without-back-off"]);
        assert_eq!(codes(&steady, 16_000), [""; 0]);
    }

    #[test]
    fn what_may_be_done_twice_needs_one_key() {
        let table = [
            (None, None, NO_WAIT, Some(Rule::RetryUnsafe)),
            (Some(1), None, NO_WAIT, Some(Rule::RetryUnsafe)),
            (Some(1), Some(2), NO_WAIT, Some(Rule::RetryKeyChanged)),
            (None, Some(2), Answer::Lost, Some(Rule::RetryKeyChanged)),
            (Some(1), Some(1), NO_WAIT, None),
            (None, None, Answer::Status(429, None), None),
        ];
        for (before, now, answer, expected) in table {
            let of = |at, key| Attempt { key, repeats_effects: true, ..attempt(at) };
            let found = verdicts(&[failed(of(0, before), answer)], &of(1000, now));
            assert_eq!(found.first().map(|verdict| verdict.rule), expected, "{before:?} {now:?} {answer:?}");
        }
    }

    #[test]
    fn another_credential_after_a_401_is_no_retry() {
        let failed = failed(attempt(0), Answer::Status(401, None));
        let other = Attempt { credentials: 1, ..attempt(10) };
        assert!(verdicts(&[failed], &other).is_empty());
        assert_eq!(verdicts(&[failed], &attempt(10)).len(), 1);
    }

    #[test]
    fn what_was_under_way_at_the_same_time_is_no_retry_of_each_other() {
        let retries = Retries::default();
        // Twelve at once that their client gives up, and then twelve more.
        for begun in [0, 1000] {
            for count in 0..12 {
                let one = attempt(begun + count);
                assert!(retries.judge(&one).is_empty(), "{one:?}");
            }
            (0..12)
                .for_each(|count| retries.enter(attempt(begun + count), Answer::Lost, Moment(begun + 500)));
        }
        // One slow one hides none of those that came one after the other, and these are too many.
        retries.enter(attempt(900), Answer::Lost, Moment(7900));
        for begun in (2000..8000).step_by(1000) {
            retries.enter(attempt(begun), Answer::Lost, Moment(begun));
        }
        let codes: Vec<_> = retries.judge(&attempt(8000)).iter().map(|verdict| verdict.rule.code()).collect();
        assert_eq!(codes, ["retry-too-often"]);
    }

    #[test]
    fn a_success_ends_the_row_and_the_memory_is_bounded() {
        let retries = Retries::default();
        assert!(retries.is_empty());
        retries.enter(attempt(0), Answer::Status(404, None), Moment(0));
        assert_eq!(retries.judge(&attempt(10)).len(), 1);
        retries.enter(attempt(10), Answer::Status(200, None), Moment(10));
        assert!(retries.is_empty() && retries.judge(&attempt(20)).is_empty());
        for fingerprint in 0..3 * MOST_FAILURES as u64 {
            retries.enter(Attempt { fingerprint, ..attempt(0) }, NO_WAIT, Moment(0));
        }
        assert_eq!(retries.failures.lock().unwrap().len(), MOST_FAILURES);
        retries.clear();
        assert!(retries.is_empty());
    }
}
