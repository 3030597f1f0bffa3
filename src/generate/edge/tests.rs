//! Which edges a schema has, in which order, and that each is valid.

use serde_json::{Value, json};

use crate::generate::oracle::{plan, schemas};
use crate::generate::{Draw, Plan, Plans};
use crate::pointer::Pointer;
use crate::schema::Direction;
use crate::seed::Seed;

fn at(plan: &Plan, index: usize, seed: u64) -> Value {
    let mut out = Vec::new();
    plan.write(&mut Draw { edge: Some(index), ..Draw::new(Seed(seed)) }, &mut out);
    serde_json::from_slice(&out).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&out)))
}

fn all(plan: &Plan) -> Vec<String> {
    let edges = plan.edges();
    (0..edges.len()).map(|index| edges.what(index).unwrap().to_owned()).collect()
}

/// The value at the edge of this name.
fn named(plan: &Plan, what: &str) -> Value {
    let found = all(plan).iter().position(|edge| edge == what);
    at(plan, found.unwrap_or_else(|| panic!("no `{what}` in {:#?}", all(plan))), 1)
}

#[test]
fn edges_are_listed_in_the_document_s_order() {
    let plan = plan(
        json!({
            "components": { "schemas": {
                "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "minimum": 0, "maximum": 9}}},
                "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}}}
            }},
            "reply": {"type": "object", "required": ["items"], "properties": {
                "items": {"type": "array", "maxItems": 5, "items": {"type": "object", "required": ["id"], "properties": {
                    "id": {"type": "string", "format": "uuid"}, "parent": {"$ref": "#/reply"}
                }}},
                "name": {"type": "string", "minLength": 2, "maxLength": 64},
                "code": {"type": "string", "pattern": "^[a-z]{2,8}$"},
                "age": {"type": ["integer", "null"], "minimum": -5, "exclusiveMaximum": 150},
                "size": {"type": "number"},
                "status": {"enum": ["on", "off", null]},
                "owner": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
                "tags": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string"}},
                "labels": {"type": "object", "additionalProperties": {"type": "boolean"}},
                "since": {"type": "string", "format": "date"},
                "either": {"type": ["string", "boolean"]}
            }}
        }),
        "/reply",
    );
    insta::assert_snapshot!(all(&plan).join("\n"));
    assert!(!plan.edges().is_cut);
}

#[test]
fn a_value_is_special_where_its_edge_says_so() {
    let plan = plan(
        json!({ "reply": {"type": "object", "required": ["total"], "properties": {
            "total": {"type": "integer"},
            "items": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}},
            "name": {"type": "string", "maxLength": 64},
            "code": {"type": "string", "pattern": "^[a-z]{2,8}$"},
            "mail": {"type": "string", "format": "email"},
            "price": {"type": "number", "minimum": 0, "multipleOf": 0.05, "maximum": 10.02},
            "ratio": {"type": "number", "minimum": 0.125, "exclusiveMaximum": 2.0005},
            "note": {"type": ["string", "null"]}
        }}}),
        "/reply",
    );
    // What tells of the list agrees with it.
    let empty = named(&plan, "items: empty");
    assert_eq!((&empty["items"], &empty["total"]), (&json!([]), &json!(0)));
    let long = named(&plan, "items: 100 items");
    assert_eq!((long["items"].as_array().unwrap().len(), &long["total"]), (100, &json!(100)));
    let bare = named(&plan, "the whole: no optional properties");
    assert_eq!(bare.as_object().unwrap().keys().collect::<Vec<_>>(), ["total"]);
    let characters = |value: &Value| value.as_str().unwrap().chars().count();
    assert_eq!(characters(&named(&plan, "name: longest (64 characters)")["name"]), 64);
    assert_eq!(characters(&named(&plan, "code: shortest (2 characters)")["code"]), 2);
    assert_eq!(characters(&named(&plan, "code: longest (8 characters)")["code"]), 8);
    assert!(!named(&plan, "name: non-ASCII")["name"].as_str().unwrap().is_ascii());
    assert_eq!(named(&plan, "price: highest 10")["price"], json!(10));
    assert_eq!(named(&plan, "ratio: lowest 0.125")["ratio"], json!(0.125));
    assert_eq!(named(&plan, "ratio: highest 2.0004")["ratio"], json!(2.0004));
    assert_eq!(named(&plan, "note: null")["note"], Value::Null);
    assert_eq!(named(&plan, "note: absent").get("note"), None);
    for what in ["code: non-ASCII", "mail: non-ASCII", "total: absent"] {
        assert!(!all(&plan).iter().any(|edge| edge == what), "{what}");
    }
}

