//! What a schema says together with those that apply beside it: names, tags of branches, secrets.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::redact;
use crate::schema::{applying, holding};

/// So many names of properties, and schemas of one value, are looked at.
const MOST: usize = 200;
/// So deep a value is searched for secrets by the formats of its schema; deeper ones are hidden whole.
const DEEPEST: usize = 12;

/// The names that the schemas give to properties, each once, in the order of the document.
pub(super) fn property_names<'a>(schemas: &[&'a Value]) -> Vec<&'a str> {
    let maps = schemas.iter().filter_map(|schema| schema.get("properties")?.as_object());
    let mut names: Vec<&str> = Vec::new();
    for name in maps.flat_map(|map| map.keys()) {
        if names.len() < MOST && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// What tells a branch of `oneOf` or `anyOf` apart: the properties with a fixed list of values.
pub(super) fn tags<'a>(root: &'a Value, branch: &'a Value) -> BTreeMap<&'a str, Vec<&'a Value>> {
    let mut tags = BTreeMap::new();
    for schema in holding(root, branch) {
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let values = holding(root, property).into_iter().find_map(fixed_values);
            if let Some(values) = values {
                tags.entry(name.as_str()).or_insert(values);
            }
        }
    }
    tags
}

fn fixed_values(schema: &Value) -> Option<Vec<&Value>> {
    let constant = schema.get("const").map(|value| vec![value]);
    constant.or_else(|| Some(schema.get("enum")?.as_array()?.iter().collect()))
}

/// The value without what its schema calls a password, for showing.
pub(super) fn without_passwords(root: &Value, schemas: &[&Value], value: &Value, depth: usize) -> Value {
    let applying: Vec<&Value> = schemas.iter().flat_map(|schema| applying(root, schema)).take(MOST).collect();
    if depth > DEEPEST || applying.iter().any(|schema| is_password(schema)) {
        return Value::String(redact::HIDDEN.into());
    }
    match value {
        Value::Object(members) => {
            let hidden = members.iter().map(|(name, value)| {
                let inner: Vec<&Value> =
                    applying.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
                (name.clone(), without_passwords(root, &inner, value, depth + 1))
            });
            Value::Object(hidden.collect())
        }
        Value::Array(items) => {
            let inner: Vec<&Value> = applying.iter().filter_map(|schema| schema.get("items")).collect();
            Value::Array(items.iter().map(|item| without_passwords(root, &inner, item, depth + 1)).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn is_password(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == "password")
}
