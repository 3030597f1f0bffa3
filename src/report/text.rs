//! `text`: for people; the first line of a finding stands alone, the last line of all says how much was looked at.

use super::{Format, Report};
use crate::drift::Drift;
use crate::text::{harmless, shortened};
use crate::violation::Severity;

/// The format.
pub(super) const FORMAT: Format = Format { name: "text", render };

/// How many callers of a drift are named.
const MOST_CALLERS: usize = 5;

fn render(report: &Report) -> String {
    let mut text = String::new();
    for drift in &report.drifts {
        text.push_str(&finding(drift));
        text.push('\n');
    }
    text.push_str(&counts(report));
    text.push('\n');
    text
}

/// The first lines of the first drifts, and the counts.
pub(super) fn summary(report: &Report, most: usize) -> String {
    let mut text = String::new();
    for drift in report.drifts.iter().take(most) {
        let times = if drift.count == 1 { String::new() } else { format!(" ({} times)", drift.count) };
        text.push_str(&format!("{}: {}{times}\n", word(drift.severity), harmless(&drift.message)));
        text.push_str(&format!("   request   {} {}\n", drift.sample.method, harmless(&drift.sample.target)));
    }
    if report.drifts.len() > most {
        text.push_str(&format!("… and {} more; `--report text` tells all\n", report.drifts.len() - most));
    }
    text.push_str(&counts(report));
    text
}

fn finding(drift: &Drift) -> String {
    let mut rows = vec![("request", format!("{} {}", drift.sample.method, drift.sample.target))];
    if !drift.file.is_empty() {
        rows.push(("document", format!("{}:{}:{}  {}", drift.file, drift.line, drift.column, drift.pointer)));
    }
    rows.extend(drift.help.clone().map(|help| ("help", help)));
    rows.push(("seen", seen(drift)));
    rows.push(("rule", format!("{}, {} (standin explain {})", drift.rule, word(drift.severity), drift.rule)));
    let mut text = format!("{}\n", harmless(&drift.message));
    for (name, value) in rows {
        text.push_str(&format!("   {name:<9} {}\n", harmless(&value)));
    }
    text
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
    let mut text = format!(
        "{} read, {} judged, {} violating: {}",
        counts.exchanges,
        counts.judged,
        counts.violating,
        match report.drifts.len() {
            0 => "no drift".to_owned(),
            1 => "1 drift".to_owned(),
            count => format!("{count} drifts"),
        }
    );
    let severities = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")];
    let parts: Vec<String> = severities
        .into_iter()
        .map(|(severity, word)| (report.count(severity), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if !parts.is_empty() {
        text.push_str(&format!(" ({})", parts.join(", ")));
    }
    if counts.unrecorded > 0 {
        text.push_str(&format!("; no room for {} more violations", counts.unrecorded));
    }
    text
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
