//! Each keyword's sentence, the nearest branches, and what is hidden behind a reason.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::*;
use crate::document::{Document, LoadOptions, Source};
use crate::schema::mismatches;

/// The contract of one operation that takes `schema`, in `OpenAPI` 3.2 beside named schemas.
fn contract(schema: &Value, named: &Value) -> Contract {
    let document = json!({
        "openapi": "3.2.0",
        "info": { "title": "T", "version": "1" },
        "paths": { "/a": { "post": {
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": { "204": { "description": "" } },
        } } },
        "components": { "schemas": named },
    });
    let source = Source::Text { name: "t.json".into(), text: format!("{document:#}") };
    let loaded = Document::load(&source, LoadOptions::default());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    Contract::build("t", loaded.value.unwrap()).0
}

/// What is told of a body, each finding with its place, its keyword and its help.
fn told(schema: &Value, named: &Value, body: &Value) -> String {
    let contract = contract(schema, named);
    let content = &contract.operations[0].body.as_ref().unwrap().content[0];
    let validator = contract.schemas.validator(content.schema.as_ref().unwrap(), Direction::Request).unwrap();
    let subject = Subject {
        rule: Rule::BodyInvalid,
        location: vec!["request".into(), "body".into()],
        called: "body".into(),
        contract: &contract,
        direction: Direction::Request,
        excuses: Excuses::default(),
        digits: Vec::new(),
    };
    let mut told = String::new();
    for violation in subject.violations(mismatches(&validator, body)) {
        let tokens: Vec<String> = violation.place.pointer.tokens().collect();
        let tail = tokens[tokens.len().saturating_sub(2)..].join("/");
        let help = violation.help.unwrap_or_default();
        writeln!(told, "{}\n    at {tail}; {help}", violation.message).unwrap();
    }
    told
}

/// Plays rows of schema and body.
fn table(named: &Value, rows: &[(Value, Value)]) -> String {
    let mut all = String::new();
    for (schema, body) in rows {
        let told = told(schema, named, body);
        assert!(!told.is_empty(), "{schema} takes {body}");
        writeln!(all, "{schema}\n  {body}").unwrap();
        told.lines().for_each(|line| writeln!(all, "  > {line}").unwrap());
    }
    all
}

