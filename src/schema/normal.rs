//! The normal form of schemas, through the `jsonschema` package: what its keywords come to together.

use std::collections::HashMap;

use jsonschema::canonical::{self, Satisfiability};
use serde_json::Value;

use super::resolve;
use crate::pointer::Pointer;

/// Those of the schemas at `pointers` that are proven to have no value. What the package can't model is not among them.
pub(super) fn unsatisfiable(root: &Value, pointers: &[Pointer]) -> Vec<Pointer> {
    let options = canonical::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .offline()
        .should_validate_formats(true);
    let Ok(prepared) = options.prepare(root) else { return Vec::new() };
    let is_empty = |pointer: &Pointer| {
        let form = prepared.canonicalize_at(pointer.as_str());
        form.is_ok_and(|form| form.satisfiability() == Satisfiability::No)
    };
    // Most schemas of a large document are references to the same few, and each form takes milliseconds.
    let mut known: HashMap<Pointer, bool> = HashMap::new();
    let mut unsatisfiable = |pointer: &&Pointer| {
        let meant = resolve(root, pointer).map_or_else(|| (*pointer).clone(), |(meant, _)| meant);
        *known.entry(meant).or_insert_with_key(is_empty)
    };
    pointers.iter().filter(|pointer| unsatisfiable(pointer)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn contradictions_are_seen_through_references_and_combinations() {
        let root = json!({ "components": {
            "low": { "type": "integer", "maximum": 5 },
            "both": { "allOf": [{ "$ref": "#/components/low" }, { "minimum": 10 }] },
            "fine": { "allOf": [{ "$ref": "#/components/low" }, { "minimum": 3 }] },
            "same": { "$ref": "#/components/both" },
        } });
        let pointers =
            ["low", "both", "fine", "same"].map(|name| Pointer::root().join("components").join(name));
        assert_eq!(unsatisfiable(&root, &pointers), [pointers[1].clone(), pointers[3].clone()]);
    }
}
