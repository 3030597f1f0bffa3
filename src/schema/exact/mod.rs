//! Numbers whose text says more than a parsed value keeps, held against their schemas by their text.
//!
//! A parsed number is an integer of 64 bits or a binary fraction. Where the text of one says more, a second validator of
//! the schema judges, in which the keywords of numbers compare decimals. Content without such numbers never meets it.

mod digits;
mod node;

use std::cmp::Ordering;

use jsonschema::{Keyword, Registry, ValidationError, Validator};
use serde_json::Value;

use super::validate::{self, Mismatch, mismatch};
use crate::decimal::Decimal;
use crate::pointer::Pointer;
pub use digits::Digits;
use node::{Exact, ExactNode};

/// A validator by which numbers are what is written.
#[derive(Debug)]
pub struct ExactValidator(Validator<Exact>);

impl ExactValidator {
    /// Compiles the schema at a pointer.
    pub(super) fn compile(
        base: &str,
        registry: &Registry<'static>,
        pointer: &Pointer,
    ) -> Result<Self, String> {
        let mut options = jsonschema::options_for::<Exact>();
        for (name, judges) in JUDGED {
            options = options.with_keyword(*name, move |_, limit, _| {
                Ok(Box::new(Judged { limit: limit.clone(), judges: *judges }))
            });
        }
        validate::compile(options, base, registry, pointer).map(Self)
    }

    /// Every keyword that `instance` fails, by what is written in its text; empty if it is valid.
    pub fn mismatches(&self, instance: &Value, digits: &Digits) -> Vec<Mismatch> {
        let numbers = digits.by_address(instance);
        let node = ExactNode { value: instance, numbers: &numbers };
        self.0.iter_errors(node).map(|error| mismatch(&error)).collect()
    }
}

