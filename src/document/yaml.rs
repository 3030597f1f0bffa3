//! YAML 1.2 (core schema) as JSON values: bounded in depth and in what aliases expand to.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as Marked};
use serde_json::{Map, Number, Value};

use crate::diagnostic::{Diagnostic, SourceText, Span};

/// Values nested deeper than this are refused; real documents stay below 60.
pub(super) const DEEPEST: usize = 200;
/// How many values all aliases together may add.
const ALIASED_VALUES: usize = 500_000;

/// Reads the first YAML document of a text. Duplicate keys are reported and the last one is kept; anything else that is
/// wrong ends the reading.
pub(super) fn parse(source: &Arc<SourceText>, diagnostics: &mut Vec<Diagnostic>) -> Option<Value> {
    let mut loader = Loader { source, diagnostics, anchors: HashMap::new(), aliased: 0, open: Vec::new() };
    for next in Parser::new_from_str(&source.text) {
        match next
            .map_err(|error| Box::new(loader.unscannable(&error)))
            .and_then(|(event, span)| loader.take(event, span))
        {
            Ok(Some(value)) => return Some(value),
            Ok(None) => {}
            Err(diagnostic) => {
                loader.diagnostics.push(*diagnostic);
                return None;
            }
        }
    }
    Some(Value::Null)
}

struct Loader<'a> {
    source: &'a Arc<SourceText>,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// By anchor: the value and how many values it holds.
    anchors: HashMap<usize, (Value, usize)>,
    aliased: usize,
    open: Vec<Open>,
}

/// A collection that has begun and not ended.
struct Open {
    anchor: usize,
    size: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Value>),
    Mapping { map: Map<String, Value>, key: Option<Key>, merged: Vec<Value> },
}

/// A key that waits for its value.
enum Key {
    Name(String),
    /// `<<` without quotes: the members of its value fill the gaps of the map.
    Merge,
}

type Step<T> = Result<T, Box<Diagnostic>>;

impl Loader<'_> {
    fn take(&mut self, event: Event<'_>, marked: Marked) -> Step<Option<Value>> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let explicit_text = tag.as_ref().is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let plain = style == ScalarStyle::Plain && !explicit_text;
                if self.expects_key() {
                    self.take_key(text.into_owned(), plain, &marked);
                    return Ok(None);
                }
                let value = if plain { plain_scalar(&text) } else { Value::String(text.into_owned()) };
                Ok(self.finish(value, 1, anchor))
            }
            Event::SequenceStart(_, anchor, _) => self.begin(anchor, Content::Sequence(Vec::new()), &marked),
            Event::MappingStart(_, anchor, _) => self.begin(
                anchor,
                Content::Mapping { map: Map::new(), key: None, merged: Vec::new() },
                &marked,
            ),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(None) };
                let value = match open.content {
                    Content::Sequence(items) => Value::Array(items),
                    Content::Mapping { map, merged, .. } => Value::Object(merge(map, merged)),
                };
                Ok(self.finish(value, open.size + 1, open.anchor))
            }
            Event::Alias(anchor) => {
                let Some((value, size)) = self.anchors.get(&anchor).cloned() else {
                    return Err(Box::new(self.problem(
                        "yaml-alias",
                        "an alias stands within its own anchor",
                        &marked,
                    )));
                };
                self.aliased += size;
                if self.aliased > ALIASED_VALUES {
                    let message = format!("aliases expand to more than {ALIASED_VALUES} values");
                    return Err(Box::new(self.problem("yaml-too-large", &message, &marked)));
                }
                if self.expects_key() {
                    self.take_key(scalar_text(&value), false, &marked);
                    return Ok(None);
                }
                Ok(self.finish(value, size, 0))
            }
            _ => Ok(None),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Mapping { key: None, .. }, .. }))
    }

    fn begin(&mut self, anchor: usize, content: Content, marked: &Marked) -> Step<Option<Value>> {
        if self.expects_key() {
            return Err(Box::new(self.problem(
                "yaml-key",
                "a list or map stands where a key is expected",
                marked,
            )));
        }
        if self.open.len() >= DEEPEST {
            let message = format!("nested deeper than {DEEPEST} levels");
            return Err(Box::new(self.problem("too-deep", &message, marked)));
        }
        self.open.push(Open { anchor, size: 0, content });
        Ok(None)
    }

    fn take_key(&mut self, text: String, plain: bool, marked: &Marked) {
        let span = self.span(marked);
        let Some(Open { content: Content::Mapping { map, key, .. }, .. }) = self.open.last_mut() else {
            return;
        };
        if map.contains_key(&text) && !(plain && text == "<<") {
            let message = format!("the key `{text}` is given twice");
            self.diagnostics.push(
                Diagnostic::error("duplicate-key", message)
                    .at(Some(span))
                    .help("keep one of them; the last one is used"),
            );
        }
        *key = Some(if plain && text == "<<" { Key::Merge } else { Key::Name(text) });
    }

    /// Puts a value where it belongs; gives it back if it is the whole document.
    fn finish(&mut self, value: Value, size: usize, anchor: usize) -> Option<Value> {
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size));
        }
        let Some(open) = self.open.last_mut() else { return Some(value) };
        open.size += size;
        match &mut open.content {
            Content::Sequence(items) => items.push(value),
            Content::Mapping { map, key, merged } => {
                let name = match key.take() {
                    Some(Key::Merge) if value.is_object() || value.is_array() => {
                        merged.push(value);
                        return None;
                    }
                    Some(Key::Merge) => "<<".to_owned(),
                    Some(Key::Name(name)) => name,
                    None => String::new(),
                };
                map.insert(name, value);
            }
        }
        None
    }

    fn span(&self, marked: &Marked) -> Span {
        Span { source: Arc::clone(self.source), range: marked.byte_range().unwrap_or(0..0) }
    }

    fn problem(&self, code: &'static str, message: &str, marked: &Marked) -> Diagnostic {
        Diagnostic::error(code, message).at(Some(self.span(marked)))
    }

    fn unscannable(&self, error: &ScanError) -> Diagnostic {
        let at = error.marker().byte_offset().unwrap_or(0);
        let span = Span { source: Arc::clone(self.source), range: at..at };
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            let message = format!("nested deeper than {DEEPEST} levels");
            return Diagnostic::error("too-deep", message).at(Some(span));
        }
        Diagnostic::error("yaml-syntax", format!("not readable as YAML: {}", error.info())).at(Some(span))
    }
}

