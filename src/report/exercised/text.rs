//! `text`: for people; what was not exercised, operation by operation.

use super::{Exercised, all, hits, missed, sum};
use crate::drift::coverage::{DocumentCoverage, OperationCoverage, PointKind};
use crate::report::{Format, Report};
use crate::text::{counted, harmless};

/// The format.
pub(super) const FORMAT: Format = Format { name: "text", media_type: "text/plain; charset=utf-8", render };

fn render(report: &Report) -> String {
    let mut lines: Vec<String> = report.coverage.iter().flat_map(document).collect();
    let whole = Exercised::of(&report.coverage);
    lines.push(format!("in all: {}", sum(whole.exercised, whole.of)));
    lines.join("\n") + "\n"
}

fn document(document: &DocumentCoverage) -> Vec<String> {
    let operations = || document.operations.iter();
    let sums = sum(operations().map(hits).sum(), operations().map(all).sum());
    let mut lines = vec![format!("{}: {sums}", harmless(&document.document))];
    lines.extend(operations().map(operation));
    lines.push(String::new());
    lines
}

fn operation(operation: &OperationCoverage) -> String {
    let OperationCoverage { operation: id, method, template, count, .. } = operation;
    let calls =
        usize::try_from(*count).map_or_else(|_| count.to_string(), |count| counted(count, "exchange"));
    let missed: Vec<String> =
        missed(operation).map(|point| format!("{} `{}`", word(point.kind), point.name)).collect();
    let rest = match (count, missed.is_empty()) {
        (0, _) => "not called".to_owned(),
        (_, true) => format!("{calls}, all exercised"),
        (_, false) => format!("{calls}; not exercised: {}", missed.join(", ")),
    };
    harmless(&format!("  {id}  {method} {template}  {rest}"))
}

fn word(kind: PointKind) -> &'static str {
    match kind {
        PointKind::Parameter => "parameter",
        PointKind::RequestContent => "request",
        PointKind::Status => "status",
        PointKind::ReplyContent => "reply",
        PointKind::Branch => "branch",
    }
}
