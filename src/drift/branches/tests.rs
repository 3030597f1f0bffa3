//! Which branches are found in schemas, and which of them values take.

use serde_json::json;

use super::*;
use crate::document::{Document, LoadOptions, Source};

const DOCUMENT: &str = r#"
openapi: 3.0.3
info: { title: t, version: "1" }
paths: {}
components:
  schemas:
    Node:
      type: object
      properties:
        kind: { oneOf: [{ type: string }, { type: integer }] }
        next: { $ref: '#/components/schemas/Node' }
        owner: { nullable: true, oneOf: [{ $ref: '#/components/schemas/Person' }, { type: object, required: [vat] }] }
        tags: { type: array, items: { anyOf: [{ type: string, maxLength: 3 }, { type: string, minLength: 2 }] } }
        plain: { type: object, properties: { a: { type: string } } }
      additionalProperties: { allOf: [{ oneOf: [{ type: boolean }, { type: number }] }] }
    Person:
      type: object
      required: [name]
      properties: { name: { type: string }, pay: { oneOf: [{ type: number }, { type: string }] } }
    List: { type: array, items: { $ref: '#/components/schemas/Node' } }
    Same: { allOf: [{ $ref: '#/components/schemas/Same' }, { anyOf: [{ $ref: '#/components/schemas/Same' }, {}] }] }
    Plain: { type: array, items: { $ref: '#/components/schemas/Plain' } }
"#;

fn contract() -> Contract {
    let source = Source::Text { name: "t.yaml".into(), text: DOCUMENT.into() };
    Contract::build("t", Document::load(&source, LoadOptions::default()).value.unwrap()).0
}

fn branches(contract: &Contract, schema: &str, direction: Direction) -> Branches {
    Branches::of(contract, &Pointer::from_escaped(format!("/components/schemas/{schema}")), direction)
}

const OF_NODE: [&str; 10] = [
    "properties/kind/oneOf/0",
    "properties/kind/oneOf/1",
    "properties/owner/oneOf/0",
    "properties/owner/oneOf/1",
    "properties/tags/items/anyOf/0",
    "properties/tags/items/anyOf/1",
    "additionalProperties/allOf/0/oneOf/0",
    "additionalProperties/allOf/0/oneOf/1",
    "properties/owner/oneOf/0/properties/pay/oneOf/0",
    "properties/owner/oneOf/0/properties/pay/oneOf/1",
];

#[test]
fn branches_are_found_once_wherever_properties_and_items_lead() {
    let contract = contract();
    let within = |way: &str| OF_NODE.map(|name| format!("{way}{name}")).to_vec();
    let of_same: Vec<String> = vec!["allOf/1/anyOf/0".into(), "allOf/1/anyOf/1".into()];
    for (schema, expected) in
        [("Node", within("")), ("List", within("items/")), ("Same", of_same), ("Plain", Vec::new())]
    {
        for direction in [Direction::Request, Direction::Response] {
            let found = branches(&contract, schema, direction);
            let names: Vec<&str> = found.all.iter().map(|branch| &*branch.name).collect();
            assert_eq!(names, expected, "{schema} {direction:?}");
            assert_eq!(found.nodes.is_empty(), expected.is_empty(), "{schema}");
            for branch in &found.all {
                let place = contract.document.place(&branch.written).pointer;
                assert_eq!(place.last(), branch.written.last(), "{}", branch.name);
            }
        }
    }
}

#[test]
fn a_value_takes_the_branches_that_it_is_valid_by_where_they_apply() {
    let contract = contract();
    let table: &[(Value, &[usize])] = &[
        (json!({}), &[]),
        (json!({ "kind": 1 }), &[1]),
        (json!({ "kind": true }), &[]),
        (json!({ "next": { "next": { "kind": "a", "x": 5 } } }), &[0, 7]),
        (json!({ "owner": null, "plain": { "a": true } }), &[]),
        (json!({ "owner": { "name": "a", "pay": 5 } }), &[2, 8]),
        (json!({ "owner": { "vat": "a", "pay": 5 } }), &[3]),
        (json!({ "tags": ["a", "abc", "abcd"] }), &[4, 5]),
        (json!({ "x": true, "y": null }), &[6]),
    ];
    for direction in [Direction::Request, Direction::Response] {
        let (node, list) = (branches(&contract, "Node", direction), branches(&contract, "List", direction));
        let taken = |branches: &Branches, value: &Value| {
            let mut seen = vec![false; OF_NODE.len()];
            branches.look(&contract.schemas, value, &mut seen);
            (0..seen.len()).filter(|branch| seen[*branch]).collect::<Vec<_>>()
        };
        for (value, expected) in table {
            assert_eq!(taken(&node, value), *expected, "{value}");
            assert_eq!(taken(&list, &json!([{}, value])), *expected, "{value}");
        }
    }
}

#[test]
fn a_value_without_end_in_sight_is_looked_at_in_part() {
    let contract = contract();
    let tags: Vec<String> = (0..MOST_PLACES * 2).map(|_| "a".to_owned()).collect();
    let node = branches(&contract, "Node", Direction::Request);
    let places = node.look(&contract.schemas, &json!({ "tags": tags }), &mut [false; OF_NODE.len()]);
    assert!((MOST_PLACES..MOST_PLACES + 5).contains(&places), "{places}");
    let same = branches(&contract, "Same", Direction::Request);
    assert!(same.look(&contract.schemas, &json!(1), &mut [false; 2]) < 10, "it leads back to itself");
}
