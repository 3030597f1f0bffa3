//! Predicates: what a header field, a parameter or a part of the content is held against; one test a file.

mod bounds;
mod contains;
mod equals;
mod found;
mod matches;
mod negation;
mod one_of;
mod present;

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::format::{Plain, given, plain_or_map};
pub use found::{Found, Piece};

/// A test of one value: a plain value that it equals, or a map of tests that all hold. Of several values under one name,
/// one has to pass. What is not there passes `present: false` and `not` only.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Predicate {
    /// It equals this.
    Plain(Plain),
    /// It passes all of these.
    Tests(Box<Tests>),
}

/// Tests of one value; all that are given hold together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    /// It equals this value. Text of headers, paths, queries and cookies equals a number written the same.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// A regular expression finds something in it; `^` and `$` tie it to the ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// The text has this part, or the list has this item.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub contains: Option<Value>,
    /// It equals one of these values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Value>>,
    /// Whether it is there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// It is a number of this size or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// It is a number of this size or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// It does not pass this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<Predicate>>,
}

/// What one test does, compiled.
trait Test: fmt::Debug + Send + Sync {
    /// Whether what was found passes.
    fn holds(&self, found: &Found<'_>) -> bool;
}

/// Makes a test of what is written for it. `Ok(None)` where nothing is; errors name the key that is wrong, and why.
type Compile = fn(&Tests) -> Result<Option<Arc<dyn Test>>, Mistake>;

/// Every test.
const ALL: &[Compile] = &[
    equals::compile,
    matches::compile,
    contains::compile,
    one_of::compile,
    present::compile,
    bounds::compile,
    negation::compile,
];

/// What is wrong with a predicate: where in it, as keys from the outside in, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The keys that lead to it.
    pub keys: Vec<&'static str>,
    /// What is wrong.
    pub message: String,
}

impl Mistake {
    fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self { keys: vec![key], message: message.into() }
    }
}

/// A predicate ready to be asked.
#[derive(Debug, Clone)]
pub struct Compiled(Vec<Arc<dyn Test>>);

impl Compiled {
    /// Compiles a predicate.
    pub fn new(predicate: &Predicate) -> Result<Self, Mistake> {
        match predicate {
            Predicate::Plain(Plain(value)) => {
                let tests = Tests { equals: Some(value.clone()), ..Tests::default() };
                Self::of_tests(&tests)
            }
            Predicate::Tests(tests) => Self::of_tests(tests),
        }
    }

    fn of_tests(tests: &Tests) -> Result<Self, Mistake> {
        let mut compiled = Vec::new();
        for compile in ALL {
            compiled.extend(compile(tests)?);
        }
        if compiled.is_empty() {
            let message =
                "nothing is tested here, expected a plain value or a map such as `{ matches: \"^a\" }`";
            return Err(Mistake { keys: Vec::new(), message: message.into() });
        }
        Ok(Self(compiled))
    }

    /// Whether what was found passes all tests.
    pub fn holds(&self, found: &Found<'_>) -> bool {
        self.0.iter().all(|test| test.holds(found))
    }
}

/// By hand, because an untagged enum loses the place of a mistake within it.
impl<'de> Deserialize<'de> for Predicate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let plain = |value| Some(Self::Plain(Plain(value)));
        plain_or_map(deserializer, "a plain value or a map of tests", plain, |tests| {
            Self::Tests(Box::new(tests))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Whether a predicate holds for text, for a JSON value, and for nothing.
    fn told(predicate: Value, text: &str, value: &Value) -> [bool; 3] {
        let predicate: Predicate = serde_json::from_value(predicate).unwrap();
        let compiled = Compiled::new(&predicate).unwrap();
        [
            compiled.holds(&Found::text(text)),
            compiled.holds(&Found::value(value)),
            compiled.holds(&Found::default()),
        ]
    }

    #[test]
    fn each_test_holds_for_what_it_says() {
        let table = [
            (json!("acme"), "acme", json!("acme"), [true, true, false]),
            (json!("acme"), "acm", json!("Acme"), [false, false, false]),
            (json!(7), "7", json!(7.0), [true, true, false]),
            (json!("7"), "7", json!(7), [true, false, false]),
            (json!(true), "true", json!(true), [true, true, false]),
            (json!(null), "null", json!(null), [true, true, false]),
            (json!({ "equals": { "a": 1 } }), "{}", json!({ "a": 1.0 }), [false, true, false]),
            (json!({ "equals": null }), "", json!(null), [false, true, false]),
            (json!({ "matches": "^acme" }), "acme-eu", json!("eu-acme"), [true, false, false]),
            (json!({ "matches": "^\\d$" }), "7", json!(7), [true, true, false]),
            (json!({ "contains": "b" }), "abc", json!(["a", "b"]), [true, true, false]),
            (json!({ "contains": 2 }), "a2c", json!([1, 2]), [true, true, false]),
            (json!({ "contains": "b" }), "xyz", json!(["abc"]), [false, false, false]),
            (json!({ "one_of": ["a", 2] }), "2", json!("a"), [true, true, false]),
            (json!({ "present": true }), "", json!(null), [true, true, false]),
            (json!({ "present": false }), "", json!(null), [false, false, true]),
            (json!({ "at_least": 3 }), "3", json!(2), [true, false, false]),
            (json!({ "at_most": 3.5 }), "many", json!(3), [false, true, false]),
            (json!({ "at_least": 1, "at_most": 3 }), "0", json!(3), [false, true, false]),
            (json!({ "not": "a" }), "a", json!("b"), [false, true, true]),
            (json!({ "not": { "matches": "^a" } }), "ab", json!("b"), [false, true, true]),
        ];
        for (predicate, text, value, expected) in table {
            assert_eq!(told(predicate.clone(), text, &value), expected, "{predicate} {text} {value}");
        }
    }

    #[test]
    fn of_several_values_one_has_to_pass() {
        let predicate: Predicate = serde_json::from_value(json!({ "equals": "b" })).unwrap();
        let compiled = Compiled::new(&predicate).unwrap();
        assert!(compiled.holds(&["a", "b"].into_iter().map(Piece::from).collect()));
        assert!(!compiled.holds(&["a", "c"].into_iter().map(Piece::from).collect()));
    }

    #[test]
    fn a_test_that_can_not_hold_is_a_mistake_with_its_keys() {
        let table = [
            (json!({ "matches": "(" }), vec!["matches"], "is no regular expression"),
            (json!({ "one_of": [] }), vec!["one_of"], "the list is empty"),
            (json!({ "at_least": 3, "at_most": 2 }), vec!["at_most"], "2 is less than `at_least`, 3"),
            (json!({ "not": { "matches": "[" } }), vec!["not", "matches"], "is no regular expression"),
            (json!({}), vec![], "nothing is tested here"),
        ];
        for (predicate, keys, message) in table {
            let read: Predicate = serde_json::from_value(predicate.clone()).unwrap();
            let mistake = Compiled::new(&read).unwrap_err();
            assert_eq!(mistake.keys, keys, "{predicate}");
            assert!(mistake.message.contains(message), "{}", mistake.message);
        }
    }
}
