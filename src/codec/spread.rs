//! A value spread over names and texts by a style, as it is read back (RFC 6570 3.2.8, OpenAPI 3.1 4.8.12.4).

use form_urlencoded::byte_serialize;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::contract::Style;

/// What stands as it is in every part of a URI (RFC 3986 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stands as it is where reserved characters may: not what parts names, values and items from one another.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'[')
    .remove(b']')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b';');

/// How texts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// As they are: parts.
    Nothing,
    /// Percent-encoded, a space as `+`: forms.
    Form,
    /// Percent-encoded, a space as `%20`: paths, queries and cookies.
    Percent,
    /// Percent-encoded but for reserved characters (`allowReserved`).
    ButReserved,
}

impl Escape {
    /// A text, escaped.
    pub fn text(self, text: &str) -> String {
        match self {
            Self::Nothing => text.to_owned(),
            Self::Form => byte_serialize(text.as_bytes()).collect(),
            Self::Percent => utf8_percent_encode(text, PLAIN).to_string(),
            Self::ButReserved => utf8_percent_encode(text, RESERVED).to_string(),
        }
    }

    fn delimiter(self, style: Style) -> &'static str {
        let is_plain = self == Self::Nothing;
        match style {
            Style::SpaceDelimited if is_plain => " ",
            Style::SpaceDelimited => "%20",
            Style::PipeDelimited if is_plain => "|",
            Style::PipeDelimited => "%7C",
            Style::TabDelimited if is_plain => "\t",
            Style::TabDelimited => "%09",
            Style::Matrix
            | Style::Label
            | Style::Simple
            | Style::Form
            | Style::DeepObject
            | Style::Cookie => ",",
        }
    }
}

/// The names, as they are, and the texts, escaped, that a value of a property becomes.
pub fn spread(
    name: &str,
    value: &Value,
    (style, explode): (Style, bool),
    escape: Escape,
) -> Vec<(String, String)> {
    let one = |text: String| vec![(name.to_owned(), text)];
    let escaped = |value: &Value| escape.text(&plain(value));
    match value {
        _ if style == Style::DeepObject => {
            let mut pairs = Vec::new();
            deep(name, value, escape, &mut pairs);
            pairs
        }
        // A name without a value is the empty list.
        Value::Array(items) if items.is_empty() => one(String::new()),
        Value::Array(items) if explode => items.iter().map(|item| (name.to_owned(), escaped(item))).collect(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(escaped).collect();
            one(items.join(escape.delimiter(style)))
        }
        Value::Object(members) if explode => {
            members.iter().map(|(key, value)| (key.clone(), escaped(value))).collect()
        }
        Value::Object(members) => {
            let parts = members.iter().flat_map(|(key, value)| [escape.text(key), escaped(value)]);
            one(parts.collect::<Vec<_>>().join(escape.delimiter(style)))
        }
        value => one(escaped(value)),
    }
}

/// `name[key]`, and so on for what is inside (OpenAPI leaves that open; servers take it).
fn deep(name: &str, value: &Value, escape: Escape, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                deep(&format!("{name}[{key}]"), value, escape, pairs);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (at, item) in items.iter().enumerate() {
                deep(&format!("{name}[{at}]"), item, escape, pairs);
            }
        }
        Value::Array(items) => {
            pairs.extend(items.iter().map(|item| (format!("{name}[]"), escape.text(&plain(item)))));
        }
        value => pairs.push((name.to_owned(), escape.text(&plain(value)))),
    }
}

/// A value as it is written where there are only characters: texts bare, all else as JSON.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
