//! What a schema says together with those that apply to the same value.

use serde_json::Value;

use super::reference;

/// So many schemas that apply to one value are looked at.
const MOST: usize = 200;

/// A schema and all that may apply to the same value: through references, combinations and conditions.
pub fn applying<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    closure(root, schema, &["allOf", "anyOf", "oneOf"], &["then", "else"])
}

/// A schema and all that applies to the same value in any case: through references and `allOf`.
pub fn holding<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    closure(root, schema, &["allOf"], &[])
}

fn closure<'a>(root: &'a Value, schema: &'a Value, lists: &[&str], singles: &[&str]) -> Vec<&'a Value> {
    let mut all: Vec<&Value> = vec![schema];
    let mut next = 0;
    while let Some(schema) = all.get(next).copied() {
        next += 1;
        let target = schema.get("$ref").and_then(reference).and_then(|pointer| pointer.find(root));
        let listed =
            lists.iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flat_map(|list| list.iter());
        let single = singles.iter().filter_map(|keyword| schema.get(keyword));
        for inner in target.into_iter().chain(listed).chain(single) {
            if all.len() < MOST && !all.iter().any(|known| std::ptr::eq(*known, inner)) {
                all.push(inner);
            }
        }
    }
    all
}
