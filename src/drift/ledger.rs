//! Equal violations counted as one drift, by fingerprint.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;

use crate::exchange::Exchange;
use crate::redact;
use crate::seed::Seed;
use crate::violation::{Severity, Violation};

/// How many different drifts are kept; of more, those with the smallest fingerprints, so that merged ledgers agree.
const MOST: usize = 5000;
/// How many callers of one drift are told apart.
const MOST_CALLERS: usize = 32;

/// A breach of the contract, however often it occurred.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Drift {
    /// Sixteen hexadecimal digits made of rule, document, operation, place in the message and place in the document;
    /// stable when lines move.
    pub fingerprint: String,
    /// The rule's code.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The document; empty if none fits the request.
    pub document: String,
    /// The operation; empty if none fits the request.
    pub operation: String,
    /// The place in the message, such as `request.query.limit` or `response.body.items.*.id`; indices and map keys are `*`.
    pub location: String,
    /// Whether the strict reading found it; left out if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// What is wrong, as the sample shows it.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The file of the document.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The JSON Pointer into the file.
    pub pointer: String,
    /// How often it occurred.
    pub count: u64,
    /// When it first occurred (RFC 3339).
    pub first_seen: String,
    /// When it last occurred (RFC 3339).
    pub last_seen: String,
    /// Who sent the requests, and how many each.
    pub callers: BTreeMap<String, u64>,
    /// The smallest request that showed it, redacted.
    pub sample: Sample,
}

/// A request that shows a drift.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Sample {
    /// The number of the exchange.
    pub exchange: u64,
    /// The method.
    pub method: String,
    /// Path and query, redacted.
    pub target: String,
    /// The status that was answered.
    pub status: u16,
    /// What was found.
    pub found: Option<String>,
    /// What was expected.
    pub expected: Option<String>,
}

/// How many exchanges there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// All that were read.
    pub exchanges: u64,
    /// Those that found an operation and were judged.
    pub judged: u64,
    /// Those with at least one violation that was not announced.
    pub violating: u64,
    /// Violations of drifts that there was no room for.
    pub unrecorded: u64,
}

/// The drifts of one session.
#[derive(Debug, Default)]
pub struct Ledger {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    counts: Counts,
    drifts: BTreeMap<u64, Drift>,
}

impl Ledger {
    /// Enters what was found in an exchange; announced violations are no drift.
    pub fn enter(&self, exchange: &Exchange) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.counts.exchanges += 1;
        book.counts.judged += u64::from(exchange.operation.is_some());
        let mut is_violating = false;
        for violation in &exchange.violations {
            if exchange.expected.contains(&violation.rule) {
                continue;
            }
            is_violating = true;
            book.enter(exchange, violation);
        }
        book.counts.violating += u64::from(is_violating);
    }

    /// Counts exchanges that were read and not judged.
    pub fn count_unjudged(&self, exchanges: u64) {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).counts.exchanges += exchanges;
    }

    /// Adds all that another ledger holds.
    pub fn absorb(&self, other: &Self) {
        let other = {
            let other = other.book.lock().unwrap_or_else(PoisonError::into_inner);
            (other.counts, other.drifts.clone())
        };
        self.book.lock().unwrap_or_else(PoisonError::into_inner).absorb(other.0, other.1);
    }

    /// How many exchanges there were.
    pub fn counts(&self) -> Counts {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).counts
    }

    /// The drifts: errors first, then by document, operation, location.
    pub fn drifts(&self) -> Vec<Drift> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let mut drifts: Vec<Drift> = book.drifts.values().cloned().collect();
        drop(book);
        drifts.sort_by(|one, other| {
            let key = |drift: &Drift| {
                (
                    drift.document.clone(),
                    drift.operation.clone(),
                    drift.location.clone(),
                    drift.fingerprint.clone(),
                )
            };
            other.severity.cmp(&one.severity).then_with(|| key(one).cmp(&key(other)))
        });
        drifts
    }

    /// Forgets all.
    pub fn clear(&self) {
        *self.book.lock().unwrap_or_else(PoisonError::into_inner) = Book::default();
    }
}

impl Book {
    fn enter(&mut self, exchange: &Exchange, violation: &Violation) {
        let document = exchange.document.as_deref().unwrap_or_default();
        let operation = exchange.operation.as_deref().unwrap_or_default();
        let location = general_location(&violation.location);
        let fingerprint = fingerprint(violation, document, operation, &location);
        let caller = redact::shown(exchange.caller(), 200);
        let sample = || Sample {
            exchange: exchange.id,
            method: exchange.request.method.to_string(),
            target: redact::target(&exchange.request.target()),
            status: exchange.status,
            found: violation.found.clone(),
            expected: violation.expected.clone(),
        };
        if let Some(drift) = self.drifts.get_mut(&fingerprint) {
            drift.count += 1;
            drift.last_seen = exchange.at.to_string();
            if drift.callers.len() < MOST_CALLERS || drift.callers.contains_key(&caller) {
                *drift.callers.entry(caller).or_default() += 1;
            }
            if exchange.request.target().len() < drift.sample.target.len() {
                // What is told goes with the request that shows it.
                drift.sample = sample();
                drift.message.clone_from(&violation.message);
                drift.help.clone_from(&violation.help);
            }
            return;
        }
        if !self.has_room(fingerprint, 1) {
            return;
        }
        let drift = Drift {
            fingerprint: format!("{fingerprint:016x}"),
            rule: violation.rule.code().to_owned(),
            severity: violation.severity,
            document: document.to_owned(),
            operation: operation.to_owned(),
            location,
            strict: violation.rule.is_strict(),
            message: violation.message.clone(),
            help: violation.help.clone(),
            file: violation.place.file.to_string(),
            line: violation.place.line,
            column: violation.place.column,
            pointer: violation.place.pointer.to_string(),
            count: 1,
            first_seen: exchange.at.to_string(),
            last_seen: exchange.at.to_string(),
            callers: BTreeMap::from([(caller, 1)]),
            sample: sample(),
        };
        self.drifts.insert(fingerprint, drift);
    }
}

