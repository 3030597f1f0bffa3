//! Whether a value may be valid by a schema, as a glance tells: by its type, by the values that are listed, by the names of
//! its properties. It costs no validator, which for a schema of a large document holds most of the others.

use serde_json::{Map, Number, Value};

use super::holding;

/// Whether a value may be valid by a schema. What is valid always may be; so where one of several alternatives may be, and
/// one of them is, it is that one.
pub fn may_take(root: &Value, schema: &Value, value: &Value) -> bool {
    may_take_within(root, schema, value, Depth::Members)
}

/// How far a glance goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Value,
    Members,
}

fn may_take_within(root: &Value, schema: &Value, value: &Value, depth: Depth) -> bool {
    holding(root, schema).into_iter().all(|schema| match schema {
        Value::Bool(takes) => *takes,
        Value::Object(schema) => {
            fits(schema, value)
                && value.as_object().is_none_or(|members| has_its_names(schema, members))
                && (depth == Depth::Value || have_fitting_values(root, schema, value))
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => true,
    })
}

/// Whether a value is of the type, and one of the values, that a schema asks for.
fn fits(schema: &Map<String, Value>, value: &Value) -> bool {
    let is_type = match schema.get("type") {
        Some(Value::String(name)) => is_of_type(name, value),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).any(|name| is_of_type(name, value))
        }
        _ => true,
    };
    let listed = schema.get("enum").and_then(Value::as_array);
    is_type
        && schema.get("const").is_none_or(|one| may_equal(one, value))
        && listed.is_none_or(|list| list.iter().any(|one| may_equal(one, value)))
}

/// JSON Schema Validation 2020-12 6.1.1: an integer is any number without a fraction.
fn is_of_type(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => name == "number" || name == "integer" && has_no_fraction(number),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

fn has_no_fraction(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_none_or(|number| number.fract() == 0.0)
}

/// Numbers are equal by what they are worth (JSON Schema Core 2020-12 4.2.2); what holds others is not compared.
fn may_equal(listed: &Value, value: &Value) -> bool {
    match (listed, value) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => true,
        (listed, value) => listed == value,
    }
}

/// Whether the properties that a schema asks for are there, and none that it forbids.
fn has_its_names(schema: &Map<String, Value>, members: &Map<String, Value>) -> bool {
    let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
        && !schema.contains_key("patternProperties");
    let properties = schema.get("properties").and_then(Value::as_object);
    let is_named = |name: &String| properties.is_some_and(|properties| properties.contains_key(name));
    required.all(|name| name.as_str().is_none_or(|name| members.contains_key(name)))
        && (!is_closed || members.keys().all(is_named))
}

/// Whether properties may have their values, by a glance at each.
fn have_fitting_values(root: &Value, schema: &Map<String, Value>, value: &Value) -> bool {
    let Some(members) = value.as_object() else { return true };
    let mut properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.all(|(name, property)| {
        members.get(name).is_none_or(|member| may_take_within(root, property, member, Depth::Value))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_glance_tells_type_listed_values_and_names_through_references() {
        let root = json!({
            "cat": { "type": "object", "required": ["name"], "properties": { "kind": { "$ref": "#/is-cat" }, "name": {} } },
            "is-cat": { "const": "cat" },
            "closed": { "allOf": [{ "$ref": "#/cat" }, { "properties": { "kind": {}, "name": {} }, "additionalProperties": false }] },
        });
        let table = [
            (json!({ "type": ["string", "null"] }), json!(null), true),
            (json!({ "type": "integer" }), json!(1.0), true),
            (json!({ "type": "integer" }), json!(1.5), false),
            (json!({ "type": "number" }), json!("1"), false),
            (json!({ "enum": [1, [2]] }), json!(1.0), true),
            (json!({ "enum": [1, [2]] }), json!([3]), true),
            (json!({ "enum": [1, [2]] }), json!(2), false),
            (json!({ "minimum": 5 }), json!(1), true),
            (json!(false), json!(1), false),
            (json!({ "$ref": "#/cat" }), json!({ "name": "a", "kind": "cat", "x": 1 }), true),
            (json!({ "$ref": "#/cat" }), json!({ "kind": "cat" }), false),
            (json!({ "$ref": "#/cat" }), json!({ "name": "a", "kind": "dog" }), false),
            (json!({ "$ref": "#/closed" }), json!({ "name": "a" }), true),
            (json!({ "$ref": "#/closed" }), json!({ "name": "a", "x": 1 }), false),
        ];
        for (schema, value, expected) in table {
            assert_eq!(may_take(&root, &schema, &value), expected, "{schema} {value}");
        }
    }
}