/// Whether a value keeps what a keyword says.
type Judges = fn(ExactNode<'_>, &Value) -> bool;

/// The keywords that compare numbers.
const JUDGED: &[(&str, Judges)] = &[
    ("minimum", |node, limit| is(node, limit, Ordering::is_ge)),
    ("maximum", |node, limit| is(node, limit, Ordering::is_le)),
    ("exclusiveMinimum", |node, limit| is(node, limit, Ordering::is_gt)),
    ("exclusiveMaximum", |node, limit| is(node, limit, Ordering::is_lt)),
    ("multipleOf", |node, limit| match (node.decimal(), limit) {
        (Some(own), Value::Number(limit)) => own.is_multiple_of(&Decimal::of(limit).0),
        _ => true,
    }),
    ("const", |node, expected| node.equals(expected)),
    ("enum", |node, listed| {
        listed.as_array().is_none_or(|listed| listed.iter().any(|expected| node.equals(expected)))
    }),
];

fn is(node: ExactNode<'_>, limit: &Value, keeps: fn(Ordering) -> bool) -> bool {
    let Value::Number(limit) = limit else { return true };
    node.compared(limit).is_none_or(keeps)
}

/// A keyword with what it holds.
struct Judged {
    limit: Value,
    judges: Judges,
}

impl<'i> Keyword<'i, Exact> for Judged {
    fn validate(&self, instance: ExactNode<'i>) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            Ok(())
        } else {
            Err(ValidationError::custom("the number is not allowed"))
        }
    }

    fn is_valid(&self, instance: ExactNode<'i>) -> bool {
        (self.judges)(instance, &self.limit)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::super::{Direction, Schemas, mismatches};
    use super::*;

    /// The keywords that a text fails, told by the exact validator; and those by the usual one.
    fn told(schema: &Value, text: &str) -> (String, String) {
        let root = Arc::new(json!({ "it": { "$ref": "#/schema" }, "schema": schema }));
        let schemas = Schemas::new(Arc::clone(&root), root);
        let pointer = Pointer::root().join("it");
        let value = serde_json::from_str(text).unwrap();
        let exact = schemas.exact_validator(&pointer, Direction::Request).unwrap();
        let usual = schemas.validator(&pointer, Direction::Request).unwrap();
        let listed = |found: Vec<Mismatch>| {
            let one = |one: &Mismatch| {
                assert!(one.schema.as_str().starts_with("/schema"), "{}", one.schema);
                format!("{}{}", one.keyword, one.instance.as_str())
            };
            let mut listed: Vec<String> = found.iter().map(one).collect();
            listed.sort();
            listed.join(" ")
        };
        (listed(exact.mismatches(&value, &Digits::of(text))), listed(mismatches(&usual, &value)))
    }

    #[test]
    fn what_is_written_is_judged_and_not_what_is_kept() {
        let table = [
            (json!({ "maximum": 9_007_199_254_740_993_i64 }), "9007199254740993.5", "maximum"),
            (json!({ "maximum": 18_446_744_073_709_551_615_u64 }), "18446744073709551616", "maximum"),
            (json!({ "minimum": 18_446_744_073_709_551_615_u64 }), "18446744073709551616", ""),
            (json!({ "exclusiveMaximum": 1 }), "0.99999999999999999999", ""),
            (json!({ "exclusiveMinimum": 1 }), "1.00000000000000000001", ""),
            (json!({ "exclusiveMinimum": 1 }), "1.00000000000000000000", "exclusiveMinimum"),
            (json!({ "maximum": 0.1 }), "0.1000000000000000000001", "maximum"),
            (json!({ "maximum": 0.1 }), "0.1000000000000000000000", ""),
            (json!({ "maximum": 1e300 }), "1000000000000000000000000e276", ""),
            (json!({ "type": "integer" }), "1.00000000000000000001", "type"),
            (json!({ "type": "integer" }), "9007199254740993.5", "type"),
            (json!({ "type": "integer" }), "123456789012345678901234567890", ""),
            (json!({ "type": "integer" }), "12345678901234567890123.0", ""),
            (json!({ "type": "integer" }), "1e-400", "type"),
            (json!({ "type": ["integer", "string"] }), "1.00000000000000000001", "type"),
            (json!({ "multipleOf": 0.01 }), "99999999999999999.99", ""),
            (json!({ "multipleOf": 0.01 }), "99999999999999999.999", "multipleOf"),
            (json!({ "multipleOf": 3 }), "123456789012345678901234567891", "multipleOf"),
            (json!({ "const": 1 }), "1.00000000000000000001", "const"),
            (json!({ "const": 1 }), "1.00000000000000000000", ""),
            (json!({ "enum": [0, 1] }), "1.00000000000000000001", "enum"),
            (json!({ "enum": [[1]] }), "[1.00000000000000000001]", "enum"),
            (json!({ "enum": [1e25] }), "10000000000000000000000000", ""),
            (json!({ "uniqueItems": true }), "[12345678901234567890123, 12345678901234567890124]", ""),
            (json!({ "uniqueItems": true }), "[{\"a\": 1}, {\"a\": 1.00000000000000000000}]", "uniqueItems"),
            (
                json!({ "items": { "properties": { "n": { "maximum": 5 } } } }),
                "[{ \"s\": \"1\\\"2\", \"n\": 5, \"m\": [-1, 2.5e3] }, { \"n\": 5.00000000000000000001 }]",
                "maximum/1/n",
            ),
            (json!({ "oneOf": [{ "maximum": 5 }, { "minimum": 5 }] }), "5.00000000000000000001", ""),
        ];
        for (schema, text, expected) in table {
            assert_eq!(told(&schema, text).0, expected, "{schema} {text}");
        }
    }

    #[test]
    fn both_validators_agree_on_what_is_kept() {
        let schemas = [
            json!({ "minimum": 2.5, "maximum": 100, "multipleOf": 0.5 }),
            json!({ "exclusiveMinimum": 0, "exclusiveMaximum": 3, "type": "integer" }),
            json!({ "enum": [1, 2.5, "a", null, { "a": [1] }], "uniqueItems": true }),
            json!({ "const": 2.5 }),
            json!({ "type": "array", "contains": { "const": 3 }, "uniqueItems": true }),
            json!({ "propertyNames": { "maxLength": 1 }, "additionalProperties": { "type": "integer" } }),
            json!({ "type": "string", "format": "byte", "pattern": "^[a-z]+$" }),
        ];
        let texts = [
            "0",
            "1",
            "1.0",
            "2.5",
            "3",
            "-0.0",
            "1e2",
            "\"a\"",
            "null",
            "[1, 1.0]",
            "[3]",
            "{\"a\": [1.0]}",
            "{\"ab\": 1.0, \"b\": 1.5}",
        ];
        for schema in &schemas {
            for text in texts {
                let (exact, usual) = told(schema, text);
                assert_eq!(exact, usual, "{schema} {text}");
            }
        }
    }

    #[test]
    fn numbers_that_say_more_are_found_where_they_stand() {
        let text = "{\"a\": [1, \"12345678901234567890\", 12345678901234567890123], \"b\\\"1\": -0.12345678901234567890, \"c\": 18446744073709551615}";
        let places = Digits::of(text);
        let value = serde_json::from_str(text).unwrap();
        let told: Vec<String> =
            places.places(&value).iter().map(|(place, text)| format!("{} {text}", place.as_str())).collect();
        assert_eq!(told, ["/a/2 12345678901234567890123", "/b\"1 -0.12345678901234567890"]);
        assert!(
            Digits::of("[0.1, 1e22, 100000000000000.5, -9223372036854775808, 1.0000000000000000]").is_empty()
        );
    }
}
