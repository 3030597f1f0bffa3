//! `text`: for people; the first line of a finding stands alone, the last line of all says how much was looked at.

use super::{Format, Report, place, seen};
use crate::drift::Drift;
use crate::text::{counted, harmless};
use crate::violation::Severity;

/// The format.
pub(super) const FORMAT: Format = Format { name: "text", media_type: "text/plain; charset=utf-8", render };

fn render(report: &Report) -> String {
    let mut parts: Vec<String> = report.new_drifts().map(finding).collect();
    parts.push(counts(report));
    format!("{}\n", parts.join("\n\n"))
}

/// The first lines of the first drifts, and the counts.
pub(super) fn summary(report: &Report, most: usize) -> String {
    let mut lines = Vec::new();
    for drift in report.new_drifts().take(most) {
        let times = if drift.count == 1 { String::new() } else { format!(" ({} times)", drift.count) };
        lines.push(format!("{}: {}{times}", drift.severity.word(), harmless(&drift.message)));
        lines.push(format!("   request   {} {}", drift.sample.method, harmless(&drift.sample.target)));
    }
    let more = report.new_drifts().count().saturating_sub(most);
    if more > 0 {
        lines.push(format!("… and {more} more; `--report text` tells all"));
    }
    lines.push(counts(report));
    lines.join("\n")
}

/// All that is told of one drift, without a line break at its end.
pub(super) fn finding(drift: &Drift) -> String {
    let mut rows = vec![("request", format!("{} {}", drift.sample.method, drift.sample.target))];
    if drift.location.starts_with("response") {
        rows.push(("reply", drift.sample.status.to_string()));
    }
    if !drift.file.is_empty() {
        rows.push(("document", format!("{}  {}", place(drift), drift.pointer)));
    }
    rows.extend(drift.help.clone().map(|help| ("help", help)));
    rows.push(("seen", seen(drift)));
    rows.extend(drift.sample.curl.clone().map(|curl| ("again", curl)));
    rows.extend(drift.expired.as_ref().map(|day| ("baseline", format!("accepted until {day}"))));
    let rule = &drift.rule;
    rows.push(("rule", format!("{rule}, {} (standin explain {rule})", drift.severity.word())));
    let mut lines = vec![harmless(&drift.message)];
    lines.extend(rows.into_iter().map(|(name, value)| format!("   {name:<9} {}", harmless(&value))));
    lines.join("\n")
}

fn read(report: &Report) -> String {
    format!("{} read, {} judged", report.counts.exchanges, report.counts.judged)
}

/// How much was looked at and found, as one line.
pub(super) fn counts(report: &Report) -> String {
    let counts = report.counts;
    let drifts = match report.new_drifts().count() {
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
    let known = match report.known() {
        0 => String::new(),
        known => format!(", {known} known by the baseline"),
    };
    let unrecorded = match counts.unrecorded {
        0 => String::new(),
        more => format!("; no room for {more} more violations"),
    };
    let (read, recorded) = match report.entries {
        Some(entries) if entries.read == counts.exchanges => (entries.to_string(), String::new()),
        // Some of it was seen by a server.
        Some(entries) => (read(report), format!("; of recorded traffic: {entries}")),
        None => (read(report), String::new()),
    };
    let violating = counts.violating;
    format!("{read}, {violating} violating: {drifts}{by_severity}{known}{unrecorded}{recorded}")
}
