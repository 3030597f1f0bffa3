//! Files as they were read: YAML or JSON, with the place of every value.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::place::Places;
use super::yaml;
use crate::diagnostic::{Diagnostic, SourceText, Span};
use crate::pointer::Pointer;

/// Files larger than this are refused.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A YAML or JSON file: one of a document's, or one of ours.
#[derive(Debug)]
pub struct File {
    /// The path without links and dots; for bundled documents and those from a URL, their name.
    pub path: PathBuf,
    /// Its text.
    pub source: Arc<SourceText>,
    /// Its value; numbers, booleans and null by the core schema of YAML 1.2. Null once it is part of a document's tree.
    pub value: Value,
    /// How places are found in its language.
    find_places: fn(&str) -> Places,
    places: OnceLock<Places>,
}

impl File {
    /// Reads a file. `name` is what the user calls it.
    pub fn read(path: &Path, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        match read_text(path) {
            Ok(text) => {
                let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
                Self::parse(path, name, text, diagnostics)
            }
            Err(reason) => {
                diagnostics.push(Diagnostic::error("unreadable", format!("cannot read `{name}`: {reason}")));
                None
            }
        }
    }

    /// Reads a text that stands in no file. `name` is what it is told by; one that ends in `.json` takes no YAML.
    pub fn of_text(name: &str, text: String, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        Self::parse(PathBuf::from(name), name, text, diagnostics)
    }

    /// Reads a text.
    pub(super) fn parse(
        path: PathBuf,
        name: &str,
        text: String,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let source = Arc::new(SourceText::new(name, text));
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let (value, places): (Value, fn(&str) -> Places) = match parse_json(&source) {
            JsonOutcome::Value(value) => (value, Places::of_json),
            JsonOutcome::Broken(diagnostic) if is_json => {
                diagnostics.push(*diagnostic);
                return None;
            }
            // A flow mapping of YAML starts like an object of JSON.
            JsonOutcome::Broken(_) | JsonOutcome::OtherLanguage => {
                (yaml::parse(&source, diagnostics)?, Places::of_yaml)
            }
        };
        Some(Self { path, source, value, find_places: places, places: OnceLock::new() })
    }

    /// Where the value at a pointer stands, or the nearest value above it; and the pointer of what was found.
    pub fn span(&self, pointer: &Pointer) -> (Span, Pointer) {
        let (range, found) = self.places().find(&self.source.text, pointer);
        (Span { source: Arc::clone(&self.source), range }, found)
    }

    /// Where the name of the property at a pointer stands; `None` if that can't be told.
    pub fn name_span(&self, pointer: &Pointer) -> Option<Span> {
        let (value, found) = self.span(pointer);
        let name = pointer.last().filter(|_| found == *pointer)?;
        let before = self.source.text[..value.range.start].trim_end().strip_suffix(':')?.trim_end();
        let before = before.trim_end_matches(['"', '\'']);
        let start = before.strip_suffix(name.as_str())?.len();
        Some(Span { source: Arc::clone(&self.source), range: start..before.len() })
    }

    /// The places of its values, found on first use.
    pub(super) fn places(&self) -> &Places {
        self.places.get_or_init(|| (self.find_places)(&self.source.text))
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_bytes(path, LARGEST)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("it is not UTF-8: byte {at} can't be read; save it as UTF-8 text")
    })
}

/// Reads a regular file of at most `largest` bytes; an error is the rest of a sentence.
pub(super) fn read_bytes(path: &Path, largest: u64) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if metadata.is_dir() {
        return Err("it is a folder".into());
    }
    if !metadata.is_file() {
        return Err("it is no regular file, so it may never end".into());
    }
    if metadata.len() > largest {
        return Err(format!("it has {} bytes, more than the {largest} that are read", metadata.len()));
    }
    std::fs::read(path).map_err(|error| error.to_string())
}

enum JsonOutcome {
    Value(Value),
    Broken(Box<Diagnostic>),
    OtherLanguage,
}

fn parse_json(source: &Arc<SourceText>) -> JsonOutcome {
    if !source.text.trim_start().starts_with(['{', '[']) {
        return JsonOutcome::OtherLanguage;
    }
    match serde_json::from_str(&source.text) {
        Ok(value) => JsonOutcome::Value(value),
        Err(error) => {
            let at = offset(&source.text, error.line(), error.column());
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            let span = Span { source: Arc::clone(source), range: at..at };
            let diagnostic = if what.contains("recursion limit") {
                Diagnostic::error("too-deep", "nested deeper than 128 levels")
            } else {
                Diagnostic::error("json-syntax", format!("not readable as JSON: {what}"))
            };
            JsonOutcome::Broken(Box::new(diagnostic.at(Some(span))))
        }
    }
}

/// The byte offset of a line and column as `serde_json` counts them: both from 1, columns in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}