#[test]
fn every_keyword_has_a_sentence() {
    let rows = [
        (json!({ "type": "integer" }), json!("five")),
        (json!({ "type": ["string", "null"] }), json!(5)),
        (json!({ "minimum": 3 }), json!(2)),
        (json!({ "maximum": 3 }), json!(4)),
        (json!({ "exclusiveMinimum": 3 }), json!(3)),
        (json!({ "exclusiveMaximum": 3 }), json!(3)),
        (json!({ "multipleOf": 3 }), json!(4)),
        (json!({ "minLength": 3 }), json!("ab")),
        (json!({ "maxLength": 1 }), json!("ab")),
        (json!({ "pattern": "^[a-z]+$" }), json!("A1")),
        (json!({ "format": "date" }), json!("yesterday")),
        (json!({ "enum": ["small", "large"] }), json!("lrage")),
        (json!({ "enum": [1, 2] }), json!(3)),
        (json!({ "const": "v1" }), json!("v2")),
        (json!({ "minItems": 2 }), json!([1])),
        (json!({ "maxItems": 1 }), json!([1, 2])),
        (json!({ "uniqueItems": true }), json!([{ "a": 1, "b": 2 }, 3, { "b": 2, "a": 1.0 }])),
        (json!({ "contains": { "type": "string" } }), json!([1, 2])),
        (json!({ "contains": { "type": "string" }, "minContains": 2 }), json!(["a", 2])),
        (json!({ "contains": { "type": "string" }, "maxContains": 1 }), json!(["a", "b"])),
        (json!({ "prefixItems": [{ "type": "string" }], "items": false }), json!(["a", 2])),
        (json!({ "items": false }), json!([1])),
        (json!({ "prefixItems": [{ "type": "string" }], "unevaluatedItems": false }), json!(["a", 2])),
        (json!({ "minProperties": 1 }), json!({})),
        (json!({ "maxProperties": 1 }), json!({ "a": 1, "b": 2 })),
        (json!({ "required": ["a"] }), json!({})),
        (json!({ "dependentRequired": { "card": ["holder"] } }), json!({ "card": 1 })),
        (json!({ "dependentSchemas": { "card": { "required": ["holder"] } } }), json!({ "card": 1 })),
        (json!({ "propertyNames": { "pattern": "^[a-z]+$" } }), json!({ "A1": 1 })),
        (json!({ "propertyNames": { "enum": ["left", "right"] } }), json!({ "rigth": 1 })),
        (json!({ "properties": { "a": false } }), json!({ "a": 1 })),
        (json!({ "properties": { "name": {} }, "additionalProperties": false }), json!({ "zoo": 1 })),
        (json!({ "properties": { "name": {} }, "unevaluatedProperties": false }), json!({ "nmae": 1 })),
        (json!({ "not": { "type": "string" } }), json!("a")),
        (json!({ "not": { "enum": ["a", "b"] } }), json!("a")),
        (json!({ "not": { "required": ["a", "b"] } }), json!({ "a": 1, "b": 2 })),
        (json!({ "not": { "minimum": 3, "maximum": 5 } }), json!(4)),
        (
            json!({ "if": { "properties": { "a": { "const": 1 } } }, "then": { "required": ["b"] }, "else": { "required": ["c"] } }),
            json!({ "a": 1 }),
        ),
        (
            json!({ "if": { "properties": { "a": { "const": 1 } } }, "then": { "required": ["b"] }, "else": { "required": ["c"] } }),
            json!({ "a": 2 }),
        ),
        (
            json!({ "items": { "properties": { "a": { "items": { "type": "integer" } } } } }),
            json!([{ "a": [1, "x"] }]),
        ),
    ];
    insta::assert_snapshot!(table(&json!({}), &rows));
}

#[test]
fn the_branch_that_was_meant_is_explained() {
    let named = json!({
        "Cat": { "type": "object", "required": ["kind", "lives"], "properties": { "kind": { "type": "string" }, "lives": { "type": "integer" } } },
        "Dog": { "type": "object", "required": ["kind", "bark"], "properties": { "kind": { "type": "string" }, "bark": { "type": "boolean" } } },
        "Square": { "required": ["type", "side"], "properties": { "type": { "const": "square" }, "side": { "type": "number" } } },
        "Circle": { "required": ["type", "radius"], "properties": { "type": { "enum": ["circle"] }, "radius": { "type": "number" } } },
    });
    let refs = |names: [&str; 2]| names.map(|name| json!({ "$ref": format!("#/components/schemas/{name}") }));
    let pets = json!({ "oneOf": refs(["Cat", "Dog"]), "discriminator": { "propertyName": "kind" } });
    let mapping = json!({ "meow": "Cat", "woof": "#/components/schemas/Dog" });
    let mapped = json!({ "oneOf": refs(["Cat", "Dog"]), "discriminator": { "propertyName": "kind", "mapping": mapping } });
    let by_default = json!({ "oneOf": refs(["Cat", "Dog"]), "discriminator": { "propertyName": "kind", "defaultMapping": "Dog" } });
    let shapes = json!({ "oneOf": refs(["Square", "Circle"]) });
    let plain = json!({ "anyOf": refs(["Cat", "Dog"]) });
    let rows = [
        (pets.clone(), json!({ "kind": "Dog", "lives": "9" })),
        (pets.clone(), json!({ "kind": "Dgo", "bark": 1 })),
        (pets.clone(), json!({ "kind": 5 })),
        (pets.clone(), json!({ "bark": true })),
        (pets.clone(), json!([])),
        (pets, json!({ "kind": "Cat", "lives": 9, "bark": true })),
        (mapped.clone(), json!({ "kind": "meow" })),
        (mapped.clone(), json!({ "kind": "woof", "bark": "loud" })),
        (mapped, json!({ "kind": "Cat" })),
        (by_default.clone(), json!({ "kind": "Bird", "bark": 1 })),
        (by_default, json!({ "bark": 1 })),
        (shapes.clone(), json!({ "type": "circle", "side": 5 })),
        (shapes.clone(), json!({ "type": "cirlce", "radius": 5 })),
        (shapes, json!({ "radius": 5 })),
        (plain.clone(), json!({ "kind": "x", "lives": "nine" })),
        (plain, json!(7)),
        (
            json!({ "oneOf": [{ "type": "integer" }, { "type": "array", "items": { "type": "integer" } }] }),
            json!([1, "two"]),
        ),
        (
            json!({ "oneOf": [{ "title": "Small", "maximum": 5 }, { "maximum": 9 }, { "type": "string" }] }),
            json!(4),
        ),
        (json!({ "anyOf": [{ "type": "null" }, { "type": "integer", "maximum": 5 }] }), json!(9)),
        (
            json!({ "anyOf": [{ "anyOf": [{ "minimum": 9 }, { "minimum": 7 }] }, { "type": "string" }] }),
            json!(4),
        ),
    ];
    insta::assert_snapshot!(table(&named, &rows));
}

