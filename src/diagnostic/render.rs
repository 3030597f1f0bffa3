//! Diagnostics as text with excerpt and caret.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity, Span};
use crate::text;

/// Whether the text may hold colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences.
    Plain,
    /// Colors for a terminal.
    Colored,
}

/// Lines longer than this are cut around the caret, so that a file without line breaks can't flood the terminal.
const LONGEST_LINE: usize = 200;

/// The diagnostic as a block of text without a line break at its end.
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let message = text::harmless(&diagnostic.message);
    let help = diagnostic.help.as_deref().map(text::harmless);
    let title = level.primary_title(&message).id(diagnostic.code);
    let excerpt = diagnostic.span.as_ref().map(Excerpt::of);
    let mut group = match &excerpt {
        Some(excerpt) => Group::with_title(title).element(
            Snippet::source(excerpt.text.as_str())
                .path(excerpt.name.as_str())
                .line_start(excerpt.line)
                .annotation(AnnotationKind::Primary.span(excerpt.range.clone())),
        ),
        None => Group::with_title(title),
    };
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// The line that a span starts on, cut to a length that can be shown.
struct Excerpt {
    name: String,
    text: String,
    line: usize,
    range: std::ops::Range<usize>,
}

impl Excerpt {
    fn of(span: &Span) -> Self {
        let text = &span.source.text;
        let (line, _) = span.line_and_column();
        let mut start = span.range.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let mut from = line_start.max(start.saturating_sub(LONGEST_LINE / 2));
        let mut to = line_end.min(start + LONGEST_LINE);
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        let mut end = span.range.end.clamp(start, to);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        // A control character takes one column here, as it does in the message.
        let shown: String =
            text[from..to].chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
        let range = if shown.len() == to - from { start - from..end - from } else { 0..0 };
        Self { name: span.source.name.clone(), text: shown, line, range }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::SourceText;
    use super::*;

    #[test]
    fn a_caret_stands_under_what_is_wrong() {
        let source = Arc::new(SourceText::new("a.yaml", "openapi: 3.0.0\npaths: 5\n"));
        let diagnostic = Diagnostic::error("wrong-type", "`paths` is a number, expected an object")
            .at(Some(Span { source, range: 22..23 }))
            .help("write a map of paths");
        insta::assert_snapshot!(render(&diagnostic, Style::Plain));
    }
}
