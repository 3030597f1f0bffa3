//! From a piece of text to a JSON value, strictly, led by what is expected.

use serde_json::{Number, Value};

use super::body;
use super::expect::{Expect, Types};

/// How text is read that may be a string and something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As a number or boolean where it can be one.
    Typed,
    /// As a string wherever one is allowed.
    Text,
}

/// What can't be read: the text, and why, as the rest of a sentence that starts with the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    pub(super) found: String,
    pub(super) reason: String,
}

impl Misfit {
    pub(super) fn new(found: &str, reason: impl Into<String>) -> Self {
        Self { found: crate::text::shortened(found, 200), reason: reason.into() }
    }
}

/// Reads decoded text as a value.
///
/// Integers are `-?(0|[1-9][0-9]*)`, numbers follow RFC 8259 6, booleans are `true` or `false`; `null` and the empty text
/// are null where null is allowed and a string is not. Where only arrays or objects are allowed, the text is read as
/// JSON, or cut where the schema says what separates the items.
///
/// `1.0` and `1e3` are no integers as text, although JSON Schema takes the numbers for such (2020-12 Core 4.2.3): there
/// it compares values that a JSON reader has made, here nothing but the text says which type was meant, and servers read
/// a parameter that is declared an integer as digits.
pub(super) fn scalar(text: &str, expect: &Expect, reading: Reading) -> Result<Value, Misfit> {
    if let Some(delimiter) = expect.delimiter() {
        let pieces = text.split(delimiter).filter(|_| !text.is_empty());
        let items = pieces.map(|piece| scalar(piece, expect.items(), reading));
        return items.collect::<Result<_, _>>().map(Value::Array);
    }
    let string = expect.allows(Types::STRING);
    if string && reading == Reading::Text {
        return Ok(Value::from(text));
    }
    if let Some(number) = number(text, expect) {
        return Ok(number);
    }
    if expect.allows(Types::BOOLEAN) && (text == "true" || text == "false") {
        return Ok(Value::from(text == "true"));
    }
    if string {
        return Ok(Value::from(text));
    }
    if expect.allows(Types::NULL) && (text == "null" || text.is_empty()) {
        return Ok(Value::Null);
    }
    if expect.allows(Types::ARRAY) || expect.allows(Types::OBJECT) {
        let structured = body::json(text).ok().filter(|value| match value {
            Value::Array(_) => expect.allows(Types::ARRAY),
            Value::Object(_) => expect.allows(Types::OBJECT),
            _ => false,
        });
        if let Some(value) = structured {
            return Ok(value);
        }
    }
    Err(Misfit::new(text, reason(text, expect)))
}

fn number(text: &str, expect: &Expect) -> Option<Value> {
    let (integer, fraction) = (expect.allows(Types::INTEGER), expect.allows(Types::FRACTION));
    if integer && is_integer(text) {
        let small = text.parse::<i64>().map(Value::from).ok();
        if let Some(exact) = small.or_else(|| text.parse::<u64>().map(Value::from).ok()) {
            return Some(exact);
        }
    }
    // `Number` reads the grammar of RFC 8259 alone, but would take white space around it.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    // An integer beyond 64 bits is an integer all the same, as near as a double comes to it: so content has it, too.
    let wanted = (fraction && plain) || (integer && is_integer(text));
    if wanted { serde_json::from_str::<Number>(text).ok().map(Value::Number) } else { None }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.as_bytes() {
        [b'0'] => true,
        [] | [b'0', ..] => false,
        digits => digits.iter().all(u8::is_ascii_digit),
    }
}

