//! `github`: workflow commands that GitHub shows at the lines of a change, one for each drift that is not known.

use super::{Format, Report, inside, seen, text};
use crate::drift::Drift;
use crate::text::harmless;
use crate::violation::Severity;

/// The format.
pub(super) const FORMAT: Format = Format { name: "github", media_type: "text/plain; charset=utf-8", render };

fn render(report: &Report) -> String {
    let mut lines: Vec<String> = report.new_drifts().map(annotation).collect();
    lines.push(text::counts(report));
    lines.join("\n") + "\n"
}

fn annotation(drift: &Drift) -> String {
    let command = match drift.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = vec![format!("title={}", property(&drift.rule))];
    if let Some(file) = inside(&drift.file) {
        // What lies elsewhere has no line that could be shown.
        properties.insert(0, format!("file={}", property(&file)));
        properties.insert(1, format!("line={},col={}", drift.line, drift.column));
    }
    let mut told = vec![
        harmless(&drift.message),
        format!("{} {}, {}", drift.sample.method, harmless(&drift.sample.target), harmless(&seen(drift))),
    ];
    told.extend(drift.help.as_deref().map(harmless));
    format!("::{command} {}::{}", properties.join(","), data(&told.join("\n")))
}

/// Text behind the second `::`, as the runner's own toolkit escapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(&harmless(text)).replace(':', "%3A").replace(',', "%2C")
}
