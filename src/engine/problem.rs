//! Problem details (RFC 9457): what is answered where the document declares nothing.

use bytes::Bytes;
use http::HeaderValue;
use http::header::{CONTENT_TYPE, HeaderName};
use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::{self, Diagnostic, Span};
use crate::message::Reply;
use crate::violation::Violation;

/// The body of a problem.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Problem {
    /// A URN that names the kind of problem: `urn:standin:` and a rule's code, or `about:blank`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the status means.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What is wrong in this case, and what to do.
    pub detail: String,
    /// What was found in the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
    /// What is wrong with a scenario or a rule that was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<ProblemDiagnostic>,
}

/// One mistake in what was sent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProblemDiagnostic {
    /// What kind of mistake it is (`standin explain CODE`).
    pub code: String,
    /// How much it weighs.
    pub severity: diagnostic::Severity,
    /// What is wrong.
    pub message: String,
    /// What to do; the nearest name, where one is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where in the content that was sent: line and column, counted from 1.
    pub place: Option<String>,
}

/// One finding in a problem.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProblemError {
    /// The rule's code.
    pub code: String,
    /// The place in the message.
    pub location: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The place in the document: `file:line:column`.
    pub document: String,
    /// Whether the strict reading found it; left out if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
}

impl Problem {
    /// A problem that no rule stands for.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        let title = http::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
        Self {
            kind: "about:blank".into(),
            title: title.unwrap_or("Unassigned status"),
            status,
            detail: detail.into(),
            errors: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// A problem that tells the mistakes in what was sent, the first error of them in its `detail`.
    pub fn of_diagnostics(status: u16, found: &[Diagnostic]) -> Self {
        Self::new(status, String::new()).with_diagnostics(found)
    }

    /// The problem with mistakes that say more than it did, if there are any.
    #[must_use]
    pub fn with_diagnostics(mut self, found: &[Diagnostic]) -> Self {
        let first = found.iter().find(|one| one.severity == diagnostic::Severity::Error);
        if let Some(first) = first.or(found.first()) {
            let of = ProblemDiagnostic::of(first);
            let place = of.place.map_or_else(String::new, |place| format!("{place}: "));
            // Some messages say themselves what to do.
            let help = of.help.filter(|_| !of.message.ends_with('?'));
            let help = help.map_or_else(String::new, |help| format!("; {help}"));
            self.detail = format!("{place}{}{help}", of.message);
        }
        self.diagnostics = found.iter().map(ProblemDiagnostic::of).collect();
        self
    }

    /// A problem that tells the violations of a request, the first of them in its `detail`.
    pub fn of_violations(status: u16, violations: &[Violation]) -> Self {
        let detail = violations.first().map_or_else(String::new, |first| first.message.clone());
        let mut problem = Self::new(status, detail);
        if let Some(first) = violations.first() {
            problem.kind = format!("urn:standin:{}", first.rule);
        }
        problem.errors = violations.iter().map(ProblemError::of).collect();
        problem
    }

    /// The problem as a reply.
    pub fn reply(&self) -> Reply {
        let mut reply = Reply::new(self.status);
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        reply.body = Bytes::from(serde_json::to_vec(self).unwrap_or_default());
        reply
    }
}

impl ProblemDiagnostic {
    /// A diagnostic as it is told to who sent the content.
    pub fn of(diagnostic: &Diagnostic) -> Self {
        let place = diagnostic.span.as_ref().map(Span::line_and_column);
        Self {
            code: diagnostic.code.to_owned(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            place: place.map(|(line, column)| format!("{line}:{column}")),
        }
    }
}

impl ProblemError {
    fn of(violation: &Violation) -> Self {
        let place = &violation.place;
        Self {
            code: violation.rule.code().to_owned(),
            location: violation.location.clone(),
            message: violation.message.clone(),
            help: violation.help.clone(),
            strict: violation.rule.is_strict(),
            document: format!("{}:{}:{}", place.file, place.line, place.column),
        }
    }
}

/// How long the header `standin-violations` may get.
const LONGEST_HEADER: usize = 2000;

/// Tells the violations in the header `standin-violations`: a JSON array in ASCII, cut at whole entries.
pub(super) fn tell_violations(reply: &mut Reply, violations: &[Violation]) {
    #[derive(Serialize)]
    struct Entry<'a> {
        location: &'a [String],
        severity: crate::violation::Severity,
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        strict: bool,
    }
    if violations.is_empty() {
        return;
    }
    let mut text = String::from("[");
    for violation in violations {
        let entry = Entry {
            location: &violation.location,
            severity: violation.severity,
            code: violation.rule.code(),
            message: &violation.message,
            strict: violation.rule.is_strict(),
        };
        let entry = ascii(&serde_json::to_string(&entry).unwrap_or_default());
        if text.len() + entry.len() + 2 > LONGEST_HEADER {
            break;
        }
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&entry);
    }
    text.push(']');
    if let Ok(value) = HeaderValue::from_str(&text) {
        reply.headers.insert(HeaderName::from_static("standin-violations"), value);
    }
}

/// JSON with everything outside of visible ASCII escaped.
fn ascii(json: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && !character.is_ascii_control() {
            text.push(character);
            continue;
        }
        let mut units = [0; 2];
        for unit in character.encode_utf16(&mut units) {
            // Writing to a string does not fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}
