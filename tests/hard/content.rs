//! Strings with content: what is decoded from them is valid by `contentSchema`.

use data_encoding::BASE64;
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::generate::{Draw, Plan, Plans};
use standin::pointer::Pointer;
use standin::schema::Direction;
use standin::seed::Seed;

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(schema).unwrap()
}

#[test]
fn the_content_of_strings_is_valid_by_its_schema() {
    let event = json!({
        "type": "object", "required": ["id", "at", "kind"], "additionalProperties": false,
        "properties": {
            "id": { "type": "integer", "minimum": 1, "maximum": 99 },
            "at": { "type": "string", "format": "date-time" },
            "kind": { "enum": ["made", "sent"] },
            "lines": { "type": "array", "items": { "type": "string" }, "maxItems": 2 },
        },
    });
    let held = |more: Value| {
        let mut schema = json!({ "type": "string", "contentMediaType": "application/json",
            "contentSchema": { "$ref": "#/components/schemas/Event" } });
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let endless = held(json!({ "contentSchema": { "type": "object", "required": ["again"],
        "properties": { "again": { "$ref": "#/components/schemas/Endless" } } } }));
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {},
        "components": { "schemas": {
            "Event": event,
            "Endless": endless,
            "Plain": held(json!({})),
            "Suffixed": held(json!({ "contentMediaType": "application/vnd.event+json; charset=utf-8" })),
            "Base64": held(json!({ "contentEncoding": "base64" })),
            "Bounded": held(json!({ "maxLength": 90 })),
            "Unread": held(json!({ "contentMediaType": "text/plain", "minLength": 3, "maxLength": 5 })),
        } },
    });
    let source = Source::Text { name: "t.json".into(), text: document.to_string() };
    let loaded = Document::load(&source, LoadOptions::default());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let (contract, _) = Contract::build("t", loaded.value.unwrap());
    let plans = Plans::new(&contract.schemas);
    let texts = |name: &str| -> Vec<String> {
        let at = Pointer::from_escaped(format!("/components/schemas/{name}"));
        let plan = Plan::compile(&plans, &at, Direction::Response).unwrap();
        let texts = (0..40).map(|seed| {
            let mut out = Vec::new();
            plan.write(&mut Draw::new(Seed(seed)), &mut out);
            serde_json::from_slice::<String>(&out).unwrap()
        });
        texts.collect()
    };
    let event = validator(&event);
    let holds = |bytes: &[u8]| event.is_valid(&serde_json::from_slice(bytes).unwrap());
    for name in ["Plain", "Suffixed", "Bounded"] {
        assert!(texts(name).iter().all(|text| holds(text.as_bytes())), "{name}");
    }
    assert!(texts("Bounded").iter().all(|text| text.chars().count() <= 90));
    assert!(texts("Base64").iter().all(|text| holds(&BASE64.decode(text.as_bytes()).unwrap())));
    assert!(texts("Unread").iter().all(|text| (3..=5).contains(&text.chars().count())));
    // Content in content is made by its schema for two levels.
    for text in texts("Endless") {
        let outer: Value = serde_json::from_str(&text).unwrap();
        let inner: Value = serde_json::from_str(outer["again"].as_str().unwrap()).unwrap();
        assert!(inner["again"].is_string(), "{text}");
    }
}
