//! `text`: for people; the first line of a finding stands alone, the last line of all says how much was looked at.

use super::{Format, Report};
use crate::drift::Drift;
use crate::text::{counted, harmless, shortened};
use crate::violation::Severity;

/// The format.
pub(super) const FORMAT: Format = Format { name: "text", render };

/// How many callers of a drift are named.
const MOST_CALLERS: usize = 5;

fn render(report: &Report) -> String {
    let mut parts: Vec<String> = report.drifts.iter().map(finding).collect();
    parts.push(counts(report));
    format!("{}\n", parts.join("\n\n"))
}

/// The first lines of the first drifts, and the counts.
pub(super) fn summary(report: &Report, most: usize) -> String {
    let mut lines = Vec::new();
    for drift in report.drifts.iter().take(most) {
        let times = if drift.count == 1 { String::new() } else { format!(" ({} times)", drift.count) };
        lines.push(format!("{}: {}{times}", drift.severity.word(), harmless(&drift.message)));
        lines.push(format!("   request   {} {}", drift.sample.method, harmless(&drift.sample.target)));
    }
    if report.drifts.len() > most {
        lines.push(format!("… and {} more; `--report text` tells all", report.drifts.len() - most));
    }
    lines.push(counts(report));
    lines.join("\n")
}

fn finding(drift: &Drift) -> String {
    let mut rows = vec![("request", format!("{} {}", drift.sample.method, drift.sample.target))];
    if drift.location.starts_with("response") {
        rows.push(("reply", drift.sample.status.to_string()));
    }
    if !drift.file.is_empty() {
        rows.push(("document", format!("{}:{}:{}  {}", drift.file, drift.line, drift.column, drift.pointer)));
    }
    rows.extend(drift.help.clone().map(|help| ("help", help)));
    rows.push(("seen", seen(drift)));
    let rule = &drift.rule;
    rows.push(("rule", format!("{rule}, {} (standin explain {rule})", drift.severity.word())));
    let mut lines = vec![harmless(&drift.message)];
    lines.extend(rows.into_iter().map(|(name, value)| format!("   {name:<9} {}", harmless(&value))));
    lines.join("\n")
}

fn seen(drift: &Drift) -> String {
    let times = if drift.count == 1 { "once".to_owned() } else { format!("{} times", drift.count) };
    let mut callers: Vec<(&String, &u64)> = drift.callers.iter().collect();
    callers.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    let named: Vec<String> =
        callers.iter().take(MOST_CALLERS).map(|(name, _)| format!("`{}`", shortened(name, 60))).collect();
    let more = match callers.len().saturating_sub(MOST_CALLERS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{times}, by {}{more}", named.join(", "))
}

fn counts(report: &Report) -> String {
    let counts = report.counts;
    let drifts = match report.drifts.len() {
        0 => "no drift".to_owned(),
        count => counted(count, "drift"),
    };
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (report.count(severity), severity.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let by_severity = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let unrecorded = match counts.unrecorded {
        0 => String::new(),
        more => format!("; no room for {more} more violations"),
    };
    format!(
        "{} read, {} judged, {} violating: {drifts}{by_severity}{unrecorded}",
        counts.exchanges, counts.judged, counts.violating
    )
}
