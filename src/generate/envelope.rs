//! Envelopes: which property of an object holds the list or the record that the whole is about.

use crate::generate::fact::Fact;
use crate::generate::node::{Alternative, Graph, Node, NodeId, ObjectNode, Property};

/// Names beside which a single object is what a reply is really about.
const ENVELOPE: [&str; 12] = [
    "code",
    "message",
    "status",
    "success",
    "ok",
    "error",
    "requestid",
    "statuscode",
    "timestamp",
    "version",
    "apiversion",
    "jsonrpc",
];

/// A list is looked for within so many objects.
const DEEPEST: u32 = 4;

/// The property that holds the list which an object is about.
pub(super) fn list(graph: &Graph, object: &ObjectNode) -> Option<usize> {
    if is_record(object) {
        return None;
    }
    let is_list = |property: &Property| is(graph, property.node, |node| matches!(node, Node::Array(_)));
    object
        .properties
        .iter()
        .position(|property| holds_records(graph, property))
        .or_else(|| object.properties.iter().position(is_list))
}

/// The property that holds the record, or what leads to the list, where an object that has no list of its own only wraps
/// it.
pub(super) fn wrapped(graph: &Graph, object: &ObjectNode) -> Option<usize> {
    if let Some(at) = path_to_list(graph, object, DEEPEST) {
        return Some(at);
    }
    let own = |property: &Property| !property.complex && !ENVELOPE.contains(&&*property.folded);
    if object.properties.iter().any(own) {
        return None;
    }
    let is_object = |property: &Property| is(graph, property.node, |node| matches!(node, Node::Object(_)));
    object.properties.iter().position(|property| !property.paging && is_object(property))
}

/// The first property within which there is a list of records, where all else tells of the reply or its pages.
fn path_to_list(graph: &Graph, object: &ObjectNode, depth: u32) -> Option<usize> {
    let tells = |property: &Property| {
        let is_fact = property.fact.is_some_and(|fact| fact != Fact::Status);
        // Of objects further in, only the nodes know it yet.
        graph.slot(property.node).complex || is_fact || ENVELOPE.contains(&&*property.folded)
    };
    if depth == 0 || is_record(object) || !object.properties.iter().all(tells) {
        return None;
    }
    let leads = |property: &Property| !property.paging && leads_to_list(graph, property.node, depth - 1);
    object.properties.iter().position(leads)
}

fn leads_to_list(graph: &Graph, id: NodeId, depth: u32) -> bool {
    match &graph.slot(id).node {
        Node::Object(object) => {
            let has_list = || object.properties.iter().any(|property| holds_records(graph, property));
            !is_record(object) && (has_list() || path_to_list(graph, object, depth).is_some())
        }
        Node::Union(alternatives) => {
            only(alternatives).is_some_and(|one| leads_to_list(graph, one.node, depth))
        }
        _ => false,
    }
}

/// The one alternative beside `null`.
pub(super) fn only(alternatives: &[Alternative]) -> Option<&Alternative> {
    let mut told = alternatives.iter().filter(|one| !one.is_null());
    told.next().filter(|_| told.next().is_none())
}

fn is_record(object: &ObjectNode) -> bool {
    object.properties.iter().any(|property| matches!(&*property.folded, "id" | "uuid" | "slug"))
}

fn holds_records(graph: &Graph, property: &Property) -> bool {
    match &graph.slot(property.node).node {
        Node::Array(array) => array.rest.is_some_and(|rest| graph.slot(rest).complex),
        _ => false,
    }
}

/// Whether a node, or one of its alternatives, is of a kind.
pub(super) fn is(graph: &Graph, id: NodeId, what: fn(&Node) -> bool) -> bool {
    match &graph.slot(id).node {
        Node::Union(alternatives) => {
            alternatives.iter().any(|alternative| what(&graph.slot(alternative.node).node))
        }
        node => what(node),
    }
}

/// Whether a value, or what it only wraps, is one of several: which of them has a list is drawn.
pub(super) fn ends_in_union(graph: &Graph, root: NodeId) -> bool {
    let mut id = root;
    for _ in 0..12 {
        id = match &graph.slot(id).node {
            Node::Union(alternatives) => match only(alternatives) {
                Some(only) => only.node,
                None => return true,
            },
            Node::Object(object) => match object.wrapped.or(object.list) {
                Some(inner) => object.properties[inner].node,
                None => return false,
            },
            Node::Impossible
            | Node::Null
            | Node::Boolean(_)
            | Node::Choice(_)
            | Node::Number(_)
            | Node::Text(_)
            | Node::Array(_) => return false,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::generate::Draw;
    use crate::generate::oracle::plan;
    use crate::seed::Seed;

    #[test]
    fn the_main_list_is_found_within_what_wraps_it() {
        let object = |properties: Value| json!({"type": "object", "properties": properties});
        let list = || json!({"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}}}});
        let (integer, text) = (|| json!({"type": "integer"}), || json!({"type": "string"}));
        let page = || object(json!({"page": integer(), "size": integer()}));
        let nullable = |schema: Value| json!({"oneOf": [{"type": "null"}, schema]});
        let table = [
            (object(json!({"items": list()})), "/items"),
            (object(json!({"data": object(json!({"items": list()}))})), "/data/items"),
            (object(json!({"result": object(json!({"page": page(), "list": list()}))})), "/result/list"),
            (
                object(json!({"total": integer(), "next": text(), "data": object(json!({"items": list()}))})),
                "/data/items",
            ),
            (
                object(
                    json!({"links": object(json!({"self": text()})), "data": object(json!({"rows": list()}))}),
                ),
                "/data/rows",
            ),
            (
                object(
                    json!({"error": object(json!({"hint": text()})), "result": object(json!({"data": object(json!({"list": list()}))}))}),
                ),
                "/result/data/list",
            ),
            (
                object(
                    json!({"code": integer(), "payload": object(json!({"inner": object(json!({"rows": object(json!({"entries": list()}))}))}))}),
                ),
                "/payload/inner/rows/entries",
            ),
            (
                object(json!({"data": nullable(object(json!({"list": list(), "meta": page()})))})),
                "/data/list",
            ),
            (
                json!({"allOf": [object(json!({"ok": {"type": "boolean"}})), object(json!({"data": object(json!({"items": list()}))}))]}),
                "/data/items",
            ),
        ];
        for (schema, place) in table {
            let plan = plan(json!({ "reply": schema }), "/reply");
            let mut lengths = Vec::new();
            for seed in 0..12 {
                let value = plan.value(&mut Draw { items: Some(17), ..Draw::new(Seed(seed)) });
                lengths.extend(value.pointer(place).map(|items| items.as_array().unwrap().len()));
            }
            // What can be `null` is so at times.
            assert!(lengths.len() > 6 && lengths.iter().all(|length| *length == 17), "{place}: {lengths:?}");
        }
    }

    #[test]
    fn a_record_with_a_list_is_not_taken_for_a_page() {
        let reply = json!({"type": "object", "properties": {"id": {"type": "integer"}, "user": {"type": "object", "properties": {
            "name": {"type": "string"}, "roles": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}}
        }}}});
        let plan = plan(json!({ "reply": reply }), "/reply");
        let value = plan.value(&mut Draw { items: Some(17), ..Draw::new(Seed(1)) });
        assert!(value["user"]["roles"].as_array().unwrap().len() < 17);
    }
}
