//! Values whose schema has a `discriminator` name the schema that was taken, whether it says so itself or not.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::generate::{Draw, Plan, Plans};
use standin::pointer::Pointer;
use standin::schema::Direction;
use standin::seed::Seed;

const SEEDS: u64 = 60;

/// The schemas: no branch says itself what it is called.
fn schemas() -> Value {
    let one = |property: &str| {
        json!({ "type": "object", "required": ["kind", property], "additionalProperties": false,
            "properties": { "kind": { "type": "string" }, property: { "type": "integer" } } })
    };
    let either = |keyword: &str, names: &[&str], discriminator: Value| {
        let branches: Vec<Value> =
            names.iter().map(|name| json!({ "$ref": format!("#/components/schemas/{name}") })).collect();
        json!({ keyword: branches, "discriminator": discriminator })
    };
    let extending = |base: &str, property: &str| {
        json!({ "allOf": [{ "$ref": format!("#/components/schemas/{base}") },
            { "type": "object", "required": [property], "properties": { property: { "type": "integer" } } }] })
    };
    let base = |mapping: Value| {
        json!({ "type": "object", "required": ["kind"], "properties": { "kind": { "type": "string" } },
            "discriminator": mapping })
    };
    let by_kind = json!({ "propertyName": "kind" });
    json!({
        "Cat": one("lives"), "Dog": one("legs"), "Fish": one("fins"),
        "Implicit": either("oneOf", &["Cat", "Dog"], by_kind.clone()),
        "Any": either("anyOf", &["Cat", "Dog"], by_kind.clone()),
        "Mapped": either("oneOf", &["Cat", "Dog"], json!({ "propertyName": "kind",
            "mapping": { "meow": "#/components/schemas/Cat", "woof": "Dog" } })),
        "Numbered": either("oneOf", &["One", "Two"], json!({ "propertyName": "kind",
            "mapping": { "1": "#/components/schemas/One", "2": "#/components/schemas/Two" } })),
        "One": { "type": "object", "required": ["kind", "a"], "properties": { "kind": { "type": "integer" }, "a": { "const": 1 } } },
        "Two": { "type": "object", "required": ["kind", "a"], "properties": { "kind": { "type": "integer" }, "a": { "const": 2 } } },
        "Nested": either("oneOf", &["Mapped", "Fish"], json!({ "propertyName": "kind",
            "mapping": { "meow": "Mapped", "woof": "Mapped", "blub": "Fish" } })),
        "Base": base(json!({ "propertyName": "kind", "mapping": { "far": "#/components/schemas/Far" } })),
        "Near": extending("Base", "near"), "Far": extending("Base", "far"), "Farther": extending("Far", "farther"),
        "Either": either("oneOf", &["Near", "Far"], by_kind),
        "Alone": base(json!({ "propertyName": "kind" })),
        "List": { "type": "array", "minItems": 3, "items": { "allOf": [{ "$ref": "#/components/schemas/Base" }] } },
    })
}

/// How often which name stands beside which other properties.
fn drawn(plans: &Plans, name: &str) -> BTreeMap<String, u64> {
    let at = Pointer::from_escaped(format!("/components/schemas/{name}"));
    let plan = Plan::compile(plans, &at, Direction::Response).unwrap();
    let mut counts = BTreeMap::new();
    for seed in 0..SEEDS {
        let mut out = Vec::new();
        plan.write(&mut Draw::new(Seed(seed)), &mut out);
        let value: Value = serde_json::from_slice(&out).unwrap();
        for value in value.as_array().cloned().unwrap_or_else(|| vec![value]) {
            let mut object = value.as_object().unwrap().clone();
            let kind = object.remove("kind").unwrap();
            let others: Vec<&str> =
                object.keys().map(String::as_str).filter(|key| !key.starts_with("key_")).collect();
            *counts.entry(format!("{kind}: {}", others.join(" "))).or_default() += 1;
        }
    }
    counts
}

#[test]
fn a_value_names_the_schema_that_was_taken() {
    let document = json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {},
        "components": { "schemas": schemas() } });
    let source = Source::Text { name: "t.json".into(), text: document.to_string() };
    let loaded = Document::load(&source, LoadOptions::default());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let (contract, _) = Contract::build("t", loaded.value.unwrap());
    let plans = Plans::new(&contract.schemas);
    let table: [(&str, &[&str]); 11] = [
        ("Implicit", &[r#""Cat": lives"#, r#""Dog": legs"#]),
        ("Any", &[r#""Cat": lives"#, r#""Dog": legs"#]),
        ("Mapped", &[r#""meow": lives"#, r#""woof": legs"#]),
        ("Numbered", &["1: a", "2: a"]),
        ("Nested", &[r#""blub": fins"#, r#""meow": lives"#, r#""woof": legs"#]),
        ("Base", &[r#""Farther": farther far"#, r#""Near": near"#, r#""far": far"#]),
        ("Near", &[r#""Near": near"#]),
        ("Far", &[r#""far": far"#]),
        ("Farther", &[r#""Farther": farther far"#]),
        ("Either", &[r#""Far": far"#, r#""Near": near"#]),
        ("List", &[r#""Farther": farther far"#, r#""Near": near"#, r#""far": far"#]),
    ];
    for (name, expected) in table {
        let found = drawn(&plans, name);
        assert_eq!(found.keys().collect::<Vec<_>>(), expected, "{name}: {found:?}");
    }
}

#[test]
fn the_discriminator_of_a_schema_that_nothing_extends_changes_nothing() {
    let document = json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {},
        "components": { "schemas": schemas() } });
    let source = Source::Text { name: "t.json".into(), text: document.to_string() };
    let (contract, _) = Contract::build("t", Document::load(&source, LoadOptions::default()).value.unwrap());
    let found = drawn(&Plans::new(&contract.schemas), "Alone");
    assert!(found.len() > 1, "{found:?}");
}
