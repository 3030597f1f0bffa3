//! The strict reading: values held against what a schema plainly means where it says so little that anything passes.
//!
//! - `properties` without `type` mean an object, and one that has at least one of them.
//! - Alternatives of `oneOf` and `anyOf` that each allow one value of the same property are told apart by it.
//! - A `discriminator` names the schema that a value is of, alternative or not.
//! - A property that nothing names is not part of the contract, unless the schema is open on purpose.
//!
//! What the schema says itself is judged before, elsewhere; here it is taken as it is.

mod applying;
mod branch;
mod named;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Strictness;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::text;
use crate::violation::Rule;
use applying::Applying;
use branch::{Branches, Problem};
use named::{Meant, broken, meant};

/// How many findings one value may give.
const MOST: usize = 20;
/// How many places of one value are looked at.
const MOST_PLACES: usize = 50_000;

/// One finding of the strict reading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) rule: Rule,
    /// The place in the value, from the outside in.
    pub(super) path: Vec<String>,
    /// What is wrong, without where.
    pub(super) message: String,
    pub(super) expected: Option<String>,
    pub(super) help: String,
    /// The schema that means it.
    pub(super) schema: Pointer,
}

/// What a value does not keep of what its schema means.
pub(super) fn findings(
    schemas: &Schemas,
    schema: &Pointer,
    direction: Direction,
    value: &Value,
) -> Vec<Finding> {
    Walk::over(schemas, schema, direction, value, Strictness::Strict)
}

/// The values in a value that name no schema, though a discriminator asks them to: all that is told by the letter.
pub(super) fn nameless(
    schemas: &Schemas,
    schema: &Pointer,
    direction: Direction,
    value: &Value,
) -> Vec<Finding> {
    Walk::over(schemas, schema, direction, value, Strictness::Letter)
}

