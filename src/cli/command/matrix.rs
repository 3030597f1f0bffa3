//! `standin check --each`: every exchange at every document, a row each.

use std::fmt::Write as _;

use crate::cli::settings::value::TextOrJson;
use crate::cli::terminal::Terminal;
use crate::text;
use crate::traffic::{Fit, Row};

/// How many characters of a request are shown.
const LONGEST_REQUEST: usize = 48;
/// How many characters of a document's name are shown, and of what is told of it.
const COLUMN: usize = 14;
/// How many documents are shown side by side; of more, the rows are written one document a line.
const MOST_COLUMNS: usize = 5;

/// Writes rows as they come.
pub struct Matrix<'a> {
    terminal: &'a Terminal,
    format: TextOrJson,
    names: Vec<String>,
}

impl<'a> Matrix<'a> {
    /// A matrix of these documents; its head is written.
    pub fn new(terminal: &'a Terminal, format: TextOrJson, names: Vec<String>) -> Self {
        if format == TextOrJson::Text && names.len() <= MOST_COLUMNS {
            let head: String = names.iter().map(|name| cell(name)).collect();
            terminal.result(format!("{:7} {:LONGEST_REQUEST$}  {head}", "entry", "request").trim_end());
        }
        Self { terminal, format, names }
    }

    /// Writes some rows.
    pub fn write(&self, rows: &[Row]) {
        if rows.is_empty() {
            return;
        }
        let mut lines = String::new();
        for row in rows {
            match self.format {
                TextOrJson::Json => {
                    let line = serde_json::to_string(row).expect("names and numbers can be written as JSON");
                    lines.extend([&line, "\n"]);
                }
                TextOrJson::Text => self.text(row, &mut lines),
            }
        }
        self.terminal.result(&lines);
    }

    fn text(&self, row: &Row, lines: &mut String) {
        let request = text::harmless(&text::shortened(&row.request, LONGEST_REQUEST));
        let fits = self.names.iter().map(|name| (name, told(row.documents.get(name))));
        let _ = write!(lines, "{:<7} {request:LONGEST_REQUEST$}", row.entry);
        if self.names.len() <= MOST_COLUMNS {
            let cells: String = fits.map(|(_, fit)| cell(&fit)).collect();
            lines.extend(["  ", cells.trim_end(), "\n"]);
            return;
        }
        lines.push('\n');
        for (name, fit) in fits.filter(|(name, _)| row.documents.get(*name) != Some(&Fit::NotRouted)) {
            let _ = writeln!(lines, "{:8}{}: {fit}", "", text::shortened(name, LONGEST_REQUEST));
        }
    }
}

fn cell(text: &str) -> String {
    let shown = text::harmless(&text::shortened(text, COLUMN));
    format!("{shown:width$}", width = COLUMN + 2)
}

fn told(fit: Option<&Fit>) -> String {
    match fit {
        Some(Fit::Conforms) => "conforms".to_owned(),
        Some(Fit::Violations(count)) => text::counted(*count, "violation"),
        Some(Fit::NotRouted) | None => "not routed".to_owned(),
    }
}
