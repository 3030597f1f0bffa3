//! Changes of schemas: what a keyword forbids is allowed, and what has no declaration gets one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::change::{Change, Dialect, Drifted, set};
use crate::pointer::Pointer;
use crate::schema::reference;

/// How deep schemas are followed.
const DEEPEST: usize = 64;

/// Keywords that are taken out where they are broken: no other value of them allows what was found and means anything.
const TAKEN_OUT: [&str; 13] = [
    "pattern",
    "format",
    "multipleOf",
    "const",
    "uniqueItems",
    "not",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "dependentRequired",
    "if",
    "readOnly",
];

/// Allows what a keyword of a schema forbids.
pub(super) fn allow(drifted: &Drifted<'_>) -> Option<Vec<Change>> {
    let keyword = drifted.pointer.last()?;
    let schema = drifted.pointer.parent()?;
    let value = drifted.value()?;
    match keyword.as_str() {
        "type" => Some(types(drifted, &schema, value)),
        "enum" => Some(listed(drifted, value)),
        "minimum" | "maximum" => Some(bound(drifted, &schema, &keyword, number)),
        "exclusiveMinimum" | "exclusiveMaximum" => Some(exclusive(drifted, &schema, &keyword, value)),
        "minLength" | "maxLength" => Some(bound(drifted, &schema, &keyword, length)),
        "minItems" | "maxItems" => Some(bound(drifted, &schema, &keyword, items)),
        "minProperties" | "maxProperties" => Some(bound(drifted, &schema, &keyword, properties)),
        "required" => missing(drifted, value),
        "additionalProperties" | "unevaluatedProperties" => {
            let name = drifted.drift.location.rsplit('.').next().filter(|name| *name != "*")?;
            Some(set(&schema, json!({ "properties": { (name): {} } })))
        }
        "oneOf" | "anyOf" => branch(drifted, value),
        keyword if TAKEN_OUT.contains(&keyword) => Some(vec![Change::Remove(drifted.pointer.clone())]),
        _ => None,
    }
}

