//! A drift: equal violations counted as one, and the request that shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exchange::Exchange;
use crate::redact;
use crate::seed::Seed;
use crate::violation::{Severity, Violation};

/// How many callers of one drift are told apart; of more, those with the smallest names, so that merged reports agree.
const MOST_CALLERS: usize = 32;

/// How many values that were found are kept of one drift.
const MOST_VALUES: usize = 16;

/// What tells drifts apart: sixteen hexadecimal digits made of rule, document, operation, place in the message and place
/// in the document; stable when lines move and when the same mistake is made with another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint(pub u64);

/// A breach of the contract, however often it occurred.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// What tells it apart from others; stable when lines move.
    pub fingerprint: Fingerprint,
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
    /// The column in characters, from 1.
    pub column: usize,
    /// The JSON Pointer into the file.
    pub pointer: String,
    /// How often it occurred.
    pub count: u64,
    /// When it first occurred (RFC 3339).
    pub first_seen: String,
    /// When it last occurred (RFC 3339).
    pub last_seen: String,
    /// Who sent the requests, and how many each; at most 32.
    pub callers: BTreeMap<String, u64>,
    /// How many requests were sent by callers that there was no room for; left out if none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub other_callers: u64,
    /// How often it occurred in each session, where all of a server are told; left out if none. What they do not account
    /// for belongs to the default one. `(ended)` stands for those that were let go.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sessions: BTreeMap<String, u64>,
    /// The callers of whom the baseline accepts it, `*` for all; left out if none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub accepted: BTreeSet<String>,
    /// The last day on which the baseline accepted it, if that has passed (`2026-01-31`); left out if not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<String>,
    /// What was found, each value once as JSON or text, redacted and shortened; at most 16, those that sort first.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub values: BTreeSet<String>,
    /// Whether there were more values than that; left out if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_values: bool,
    /// The smallest request that showed it, redacted.
    pub sample: Sample,
}

/// A request that shows a drift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// A command for a shell that sends the smallest request that showed it, where it was made for that; credentials are
    /// read from `STANDIN_CREDENTIALS`. Left out if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curl: Option<String>,
}

/// What is told of a drift, in the order by which one telling is chosen of several: the shortest target first. Nothing in
/// it depends on which came first.
type Telling<'a> = (
    (usize, &'a str, &'a str, u16),
    (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>),
    (&'a str, usize, usize, &'a str),
    (Option<&'a str>, u64),
);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Drift {
    /// The drift that a violation shows.
    pub(super) fn of(exchange: &Exchange, violation: &Violation) -> Self {
        let document = exchange.document.as_deref().unwrap_or_default();
        let operation = exchange.operation.as_deref().unwrap_or_default();
        let location = general_location(&violation.location);
        let at = exchange.at.to_string();
        Self {
            fingerprint: fingerprint(violation, document, operation, &location),
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
            first_seen: at.clone(),
            last_seen: at,
            callers: BTreeMap::from([(redact::shown(exchange.caller(), 200), 1)]),
            other_callers: 0,
            sessions: BTreeMap::new(),
            accepted: BTreeSet::new(),
            expired: None,
            values: violation.found.iter().cloned().collect(),
            more_values: false,
            sample: Sample {
                exchange: exchange.id,
                method: exchange.request.method.to_string(),
                target: redact::target(&exchange.request.target()),
                status: exchange.status,
                found: violation.found.clone(),
                expected: violation.expected.clone(),
                curl: None,
            },
        }
    }

    /// Adds another count of the same drift. In whatever order drifts are added, the outcome is the same.
    pub(super) fn absorb(&mut self, mut other: Self) {
        if other.telling() < self.telling() {
            std::mem::swap(self, &mut other);
        }
        self.severity = self.severity.max(other.severity);
        self.strict |= other.strict;
        self.count = self.count.saturating_add(other.count);
        self.first_seen = std::mem::take(&mut self.first_seen).min(other.first_seen);
        self.last_seen = std::mem::take(&mut self.last_seen).max(other.last_seen);
        self.other_callers = self.other_callers.saturating_add(other.other_callers);
        add_each(&mut self.callers, other.callers);
        add_each(&mut self.sessions, other.sessions);
        while self.callers.len() > MOST_CALLERS {
            let Some((_, count)) = self.callers.pop_last() else { break };
            self.other_callers = self.other_callers.saturating_add(count);
        }
        self.accepted.extend(other.accepted);
        while self.accepted.len() > MOST_CALLERS {
            self.accepted.pop_last();
        }
        self.expired = self.expired.take().max(other.expired);
        self.values.extend(other.values);
        self.more_values |= other.more_values || self.values.len() > MOST_VALUES;
        while self.values.len() > MOST_VALUES {
            self.values.pop_last();
        }
    }

    /// Whether the baseline accepts it of everybody who did it.
    pub fn is_known(&self) -> bool {
        let is_accepted = |caller: &String| self.accepted.contains(caller);
        self.accepted.contains("*") || self.other_callers == 0 && self.callers.keys().all(is_accepted)
    }

    fn telling(&self) -> Telling<'_> {
        let Sample { exchange, method, target, status, found, expected, curl } = &self.sample;
        (
            (target.len(), target, method, *status),
            (&self.message, self.help.as_deref(), found.as_deref(), expected.as_deref()),
            (&self.file, self.line, self.column, &self.pointer),
            (curl.as_deref(), *exchange),
        )
    }
}

/// Adds counts by name.
pub(super) fn add_each(counts: &mut BTreeMap<String, u64>, others: BTreeMap<String, u64>) {
    for (name, count) in others {
        let known = counts.entry(name).or_default();
        *known = known.saturating_add(count);
    }
}

fn general_location(location: &[String]) -> String {
    let parts: Vec<&str> = location
        .iter()
        .map(|part| if part.bytes().all(|byte| byte.is_ascii_digit()) { "*" } else { part })
        .collect();
    parts.join(".")
}

fn fingerprint(violation: &Violation, document: &str, operation: &str, location: &str) -> Fingerprint {
    let seed = Seed(0)
        .mix(violation.rule.code().as_bytes())
        .mix(document.as_bytes())
        .mix(operation.as_bytes())
        .mix(location.as_bytes())
        .mix(violation.place.pointer.as_str().as_bytes());
    Fingerprint(seed.0)
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_plain = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = u64::from_str_radix(&text, 16).ok().filter(|_| is_plain);
        number.map(Self).ok_or_else(|| {
            let shown = crate::text::harmless(&crate::text::shortened(&text, 60));
            format!("`{shown}` is no fingerprint, expected sixteen hexadecimal digits in lower case")
        })
    }
}

impl JsonSchema for Fingerprint {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fingerprint".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Sixteen hexadecimal digits made of rule, document, operation, place in the message and place in the document; stable when lines move.",
            "type": "string",
            "pattern": "^[0-9a-f]{16}$"
        })
    }
}
