//! `json`: the report as it is, by the JSON Schema that `standin schema report` prints.

use super::{Format, Report};

/// The format.
pub(super) const FORMAT: Format = Format { name: "json", media_type: "application/json", render };

fn render(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report holds nothing that JSON can't");
    text.push('\n');
    text
}
