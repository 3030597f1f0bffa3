//! `markdown`: a table and details that fit in the comment of a pull request.

use std::fmt::Write as _;

use super::{Format, Report, place, seen, text};
use crate::drift::Drift;
use crate::text::{harmless, shortened};

/// The format.
pub(super) const FORMAT: Format =
    Format { name: "markdown", media_type: "text/markdown; charset=utf-8", render };

/// How many characters it has at most; GitHub takes 65,536 in a comment.
pub(super) const LONGEST: usize = 60_000;
/// How many drifts the table shows.
const MOST_ROWS: usize = 100;
/// How many characters of a text are shown.
const LONGEST_CELL: usize = 300;

fn render(report: &Report) -> String {
    let drifts: Vec<&Drift> = report.new_drifts().collect();
    let mut page = format!("### standin: {}\n", escaped(&text::counts(report)));
    if drifts.is_empty() {
        return page;
    }
    page.push_str("\n| | found | operation | place | seen |\n|---|---|---|---|---|\n");
    let mut shown = 0;
    for drift in drifts.iter().take(MOST_ROWS) {
        let row = row(drift);
        if page.len() + row.len() > LONGEST * 3 / 5 {
            break;
        }
        page.push_str(&row);
        shown += 1;
    }
    if shown < drifts.len() {
        let _ = write!(page, "\n… and {} more.\n", drifts.len() - shown);
    }
    let mut left_out = 0;
    for drift in &drifts {
        let details = details(drift);
        if page.len() + details.len() > LONGEST {
            left_out += 1;
        } else {
            page.push_str(&details);
        }
    }
    if left_out > 0 {
        let _ = write!(page, "\nThe details of {left_out} do not fit here.\n");
    }
    page
}

fn row(drift: &Drift) -> String {
    let operation = [drift.document.as_str(), drift.operation.as_str()].join("/");
    format!(
        "| {} | {} | {} | {} | {} |\n",
        drift.severity.word(),
        literals(&drift.message),
        code(&operation),
        code(&place(drift)),
        literals(&seen(drift))
    )
}

fn details(drift: &Drift) -> String {
    let mut lines =
        vec![format!("request: {}", code(&format!("{} {}", drift.sample.method, drift.sample.target)))];
    if drift.location.starts_with("response") {
        lines.push(format!("reply: {}", drift.sample.status));
    }
    if !drift.file.is_empty() {
        lines.push(format!("document: {} {}", code(&place(drift)), code(&drift.pointer)));
    }
    lines.extend(drift.help.as_deref().map(|help| format!("help: {}", literals(help))));
    lines.extend(drift.expired.as_deref().map(|day| format!("baseline: accepted until {}", escaped(day))));
    lines.extend(drift.sample.curl.as_deref().map(|curl| format!("again: {}", code(curl))));
    let rule = &drift.rule;
    lines.push(format!("rule: {} ({})", code(rule), code(&format!("standin explain {rule}"))));
    let list = lines.join("\n- ");
    format!(
        "\n<details><summary>{}: {}</summary>\n\n- {list}\n\n</details>\n",
        drift.severity.word(),
        literals(&drift.message)
    )
}

/// A message with what stands in backticks set as code.
fn literals(message: &str) -> String {
    let message = shortened(message, LONGEST_CELL);
    let parts = message.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { escaped(part) }).collect()
}

/// Text set as code. By tags: within backticks nothing can be escaped.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<code>{}</code>", escaped(&shortened(text, LONGEST_CELL)))
}

/// Text without a meaning for markdown, for HTML, for the tables and the mentions of GitHub: characters that could have
/// one are written by their numbers (`CommonMark` 6.2: such a reference never stands for structure).
pub(super) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in harmless(text).chars() {
        match character {
            // A mention is looked for after markdown is gone, in the text between tags.
            '@' => shown.push_str("<span>@</span>"),
            '&' | '<' | '>' | '"' | '\'' | '\\' | '`' | '*' | '_' | '~' | '|' | '[' | ']' | '!' | '#'
            | '$' | ':' => {
                let _ = write!(shown, "&#{};", u32::from(character));
            }
            other => shown.push(other),
        }
    }
    shown
}
