//! What became of all cases: how many were sent and judged, and why the others were not.

use std::collections::BTreeMap;
use std::fmt;

use crate::drift::coverage::DocumentCoverage;
use crate::drift::{Fingerprint, Ledger};
use crate::text;

/// Why a case was not sent, or an operation not asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// The operation's method may change something.
    UnsafeMethod,
    /// The operation asks for credentials, and none were given that it takes.
    Credentials,
    /// No value was found that its schema allows.
    NoValue,
    /// Its value can't be written as style, media type or place ask.
    Unwritable,
    /// A part of its path would be empty.
    EmptyPath,
    /// It is longer than what every server has to read.
    TooLong,
    /// What was broken is whole again when it is written.
    NoBreach,
    /// What is valid can be read in another way when it is written, or breaks what the schema does not say.
    Misread,
    /// It leads to another operation.
    Elsewhere,
    /// There are more cases than were asked for.
    MostCases,
    /// The time was over.
    Time,
    /// The user stopped.
    Stopped,
    /// The server could not be reached any more.
    Unreachable,
}

impl LeftOut {
    /// What is counted: operations whose cases are not even made, else cases.
    fn unit(self) -> &'static str {
        if self == Self::UnsafeMethod { "operation" } else { "case" }
    }

    /// Why, behind a number of them.
    fn reason(self) -> &'static str {
        match self {
            Self::UnsafeMethod => "with unsafe methods (--allow-unsafe)",
            Self::Credentials => "without credentials (--credentials)",
            Self::NoValue => "of schemas for which no value was found",
            Self::Unwritable => "that can't be written as style or place ask",
            Self::EmptyPath => "with an empty part of the path",
            Self::TooLong => "longer than servers have to read",
            Self::NoBreach => "that are no breach when written",
            Self::Misread => "that are no longer valid when written",
            Self::Elsewhere => "that lead to another operation",
            Self::MostCases => "beyond --cases",
            Self::Time => "beyond --time",
            Self::Stopped => "after the stop",
            Self::Unreachable => "that could not be sent",
        }
    }
}

/// Why a reply says nothing of whether the server takes what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unconfirmed {
    /// What was asked for is not there, under ids that were made up.
    MadeUpIds,
    /// The credentials were not accepted.
    Credentials,
    /// There were too many requests.
    RateLimit,
    /// It depends on what the server holds.
    State,
}

impl Unconfirmed {
    fn reason(self) -> &'static str {
        match self {
            Self::MadeUpIds => "not found under made-up ids (--param)",
            Self::Credentials => "refused for their credentials (--credentials)",
            Self::RateLimit => "refused as too many (--rate)",
            Self::State => "in conflict with what the server holds",
        }
    }
}

/// What became of all cases.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was found.
    pub ledger: Ledger,
    /// What was exercised of each document.
    pub coverage: Vec<DocumentCoverage>,
    /// How many were sent.
    pub sent: u64,
    /// How many of those were valid, and tell whether the server takes them.
    pub valid: u64,
    /// How many replies had each status; 0 stands for no reply.
    pub statuses: BTreeMap<u16, u64>,
    /// How many of those say nothing, by reason.
    pub unconfirmed: BTreeMap<Unconfirmed, u64>,
    /// How many were not sent, by reason; of unsafe methods, how many operations.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// The smallest request of each finding, as a command that sends it again.
    pub commands: BTreeMap<Fingerprint, String>,
    /// Why the server could not be reached any more, if that is so.
    pub unreachable: Option<String>,
}

impl Outcome {
    /// How many cases tell whether the server keeps the contract.
    pub fn judged(&self) -> u64 {
        self.sent - self.unconfirmed.values().sum::<u64>()
    }
}

/// The last line of a verification: `312 cases sent, 290 judged, 22 unconfirmed: …; left out: …`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u64, what| text::counted(usize::try_from(count).unwrap_or(usize::MAX), what);
        write!(f, "{} sent, {} judged", counted(self.sent, "case"), self.judged())?;
        if !self.unconfirmed.is_empty() {
            let all: u64 = self.unconfirmed.values().sum();
            let reasons =
                self.unconfirmed.iter().map(|(why, count)| (*count, format!("{count} {}", why.reason())));
            write!(f, ", {all} unconfirmed: {}", listed(reasons.collect()))?;
        }
        if !self.left_out.is_empty() {
            let reasons = self
                .left_out
                .iter()
                .map(|(why, count)| (*count, format!("{} {}", counted(*count, why.unit()), why.reason())));
            write!(f, "; left out: {}", listed(reasons.collect()))?;
        }
        Ok(())
    }
}

/// Reasons with their counts, the most frequent first.
fn listed(mut reasons: Vec<(u64, String)>) -> String {
    reasons.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    reasons.into_iter().map(|(_, told)| told).collect::<Vec<_>>().join(", ")
}
