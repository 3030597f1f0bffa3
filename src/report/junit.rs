//! `junit`: XML as test servers read it: a suite for each document, or for each session where several had traffic; a case
//! for each operation that was exercised or has findings.
//!
//! Written by hand: quick-junit 0.8 gives `testsuites` an attribute `skipped` that the schema of the format does not have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Format, Report, text};
use crate::drift::Drift;
use crate::text::harmless;

/// The format.
pub(super) const FORMAT: Format = Format { name: "junit", media_type: "application/xml", render };

/// What the suite of requests is called that fit no document, and the case of those that fit no operation.
const NONE: &str = "(none)";
/// What the suite of the session is called that has no name.
const DEFAULT: &str = "(default)";

/// An operation with what was found in it.
#[derive(Default)]
struct Case<'a> {
    failures: Vec<&'a Drift>,
    /// What is below what fails.
    remarks: Vec<&'a Drift>,
    known: Vec<&'a Drift>,
}

/// A document, or a session.
#[derive(Default)]
struct Suite<'a> {
    /// By document and operation.
    cases: BTreeMap<(&'a str, &'a str), Case<'a>>,
    /// How many operations nobody called; `None` if it is not known.
    idle: Option<usize>,
}

/// What a suite is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Document,
    Session,
}

fn render(report: &Report) -> String {
    let suites = suites(report);
    let cases = || suites.values().flat_map(|suite| suite.cases.values());
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"standin\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
        cases().count(),
        cases().filter(|case| case.is_failed()).count()
    );
    for (name, suite) in &suites {
        write_suite(name, suite, &mut xml);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suites(report: &Report) -> BTreeMap<&str, Suite<'_>> {
    let operations = || report.coverage.iter().flat_map(|document| &document.operations);
    let exercised = operations().flat_map(|one| sessions(&one.sessions, one.count));
    let found = report.drifts.iter().flat_map(|drift| sessions(&drift.sessions, drift.count));
    let by =
        if exercised.chain(found).collect::<BTreeSet<_>>().len() > 1 { By::Session } else { By::Document };
    let names = |document, counts, count| match by {
        By::Document => vec![document],
        By::Session => sessions(counts, count),
    };
    let mut suites: BTreeMap<&str, Suite<'_>> = BTreeMap::new();
    for document in &report.coverage {
        if by == By::Document {
            let idle = document.operations.iter().filter(|operation| operation.count == 0).count();
            suites.entry(&document.document).or_default().idle = Some(idle);
        }
        for operation in document.operations.iter().filter(|operation| operation.count > 0) {
            for name in names(&document.document, &operation.sessions, operation.count) {
                let key = (document.document.as_str(), operation.operation.as_str());
                suites.entry(name).or_default().cases.entry(key).or_default();
            }
        }
    }
    if by == By::Session && !report.coverage.is_empty() {
        for suite in suites.values_mut() {
            suite.idle = Some(operations().count() - suite.cases.len());
        }
    }
    for drift in &report.drifts {
        for name in names(&drift.document, &drift.sessions, drift.count) {
            let key = (drift.document.as_str(), drift.operation.as_str());
            let case = suites.entry(name).or_default().cases.entry(key).or_default();
            if drift.is_known() {
                case.known.push(drift);
            } else if report.is_failure(drift) {
                case.failures.push(drift);
            } else {
                case.remarks.push(drift);
            }
        }
    }
    suites
}

/// The sessions that something was counted in, the default one for what the others do not account for.
fn sessions(counts: &BTreeMap<String, u64>, count: u64) -> Vec<&str> {
    let counted = counts.values().fold(0, |sum: u64, count| sum.saturating_add(*count));
    let default = (counted < count).then_some(DEFAULT);
    counts.iter().filter(|(_, count)| **count > 0).map(|(name, _)| name.as_str()).chain(default).collect()
}

impl Case<'_> {
    fn is_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Whether all that is left to say is what the baseline accepts.
    fn is_skipped(&self) -> bool {
        self.failures.is_empty() && !self.known.is_empty()
    }
}

fn write_suite(name: &str, suite: &Suite<'_>, xml: &mut String) {
    let cases = &suite.cases;
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
        escaped(named(name)),
        cases.len(),
        cases.values().filter(|case| case.is_failed()).count(),
        cases.values().filter(|case| case.is_skipped()).count()
    );
    if let Some(idle) = suite.idle {
        let _ = writeln!(
            xml,
            "    <properties>\n      <property name=\"operations-not-exercised\" value=\"{idle}\"/>\n    </properties>"
        );
    }
    for ((document, operation), case) in cases {
        let name = escaped(named(operation));
        let _ = write!(xml, "    <testcase name=\"{name}\" classname=\"{}\"", escaped(named(document)));
        let body = body(case);
        if body.is_empty() {
            xml.push_str("/>\n");
        } else {
            let _ = write!(xml, ">\n{body}    </testcase>\n");
        }
    }
    xml.push_str("  </testsuite>\n");
}

fn body(case: &Case<'_>) -> String {
    let mut xml = String::new();
    if let Some(first) = case.failures.first() {
        let more = case.failures.len() - 1;
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        let message = escaped(&format!("{}{more}", first.message));
        let rule = escaped(&first.rule);
        let all = escaped(&findings(&case.failures));
        let _ = writeln!(xml, "      <failure type=\"{rule}\" message=\"{message}\">{all}</failure>");
    } else if case.is_skipped() {
        let known = crate::text::counted(case.known.len(), "drift");
        let _ = writeln!(xml, "      <skipped message=\"{known} known by the baseline\"/>");
    }
    let told: Vec<&Drift> = case.remarks.iter().chain(&case.known).copied().collect();
    if !told.is_empty() {
        let _ = writeln!(xml, "      <system-out>{}</system-out>", escaped(&findings(&told)));
    }
    xml
}

fn findings(drifts: &[&Drift]) -> String {
    drifts.iter().map(|drift| text::finding(drift)).collect::<Vec<_>>().join("\n\n")
}

fn named(name: &str) -> &str {
    if name.is_empty() { NONE } else { name }
}

/// Text as it can stand in an attribute and between tags (XML 1.0 2.2, 2.4): what no XML can hold is shown by its number.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\n' => shown.push('\n'),
            '\u{fffe}' | '\u{ffff}' => shown.extend(character.escape_default()),
            other if other.is_control() => shown.push_str(&harmless(&other.to_string())),
            other => shown.push(other),
        }
    }
    shown
}
