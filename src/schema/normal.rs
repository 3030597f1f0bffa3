//! The normal form of schemas, through the `jsonschema` package: what its keywords come to together.

use jsonschema::canonical::{self, Satisfiability};
use serde_json::Value;

use crate::pointer::Pointer;

/// Those of the schemas at `pointers` that are proven to have no value. What the package can't model is not among them.
pub(super) fn unsatisfiable(root: &Value, pointers: &[Pointer]) -> Vec<Pointer> {
    let options = canonical::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .offline()
        .should_validate_formats(true);
    let Ok(prepared) = options.prepare(root) else { return Vec::new() };
    let is_empty = |pointer: &&Pointer| {
        let form = prepared.canonicalize_at(pointer.as_str());
        form.is_ok_and(|form| form.satisfiability() == Satisfiability::No)
    };
    pointers.iter().filter(is_empty).cloned().collect()
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
        } });
        let pointers = ["low", "both", "fine"].map(|name| Pointer::root().join("components").join(name));
        assert_eq!(unsatisfiable(&root, &pointers), [pointers[1].clone()]);
    }
}