/// Other types beside those that are allowed.
fn types(drifted: &Drifted<'_>, schema: &Pointer, allowed: &Value) -> Vec<Change> {
    let removed = vec![Change::Remove(drifted.pointer.clone())];
    let Some(found) = drifted.values() else { return removed };
    let found: BTreeSet<&str> = found.iter().map(type_of).collect();
    match (drifted.dialect, allowed) {
        (Dialect::Nullable, _) if found.iter().eq(["null"].iter()) => {
            set(schema, json!({ "nullable": true }))
        }
        (Dialect::Nullable | Dialect::Swagger, _) => removed,
        (Dialect::JsonSchema, Value::Array(_)) => {
            found.into_iter().map(|name| Change::Append(drifted.pointer.clone(), json!(name))).collect()
        }
        (Dialect::JsonSchema, one) => {
            let all: Vec<Value> =
                std::iter::once(one.clone()).chain(found.into_iter().map(Value::from)).collect();
            set(schema, json!({ "type": all }))
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn listed(drifted: &Drifted<'_>, allowed: &Value) -> Vec<Change> {
    let Some(values) = drifted.values().filter(|_| allowed.is_array()) else {
        return vec![Change::Remove(drifted.pointer.clone())];
    };
    values.into_iter().map(|value| Change::Append(drifted.pointer.clone(), value)).collect()
}

/// A bound that all that was found keeps; none where that is not known.
fn bound(
    drifted: &Drifted<'_>,
    schema: &Pointer,
    keyword: &str,
    measure: fn(&Value) -> Option<Value>,
) -> Vec<Change> {
    match widest(drifted, keyword.starts_with("max"), measure) {
        Some(widest) => set(schema, json!({ (keyword): widest })),
        None => vec![Change::Remove(drifted.pointer.clone())],
    }
}

/// Of what was found, what lies farthest outside.
fn widest(drifted: &Drifted<'_>, is_upper: bool, measure: fn(&Value) -> Option<Value>) -> Option<Value> {
    let measured: Option<Vec<Value>> = drifted.values()?.iter().map(measure).collect();
    let order =
        |one: &Value, other: &Value| one.as_f64().unwrap_or(0.0).total_cmp(&other.as_f64().unwrap_or(0.0));
    let measured = measured?.into_iter();
    if is_upper { measured.max_by(order) } else { measured.min_by(order) }
}

/// A bound that was not to be reached is one that can be.
fn exclusive(drifted: &Drifted<'_>, schema: &Pointer, keyword: &str, value: &Value) -> Vec<Change> {
    let inclusive = if keyword == "exclusiveMaximum" { "maximum" } else { "minimum" };
    let Some(widest) = widest(drifted, inclusive == "maximum", number) else {
        return vec![Change::Remove(drifted.pointer.clone())];
    };
    if value.is_boolean() {
        return set(schema, json!({ (keyword): false, (inclusive): widest }));
    }
    let mut changes = set(schema, json!({ (inclusive): widest }));
    changes.push(Change::Remove(drifted.pointer.clone()));
    changes
}

fn number(value: &Value) -> Option<Value> {
    value.is_number().then(|| value.clone())
}

fn length(value: &Value) -> Option<Value> {
    value.as_str().map(|text| text.chars().count().into())
}

fn items(value: &Value) -> Option<Value> {
    value.as_array().map(|items| items.len().into())
}

fn properties(value: &Value) -> Option<Value> {
    value.as_object().map(|members| members.len().into())
}

/// A property that is missing need not be there: the one that the drift tells of.
fn missing(drifted: &Drifted<'_>, required: &Value) -> Option<Vec<Change>> {
    let expected = drifted.drift.sample.expected.as_deref()?;
    let is_it = |name: &Value| name.as_str().is_some_and(|name| expected == format!("a property `{name}`"));
    let index = required.as_array()?.iter().position(is_it)?;
    Some(vec![Change::Remove(drifted.pointer.index(index))])
}

/// A branch more, where none takes values of a type. Objects are left out: they are more likely meant for one that is there.
fn branch(drifted: &Drifted<'_>, branches: &Value) -> Option<Vec<Change>> {
    let found = drifted.values()?;
    let names: BTreeSet<&str> = found.iter().map(type_of).collect();
    let can_be = branches.is_array() && !names.contains("object") && !names.contains("null");
    let entry = |name| Change::Append(drifted.pointer.clone(), json!({ "type": name }));
    can_be.then(|| names.into_iter().map(entry).collect())
}

/// Declares a property that no schema names.
pub(super) fn declare(drifted: &Drifted<'_>) -> Option<Vec<Change>> {
    let place = drifted.drift.location.split_once(".body.")?.1;
    let (within, name) = match place.rsplit_once('.') {
        Some((within, name)) => (within.split('.').collect(), name),
        None => (Vec::new(), place),
    };
    if name == "*" {
        return None;
    }
    let object = descend(drifted.document, drifted.pointer.clone(), &within, DEEPEST)?;
    Some(set(&object, json!({ "properties": { (name): {} } })))
}

/// The schema of what lies at a place in the values of a schema, within one file.
fn descend(document: &Value, pointer: Pointer, place: &[&str], depth: usize) -> Option<Pointer> {
    let depth = depth.checked_sub(1)?;
    let schema = pointer.find(document)?.as_object()?;
    if let Some(target) = schema.get("$ref") {
        return descend(document, reference(target)?, place, depth);
    }
    let combined = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|keyword| {
        let count = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        let all = pointer.join(keyword);
        (0..count).map(move |index| all.index(index))
    });
    let Some((first, rest)) = place.split_first() else {
        // Named beside others, a property is known to whoever reads the schema; a branch alone may not be meant.
        return Some(pointer);
    };
    let own = if *first == "*" {
        ["items", "additionalProperties"]
            .into_iter()
            .map(|keyword| pointer.join(keyword))
            .find(|own| own.find(document).is_some_and(Value::is_object))
    } else {
        Some(pointer.join("properties").join(first)).filter(|own| own.find(document).is_some())
    };
    match own {
        Some(own) => descend(document, own, rest, depth),
        None => combined.into_iter().find_map(|branch| descend(document, branch, place, depth)),
    }
}
