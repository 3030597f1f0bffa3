//! Problems in the user's files: what is wrong, where, and what to do.

mod code;
mod render;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use code::{About, CODES, Code};
pub use render::{Style, render};

/// How much a diagnostic weighs.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not meant.
    Warning,
    /// Against the standard, or of no use as written.
    Error,
}

impl Severity {
    /// Its name in messages: `info`, `warning`, `error`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The text of a file as it was read, and the name that the user knows it by.
#[derive(Debug)]
pub struct SourceText {
    /// The path as the user would type it, or `<bundled>/…`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Where each line begins; found when a line is first asked for.
    lines: OnceLock<Vec<usize>>,
}

impl SourceText {
    /// A text and what the user calls it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// The line of a byte, counted from 0, and where that line begins.
    fn line_of(&self, byte: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
        });
        let line = lines.partition_point(|start| *start <= byte).saturating_sub(1);
        (line, lines.get(line).copied().unwrap_or(0))
    }
}

/// A range of bytes in a file.
#[derive(Debug, Clone)]
pub struct Span {
    /// The file.
    pub source: Arc<SourceText>,
    /// Bytes from the start of the text; empty ranges mark a point.
    pub range: Range<usize>,
}

impl Span {
    /// Line and column of its start, both counted from 1, columns in characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let text = &self.source.text;
        let mut start = self.range.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let (line, line_start) = self.source.line_of(start);
        (line + 1, text[line_start..start].chars().count() + 1)
    }
}

/// One problem in one of the user's files.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// A kebab-case name of the kind of problem; public API.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// One line that stands alone: lower-case, no full stop, literals in backticks.
    pub message: String,
    /// Where it is; `None` if it concerns a file as a whole that could not be read.
    pub span: Option<Span>,
    /// What to do, if we know.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of severity error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), span: None, help: None }
    }

    /// A diagnostic of severity warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// The diagnostic with its place.
    #[must_use]
    pub fn at(mut self, span: Option<Span>) -> Self {
        self.span = span;
        self
    }

    /// The diagnostic with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What loading gives: as much of the value as is good, and every problem found.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The value; `None` if nothing of it can be used.
    pub value: Option<T>,
    /// The problems, in the order they were found.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Loaded<T> {
    /// Whether a problem of severity error was found.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}
