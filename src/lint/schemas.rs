//! Every schema that the operations of a contract lead to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::Contract;
use crate::pointer::Pointer;
use crate::schema::{Direction, reference};

/// Keywords that hold a schema.
const ONE: &[&str] = &[
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords that hold a list of schemas.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords that hold schemas by name.
const MAPS: &[&str] = &["properties", "patternProperties", "dependentSchemas"];

/// The schemas used in a direction, each once, in the order in which the operations lead to them.
pub(super) fn used(contract: &Contract, direction: Direction) -> Vec<(Pointer, &Value)> {
    let root = contract.schemas.root(direction);
    let mut open = entries(contract, direction);
    open.reverse();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(pointer) = open.pop() {
        let Some(schema) = pointer.find(root) else { continue };
        if !seen.insert(pointer.clone()) {
            continue;
        }
        let mut inside = Vec::new();
        inside.extend(schema.get("$ref").and_then(reference));
        for keyword in ONE {
            if schema.get(keyword).is_some_and(Value::is_object) {
                inside.push(pointer.join(keyword));
            }
        }
        for keyword in LISTS {
            let count = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            inside.extend((0..count).map(|index| pointer.join(keyword).index(index)));
        }
        for keyword in MAPS {
            let names = schema.get(keyword).and_then(Value::as_object).into_iter().flatten();
            inside.extend(names.map(|(name, _)| pointer.join(keyword).join(name)));
        }
        inside.reverse();
        open.append(&mut inside);
        found.push((pointer, schema));
    }
    found
}

/// The schemas used in either direction, each once.
pub(super) fn both(contract: &Contract) -> Vec<(Pointer, &Value, Direction)> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for direction in [Direction::Response, Direction::Request] {
        for (pointer, schema) in used(contract, direction) {
            if seen.insert(pointer.clone()) {
                all.push((pointer, schema, direction));
            }
        }
    }
    all
}

/// Where the operations lead to schemas from.
pub(super) fn entries(contract: &Contract, direction: Direction) -> Vec<Pointer> {
    let mut entries = Vec::new();
    for operation in &contract.operations {
        match direction {
            Direction::Request => {
                entries.extend(operation.parameters.iter().filter_map(|parameter| parameter.schema.clone()));
                let content = operation.body.iter().flat_map(|body| &body.content);
                entries
                    .extend(content.flat_map(|one| [one.schema.clone(), one.item_schema.clone()]).flatten());
            }
            Direction::Response => {
                for response in &operation.responses {
                    entries.extend(response.headers.iter().filter_map(|header| header.schema.clone()));
                    let content = &response.content;
                    entries.extend(
                        content
                            .iter()
                            .flat_map(|one| [one.schema.clone(), one.item_schema.clone()])
                            .flatten(),
                    );
                }
            }
        }
    }
    entries
}
