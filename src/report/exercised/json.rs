//! `json`: what was exercised, by the JSON Schema that `standin schema coverage` prints.

use super::Exercised;
use crate::report::{Format, Report};

/// The format.
pub(super) const FORMAT: Format = Format { name: "json", media_type: "application/json", render };

fn render(report: &Report) -> String {
    let text = serde_json::to_string_pretty(&Exercised::of(&report.coverage));
    text.expect("a report holds nothing that JSON can't") + "\n"
}