struct Walk<'a> {
    schemas: &'a Schemas,
    direction: Direction,
    strictness: Strictness,
    /// Where the value is that is being looked at.
    path: Vec<String>,
    places: usize,
    /// By their place, for those that were met.
    branches: BTreeMap<Pointer, Branches<'a>>,
    found: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn over(
        schemas: &'a Schemas,
        schema: &Pointer,
        direction: Direction,
        value: &Value,
        strictness: Strictness,
    ) -> Vec<Finding> {
        let mut walk = Self {
            schemas,
            direction,
            strictness,
            path: Vec::new(),
            places: 0,
            branches: BTreeMap::new(),
            found: Vec::new(),
        };
        walk.visit(vec![schema.clone()], value);
        walk.found
    }

    /// Looks at a value that all of these schemas hold for.
    fn visit(&mut self, entries: Vec<Pointer>, value: &Value) {
        self.places += 1;
        if self.places > MOST_PLACES || self.found.len() >= MOST {
            return;
        }
        let mut applying = Applying::of(self.schemas.root(self.direction), entries);
        self.choose(&mut applying, value);
        if self.strictness == Strictness::Strict {
            self.shape(&applying, value);
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.within(name, applying.of_property(name), member);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.within(&index.to_string(), applying.of_item(index), item);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Looks at what is inside a value; without a schema, anything goes there.
    fn within(&mut self, step: &str, schemas: Vec<Pointer>, value: &Value) {
        if schemas.is_empty() {
            return;
        }
        self.path.push(step.to_owned());
        self.visit(schemas, value);
        self.path.pop();
    }

    /// Adds what is meant of every `oneOf` and `anyOf` and by every discriminator; inside of that, too.
    fn choose(&mut self, applying: &mut Applying<'_>, value: &Value) {
        let mut next = 0;
        while let Some((whole, schema)) = applying.schema(next) {
            next += 1;
            let whole = whole.clone();
            for keyword in ["oneOf", "anyOf"] {
                if schema.get(keyword).is_none() {
                    continue;
                }
                let (schemas, direction) = (self.schemas, self.direction);
                let branches = self
                    .branches
                    .entry(whole.join(keyword))
                    .or_insert_with(|| Branches::of(schemas, direction, &whole, keyword));
                let (chosen, problem) = branches.choose(value);
                if let Some(problem) = problem {
                    self.tell_problem(&whole, problem);
                }
                for branch in chosen {
                    applying.add(branch);
                }
            }
            self.extend(applying, &whole, value);
        }
    }

    /// Adds the schema that the discriminator of one that has no alternatives names; all, where nothing is named.
    fn extend(&mut self, applying: &mut Applying<'_>, schema: &Pointer, value: &Value) {
        let found = self.schemas.discriminator(schema, self.direction);
        let Some(discriminator) = found.filter(|found| !found.is_of_alternatives) else { return };
        let others = || discriminator.schemas().filter(|place| *place != schema);
        // Where one of them holds anyway, it is the one that is meant.
        if others().any(|place| applying.holds(place)) {
            return;
        }
        match meant(&discriminator, value) {
            Meant::Schema(place) => {
                if let Some(problem) = broken(self.schemas, self.direction, place, &discriminator, value) {
                    self.tell_problem(schema, problem);
                }
                applying.add(place.clone());
            }
            Meant::None(problem) => {
                self.tell_problem(schema, problem);
                others().for_each(|place| applying.add(place.clone()));
            }
            Meant::Untold => {}
        }
    }

    /// Whether a value has the shape that the names of properties mean.
    fn shape(&mut self, applying: &Applying<'_>, value: &Value) {
        let names = applying.names();
        let Some(schema) = applying.naming().filter(|_| !names.is_empty() && !applying.is_open()) else {
            return;
        };
        let listed = || text::list(names.iter().copied().take(8));
        let Value::Object(members) = value else {
            if applying.is_untyped() && !(value.is_null() && applying.means_null()) {
                let message = format!("{} where an object with {} is described", kind(value), listed());
                let expected = format!("an object with {}", listed());
                let help = "send an object, or correct the schema".to_owned();
                self.tell(Rule::StrictNotAnObject, schema, message, Some(expected), &help);
            }
            return;
        };
        let is_named = |name: &String| applying.names_property(name);
        if applying.is_untyped() && !applying.requires() && !members.keys().any(is_named) {
            let message = format!("none of {} is there", listed());
            let expected = format!("at least one of {}", listed());
            let help = "send what is declared, or correct the schema".to_owned();
            self.tell(Rule::StrictNothingNamed, schema, message, Some(expected), &help);
        }
        for name in members.keys().filter(|name| !applying.names_property(name)) {
            let help = match text::nearest(name, names.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "leave it out, or declare it".to_owned(),
            };
            self.path.push(name.clone());
            self.tell(Rule::StrictPropertyUndeclared, schema, "no schema names it".to_owned(), None, &help);
            self.path.pop();
        }
    }

    fn tell_problem(&mut self, schema: &Pointer, problem: Problem) {
        let is_told = match self.strictness {
            Strictness::Strict => true,
            Strictness::Letter => problem.rule == Rule::StrictTagUnknown && problem.place.is_some(),
        };
        if is_told {
            let place = problem.place.as_ref().unwrap_or(schema);
            let length = self.path.len();
            self.path.extend(problem.member);
            self.tell(problem.rule, place, problem.message, problem.expected, &problem.help);
            self.path.truncate(length);
        }
    }

    fn tell(&mut self, rule: Rule, schema: &Pointer, message: String, expected: Option<String>, help: &str) {
        if self.found.len() < MOST {
            let (path, schema) = (self.path.clone(), schema.clone());
            self.found.push(Finding { rule, path, message, expected, help: help.to_owned(), schema });
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_held_against_what_their_schemas_mean() {
        let cat = json!({ "properties": { "kind": { "enum": ["cat"] }, "lives": { "type": "integer" } } });
        let dog = json!({ "properties": { "kind": { "const": "dog" }, "legs": {} } });
        let root = json!({
            "error": { "properties": { "code": { "enum": ["gone"] }, "detail": { "type": "object" } } },
            "typed": { "type": "object", "properties": { "a": {}, "inner": { "$ref": "#/error" } } },
            "required": { "required": ["a"], "properties": { "a": {} } },
            "open": { "properties": { "a": {} }, "additionalProperties": { "$ref": "#/error" } },
            "list": { "items": { "$ref": "#/error" } },
            "all": { "allOf": [{ "$ref": "#/error" }, { "properties": { "more": {} } }] },
            "nullable": { "$ref": "#/error", "x-standin-null-meant": true },
            "cat": cat, "dog": dog,
            "pets": { "anyOf": [{ "$ref": "#/cat" }, { "$ref": "#/dog" }] },
            "some": { "anyOf": [{ "$ref": "#/cat" }, { "properties": { "name": {} } }] },
            "maybe": { "oneOf": [{ "$ref": "#/cat" }, { "type": "null" }] }
        });
        let root = Arc::new(root);
        let schemas = Schemas::new(Arc::clone(&root), root);
        let table: &[(&str, Value, &str)] = &[
            ("error", json!({ "code": "gone" }), ""),
            ("error", json!({ "detail": { "x": 1 } }), ""),
            ("error", json!([]), "strict-not-an-object"),
            ("error", json!("oops"), "strict-not-an-object"),
            ("error", json!(null), "strict-not-an-object"),
            ("nullable", json!(null), ""),
            ("error", json!({}), "strict-nothing-named"),
            ("error", json!({ "error": {} }), "strict-nothing-named, strict-property-undeclared error"),
            ("error", json!({ "code": "gone", "more": 1 }), "strict-property-undeclared more"),
            ("typed", json!({}), ""),
            ("typed", json!({ "b": 1 }), "strict-property-undeclared b"),
            ("typed", json!({ "inner": 5 }), "strict-not-an-object inner"),
            ("required", json!({}), ""),
            ("open", json!({ "b": {} }), "strict-nothing-named b"),
            ("open", json!([]), ""),
            ("list", json!([{ "code": "gone" }, {}]), "strict-nothing-named 1"),
            ("all", json!({ "more": 1 }), ""),
            ("all", json!({ "less": 1 }), "strict-nothing-named, strict-property-undeclared less"),
            ("pets", json!({ "kind": "cat", "lives": 9 }), ""),
            ("pets", json!({ "kind": "cat", "lives": "nine" }), "strict-branch-invalid"),
            ("pets", json!({ "kind": "cat", "legs": 4 }), "strict-property-undeclared legs"),
            ("pets", json!({ "kind": "bird" }), "strict-tag-unknown"),
            ("pets", json!({ "legs": 4 }), "strict-tag-missing"),
            ("pets", json!({}), "strict-tag-missing, strict-nothing-named"),
            ("some", json!({ "name": "x" }), ""),
            ("some", json!({ "kind": "cat", "name": "x" }), "strict-property-undeclared name"),
            ("maybe", json!(null), ""),
            ("maybe", json!({ "lives": 1 }), ""),
        ];
        for (name, value, expected) in table {
            let schema = Pointer::root().join(name);
            let found = findings(&schemas, &schema, Direction::Response, value);
            let told = |one: &Finding| format!("{} {}", one.rule, one.path.join(".")).trim_end().to_owned();
            let told: Vec<String> = found.iter().map(told).collect();
            assert_eq!(told.join(", "), *expected, "{name} {value}");
        }
    }

    #[test]
    fn schemas_without_end_are_looked_at_as_far_as_the_value_goes() {
        let root = Arc::new(json!({
            "node": { "properties": { "next": { "$ref": "#/node" } }, "anyOf": [{ "$ref": "#/node" }, { "$ref": "#/loop" }] },
            "loop": { "allOf": [{ "$ref": "#/loop" }, { "$ref": "#/node" }] }
        }));
        let schemas = Schemas::new(Arc::clone(&root), root);
        let mut value = json!({ "wrong": 1 });
        for _ in 0..50 {
            value = json!({ "next": value });
        }
        let found = findings(&schemas, &Pointer::root().join("node"), Direction::Response, &value);
        assert!(!found.is_empty() && found.iter().all(|finding| finding.path.len() >= 50), "{found:?}");
    }
}
