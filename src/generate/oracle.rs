//! Tests of generation by an oracle: whatever is written must satisfy its schema, for any seed.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::generate::{Draw, Echo, Plan, Plans};
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::seed::Seed;

pub(super) fn schemas(root: Value) -> Arc<Schemas> {
    let root = Arc::new(root);
    Arc::new(Schemas::new(Arc::clone(&root), root))
}

fn pointer(text: &str) -> Pointer {
    Pointer::from_escaped(text)
}

pub(super) fn plan(root: Value, at: &str) -> Plan {
    Plan::compile(&Plans::new(&schemas(root)), &pointer(at), Direction::Response).unwrap()
}

pub(super) fn draw(plan: &Plan, seed: u64) -> Value {
    let mut out = Vec::new();
    plan.write(&mut Draw::new(Seed(seed)), &mut out);
    serde_json::from_slice(&out)
        .unwrap_or_else(|why| panic!("seed {seed}: {why}: {}", String::from_utf8_lossy(&out)))
}

/// Holds 200 values of the schema at a place against the validator.
fn judge(plans: &Plans, at: &str) {
    let schemas = plans.schemas();
    let at = pointer(at);
    let plan = Plan::compile(plans, &at, Direction::Response).unwrap_or_else(|why| panic!("{why}"));
    let validator = schemas.validator(&at, Direction::Response).unwrap();
    for seed in 0..200 {
        let value = draw(&plan, seed);
        if let Err(why) = validator.validate(&value) {
            panic!("{at}, seed {seed}: {why} at {}: {value}", why.instance_path());
        }
    }
}

#[test]
fn hard_documents_get_valid_values() {
    let root: Value = serde_json::from_str(include_str!("hard.json")).unwrap();
    let names: Vec<String> = root["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    let plans = Plans::new(&schemas(root));
    for name in names {
        judge(&plans, &format!("/components/schemas/{name}"));
    }
}

#[test]
fn the_order_of_compiling_leaves_no_trace() {
    let root: Value = serde_json::from_str(include_str!("hard.json")).unwrap();
    let names: Vec<String> = root["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    let schemas = schemas(root);
    let (forward, backward) = (Plans::new(&schemas), Plans::new(&schemas));
    let compile = |plans: &Plans, name: &String| {
        Plan::compile(plans, &pointer(&format!("/components/schemas/{name}")), Direction::Response).unwrap()
    };
    let one: Vec<Plan> = names.iter().map(|name| compile(&forward, name)).collect();
    let other: Vec<Plan> = names.iter().rev().map(|name| compile(&backward, name)).collect();
    for ((one, other), name) in one.iter().zip(other.iter().rev()).zip(&names) {
        for seed in 0..20 {
            assert_eq!(draw(one, seed), draw(other, seed), "{name}, seed {seed}");
        }
    }
}

#[test]
fn tricky_schemas_get_valid_values() {
    let table: Value = serde_json::from_str(include_str!("tricky.json")).unwrap();
    let plans = Plans::new(&schemas(json!({ "all": table })));
    for index in 0..table.as_array().unwrap().len() {
        judge(&plans, &format!("/all/{index}"));
    }
}

#[test]
fn schemas_without_values_are_told_and_nothing_panics() {
    let table = json!([
        false,
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"type": "string", "enum": []},
        {"type": "string", "enum": [1]},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "object", "required": ["a"], "properties": {"a": false}},
        {"type": "array", "items": false, "minItems": 1},
        {"type": "array", "items": {"type": "boolean"}, "uniqueItems": true, "minItems": 3},
        {"$ref": "#/all/9"},
        {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/all/10"}}},
        {"type": "integer", "multipleOf": 7, "minimum": 1, "maximum": 6},
        {"not": {}},
        {"type": "array", "items": {"type": "string"}, "minItems": 99_999_999_999_u64},
        {"type": "string", "minLength": 99_999_999_999_u64},
    ]);
    let schemas = schemas(json!({ "all": table }));
    for index in 0..table.as_array().unwrap().len() {
        if index == 9 {
            continue;
        }
        let at = pointer(&format!("/all/{index}"));
        assert!(Plan::compile(&Plans::new(&schemas), &at, Direction::Response).is_err(), "{at}");
    }
}

#[test]
fn a_branch_asked_for_is_taken() {
    let schemas = schemas(json!({ "error": { "oneOf": [
        {"properties": {"code": {"type": "string", "enum": ["suspended"]}, "description": {"type": "string"}}},
        {"properties": {"code": {"type": "string", "enum": ["inactive"]}, "description": {"type": "string"}}}
    ]}}));
    for (branch, code) in ["suspended", "inactive"].iter().enumerate() {
        let plan =
            Plan::compile_branch(&Plans::new(&schemas), &pointer("/error"), branch, Direction::Response)
                .unwrap();
        for seed in 0..50 {
            assert_eq!(draw(&plan, seed)["code"], *code, "seed {seed}");
        }
    }
}

#[test]
fn a_record_agrees_with_itself() {
    let plan = plan(
        json!({ "components": { "schemas": { "Organization": { "type": "object", "properties": {
            "name": {"type": "string"}, "slug": {"type": "string"}, "website": {"type": "string", "format": "uri"},
            "email": {"type": "string", "format": "email"},
            "created_at": {"type": "integer"}, "activated_at": {"type": "integer"}, "updated_at": {"type": "integer"},
            "country": {"type": "object", "properties": {"name": {"type": "string"}, "iso_code2": {"type": "string"}, "iso_code3": {"type": "string"}}}
        }}}}}),
        "/components/schemas/Organization",
    );
    for seed in 0..100 {
        let value = draw(&plan, seed);
        let slug = value["slug"].as_str().unwrap();
        assert_eq!(value["website"], format!("https://{slug}.example.com"), "seed {seed}");
        assert!(value["email"].as_str().unwrap().ends_with(&format!("@{slug}.example.com")), "seed {seed}");
        assert!(value["created_at"].as_i64() <= value["activated_at"].as_i64(), "seed {seed}");
        assert!(value["activated_at"].as_i64() <= value["updated_at"].as_i64(), "seed {seed}");
        assert!(value["updated_at"].as_i64().unwrap() < 1_735_689_600, "seed {seed}");
        let (code2, code3) = (&value["country"]["iso_code2"], &value["country"]["iso_code3"]);
        assert_eq!(
            code2.as_str().unwrap().as_bytes()[0],
            code3.as_str().unwrap().as_bytes()[0],
            "seed {seed}"
        );
    }
}

#[test]
fn what_was_asked_comes_back_where_it_fits() {
    let schemas = schemas(json!({ "reply": { "properties": {
        "organization": {"type": "object", "properties": {
            "id": {"type": "string"}, "name": {"type": "string", "maxLength": 5}, "secret": {"type": "string", "writeOnly": true}
        }},
        "membership": {"type": "object", "properties": {"id": {"type": "string"}}}
    }}}));
    let plan = Plan::compile(&Plans::new(&schemas), &pointer("/reply"), Direction::Response).unwrap();
    let (id, long, secret) = (json!("org_77"), json!("too long a name"), json!("x"));
    let echo =
        [("id", &id), ("name", &long), ("secret", &secret)].map(|(name, value)| Echo::new(name, value));
    let mut out = Vec::new();
    plan.write(&mut Draw { echo: &echo, ..Draw::new(Seed(1)) }, &mut out);
    let value: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["organization"]["id"], "org_77");
    assert_ne!(value["organization"]["name"], "too long a name");
    assert_ne!(value["membership"]["id"], "org_77");
    assert!(value["organization"].get("secret").is_none());
}