/// Merge keys are YAML 1.1, but documents use them; a key of the map itself wins.
fn merge(mut map: Map<String, Value>, merged: Vec<Value>) -> Map<String, Value> {
    let sources = merged.into_iter().flat_map(|value| match value {
        Value::Array(items) => items,
        other => vec![other],
    });
    for source in sources {
        let Value::Object(source) = source else { continue };
        for (key, value) in source {
            map.entry(key).or_insert(value);
        }
    }
    map
}

fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A plain scalar by the core schema (YAML 1.2.2 10.3.2): `off`, `no`, `2020-01-01` are strings.
fn plain_scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Value::String(text.to_owned());
    }
    number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(Number::from);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(Number::from);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole)
        || !fraction.is_none_or(digits)
        || (whole.is_empty() && fraction.is_none_or(str::is_empty))
    {
        return None;
    }
    if let Some(exponent) = exponent {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if exponent.is_empty() || !digits(exponent) {
            return None;
        }
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if fraction.is_none() && exponent.is_none() {
        if let Ok(integer) = plain.parse::<i64>() {
            return Some(Number::from(integer));
        }
        if let Ok(integer) = plain.parse::<u64>() {
            return Some(Number::from(integer));
        }
    }
    plain.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> (Option<Value>, Vec<Diagnostic>) {
        let source = Arc::new(SourceText::new("t.yaml", text));
        let mut diagnostics = Vec::new();
        let value = parse(&source, &mut diagnostics);
        (value, diagnostics)
    }

    #[test]
    fn scalars_follow_the_core_schema() {
        let (value, _) = read(
            "[off, no, yes, true, 010, 0x1F, 1.5, -3, 1e3, 2020-01-01, 1.2.3, ~, '5', .5, 12:30:00, '']",
        );
        let expected = json!([
            "off",
            "no",
            "yes",
            true,
            10,
            31,
            1.5,
            -3,
            1000.0,
            "2020-01-01",
            "1.2.3",
            null,
            "5",
            0.5,
            "12:30:00",
            ""
        ]);
        assert_eq!(value.unwrap(), expected);
    }

    #[test]
    fn keys_are_text_aliases_are_copied_and_merges_fill_gaps() {
        let (value, diagnostics) =
            read("base: &b {a: 1, b: 2}\n200: x\nmine:\n  <<: *b\n  b: 3\n  \"<<\": {}\n");
        let mine = json!({"b": 3, "a": 1, "<<": {}});
        assert_eq!(value.unwrap(), json!({"base": {"a": 1, "b": 2}, "200": "x", "mine": mine}));
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn what_can_not_be_read_says_where() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let previous = vec![format!("*a{}", level - 1); 10].join(",");
            bomb = format!("{bomb}a{level}: &a{level} [{previous}]\n");
        }
        let table = [
            (bomb, "yaml-too-large"),
            ("[".repeat(10_000), "too-deep"),
            ("a: [1, 2".into(), "yaml-syntax"),
            ("a: 1\na: 2\n".into(), "duplicate-key"),
            ("? [a]\n: 1\n".into(), "yaml-key"),
        ];
        for (text, code) in table {
            let (_, diagnostics) = read(&text);
            let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
            assert_eq!(codes, [code], "{}", &text[..text.len().min(40)]);
            assert!(diagnostics[0].span.is_some());
        }
    }
}