fn reason(text: &str, expect: &Expect) -> String {
    if is_integer(text) && expect.allows(Types::INTEGER) {
        return "is an integer beyond all that can be read".to_owned();
    }
    let mut wanted = Vec::new();
    if expect.allows(Types::FRACTION) {
        wanted.push("a number");
    } else if expect.allows(Types::INTEGER) {
        wanted.push("an integer");
    }
    for (types, name) in [
        (Types::BOOLEAN, "`true` or `false`"),
        (Types::NULL, "`null`"),
        (Types::ARRAY, "a JSON array"),
        (Types::OBJECT, "a JSON object"),
    ] {
        if expect.allows(types) {
            wanted.push(name);
        }
    }
    format!("is not {}", wanted.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::super::expect::tests::expect;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn text_is_read_strictly_as_its_type() {
        let huge = &"9".repeat(400);
        let integer = json!({ "type": "integer" });
        let number = json!({ "type": "number" });
        let boolean = json!({ "type": "boolean" });
        let nullable = json!({ "type": ["integer", "null"] });
        let optional = json!({ "type": ["string", "null"] });
        let mixed = json!({ "type": ["string", "integer"] });
        let object = json!({ "type": "object" });
        let table = [
            (&integer, "0", Ok(json!(0))),
            (&integer, "-7", Ok(json!(-7))),
            (&integer, "18446744073709551615", Ok(json!(u64::MAX))),
            (&integer, "18446744073709551616", Ok(json!(18_446_744_073_709_551_616.0))),
            (&integer, "-9223372036854775809", Ok(json!(-9_223_372_036_854_775_808.0))),
            (&integer, huge, Err("is an integer beyond all that can be read")),
            (&integer, "007", Err("is not an integer")),
            (&integer, " 1", Err("is not an integer")),
            (&integer, "+1", Err("is not an integer")),
            (&integer, "1e3", Err("is not an integer")),
            (&integer, "1.0", Err("is not an integer")),
            (&integer, "-", Err("is not an integer")),
            (&integer, "", Err("is not an integer")),
            (&integer, "١", Err("is not an integer")),
            (&number, "1.5e3", Ok(json!(1500.0))),
            (&number, "5", Ok(json!(5))),
            (&number, "18446744073709551616", Ok(json!(18_446_744_073_709_551_616.0))),
            (&number, ".5", Err("is not a number")),
            (&number, "1e999", Err("is not a number")),
            (&number, "NaN", Err("is not a number")),
            (&boolean, "true", Ok(json!(true))),
            (&boolean, "True", Err("is not `true` or `false`")),
            (&boolean, "1", Err("is not `true` or `false`")),
            (&nullable, "null", Ok(json!(null))),
            (&nullable, "", Ok(json!(null))),
            (&nullable, "x", Err("is not an integer or `null`")),
            (&optional, "null", Ok(json!("null"))),
            (&optional, "", Ok(json!(""))),
            (&mixed, "5", Ok(json!(5))),
            (&mixed, "5x", Ok(json!("5x"))),
            (&object, r#"{"a":1}"#, Ok(json!({ "a": 1 }))),
            (&object, "[1]", Err("is not a JSON object")),
        ];
        for (schema, text, expected) in table {
            let found = scalar(text, &expect(schema.clone()), Reading::Typed);
            let found = found.map_err(|misfit| misfit.reason);
            assert_eq!(found, expected.map_err(str::to_owned), "{schema} {text:?}");
        }
    }

    #[test]
    fn a_string_is_kept_as_text_when_asked_for() {
        let mixed = expect(json!({ "type": ["string", "integer", "boolean"] }));
        assert_eq!(scalar("5", &mixed, Reading::Text), Ok(json!("5")));
        let integer = expect(json!({ "type": "integer" }));
        assert_eq!(scalar("5", &integer, Reading::Text), Ok(json!(5)));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,30}", digits in "-?[0-9.eE+-]{0,30}") {
            for name in ["integer", "number", "boolean", "null", "string", "array", "object"] {
                let expected = expect(json!({ "type": name }));
                for text in [&text, &digits] {
                    let _ = scalar(text, &expected, Reading::Typed);
                }
            }
        }
    }
}
