//! How much of a document a schema leads to.

use std::collections::HashSet;

use serde_json::Value;

use super::{reference, resolve};
use crate::pointer::Pointer;

/// Whether a schema leads to at most so many others through references: its validator is made in no time then, while in a
/// document whose schemas all lead to each other each validator holds nearly all of them.
pub fn leads_to_at_most(root: &Value, schema: &Value, most: usize) -> bool {
    let mut known: HashSet<Pointer> = HashSet::new();
    let mut left = vec![schema];
    while let Some(part) = left.pop() {
        match part {
            Value::Array(items) => left.extend(items),
            Value::Object(members) => {
                left.extend(members.values());
                let Some(place) = members.get("$ref").and_then(reference) else { continue };
                if !known.contains(&place) {
                    left.extend(resolve(root, &place).map(|(_, target)| target));
                    known.insert(place);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if known.len() > most {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_schema_counts_once_however_it_is_reached() {
        let root = json!({
            "a": { "items": { "$ref": "#/b" }, "anyOf": [{ "$ref": "#/b" }, { "$ref": "#/c" }] },
            "b": { "$ref": "#/a" },
            "c": { "type": "string" },
        });
        let table = [("/a", 2, true), ("/a", 1, false), ("/b", 3, true), ("/b", 2, false), ("/c", 0, true)];
        for (place, most, expected) in table {
            let schema = root.pointer(place).unwrap();
            assert_eq!(leads_to_at_most(&root, schema, most), expected, "{place} {most}");
        }
    }
}
