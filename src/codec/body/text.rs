//! Plain text, and the character sets that text of every kind may have.

use std::borrow::Cow;

use serde_json::Value;

use super::{Body, Position, Unreadable};
use crate::codec::coerce::{Reading, scalar};
use crate::codec::expect::Expect;
use crate::media_type::MediaType;
use crate::text::{harmless, shortened};

pub(super) fn decode(media_type: &MediaType, bytes: &[u8], expect: &Expect) -> Result<Body, Unreadable> {
    let text = read(media_type, bytes)?;
    let mut values = Vec::new();
    // A schema may say that the text is a number; what it can't be stays text, for the schema to judge.
    for reading in [Reading::Typed, Reading::Text] {
        let value = scalar(&text, expect, reading).unwrap_or_else(|_| Value::from(&*text));
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(Body::from(values))
}

/// The characters of content, by the `charset` of its media type: UTF-8 unless it says US-ASCII or ISO-8859-1.
pub(super) fn read<'b>(media_type: &MediaType, bytes: &'b [u8]) -> Result<Cow<'b, str>, Unreadable> {
    let Some(charset) = media_type.parameter("charset") else { return utf8(bytes).map(Cow::Borrowed) };
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => utf8(bytes).map(Cow::Borrowed),
        "iso-8859-1" | "latin1" | "iso_8859-1" => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        other => Err(Unreadable::new(format!(
            "is in charset `{}`, and only utf-8, us-ascii and iso-8859-1 are read",
            harmless(&shortened(other, 40))
        ))),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Unreadable> {
    str::from_utf8(bytes).map_err(|error| {
        let place = position(bytes, error.valid_up_to());
        Unreadable::at("is not UTF-8", place.line, place.column)
    })
}

/// Where in text a byte stands.
pub(super) fn position(text: &[u8], offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    Position { line, column }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use serde_json::json;

    #[test]
    fn text_is_a_string_unless_its_schema_says_otherwise() {
        let table: [(&str, &[u8], serde_json::Value, &str); 7] = [
            ("text/plain", "5é".as_bytes(), json!({ "type": "string" }), "\"5é\""),
            ("text/plain", b"5", json!({ "type": "integer" }), "5"),
            ("text/plain", b"x", json!({ "type": "integer" }), "\"x\""),
            ("text/plain", b"5", json!({}), r#"one of [5,"5"]"#),
            ("text/csv; charset=ISO-8859-1", b"\xe9", json!({ "type": "string" }), "\"é\""),
            ("text/plain", b"a\n\xe9", json!({}), "error: is not UTF-8 (line 2, column 1)"),
            (
                "text/plain; charset=koi8-r",
                b"",
                json!({}),
                "error: is in charset `koi8-r`, and only utf-8, us-ascii and iso-8859-1 are read",
            ),
        ];
        for (media_type, bytes, schema, expected) in table {
            assert_eq!(told(&content(media_type, &[]), bytes, schema), expected, "{media_type}");
        }
    }
}
