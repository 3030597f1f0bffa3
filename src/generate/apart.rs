//! Whether the branches of a choice exclude each other for sure, so that a value of one never fits another.

use serde_json::Value;

use crate::generate::conjunction::Choices;
use crate::generate::types::Types;
use crate::schema::resolve;

/// Whether a value of any branch keeps the choice for sure.
pub(super) fn proven(root: &Value, choices: &Choices<'_>) -> bool {
    if !choices.exclusive {
        return true;
    }
    if !choices.of_one || choices.branches.len() > 64 {
        return false;
    }
    let branches: Vec<Option<&Value>> = choices
        .branches
        .iter()
        .map(|branch| branch.first().and_then(|part| Some(resolve(root, &part.pointer)?.1)))
        .collect();
    branches.iter().enumerate().all(|(at, one)| {
        branches.iter().enumerate().all(|(other_at, other)| {
            at == other_at || matches!((one, other), (Some(one), Some(other)) if excludes(root, one, other))
        })
    })
}

/// Whether no value of `one` is a value of `other`.
fn excludes(root: &Value, one: &Value, other: &Value) -> bool {
    if let (Some(one), Some(other)) = (types(one), types(other))
        && one.and(other) == Types::NONE
    {
        return true;
    }
    // What follows holds for objects only: `one` must say that it is one.
    if types(one) != Some(Types::OBJECT) {
        return false;
    }
    let required = |schema: &Value, name: &str| {
        schema
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| names.iter().any(|found| found == name))
    };
    let (Some(Value::Object(mine)), theirs) = (one.get("properties"), other.get("properties")) else {
        return false;
    };
    for (name, schema) in mine {
        if !required(one, name) {
            continue;
        }
        let Some(their) = theirs.and_then(|theirs| theirs.get(name)) else { continue };
        if let (Some(mine), Some(theirs)) = (values(root, schema), values(root, their))
            && !mine.iter().any(|value| theirs.contains(value))
        {
            return true;
        }
    }
    let closed = one.get("additionalProperties") == Some(&Value::Bool(false))
        && one.get("patternProperties").is_none();
    closed
        && other
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| names.iter().filter_map(Value::as_str).any(|name| !mine.contains_key(name)))
}

fn types(schema: &Value) -> Option<Types> {
    let types = schema.get("type").and_then(Types::of)?;
    // Whole numbers are numbers: a schema of one must not seem apart from a schema of the other.
    Some(if types.has(Types::NUMBER) { types.or(Types::NUMBER) } else { types })
}

fn values<'a>(root: &'a Value, schema: &'a Value) -> Option<Vec<&'a Value>> {
    let schema = match schema.get("$ref").and_then(crate::schema::reference) {
        Some(pointer) => resolve(root, &pointer)?.1,
        None => schema,
    };
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}
