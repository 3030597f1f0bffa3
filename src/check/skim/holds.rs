//! The schemas that hold for values of one type, and nothing else that could decide about them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::pointer::Pointer;
use crate::schema::{ANNOTATIONS, holding, reference};

/// So many schemas that hold for one place are looked at.
const MOST: usize = 200;

/// The types that values have in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// A schema that holds, by its place.
pub(super) type Holding<'r> = (Pointer, &'r Map<String, Value>);

/// Keywords that only hold schemas for others to refer to.
const HOLDING_OTHERS: [&str; 2] = ["$defs", "definitions"];
/// Keywords of values of one type, and whether they can be held against a text.
const OF_ONE_TYPE: [(&str, Type, bool); 33] = [
    ("minimum", Type::Number, true),
    ("maximum", Type::Number, true),
    ("exclusiveMinimum", Type::Number, true),
    ("exclusiveMaximum", Type::Number, true),
    ("multipleOf", Type::Number, true),
    ("minLength", Type::String, true),
    ("maxLength", Type::String, true),
    ("format", Type::String, true),
    ("pattern", Type::String, true),
    ("contentEncoding", Type::String, false),
    ("contentMediaType", Type::String, false),
    ("contentSchema", Type::String, false),
    ("items", Type::Array, true),
    ("minItems", Type::Array, true),
    ("maxItems", Type::Array, true),
    ("uniqueItems", Type::Array, true),
    ("prefixItems", Type::Array, false),
    ("additionalItems", Type::Array, false),
    ("unevaluatedItems", Type::Array, false),
    ("contains", Type::Array, false),
    ("minContains", Type::Array, false),
    ("maxContains", Type::Array, false),
    ("properties", Type::Object, true),
    ("required", Type::Object, true),
    ("additionalProperties", Type::Object, true),
    ("minProperties", Type::Object, true),
    ("maxProperties", Type::Object, true),
    ("patternProperties", Type::Object, false),
    ("propertyNames", Type::Object, false),
    ("unevaluatedProperties", Type::Object, false),
    ("dependentRequired", Type::Object, false),
    ("dependentSchemas", Type::Object, false),
    ("dependencies", Type::Object, false),
];

/// What holds for values of one type.
pub(super) struct Held<'r> {
    pub(super) schemas: Vec<Holding<'r>>,
    /// The place of the alternatives that may be objects, if there are several: which one is meant is another question.
    pub(super) union: Option<Pointer>,
}

/// The schemas that hold for values of a type where all of `schemas` do; `None` if they allow none, or if something else
/// decides.
pub(super) fn for_type<'r>(root: &'r Value, schemas: &[Pointer], of: Type) -> Option<Vec<Holding<'r>>> {
    held(root, schemas, of, None).filter(|held| held.union.is_none()).map(|held| held.schemas)
}

/// As [`for_type`], where several alternatives may be objects; of those around `meant`, that one is.
pub(super) fn held<'r>(
    root: &'r Value,
    schemas: &[Pointer],
    of: Type,
    meant: Option<&Pointer>,
) -> Option<Held<'r>> {
    let mut union = None;
    let (mut queue, mut seen, mut all) = (schemas.to_vec(), HashSet::new(), Vec::new());
    // Those that stand first are looked at first: properties stay in the order of the document.
    queue.reverse();
    while let Some(pointer) = queue.pop() {
        let schema = match pointer.find(root)? {
            Value::Bool(true) => continue,
            Value::Object(schema) => schema,
            _ => return None,
        };
        // The tree does not move, so its address names a schema however it was reached.
        if !seen.insert(std::ptr::from_ref(schema) as usize) {
            continue;
        }
        if all.len() == MOST || !takes_type(schema, of) {
            return None;
        }
        for (keyword, value) in schema {
            match keyword.as_str() {
                "type" | "enum" | "const" => {}
                "$ref" => queue.push(reference(value)?),
                "allOf" => {
                    let within = pointer.join("allOf");
                    queue.extend((0..value.as_array()?.len()).rev().map(|index| within.index(index)));
                }
                "anyOf" | "oneOf" => {
                    let may_take = |schema: &&Value| may_take(root, schema, of);
                    let (list, within) = (value.as_array()?, pointer.join(keyword));
                    match (list.iter().filter(may_take).count(), meant) {
                        (0, _) => return None,
                        // Where all others are of other types, that one decides.
                        (1, _) => queue.push(within.index(list.iter().position(|schema| may_take(&schema))?)),
                        (_, Some(meant)) if meant.parent().as_ref() == Some(&within) => {
                            queue.push(meant.clone());
                        }
                        (_, None) if of == Type::Object && union.is_none() => union = Some(within),
                        (_, Some(_) | None) => return None,
                    }
                }
                // What is told of those that have to do with names is asked of names.
                other if ANNOTATIONS.contains(&other) || HOLDING_OTHERS.contains(&other) => {}
                other if other.starts_with("x-") => {}
                other => {
                    let (_, about, is_known) = OF_ONE_TYPE.iter().find(|(known, ..)| *known == other)?;
                    if *about == of && !is_known {
                        return None;
                    }
                }
            }
        }
        all.push((pointer, schema));
    }
    Some(Held { schemas: all, union })
}

/// Whether a schema may take values of a type. Of one that does not, none is valid.
pub(super) fn may_take(root: &Value, schema: &Value, of: Type) -> bool {
    holding(root, schema).into_iter().all(|schema| match schema {
        Value::Bool(takes) => *takes,
        Value::Object(schema) => takes_type(schema, of) && lists_type(schema, of),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => true,
    })
}

/// Whether the keyword `type`, if it is there, allows a type.
fn takes_type(schema: &Map<String, Value>, of: Type) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => is_named(name, of),
        Some(Value::Array(names)) => {
            names.iter().any(|name| name.as_str().is_none_or(|name| is_named(name, of)))
        }
        _ => true,
    }
}

/// Whether one of the values that are listed, if they are, is of a type.
fn lists_type(schema: &Map<String, Value>, of: Type) -> bool {
    let is_of = |value: &Value| type_of(value) == of;
    schema.get("const").is_none_or(is_of)
        && schema.get("enum").and_then(Value::as_array).is_none_or(|listed| listed.iter().any(is_of))
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Boolean,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::Array(_) => Type::Array,
        Value::Object(_) => Type::Object,
    }
}

fn is_named(name: &str, of: Type) -> bool {
    match of {
        Type::Null => name == "null",
        Type::Boolean => name == "boolean",
        Type::Number => name == "number" || name == "integer",
        Type::String => name == "string",
        Type::Array => name == "array",
        Type::Object => name == "object",
    }
}
