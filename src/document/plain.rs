//! Files of our own formats, and which files are documents: read as documents are, with the place of every value.

use std::path::{Path, PathBuf};

use serde::de::{Deserialize, IgnoredAny};
use serde_json::Value;

use super::file::File;
use crate::diagnostic::{Loaded, Span};
use crate::pointer::Pointer;

/// A YAML or JSON file that is no `OpenAPI` document: settings, scenarios.
#[derive(Debug)]
pub struct Plain(File);

impl Plain {
    /// Reads a file; the user knows it by its path.
    pub fn read(path: &Path) -> Loaded<Self> {
        let mut diagnostics = Vec::new();
        let file = File::read(path, &path.display().to_string(), &mut diagnostics);
        Loaded { value: file.map(Self), diagnostics }
    }

    /// Reads a text that is already there, under a name.
    pub fn parse(name: &str, text: String) -> Loaded<Self> {
        let mut diagnostics = Vec::new();
        let file = File::parse(PathBuf::from(name), name, text, &mut diagnostics);
        Loaded { value: file.map(Self), diagnostics }
    }

    /// Everything that the file says.
    pub fn value(&self) -> &Value {
        &self.0.value
    }

    /// The range of text of the value at a pointer, or of its key where it spans lines.
    pub fn span(&self, pointer: &Pointer) -> Span {
        self.0.span(pointer).0
    }

    /// The range of text of the key that the value at a pointer has.
    pub fn key_span(&self, pointer: &Pointer) -> Span {
        let mut span = self.span(pointer);
        let Some(key) = pointer.last() else { return span };
        let text = &span.source.text;
        if text[span.range.clone()].trim_matches(['"', '\'']) == key {
            return span;
        }
        if let Some(at) = text[..span.range.start].rfind(&key) {
            span.range = at..at + key.len();
        }
        span
    }
}

/// Whether a text is meant to be a document (it has `openapi` or `swagger` at its top) and not a part that one refers to.
/// Broken texts count by what can be seen of them, so that what is wrong with them is told.
pub fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        let mut reader = serde_json::Deserializer::from_str(text);
        return match std::collections::BTreeMap::<String, IgnoredAny>::deserialize(&mut reader) {
            Ok(map) => map.contains_key("openapi") || map.contains_key("swagger"),
            Err(_) => ["openapi", "swagger"].iter().any(|key| {
                text.split_once(key).is_some_and(|(_, rest)| {
                    rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':')
                })
            }),
        };
    }
    text.lines().any(|line| {
        let key = line.trim_start_matches(['"', '\'']);
        ["openapi", "swagger"].iter().any(|name| {
            key.strip_prefix(name)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_so_at_its_top() {
        let table = [
            ("openapi: 3.0.0\n", true),
            ("# comment\n'swagger': '2.0'\n", true),
            ("{\"info\": {}, \"openapi\": \"3.1.0\"}", true),
            ("{\"openapi\": \"3.1.0\", ", true),
            ("type: object\nproperties:\n  openapi: {type: string}\n", false),
            ("{\"type\": \"object\", \"properties\": {\"openapi\": {}}}", false),
            ("openapis: 3\n", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_document(text), expected, "{text}");
        }
    }
}