impl Book {
    /// Makes room for a drift that is not there yet. Whether there is some; what is not kept is counted.
    fn has_room(&mut self, fingerprint: u64, count: u64) -> bool {
        if self.drifts.len() < MOST {
            return true;
        }
        let lost = match self.drifts.last_entry() {
            Some(largest) if fingerprint < *largest.key() => largest.remove().count,
            Some(_) | None => count,
        };
        self.counts.unrecorded += lost;
        self.drifts.len() < MOST
    }

    fn absorb(&mut self, counts: Counts, drifts: BTreeMap<u64, Drift>) {
        self.counts.exchanges += counts.exchanges;
        self.counts.judged += counts.judged;
        self.counts.violating += counts.violating;
        self.counts.unrecorded += counts.unrecorded;
        for (fingerprint, drift) in drifts {
            if let Some(known) = self.drifts.get_mut(&fingerprint) {
                known.absorb(drift);
            } else if self.has_room(fingerprint, drift.count) {
                self.drifts.insert(fingerprint, drift);
            }
        }
    }
}

impl Drift {
    /// Adds another count of the same drift.
    fn absorb(&mut self, other: Self) {
        self.count += other.count;
        self.first_seen = std::mem::take(&mut self.first_seen).min(other.first_seen);
        self.last_seen = std::mem::take(&mut self.last_seen).max(other.last_seen);
        for (caller, count) in other.callers {
            if self.callers.len() < MOST_CALLERS || self.callers.contains_key(&caller) {
                *self.callers.entry(caller).or_default() += count;
            }
        }
        if (other.sample.target.len(), &other.sample.target) < (self.sample.target.len(), &self.sample.target)
        {
            (self.sample, self.message, self.help) = (other.sample, other.message, other.help);
        }
    }
}

fn general_location(location: &[String]) -> String {
    let parts: Vec<&str> = location
        .iter()
        .map(|part| if part.bytes().all(|byte| byte.is_ascii_digit()) { "*" } else { part })
        .collect();
    parts.join(".")
}

/// Made of what stays when lines move and when the same mistake is made with another value.
fn fingerprint(violation: &Violation, document: &str, operation: &str, location: &str) -> u64 {
    Seed(0)
        .mix(violation.rule.code().as_bytes())
        .mix(document.as_bytes())
        .mix(operation.as_bytes())
        .mix(location.as_bytes())
        .mix(violation.place.pointer.as_str().as_bytes())
        .0
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Method;

    use super::*;
    use crate::clock::Moment;
    use crate::message::Request;
    use crate::pointer::Pointer;
    use crate::violation::{Place, Rule};

    fn exchange(target: &str, line: usize, item: &str) -> Exchange {
        let pointer = Pointer::from_escaped("/paths/~1a/get");
        let place = Place { file: "a.yaml".into(), line, column: 1, pointer };
        Exchange {
            id: 1,
            at: Moment(0),
            document: Some("a".into()),
            operation: Some("list".into()),
            request: Request::new(Method::GET, target),
            status: 400,
            reply: Bytes::new(),
            violations: vec![Violation::new(
                Rule::BodyInvalid,
                &["request", "body", item, "name"],
                "wrong",
                place,
            )],
            expected: Vec::new(),
            rules: Vec::new(),
            retry_after: None,
            ended: None,
            replay: None,
        }
    }

    #[test]
    fn equal_breaches_are_one_drift_whatever_the_line_and_the_index() {
        let ledger = Ledger::default();
        ledger.enter(&exchange("/a?token=secret", 5, "0"));
        ledger.enter(&exchange("/a", 9, "17"));
        let drifts = ledger.drifts();
        assert_eq!(drifts.len(), 1);
        assert_eq!((drifts[0].count, drifts[0].location.as_str()), (2, "request.body.*.name"));
        assert_eq!(drifts[0].sample.target, "/a");
        assert_eq!(ledger.counts(), Counts { exchanges: 2, judged: 2, violating: 2, unrecorded: 0 });
    }

    #[test]
    fn announced_breaches_are_no_drift() {
        let ledger = Ledger::default();
        let mut announced = exchange("/a", 1, "0");
        announced.expected.push(Rule::BodyInvalid);
        ledger.enter(&announced);
        assert!(ledger.drifts().is_empty());
        assert_eq!(ledger.counts().violating, 0);
    }
}
