//! Content to values, by kind of media type: one kind a file.

mod binary;
mod event_stream;
mod form;
mod json;
mod json_lines;
mod multipart;
mod text;
mod xml;

use std::fmt;

use serde_json::Value;

use super::expect::Expect;
use crate::contract::Content;
use crate::media_type::{Kind, MediaType};
use crate::schema::Digits;
pub(super) use form::read as form;
pub(crate) use json::parse as json;
pub use json_lines::records;
pub(super) use multipart::first_boundary;
pub use multipart::{PartHead, heads as part_heads};

/// Content that could be read.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A value: JSON, text, what XML stands for, or the fields of a form as an object.
    Value(Value),
    /// JSON with numbers that say more than the value keeps.
    Digits(Value, Digits),
    /// Fields or text that can be read in several ways, at least two: valid if one of them is. The likeliest is the
    /// first.
    Values(Vec<Value>),
    /// The items of a stream, to be judged one by one (OpenAPI 3.2 `itemSchema`).
    Items(Vec<Item>),
    /// Well-formed as far as it can be told, and nothing that a schema could judge.
    Opaque,
}

/// An item of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it can be read as, at least one value, the likeliest first: valid if one of them is.
    pub values: Vec<Value>,
    /// What the numbers of its JSON say beyond the value.
    pub digits: Digits,
    /// The line that it starts on, from 1; `None` for a part, which is told by its place.
    pub line: Option<usize>,
}

/// Why content is not what its media type says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong, as the rest of a sentence that starts with the content: `is not JSON: …`.
    pub reason: String,
    /// Where, for text.
    pub position: Option<Position>,
}

/// A place in text, from 1; columns count bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Unreadable {
    pub(in crate::codec) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), position: None }
    }

    fn at(reason: impl Into<String>, line: usize, column: usize) -> Self {
        Self { reason: reason.into(), position: Some(Position { line, column }) }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match self.position {
            Some(Position { line, column }) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}

impl From<Vec<Value>> for Body {
    fn from(mut values: Vec<Value>) -> Self {
        if values.len() < 2 { values.pop().map_or(Self::Opaque, Self::Value) } else { Self::Values(values) }
    }
}

/// Whether content of a kind is read as its schema leads; for other kinds [`decode`] does not look at what to expect.
pub fn is_led(kind: Kind) -> bool {
    match kind {
        Kind::Json | Kind::JsonLines | Kind::Binary => false,
        Kind::Form | Kind::Multipart | Kind::EventStream | Kind::Xml | Kind::Text => true,
    }
}

/// Reads content that was sent as `media_type`, which `content` is declared for. `expect` is compiled from the
/// content's schema; only kinds that are led ([`is_led`]) are read by it.
///
/// Errors say what is not well-formed, never what the schema forbids.
pub fn decode(
    content: &Content,
    media_type: &MediaType,
    bytes: &[u8],
    expect: &Expect,
) -> Result<Body, Unreadable> {
    match media_type.kind() {
        Kind::Json => json::decode(media_type, bytes),
        Kind::JsonLines => json_lines::decode(media_type, bytes),
        Kind::Form => form::decode(content, media_type, bytes, expect),
        Kind::Multipart => multipart::decode(content, media_type, bytes, expect),
        Kind::EventStream if content.item_schema.is_some() => event_stream::decode(media_type, bytes),
        Kind::Text | Kind::EventStream => text::decode(media_type, bytes, expect),
        Kind::Xml => xml::decode(media_type, bytes, expect),
        Kind::Binary => Ok(binary::decode(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::expect::tests::expect;
    use super::*;
    use crate::contract::{Encoding, Serialization, Style};
    use crate::pointer::Pointer;
    use proptest::prelude::*;
    use serde_json::json;

    type Encoded<'t> = (&'t str, Option<(Style, bool)>, Option<&'t str>);

    /// Content of a media type without examples; `encoding` is a style, explode and a media type by property.
    pub(super) fn content(media_type: &str, encoding: &[Encoded<'_>]) -> Content {
        let encoding = encoding.iter().map(|(name, serialization, media_type)| {
            let content_types = media_type.iter().map(|text| MediaType::parse(text).unwrap()).collect();
            let serialization = serialization.map(|(style, explode)| Serialization::Style { style, explode });
            ((*name).to_owned(), Encoding { content_types, serialization, ..Encoding::default() })
        });
        Content {
            media_type: MediaType::parse(media_type).unwrap(),
            pointer: Pointer::root(),
            schema: None,
            item_schema: None,
            examples: Vec::new(),
            encoding: encoding.collect(),
            prefix_encoding: Vec::new(),
            item_encoding: None,
        }
    }

    /// Decodes and tells the outcome as one line.
    pub(super) fn told(content: &Content, bytes: &[u8], schema: Value) -> String {
        match decode(content, &content.media_type, bytes, &expect(schema)) {
            Ok(Body::Value(value) | Body::Digits(value, _)) => value.to_string(),
            Ok(Body::Values(values)) => format!("one of {}", Value::from(values)),
            Ok(Body::Items(items)) => {
                let told = items
                    .iter()
                    .map(|item| format!(" {}: {}", item.line.unwrap_or(0), Value::from(item.values.clone())));
                format!("items{}", told.collect::<String>())
            }
            Ok(Body::Opaque) => "opaque".to_owned(),
            Err(unreadable) => format!("error: {unreadable}"),
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic_as_any_kind(
            wild in proptest::collection::vec(any::<u8>(), 0..80),
            tame in "[-{}\\[\\]\":,a-c0-9=&%<>/!?\r\n ;é+]{0,80}",
        ) {
            let schema = expect(json!({ "type": "object", "properties": {
                "a": { "type": "integer" }, "b": { "type": "array" }, "c": { "type": "object" }
            } }));
            let part = format!("--b\r\ncontent-disposition: form-data; name=\"{tame}\"\r\n\r\n{tame}\r\n--b--\r\n");
            for media_type in [
                "application/json", "application/x-ndjson", "application/json-seq", "text/event-stream", "a/b",
                "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/mixed; boundary=b",
                "text/plain", "text/plain; charset=iso-8859-1", "application/xml",
            ] {
                let content = content(media_type, &[("b", Some((Style::PipeDelimited, false)), None)]);
                for bytes in [wild.as_slice(), tame.as_bytes(), part.as_bytes()] {
                    let _ = decode(&content, &content.media_type, bytes, &schema);
                }
            }
        }
    }
}
