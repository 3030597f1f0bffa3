//! Whatever the schema and the text: what passes is right.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Subject;

/// Schemas that say a little, alone and together.
fn any_schema() -> impl Strategy<Value = Value> {
    let said = prop::sample::select(vec![
        json!({}),
        json!(true),
        json!(false),
        json!({ "type": "string" }),
        json!({ "type": "integer" }),
        json!({ "type": "number" }),
        json!({ "type": "object" }),
        json!({ "type": ["null", "array", "boolean"] }),
        json!({ "type": ["integer", "string", "object"] }),
        json!({ "enum": ["a", 1, null, 2.5, true, ["a"]] }),
        json!({ "enum": ["a", "b"] }),
        json!({ "const": "b" }),
        json!({ "const": 1 }),
        json!({ "minimum": 0, "exclusiveMaximum": 2.5 }),
        json!({ "exclusiveMinimum": -1, "maximum": 100 }),
        json!({ "multipleOf": 2 }),
        json!({ "minLength": 2, "maxLength": 3 }),
        json!({ "format": "date" }),
        json!({ "format": "uri-reference" }),
        json!({ "pattern": "^[a-c]+$" }),
        json!({ "uniqueItems": true, "minItems": 1, "maxItems": 3 }),
        json!({ "required": ["a"] }),
        json!({ "minProperties": 1, "maxProperties": 2 }),
        json!({ "additionalProperties": false }),
        json!({ "additionalProperties": true }),
        json!({ "writeOnly": true }),
        json!({ "deprecated": true, "x-any": {} }),
        json!({ "$ref": "#/tree" }),
        json!({ "$ref": "#/base" }),
        json!({ "discriminator": { "propertyName": "a" } }),
        json!({ "oneOf": [{ "$ref": "#/cat" }, { "$ref": "#/dog" }], "discriminator": { "propertyName": "a" } }),
        json!({ "anyOf": [{ "$ref": "#/cat" }, { "$ref": "#/dog" }], "discriminator": {
            "propertyName": "a", "mapping": { "a": "#/cat", "b": "#/dog" }
        } }),
        json!({ "oneOf": [{ "$ref": "#/cat" }, { "$ref": "#/dog" }] }),
        json!({ "not": { "type": "null" } }),
    ]);
    said.prop_recursive(4, 40, 4, |inner| {
        let names = prop::sample::select(vec!["a", "b", "id", "name"]);
        let list = prop::collection::vec(inner.clone(), 1..4);
        let properties = prop::collection::btree_map(names, inner.clone(), 0..4);
        prop_oneof![
            properties.prop_map(|properties| json!({ "type": "object", "properties": properties })),
            inner.clone().prop_map(|schema| json!({ "items": schema })),
            inner.clone().prop_map(|schema| json!({ "additionalProperties": schema })),
            (prop::sample::select(vec!["allOf", "anyOf", "oneOf"]), list)
                .prop_map(|(keyword, list)| json!({ keyword: list })),
            (inner.clone(), inner).prop_map(|(one, other)| match (one, other) {
                (Value::Object(mut one), Value::Object(other)) => {
                    one.extend(other);
                    Value::Object(one)
                }
                (one, _) => one,
            }),
        ]
    })
}

/// JSON texts of a few values in several ways of writing.
fn any_text() -> impl Strategy<Value = String> {
    let written = prop::sample::select(vec![
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "2",
        "-0",
        "1.0",
        "1.5",
        "2.50",
        "1e0",
        "100",
        "1.00000000000000000001",
        "12345678901234567890",
        "\"\"",
        "\"a\"",
        "\"b\"",
        "\"ab\"",
        "\"abcd\"",
        "\"\\u0061\"",
        "\"éé\"",
        "\"2024-02-28\"",
        "\"a:b c\"",
    ]);
    written.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        let names = prop::sample::select(vec!["a", "b", "id", "name", "left", "twigs", "x"]);
        let members = prop::collection::btree_map(names, inner.clone(), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            members.prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{ {} }}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_passes_is_right(schema in any_schema(), texts in prop::collection::vec(any_text(), 10)) {
        let subject = Subject::new(&schema);
        for text in &texts {
            prop_assert!(!subject.passes(text.as_bytes()) || subject.is_right(text.as_bytes()), "{} {}", schema, text);
        }
    }
}