#[test]
fn one_reason_is_told_once() {
    let named = json!({
        "Base": { "type": "object", "required": ["id"], "properties": { "id": { "$ref": "#/components/schemas/Id" } } },
        "Id": { "$ref": "#/components/schemas/Key" },
        "Key": { "type": "string", "pattern": "^[a-z]+$" },
    });
    let base = json!({ "$ref": "#/components/schemas/Base" });
    let closed = json!({ "required": ["name"], "properties": { "name": {}, "size": {} }, "additionalProperties": false });
    let rows = [
        (json!({ "type": "string", "enum": ["a"], "minLength": 2 }), json!(5)),
        (json!({ "enum": ["ab", "abc"], "minLength": 2, "pattern": "^a" }), json!("x")),
        (json!({ "allOf": [base, { "required": ["id"] }] }), json!({})),
        (json!({ "allOf": [base, base] }), json!({ "id": "A" })),
        (json!({ "allOf": [base, { "properties": { "id": { "type": "string" } } }] }), json!({ "id": 5 })),
        (closed.clone(), json!({ "nmae": 1 })),
        (closed.clone(), json!({ "zoo": 1 })),
        (closed, json!({ "name": 1, "nmae": 1, "siez": 2 })),
        (json!({ "allOf": [base], "unevaluatedProperties": false }), json!({ "id": 5, "more": 1 })),
    ];
    insta::assert_snapshot!(table(&named, &rows));
}

#[test]
fn secrets_are_not_told() {
    let object = |more: Value| {
        let mut schema = json!({ "properties": { "pin_word": { "type": "string", "format": "password", "minLength": 50 } } });
        schema.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
        schema
    };
    let rows = [
        (object(json!({})), json!({ "pin_word": "hush-hush" })),
        (object(json!({ "minProperties": 3 })), json!({ "pin_word": "hush-hush" })),
        (object(json!({ "required": ["id"] })), json!({ "pin_word": "hush-hush" })),
        (object(json!({ "additionalProperties": false })), json!({ "accessToken": "hush-hush" })),
        (
            json!({ "oneOf": [object(json!({ "maxProperties": 0 })), { "type": "string" }] }),
            json!({ "pin_word": "hush-hush" }),
        ),
        (
            json!({ "uniqueItems": true, "items": { "type": "string", "format": "password" } }),
            json!(["hush-hush", "hush-hush"]),
        ),
        (
            json!({ "oneOf": [{ "maxLength": 99 }, { "maxLength": 98 }], "format": "password" }),
            json!("hush-hush"),
        ),
        (
            json!({ "properties": { "token": { "oneOf": [{ "type": "object", "properties": { "a": { "enum": [1] } } }, { "type": "null" }] } } }),
            json!({ "token": { "a": "hush-hush" } }),
        ),
    ];
    for (schema, body) in rows {
        let contract = contract(&schema, &json!({}));
        let content = &contract.operations[0].body.as_ref().unwrap().content[0];
        let pointer = content.schema.as_ref().unwrap();
        let validator = contract.schemas.validator(pointer, Direction::Request).unwrap();
        let subject = Subject {
            rule: Rule::BodyInvalid,
            location: vec!["request".into(), "body".into()],
            called: "body".into(),
            contract: &contract,
            direction: Direction::Request,
            excuses: Excuses::default(),
            digits: Vec::new(),
        };
        let found = subject.violations(mismatches(&validator, &body));
        assert!(!found.is_empty(), "{schema}");
        assert!(!format!("{found:?}").contains("hush-hush"), "{schema}: {found:?}");
    }
}

