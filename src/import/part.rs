//! A part of another tool's file with its place, and what is told of it.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::document::SourceFile;
use crate::pointer::Pointer;
use crate::text;

/// A value of a file with its place.
#[derive(Clone)]
pub(super) struct Part<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) value: &'a Value,
    pub(super) at: Pointer,
}

impl<'a> Part<'a> {
    /// The whole of a file.
    pub(super) fn whole(file: &'a SourceFile) -> Self {
        Self { file, value: &file.value, at: Pointer::root() }
    }

    /// A member, unless it is not there or null.
    pub(super) fn member(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self { file: self.file, value, at: self.at.join(key) })
    }

    /// The members of an object, by name, without those that are null.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a, '_> {
        let members = self.value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        members.map(|(key, value)| (key.as_str(), Self { file: self.file, value, at: self.at.join(key) }))
    }

    /// The items of a list.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> + use<'a, '_> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, value)| Self { file: self.file, value, at: self.at.index(index) })
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Span {
        self.file.span(&self.at).0
    }

    /// What it is, for a message: short values as they are written.
    pub(super) fn shown(&self) -> String {
        match self.value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::String(text) => format!("the text `{}`", text::shortened(text, 60)),
            other => format!("`{other}`"),
        }
    }
}

/// That a stub can't be imported, which has been told.
#[derive(Debug)]
pub(super) struct LeftOut;

/// Collects what is told of one stub.
#[derive(Default)]
pub(super) struct Told {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What the rule does without, in the words of the other tool.
    pub(super) lost: Vec<String>,
}

impl Told {
    /// A stub is left out because of a part that can't be said here.
    pub(super) fn refuse(&mut self, part: &Part<'_>, message: impl Into<String>, help: &str) -> LeftOut {
        let diagnostic = Diagnostic::error("stub-left-out", message).at(Some(part.span()));
        self.diagnostics.push(diagnostic.help(help));
        LeftOut
    }

    /// A stub is left out because a part has another type than it has to have.
    pub(super) fn wrong(&mut self, part: &Part<'_>, expected: &str) -> LeftOut {
        let key = part.at.last().unwrap_or_default();
        let message = format!("`{key}` is {}, expected {expected}", part.shown());
        let diagnostic = Diagnostic::error("stub-unreadable", message).at(Some(part.span()));
        self.diagnostics.push(diagnostic.help("the stub is left out until it is corrected"));
        LeftOut
    }

    /// A rule goes without a part of its stub, and its name says so.
    pub(super) fn lose(&mut self, part: &Part<'_>, message: impl Into<String>, help: &str) {
        let what = part.at.last().unwrap_or_default();
        if !self.lost.contains(&what) {
            self.lost.push(what);
        }
        self.warn("stub-in-part", part, message, help);
    }

    /// Something is worth a look.
    pub(super) fn warn(
        &mut self,
        code: &'static str,
        part: &Part<'_>,
        message: impl Into<String>,
        help: &str,
    ) {
        self.diagnostics.push(Diagnostic::warning(code, message).at(Some(part.span())).help(help));
    }

    /// Something plays a little differently here, and nobody has to do anything.
    pub(super) fn note(&mut self, part: &Part<'_>, message: impl Into<String>, help: &str) {
        let note = Diagnostic { severity: Severity::Info, ..Diagnostic::warning("stub-differs", message) };
        self.diagnostics.push(note.at(Some(part.span())).help(help));
    }
}

/// The members whose names are not known, each with what to do.
pub(super) fn strangers<'a>(part: &Part<'a>, known: &[&str]) -> Vec<(Part<'a>, String)> {
    let of = |(key, member): (&str, Part<'a>)| {
        let near = text::nearest(key, known.iter().copied());
        let help = near.map_or_else(
            || "it has no counterpart here; say it by hand".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        (member, help)
    };
    part.members().filter(|(key, _)| !known.contains(key)).map(of).collect()
}

/// The text of a part.
pub(super) fn text_of<'a>(part: &Part<'a>, told: &mut Told) -> Result<&'a str, LeftOut> {
    part.value.as_str().ok_or_else(|| told.wrong(part, "text"))
}

/// The text that a plain value is written as.
pub(super) fn written(part: &Part<'_>, told: &mut Told) -> Result<String, LeftOut> {
    match part.value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(part.value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(told.wrong(part, "text")),
    }
}

/// The whole number that a part is, at least 0.
pub(super) fn whole_number(part: &Part<'_>, told: &mut Told) -> Result<u64, LeftOut> {
    part.value.as_u64().ok_or_else(|| told.wrong(part, "a whole number from 0"))
}

/// Whether a part is true.
pub(super) fn truth(part: Option<&Part<'_>>, told: &mut Told) -> Result<bool, LeftOut> {
    part.map_or(Ok(false), |part| part.value.as_bool().ok_or_else(|| told.wrong(part, "true or false")))
}

/// Stops unless a part is an object.
pub(super) fn object(part: &Part<'_>, told: &mut Told) -> Result<(), LeftOut> {
    if part.value.is_object() { Ok(()) } else { Err(told.wrong(part, "an object")) }
}