#[test]
fn the_main_list_has_the_length_asked_for_and_paging_comes_back() {
    let schemas = schemas(json!({ "reply": { "type": "object", "properties": {
        "code": {"type": "integer"}, "message": {"type": "string"},
        "data": {"type": "object", "properties": {
            "organizations": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "limit": {"type": "integer"}}}},
            "pagination": {"type": "object", "properties": {"page_size": {"type": "integer"}}}
        }}
    }}}));
    let plan = Plan::compile(&Plans::new(&schemas), &pointer("/reply"), Direction::Response).unwrap();
    let size = json!(77);
    let echo = [Echo::new("page_size", &size)];
    let mut out = Vec::new();
    let mut draw = Draw { echo: &echo, items: Some(17), message: Some("all is well"), ..Draw::new(Seed(1)) };
    plan.write(&mut draw, &mut out);
    let value: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["data"]["organizations"].as_array().unwrap().len(), 17);
    assert_eq!(value["data"]["pagination"]["page_size"], 77);
    assert_eq!(value["message"], "all is well");
}

#[test]
fn every_declared_property_is_there_and_circles_end() {
    let plan = plan(
        json!({ "node": { "type": "object", "properties": {
            "id": {"type": "integer"}, "left": {"$ref": "#/node"}, "right": {"$ref": "#/node"},
            "children": {"type": "array", "items": {"$ref": "#/node"}}
        }}}),
        "/node",
    );
    for seed in 0..20 {
        let mut out = Vec::new();
        plan.write(&mut Draw::new(Seed(seed)), &mut out);
        assert!(out.len() < 400_000, "seed {seed}: {} bytes", out.len());
        let value: Value = serde_json::from_slice(&out).unwrap();
        assert!(value["left"]["right"]["left"]["children"][0]["id"].is_i64(), "seed {seed}");
    }
}

#[test]
fn a_seed_gives_the_same_bytes_in_every_process() {
    let schema = json!({ "components": { "schemas": { "Organization": { "type": "object", "required": ["id"], "properties": {
        "id": {"type": "string", "description": "Id, `org_` and 16 letters or digits"}, "name": {"type": "string"},
        "slug": {"type": "string"}, "email": {"type": "string", "format": "email"}, "active": {"type": "boolean"},
        "created_at": {"type": "string", "format": "date-time"}, "seats": {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
        "balance": {"type": "number", "multipleOf": 0.01}, "plan": {"enum": ["free", "team"]},
        "owner": {"type": "object", "properties": {"name": {"type": "string"}, "phone": {"type": "string"}}}
    }}}}});
    let plan = plan(schema, "/components/schemas/Organization");
    let mut out = Vec::new();
    plan.write(&mut Draw::new(Seed(42)), &mut out);
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}
