//! JSON (RFC 8259), read once, with names required to be unique.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::{Body, Unreadable, text};
use crate::media_type::MediaType;
use crate::schema::Digits;
use crate::text::{harmless, shortened};

pub(super) fn decode(media_type: &MediaType, bytes: &[u8]) -> Result<Body, Unreadable> {
    let text = text::read(media_type, bytes)?;
    let (value, digits) = parse_exactly(&text)?;
    Ok(if digits.is_empty() { Body::Value(value) } else { Body::Digits(value, digits) })
}

/// Reads one JSON text, at most 128 levels deep; a byte order mark before it is passed over.
///
/// Errors tell what is wrong and where; a name that occurs twice in an object is wrong, for readers differ in which
/// value they take (RFC 8259 4).
pub(crate) fn parse(text: &str) -> Result<Value, Unreadable> {
    read(text, &Cell::new(false))
}

/// Reads one JSON text as [`parse`] does, and what its numbers say beyond their values.
pub(super) fn parse_exactly(text: &str) -> Result<(Value, Digits), Unreadable> {
    let has_float = Cell::new(false);
    let value = read(text, &has_float)?;
    // Only what is read as floating point can lose something.
    let digits = if has_float.get() { Digits::of(text) } else { Digits::default() };
    Ok((value, digits))
}

fn read(text: &str, has_float: &Cell<bool>) -> Result<Value, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Err(Unreadable::new("is empty, which is not JSON"));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Unique { has_float }.deserialize(&mut deserializer).map_err(|error| unreadable(&error))?;
    deserializer.end().map_err(|error| unreadable(&error))?;
    Ok(value)
}

fn unreadable(error: &serde_json::Error) -> Unreadable {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    let reason = match error.classify() {
        // It is JSON by its grammar, but no reader has to take it (RFC 8259 6).
        Category::Syntax if message == "number out of range" => {
            "holds a number beyond the range of 64-bit floating point, which is not read".to_owned()
        }
        Category::Eof => "is not JSON: ends too early".to_owned(),
        Category::Data => message.to_owned(),
        Category::Syntax | Category::Io => format!("is not JSON: {message}"),
    };
    Unreadable::at(reason, error.line(), error.column())
}

/// Reads any value and refuses names that occur twice.
#[derive(Clone, Copy)]
struct Unique<'c> {
    /// Set once a number is read as floating point.
    has_float: &'c Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.has_float.set(true);
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        // Most objects have more than the four members that a map without a size starts with.
        let mut object = Map::with_capacity(8);
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(members.next_value_seed(self)?);
                }
                Entry::Occupied(place) => {
                    let shown = harmless(&shortened(place.key(), 80));
                    return Err(A::Error::custom(format_args!("has the name `{shown}` twice in one object")));
                }
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use serde_json::json;

    #[test]
    fn json_is_read_and_what_is_not_json_says_where() {
        let deep = "[".repeat(200);
        let table: [(&[u8], &str); 16] = [
            (
                b"{\"b\": [1, -2, 1.5, true, null, \"x\"], \"a\": {}}",
                r#"{"b":[1,-2,1.5,true,null,"x"],"a":{}}"#,
            ),
            (b" 5 ", "5"),
            ("\u{feff}{}".as_bytes(), "{}"),
            (b"18446744073709551615", "18446744073709551615"),
            (b"", "error: is empty, which is not JSON"),
            (b" \n", "error: is empty, which is not JSON"),
            (b"{\"a\": ", "error: is not JSON: ends too early (line 1, column 6)"),
            (b"{\n\"a\": x}", "error: is not JSON: expected value (line 2, column 6)"),
            (b"{} {}", "error: is not JSON: trailing characters (line 1, column 4)"),
            (b"{'a': 1}", "error: is not JSON: key must be a string (line 1, column 2)"),
            (b"[1,]", "error: is not JSON: trailing comma (line 1, column 4)"),
            (b"NaN", "error: is not JSON: expected value (line 1, column 1)"),
            (
                b"1e999",
                "error: holds a number beyond the range of 64-bit floating point, which is not read (line 1, column 5)",
            ),
            (
                b"{\"a\": 1, \"b\": {\"a\": 2, \"a\": 3}}",
                "error: has the name `a` twice in one object (line 1, column 26)",
            ),
            (b"\"\xff\"", "error: is not UTF-8 (line 1, column 2)"),
            (deep.as_bytes(), "error: is not JSON: recursion limit exceeded (line 1, column 128)"),
        ];
        let json = content("application/json", &[]);
        for (bytes, expected) in table {
            assert_eq!(told(&json, bytes, json!({})), expected, "{}", String::from_utf8_lossy(bytes));
        }
        let utf16 = content("application/json; charset=utf-16", &[]);
        assert_eq!(
            told(&utf16, b"{}", json!({})),
            "error: is in charset `utf-16`, and only utf-8, us-ascii and iso-8859-1 are read"
        );
    }
}