#[test]
fn the_place_is_the_keyword_in_the_file_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "api.yaml",
        "openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    post:
      requestBody:
        content:
          application/json:
            schema: { $ref: 'pets.yaml#/Pet' }
      responses: { '204': { description: ok } }
",
    );
    write(
        "pets.yaml",
        "Pet:\n  required:\n    - name\n  properties:\n    name: { $ref: 'parts/name.json' }\n",
    );
    std::fs::create_dir(folder.path().join("parts")).unwrap();
    write("parts/name.json", "{\n  \"type\": \"string\",\n  \"maxLength\": 3\n}\n");
    let loaded = Document::load(&Source::File(folder.path().join("api.yaml")), LoadOptions::default());
    let contract = Contract::build("t", loaded.value.unwrap()).0;
    let content = &contract.operations[0].body.as_ref().unwrap().content[0];
    let validator = contract.schemas.validator(content.schema.as_ref().unwrap(), Direction::Request).unwrap();
    let place = |body: Value| {
        let subject = Subject {
            rule: Rule::BodyInvalid,
            location: vec!["request".into(), "body".into()],
            called: "body".into(),
            contract: &contract,
            direction: Direction::Request,
            excuses: Excuses::default(),
            digits: Vec::new(),
        };
        let place = subject.violations(mismatches(&validator, &body)).remove(0).place;
        let file = std::path::Path::new(&*place.file).file_name().unwrap().to_string_lossy().into_owned();
        format!("{file}:{}:{} {}", place.line, place.column, place.pointer)
    };
    assert_eq!(place(json!({})), "pets.yaml:2:3 #/Pet/required");
    assert_eq!(place(json!({ "name": "Rexx" })), "name.json:3:16 #/maxLength");
}

#[test]
fn a_discriminator_leads_to_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "api.yaml",
        "openapi: 3.2.0
info: { title: T, version: '1' }
paths:
  /a:
    post:
      requestBody:
        content:
          application/json:
            schema:
              oneOf: [{ $ref: 'cat.yaml' }, { $ref: 'dog.yaml#/Dog' }]
              discriminator:
                propertyName: kind
                mapping: { cat: cat.yaml }
                defaultMapping: 'dog.yaml#/Dog'
      responses: { '204': { description: ok } }
",
    );
    write("cat.yaml", "required: [lives]\nproperties: { lives: { type: integer } }\n");
    write("dog.yaml", "Dog:\n  required: [legs]\n  properties: { legs: { type: integer } }\n");
    let loaded = Document::load(&Source::File(folder.path().join("api.yaml")), LoadOptions::default());
    let contract = Contract::build("t", loaded.value.unwrap()).0;
    let content = &contract.operations[0].body.as_ref().unwrap().content[0];
    let validator = contract.schemas.validator(content.schema.as_ref().unwrap(), Direction::Request).unwrap();
    let subject = Subject {
        rule: Rule::BodyInvalid,
        location: vec!["request".into(), "body".into()],
        called: "body".into(),
        contract: &contract,
        direction: Direction::Request,
        excuses: Excuses::default(),
        digits: Vec::new(),
    };
    let place = |body: Value| subject.violations(mismatches(&validator, &body)).remove(0).place.pointer;
    assert_eq!(place(json!({ "kind": "cat", "legs": "4" })).as_str(), "/required");
    assert_eq!(place(json!({ "kind": "cow", "lives": "9" })).as_str(), "/Dog/required");
    assert_eq!(place(json!({ "lives": "9" })).as_str(), "/Dog/required");
}
