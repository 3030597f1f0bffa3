//! What `enum` and `const` list.

use std::sync::Arc;

use serde_json::Value;

use crate::generate::conjunction::Flat;
use crate::generate::node::Node;
use crate::generate::types::Types;

/// The values that an `enum` or `const` lists; the shortest list where there are several.
pub(super) fn listed<'s>(flat: &Flat<'s>) -> Option<Vec<&'s Value>> {
    let mut shortest: Option<Vec<&Value>> = None;
    for constraint in &flat.constraints {
        let list = match (constraint.get("const"), constraint.get("enum")) {
            (Some(value), _) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().collect(),
            _ => continue,
        };
        if shortest.as_ref().is_none_or(|shortest| list.len() < shortest.len()) {
            shortest = Some(list);
        }
    }
    shortest
}

/// Whether the list and the type are all that is said, so that no validator is needed to judge the listed values.
pub(super) fn is_plain_list(flat: &Flat<'_>) -> bool {
    let [constraint] = flat.constraints.as_slice() else { return false };
    flat.choices.is_empty()
        && !flat.strange
        && constraint.object.keys().all(|key| {
            ["type", "enum", "description", "title", "example", "default", "deprecated", "readOnly"]
                .contains(&key.as_str())
                || key.starts_with("x-")
        })
}

/// A value as JSON.
pub(super) fn written(value: &Value) -> Box<[u8]> {
    serde_json::to_vec(value).expect("a value is always JSON").into_boxed_slice()
}

/// A node of the listed values that are of the types.
pub(super) fn plain_choice(values: &[&Value], types: Types) -> Node {
    let fitting = values.iter().filter(|value| types.has(Types::of_value(value)));
    let texts: Arc<[Box<[u8]>]> = fitting.map(|value| written(value)).collect();
    if texts.is_empty() { Node::Impossible } else { Node::Choice(texts) }
}
