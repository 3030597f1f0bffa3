//! Every keyword broken once: which breaks there are of a value, in which order, and what each comes to.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Breakable;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::violation::Breach;

fn told(root: Value, value: &Value, breach: Option<Breach>, place: Option<&str>) -> String {
    let root = Arc::new(root);
    let schemas = Schemas::new(Arc::clone(&root), root);
    let place = place.map(Pointer::from_escaped);
    let schema = Pointer::from_escaped("/s");
    let breakable =
        Breakable::new(&schemas, &schema, Direction::Response, value, place.as_ref()).expect("a valid value");
    let mut told = String::new();
    for one in breakable.breaks(breach, place.clone()) {
        let beside: Vec<&str> = one.beside.iter().map(Pointer::as_str).collect();
        let beside = if beside.is_empty() { String::new() } else { format!(" beside {}", beside.join(" ")) };
        let _ = writeln!(told, "{} {}{beside}: {}", one.breach, one.pointer, one.value);
    }
    told
}

#[test]
fn every_keyword_is_broken_once_in_the_order_of_the_value() {
    let schema = json!({
        "type": "object", "required": ["id", "name"], "additionalProperties": false, "minProperties": 2,
        "propertyNames": { "maxLength": 12 }, "dependentRequired": { "size": ["ratio"] },
        "properties": {
            "id": { "$ref": "#/id" },
            "name": { "type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$" },
            "mail": { "type": "string", "format": "email" },
            "size": { "type": "integer", "minimum": 1, "maximum": 9, "multipleOf": 2 },
            "ratio": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
            "kind": { "enum": ["cat", "dog"] }, "one": { "const": 1 },
            "tags": { "type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": true, "items": { "type": "string" } },
            "sure": { "type": ["boolean", "null"] }, "other": { "not": { "type": "integer" } }
        }
    });
    let value = json!({
        "id": 7, "name": "rex", "mail": "a@example.com", "size": 4, "ratio": 0.5, "kind": "cat", "one": 1,
        "tags": ["a", "b"], "sure": true, "other": "x"
    });
    let root = json!({ "s": schema, "id": { "type": "integer", "format": "int64" } });
    insta::assert_snapshot!(told(root, &value, None, None));
}

#[test]
fn alternatives_are_seen_through_and_broken_themselves() {
    let cat = json!({ "type": "object", "required": ["kind", "lives"], "properties": {
        "kind": { "const": "cat" }, "lives": { "type": "integer", "maximum": 9 }, "barks": { "type": "boolean" } } });
    let dog =
        json!({ "type": "object", "required": ["barks"], "properties": { "barks": { "type": "boolean" } } });
    let root =
        json!({ "s": { "oneOf": [{ "$ref": "#/cat" }, { "$ref": "#/dog" }] }, "cat": cat, "dog": dog });
    insta::assert_snapshot!(told(root, &json!({ "kind": "cat", "lives": 9 }), None, None));
}

#[test]
fn names_and_dependencies_are_broken() {
    let root = json!({ "s": { "type": "object", "propertyNames": { "maxLength": 5 }, "maxProperties": 3,
        "dependentRequired": { "size": ["ratio"] }, "contains": true } });
    let value = json!({ "size": 1, "ratio": 2 });
    let expected = "type #: [{\"size\":1,\"ratio\":2}]\nnull #: null\n\
        property-names #/undeclared: {\"size\":1,\"ratio\":2,\"undeclared\":2}\n\
        max-properties #: {\"size\":1,\"ratio\":2,\"p0\":2,\"p1\":2}\n\
        dependent-required #/ratio: {\"size\":1}\n";
    assert_eq!(told(root, &value, None, None), expected);
}

#[test]
fn what_is_asked_for_is_all_that_is_made() {
    let root = json!({ "s": { "type": "array", "items": { "type": "object", "required": ["n"], "properties": {
        "n": { "type": "integer", "minimum": 0 } } } } });
    let value = json!([{ "n": 1 }, { "n": 2 }, { "n": 3 }]);
    let table = [
        (Some(Breach::Minimum), None, "minimum #/0/n: [{\"n\":-1},{\"n\":2},{\"n\":3}]\n"),
        (Some(Breach::Minimum), Some("/2/n"), "minimum #/2/n: [{\"n\":1},{\"n\":2},{\"n\":-1}]\n"),
        (Some(Breach::Required), Some("/1/n"), "required #/1/n: [{\"n\":1},{},{\"n\":3}]\n"),
        (Some(Breach::Maximum), None, ""),
        (Some(Breach::Minimum), Some("/3/n"), ""),
        (
            None,
            Some("/0/n"),
            "required #/0/n: [{},{\"n\":2},{\"n\":3}]\n\
            type #/0/n: [{\"n\":\"1\"},{\"n\":2},{\"n\":3}]\n\
            null #/0/n: [{\"n\":null},{\"n\":2},{\"n\":3}]\n\
            minimum #/0/n: [{\"n\":-1},{\"n\":2},{\"n\":3}]\n",
        ),
    ];
    for (breach, place, expected) in table {
        assert_eq!(told(root.clone(), &value, breach, place), expected, "{breach:?} {place:?}");
    }
}

#[test]
fn a_keyword_that_cannot_be_broken_alone_tells_the_others() {
    let root = json!({ "s": { "type": "string", "enum": ["a", "b"] } });
    let expected = "type # beside /s/enum: 0\nnull # beside /s/enum: null\nenum #: \"a-unlisted\"\n";
    assert_eq!(told(root, &json!("a"), None, None), expected);
}

#[test]
fn what_is_not_valid_is_not_broken() {
    let root = Arc::new(json!({ "s": { "type": "string" } }));
    let schemas = Schemas::new(Arc::clone(&root), root);
    let schema = Pointer::from_escaped("/s");
    assert!(Breakable::new(&schemas, &schema, Direction::Request, &json!(5), None).is_none());
}
