//! What was found in the traffic, written for people and for programs: one format per file.

mod json;
mod text;

use schemars::JsonSchema;
use serde::Serialize;

use crate::drift::{Counts, Drift, Ledger};
use crate::violation::Severity;

/// A way to write a report.
#[derive(Debug)]
pub struct Format {
    /// Its name, as in `--report NAME`.
    pub name: &'static str,
    /// Writes a report.
    pub render: fn(&Report) -> String,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

/// Every format.
pub const FORMATS: &[Format] = &[text::FORMAT, json::FORMAT];

/// The names of formats that are planned: refused with a word.
pub const PLANNED: &[&str] = &["junit", "sarif", "markdown", "html", "github"];

/// The drifts of a run and how much was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "standin report")]
pub struct Report {
    /// What made it.
    pub tool: Tool,
    /// How much was looked at.
    pub counts: Counts,
    /// What was found: errors first, then by document, operation and place in the message.
    pub drifts: Vec<Drift>,
}

/// What made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tool {
    /// `standin`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Report {
    /// The report of all that a ledger holds.
    pub fn of(ledger: &Ledger) -> Self {
        let tool = Tool { name: "standin".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        Self { tool, counts: ledger.counts(), drifts: ledger.drifts() }
    }

    /// Whether there are findings of this severity or above; never with `None`. Findings that there was no room for
    /// count as such.
    pub fn fails(&self, at_least: Option<Severity>) -> bool {
        at_least.is_some_and(|least| {
            self.counts.unrecorded > 0 || self.drifts.iter().any(|drift| drift.severity >= least)
        })
    }

    /// The first lines of at most `most` drifts, then one line of counts.
    pub fn summary(&self, most: usize) -> String {
        text::summary(self, most)
    }

    /// How many drifts there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.drifts.iter().filter(|drift| drift.severity == severity).count()
    }
}

#[cfg(test)]
mod tests;