#[test]
fn an_edge_is_the_only_difference() {
    let root = json!({ "reply": {"type": "object", "properties": {
        "id": {"type": "integer"}, "name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}
    }}});
    let plan = plan(root, "/reply");
    let mut ordinary = plan.value(&mut Draw::new(Seed(5)));
    let index = all(&plan).iter().position(|edge| edge == "name: absent").unwrap();
    ordinary.as_object_mut().unwrap().shift_remove("name");
    assert_eq!(at(&plan, index, 5), ordinary);
    assert_eq!(
        at(&plan, plan.edges().len(), 5),
        plan.value(&mut Draw::new(Seed(5))),
        "there is no such edge"
    );
}

#[test]
fn every_edge_is_valid_under_every_seed() {
    let hard: Value = serde_json::from_str(include_str!("../hard.json")).unwrap();
    let tricky: Value = serde_json::from_str(include_str!("../tricky.json")).unwrap();
    let names = hard["components"]["schemas"].as_object().unwrap().keys();
    let places: Vec<String> = names
        .map(|name| format!("/components/schemas/{name}"))
        .chain((0..tricky.as_array().unwrap().len()).map(|index| format!("/all/{index}")))
        .collect();
    let mut root = hard;
    root["all"] = tricky;
    let schemas = schemas(root);
    let plans = Plans::new(&schemas);
    let mut judged = 0;
    for place in places {
        let pointer = Pointer::from_escaped(&place);
        let plan = Plan::compile(&plans, &pointer, Direction::Response).unwrap();
        let validator = schemas.validator(&pointer, Direction::Response).unwrap();
        for index in 0..plan.edges().len() {
            let what = plan.edges().what(index).unwrap();
            for seed in 0..3 {
                let value = at(&plan, index, seed);
                assert!(validator.is_valid(&value), "{place}, seed {seed}, {what}: {value}");
                judged += 1;
            }
        }
    }
    assert!(judged > 1000, "{judged}");
}

#[test]
fn edges_are_bounded_however_large_or_circular_the_schema_is() {
    let wide: serde_json::Map<String, Value> =
        (0..900).map(|number| (format!("field{number}"), json!({"type": "string"}))).collect();
    let node = |fields: usize| {
        let fields = (0..fields).map(|number| (format!("next{number}"), json!({"$ref": "#/node"})));
        let leaf = ("leaf".to_owned(), json!({"type": "boolean"}));
        json!({"type": "object", "properties": fields.chain([leaf]).collect::<serde_json::Map<_, _>>()})
    };
    let wide = plan(json!({ "reply": {"type": "object", "properties": wide} }), "/reply");
    assert_eq!((wide.edges().len(), wide.edges().is_cut), (500, true));
    let values: Vec<u32> = (0..60).collect();
    let listed = plan(json!({ "reply": {"type": "integer", "enum": values} }), "/reply");
    assert_eq!((listed.edges().len(), listed.edges().is_cut), (24, true));
    let circular = plan(json!({ "node": node(40) }), "/node");
    assert!((3..=44).contains(&circular.edges().len()), "{}", circular.edges().len());
    let mut tree = serde_json::Map::new();
    for level in 0..30 {
        let below = json!({"$ref": format!("#/level{}", level + 1)});
        let properties = json!({"a": below, "b": below, "c": below, "d": below});
        tree.insert(format!("level{level}"), json!({"type": "object", "properties": properties}));
    }
    tree.insert("level30".to_owned(), json!({"type": "boolean"}));
    let deep = plan(tree.into(), "/level0");
    assert!((1..=500).contains(&deep.edges().len()) && deep.edges().is_cut, "{}", deep.edges().len());
}
