//! Values that no alternative of `oneOf` or `anyOf` takes, that several of `oneOf` take, and those that `not` excludes.

use serde_json::{Map, Value, json};

use super::site::{Change, Site};
use crate::pointer::Pointer;
use crate::schema::resolve;

/// So many properties of an object are left out, one at a time.
const MOST_PROPERTIES: usize = 16;

/// A value that no alternative takes: of a type that none has, else without what tells them apart.
pub(super) fn none(site: &Site<'_>) -> Vec<Vec<Change>> {
    let plain =
        [json!(true), json!(0.5), json!(""), json!([]), json!({}), json!("~"), json!(-1), json!(null)];
    site.values(plain.into_iter().chain(smaller(site.value)))
}

/// A value that several alternatives take.
pub(super) fn several(site: &Site<'_>) -> Vec<Vec<Change>> {
    let count = site.limit.as_array().map_or(0, Vec::len);
    let branches = (0..count).map(|index| site.keyword.index(index));
    let both = branches.filter_map(|branch| joined(site, &branch));
    let plain = [json!({}), json!([]), json!(""), json!(0), json!(1), json!(null)];
    let ways: Vec<Value> = smaller(site.value).chain(both).chain(plain).collect();
    site.values(ways)
}

/// A value that `not` excludes.
pub(super) fn excluded(site: &Site<'_>) -> Vec<Vec<Change>> {
    let of_schema = usual(site.root, &site.keyword, 0);
    let both = joined(site, &site.keyword);
    let plain = [json!(null), json!(""), json!(0), json!(true), json!([]), json!({})];
    let ways: Vec<Value> = both.into_iter().chain(of_schema).chain(plain).collect();
    site.values(ways)
}

/// An object without each of its first properties.
fn smaller(value: &Value) -> impl Iterator<Item = Value> {
    let members = value.as_object();
    members.into_iter().flatten().take(MOST_PROPERTIES).map(move |(name, _)| {
        let mut fewer = members.cloned().unwrap_or_default();
        fewer.shift_remove(name);
        Value::Object(fewer)
    })
}

/// The object with what another schema asks for, too.
fn joined(site: &Site<'_>, schema: &Pointer) -> Option<Value> {
    let members = site.value.as_object()?;
    let (pointer, found) = resolve(site.root, schema)?;
    let required = found.get("required")?.as_array()?;
    let mut joined = members.clone();
    for name in required.iter().filter_map(Value::as_str) {
        let property = pointer.join("properties").join(name);
        joined.entry(name).or_insert_with(|| usual(site.root, &property, 0).unwrap_or(json!("")));
    }
    Some(Value::Object(joined))
}

/// A plain value of most schemas: listed, else by type, with what is required.
fn usual(root: &Value, schema: &Pointer, depth: usize) -> Option<Value> {
    const DEEPEST: usize = 6;
    let (pointer, schema) = resolve(root, schema)?;
    let schema = schema.as_object()?;
    let listed = schema.get("enum").and_then(Value::as_array).and_then(|values| values.first());
    if let Some(value) = schema.get("const").or(listed) {
        return Some(value.clone());
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        Some(kind) => kind.as_str(),
        None if schema.contains_key("required") || schema.contains_key("properties") => Some("object"),
        None => None,
    };
    Some(match kind? {
        "string" => json!("a"),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "null" => json!(null),
        "array" => json!([]),
        _ => {
            let mut members = Map::new();
            let required = schema.get("required").and_then(Value::as_array).filter(|_| depth < DEEPEST);
            for name in required.into_iter().flatten().filter_map(Value::as_str) {
                let property = pointer.join("properties").join(name);
                members.insert(name.to_owned(), usual(root, &property, depth + 1).unwrap_or(json!("")));
            }
            Value::Object(members)
        }
    })
}
