//! A settings file as it was found: its values as texts, and its mistakes with their places.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::flag::{FLAGS, Flag, NOT_BUILT};
use super::given::{Given, Origin};
use crate::diagnostic::{Diagnostic, Span};
use crate::document::SourceFile;
use crate::pointer::Pointer;
use crate::text;

/// A settings file as it was read.
#[derive(Debug)]
pub struct Found {
    /// The file as the user knows it.
    pub path: PathBuf,
    file: SourceFile,
}

impl Found {
    /// Reads the file and reports keys that are not known.
    pub fn read(path: &Path, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let file = SourceFile::read(path, &path.display().to_string(), diagnostics)?;
        let found = Self { path: path.to_owned(), file };
        found.check_keys(diagnostics);
        Some(found)
    }

    /// The values of a key as texts; a list gives several.
    pub fn given(&self, key: &str, is_list: bool, diagnostics: &mut Vec<Diagnostic>) -> Vec<Given> {
        let pointer = Pointer::root().join(key);
        let Some(value) = self.file.value.get(key) else { return Vec::new() };
        match value {
            Value::Null => Vec::new(),
            Value::Array(items) if is_list => items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    let place = pointer.index(index);
                    let text = match item {
                        Value::Object(parts) if key == "ignore" => self.ignored(parts, &place, diagnostics),
                        item => self.scalar(key, item, &place, diagnostics),
                    };
                    text.map(|text| (text, index))
                })
                .map(|(text, index)| self.one(key, text, &pointer.index(index)))
                .collect(),
            Value::Object(map) if key == "documents" => {
                let mut given = Vec::new();
                for (name, path) in map {
                    let place = pointer.join(name);
                    if let Some(path) = self.scalar(key, path, &place, diagnostics) {
                        given.push(self.one(key, format!("{name}={path}"), &place));
                    }
                }
                given
            }
            Value::Object(map) if key == "severity" => {
                let mut given = Vec::new();
                for (rule, severity) in map {
                    let place = pointer.join(rule);
                    if let Some(severity) = self.scalar(key, severity, &place, diagnostics) {
                        given.push(self.one(key, format!("{rule}={severity}"), &place));
                    }
                }
                given
            }
            Value::Object(map) if key == "check" => {
                let mut parts = Vec::new();
                for (area, mode) in map {
                    let mode = self.scalar(key, mode, &pointer.join(area), diagnostics);
                    parts.extend(mode.map(|mode| format!("{area}={mode}")));
                }
                vec![self.one(key, parts.join(","), &pointer)]
            }
            other => {
                let text = self.scalar(key, other, &pointer, diagnostics);
                text.into_iter().map(|text| self.one(key, text, &pointer)).collect()
            }
        }
    }

    /// An entry of `ignore` as the flag has it.
    fn ignored(
        &self,
        parts: &Map<String, Value>,
        place: &Pointer,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        const PARTS: [&str; 3] = ["rule", "operation", "path"];
        let mut told = |message: String, at: &Pointer, help: String| {
            let span = self.key_span(at);
            diagnostics.push(Diagnostic::error("wrong-setting", message).at(Some(span)).help(help));
        };
        if let Some(unknown) = parts.keys().find(|key| !PARTS.contains(&key.as_str())) {
            let help = match text::nearest(unknown, PARTS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", text::list(PARTS)),
            };
            told(format!("`{unknown}` is no part of what is ignored"), &place.join(unknown), help);
            return None;
        }
        if parts.is_empty() {
            let help = format!("give at least one of {}", text::list(PARTS));
            told("an entry of `ignore` says nothing".to_owned(), place, help);
            return None;
        }
        let path = parts.get("path").and_then(Value::as_str);
        if let Some(path) = path.filter(|path| !path.starts_with(['/', '*'])) {
            let message = format!("the path `{}` starts with neither `/` nor `*`", text::harmless(path));
            told(message, &place.join("path"), "write the path as requests have it".to_owned());
            return None;
        }
        let mut texts = Vec::new();
        for name in PARTS {
            let text = match parts.get(name) {
                Some(value) => Some(self.scalar("ignore", value, &place.join(name), diagnostics)?),
                None => (name == "rule").then(|| "*".to_owned()),
            };
            texts.extend(text);
        }
        Some(texts.join("@"))
    }

    fn span(&self, pointer: &Pointer) -> Span {
        self.file.span(pointer).0
    }

    /// Where the key stands that the value at a pointer has.
    fn key_span(&self, pointer: &Pointer) -> Span {
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

    fn one(&self, key: &str, text: String, place: &Pointer) -> Given {
        let origin = Origin::File { key: key.to_owned(), span: self.span(place) };
        Given { text, origin, folder: self.path.parent().map(Path::to_owned) }
    }

    fn scalar(
        &self,
        key: &str,
        value: &Value,
        place: &Pointer,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        let found = match value {
            Value::String(text) => return Some(text.clone()),
            Value::Number(number) => return Some(number.to_string()),
            Value::Bool(flag) => return Some(flag.to_string()),
            Value::Null => "nothing",
            Value::Array(_) => "a list",
            Value::Object(_) => "a map",
        };
        let message = format!("`{key}` is {found}, expected one value");
        diagnostics.push(Diagnostic::error("wrong-setting", message).at(Some(self.span(place))));
        None
    }

    fn check_keys(&self, diagnostics: &mut Vec<Diagnostic>) {
        let keys = match &self.file.value {
            Value::Null => return,
            Value::Object(map) => map.keys(),
            _ => {
                let message = "the settings are no map, expected `key: value` lines";
                let span = self.span(&Pointer::root());
                diagnostics.push(Diagnostic::error("wrong-setting", message).at(Some(span)));
                return;
            }
        };
        for key in keys {
            let known = || FLAGS.iter().filter(|flag| flag.name != "config").map(Flag::key);
            if known().any(|name| name == *key) {
                continue;
            }
            let span = self.key_span(&Pointer::root().join(key));
            let flag = key.replace('_', "-");
            if NOT_BUILT.iter().any(|row| row.name == flag) {
                let message = format!("the setting `{key}` is not built yet");
                let help = "take it out; it would have no effect";
                diagnostics.push(Diagnostic::error("not-built", message).at(Some(span)).help(help));
                continue;
            }
            let names: Vec<String> = known().collect();
            let help = text::nearest(key, names.iter().map(String::as_str)).map_or_else(
                || format!("`standin schema settings` describes them: {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{key}` is no setting");
            diagnostics.push(Diagnostic::error("unknown-setting", message).at(Some(span)).help(help));
        }
    }
}
