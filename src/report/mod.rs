//! What was found in the traffic, written for people and for programs: one format per file.

mod exercised;
mod fail_on;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

use std::path::{Component, Path};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::drift::coverage::{self, DocumentCoverage};
use crate::drift::{self, Counts, Drift, Entries, Ledger};
use crate::violation::Severity;
pub use exercised::{COVERAGE_FORMATS, COVERAGE_NAMES, Exercised};
pub use fail_on::FailOn;

/// A way to write a report.
#[derive(Debug)]
pub struct Format {
    /// Its name, as in `--report NAME`.
    pub name: &'static str,
    /// The media type of what it writes, as in `Content-Type`.
    pub media_type: &'static str,
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
pub const FORMATS: &[Format] = &[
    text::FORMAT,
    json::FORMAT,
    junit::FORMAT,
    sarif::FORMAT,
    markdown::FORMAT,
    html::FORMAT,
    github::FORMAT,
];

/// The format for people.
pub const TEXT: &Format = &text::FORMAT;

/// The format that [`Report::read`] reads.
pub const JSON: &Format = &json::FORMAT;

/// The names of the formats.
pub const NAMES: &[&str] = &{
    let mut names = [""; FORMATS.len()];
    let mut at = 0;
    while at < FORMATS.len() {
        names[at] = FORMATS[at].name;
        at += 1;
    }
    names
};

/// The drifts of a run and how much was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "standin report")]
pub struct Report {
    /// What made it.
    pub tool: Tool,
    /// How much was looked at.
    pub counts: Counts,
    /// What became of the entries of recorded traffic, which `counts` has among its exchanges; left out where none was
    /// read. It tells judged from judged in part; `judged` of `counts` is what found an operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Entries>,
    /// Which drifts are failures.
    #[serde(default)]
    pub fail_on: FailOn,
    /// What was found: errors first, then by document, operation and place in the message.
    pub drifts: Vec<Drift>,
    /// What of each document was exercised.
    #[serde(default)]
    pub coverage: Vec<DocumentCoverage>,
}

/// What made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `standin`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: "standin".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

impl Report {
    /// The report of all that a ledger holds.
    pub fn of(ledger: &Ledger) -> Self {
        Self {
            tool: Tool::default(),
            counts: ledger.counts(),
            entries: None,
            fail_on: FailOn::default(),
            drifts: ledger.drifts(),
            coverage: Vec::new(),
        }
    }

    /// The report of all that several reports hold, whatever their order; what is a failure in one of them is one.
    pub fn merged(reports: impl IntoIterator<Item = Self>) -> Self {
        let ledger = Ledger::default();
        let mut fail_on: Option<FailOn> = None;
        let mut coverage = Vec::new();
        let mut entries: Option<Entries> = None;
        for report in reports {
            if let Some(more) = report.entries {
                entries.get_or_insert_default().absorb(more);
            }
            ledger.add(report.counts, report.drifts);
            coverage = coverage::added(coverage.into_iter().chain(report.coverage));
            match &mut fail_on {
                Some(known) => known.absorb(report.fail_on),
                None => fail_on = Some(report.fail_on),
            }
        }
        Self { entries, fail_on: fail_on.unwrap_or_default(), coverage, ..Self::of(&ledger) }
    }

    /// Reads a report in the format `json`. Errors tell where it is wrong, and how.
    pub fn read(json: &[u8]) -> Result<Self, String> {
        drift::from_json(json)
    }

    /// The report of recorded traffic.
    #[must_use]
    pub fn of_entries(self, entries: Entries) -> Self {
        Self { entries: Some(entries), ..self }
    }

    /// The report with what was exercised.
    #[must_use]
    pub fn covering(self, coverage: Vec<DocumentCoverage>) -> Self {
        Self { coverage: coverage::added(coverage), ..self }
    }

    /// The report with the files that lie under a folder named as seen from there, as reports of several machines and
    /// links to lines need it.
    #[must_use]
    pub fn seen_from(mut self, folder: &Path) -> Self {
        let name = |file: &mut String| {
            if let Ok(inside) = Path::new(file.as_str()).strip_prefix(folder) {
                *file = inside.display().to_string();
            }
        };
        self.drifts.iter_mut().for_each(|drift| name(&mut drift.file));
        for operation in self.coverage.iter_mut().flat_map(|document| &mut document.operations) {
            name(&mut operation.file);
            operation.points.iter_mut().for_each(|point| name(&mut point.file));
        }
        self
    }

    /// The drifts that the baseline does not accept.
    pub fn new_drifts(&self) -> impl Iterator<Item = &Drift> {
        self.drifts.iter().filter(|drift| !drift.is_known())
    }

    /// Whether there are failures. Findings that there was no room for count as such, unless nothing is to fail.
    pub fn fails(&self, fail_on: &FailOn) -> bool {
        !fail_on.is_never()
            && (self.counts.unrecorded > 0 || self.new_drifts().any(|drift| fail_on.takes(drift)))
    }

    /// Whether a drift is a failure.
    pub fn is_failure(&self, drift: &Drift) -> bool {
        !drift.is_known() && self.fail_on.takes(drift)
    }

    /// The first lines of at most `most` drifts, then one line of counts.
    pub fn summary(&self, most: usize) -> String {
        text::summary(self, most)
    }

    /// How many drifts there are of a severity that the baseline does not accept.
    pub fn count(&self, severity: Severity) -> usize {
        self.new_drifts().filter(|drift| drift.severity == severity).count()
    }

    /// How many drifts the baseline accepts.
    pub fn known(&self) -> usize {
        self.drifts.iter().filter(|drift| drift.is_known()).count()
    }
}

/// The path of a file that a link can lead to from the working folder, with slashes; `None` if it does not lie there: it
/// is bundled, fetched, or somewhere else.
fn inside(file: &str) -> Option<String> {
    if file.is_empty() || file.starts_with('<') || file.contains("://") {
        return None;
    }
    let mut parts = Vec::new();
    for component in Path::new(file).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Where a drift is declared, for people: `specs/mserve.yaml:41:17`; empty if nothing declares it.
fn place(drift: &Drift) -> String {
    if drift.file.is_empty() {
        return String::new();
    }
    format!("{}:{}:{}", drift.file, drift.line, drift.column)
}

/// How often a drift was seen and by whom, the most frequent first and only some: ``2 times, by `curl/8` ``.
fn seen(drift: &Drift) -> String {
    const MOST: usize = 5;
    let times = if drift.count == 1 { "once".to_owned() } else { format!("{} times", drift.count) };
    let mut callers: Vec<(&String, &u64)> = drift.callers.iter().collect();
    callers.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    let named: Vec<String> = callers
        .iter()
        .take(MOST)
        .map(|(name, _)| {
            let known = if drift.accepted.contains(*name) || drift.accepted.contains("*") {
                " (accepted)"
            } else {
                ""
            };
            format!("`{}`{known}", crate::text::shortened(name, 60))
        })
        .collect();
    let more = match callers.len().saturating_sub(MOST) + usize::from(drift.other_callers > 0) {
        0 => String::new(),
        more if drift.other_callers > 0 => format!(" and at least {more} more"),
        more => format!(" and {more} more"),
    };
    format!("{times}, by {}{more}", named.join(", "))
}
