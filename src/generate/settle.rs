//! The last step of compiling: what has no finite value is pruned, and what needs checking gets a fallback.

use std::collections::HashSet;

use serde_json::Value;

use crate::generate::compile::accepts;
use crate::generate::envelope;
use crate::generate::node::{Depth, Graph, Node, NodeId, ObjectNode, Property, Slot, Sparse};
use crate::generate::wish::Wishes;
use crate::generate::write::Writer;
use crate::seed::Seed;

/// Prunes and completes a graph's own nodes; afterwards every node with a finite depth can write a valid value.
pub(super) fn settle(graph: &mut Graph) {
    // Each time may find a node impossible that others rely on.
    for _ in 0..MOST_IMPOSSIBLE {
        measure(graph);
        prune(graph);
        describe(graph);
        if find_fallbacks(graph) {
            break;
        }
    }
}

/// So many nodes are found to have no value before what is left is taken as it is.
const MOST_IMPOSSIBLE: usize = 24;
/// How often values are looked for with the help of values that were found before.
const ROUNDS: u8 = 3;

/// Finds the depth of the smallest value of every node.
fn measure(graph: &mut Graph) {
    for slot in &mut graph.own {
        slot.depth = Depth::ENDLESS;
    }
    loop {
        let mut changed = false;
        for index in (0..graph.own.len()).rev() {
            let depth = depth(graph, &graph.own[index].node);
            if depth < graph.own[index].depth {
                graph.own[index].depth = depth;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

fn depth(graph: &Graph, node: &Node) -> Depth {
    let of = |id: &NodeId| graph.slot(*id).depth;
    match node {
        Node::Impossible => Depth::ENDLESS,
        Node::Null | Node::Boolean(_) | Node::Choice(_) | Node::Number(_) | Node::Text(_) => Depth::FLAT,
        Node::Union(alternatives) => {
            let least = alternatives.iter().map(|alternative| of(&alternative.node)).min();
            least.map_or(Depth::ENDLESS, Depth::chosen)
        }
        Node::Array(array) => {
            if array.low > array.high
                || array.unique && array.prefix.is_empty() && few(graph, array.rest) < array.low
            {
                return Depth::ENDLESS;
            }
            let fixed = array.prefix.iter().take(array.low).map(of);
            let contained = array.contained.iter().filter(|(_, count)| *count > 0).map(|(id, _)| of(id));
            let rest = (array.low > array.told()).then(|| array.rest.as_ref().map_or(Depth::ENDLESS, of));
            fixed.chain(contained).chain(rest).max().unwrap_or(Depth::FLAT).held()
        }
        Node::Object(object) => depth_of_object(graph, object),
    }
}

fn depth_of_object(graph: &Graph, object: &ObjectNode) -> Depth {
    let of = |property: &Property| graph.slot(property.node).depth;
    let required = object.properties.iter().filter(|property| property.required);
    let count = required.clone().count();
    if count > object.high || object.low > object.high {
        return Depth::ENDLESS;
    }
    let deepest = required.map(of).max().unwrap_or(Depth::FLAT);
    let missing = object.low.saturating_sub(count);
    if missing == 0 {
        return deepest.held();
    }
    let optional = object.properties.iter().chain(&object.extras).filter(|property| !property.required);
    let mut filling: Vec<Depth> = optional.map(of).collect();
    filling.sort_unstable();
    filling.get(missing - 1).map_or(Depth::ENDLESS, |last| deepest.max(*last).held())
}

/// Tells which optional properties the smallest object has.
fn describe_smallest(graph: &Graph, object: &mut ObjectNode) {
    let missing = object.low.saturating_sub(object.required);
    if missing == 0 {
        return;
    }
    let mut optional: Vec<&mut Property> = object
        .properties
        .iter_mut()
        .chain(&mut object.extras)
        .filter(|property| !property.required)
        .collect();
    optional.sort_by_key(|property| graph.slot(property.node).depth);
    for (rank, property) in optional.into_iter().enumerate() {
        property.fills = rank < missing;
    }
}

/// How many different values the items of an array have, where that is known.
fn few(graph: &Graph, id: Option<NodeId>) -> usize {
    match id.map(|id| &graph.slot(id).node) {
        Some(Node::Boolean(_)) => 2,
        Some(Node::Null) => 1,
        Some(Node::Choice(texts)) => texts.len(),
        Some(Node::Number(number)) => number.domain(),
        Some(Node::Text(text)) => text.domain(),
        Some(Node::Impossible | Node::Array(_) | Node::Object(_) | Node::Union(_)) | None => usize::MAX,
    }
}

/// Takes out what can't be written.
fn prune(graph: &mut Graph) {
    for index in 0..graph.own.len() {
        // What has no value stays as it is, so that it can be told why.
        if graph.own[index].depth == Depth::ENDLESS {
            continue;
        }
        let mut node = std::mem::replace(&mut graph.own[index].node, Node::Impossible);
        let possible = |id: NodeId| graph.slot(id).depth != Depth::ENDLESS;
        match &mut node {
            Node::Union(alternatives) => {
                let kept = alternatives.iter().copied().filter(|alternative| possible(alternative.node));
                *alternatives = kept.collect();
            }
            Node::Array(array) => {
                if let Some(at) = array.prefix.iter().position(|id| !possible(*id)) {
                    array.high = array.high.min(at);
                    array.rest = None;
                }
                if array.rest.is_none_or(|id| !possible(id)) {
                    array.high = array.high.min(array.told());
                    array.rest = None;
                }
                array.contained.retain(|(_, count)| *count > 0);
                if array.unique && array.prefix.is_empty() {
                    array.high = array.high.min(few(graph, array.rest));
                }
            }
            Node::Object(object) => {
                for properties in [&mut object.properties, &mut object.extras] {
                    let kept = std::mem::take(properties).into_vec().into_iter();
                    *properties = kept.filter(|property| possible(property.node)).collect();
                }
            }
            Node::Impossible
            | Node::Null
            | Node::Boolean(_)
            | Node::Choice(_)
            | Node::Number(_)
            | Node::Text(_) => {}
        }
        graph.own[index].node = node;
    }
}

/// Says of every node what is known only when all nodes are there.
fn describe(graph: &mut Graph) {
    loop {
        let mut changed = false;
        for index in (0..graph.own.len()).rev() {
            let complex = match &graph.own[index].node {
                Node::Array(_) | Node::Object(_) => true,
                Node::Union(alternatives) => {
                    alternatives.iter().any(|alternative| graph.slot(alternative.node).complex)
                }
                _ => false,
            };
            if complex != graph.own[index].complex {
                graph.own[index].complex = complex;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for index in 0..graph.own.len() {
        let mut node = std::mem::replace(&mut graph.own[index].node, Node::Impossible);
        match &mut node {
            Node::Object(object) => {
                for property in object.properties.iter_mut().chain(&mut object.extras) {
                    let slot = graph.slot(property.node);
                    property.complex = slot.complex;
                    property.leaf = slot.node.leaf().filter(|_| slot.check.is_none());
                }
                object.complex = object.properties.iter().filter(|property| property.complex).count();
                object.required = object.properties.iter().filter(|property| property.required).count();
                describe_smallest(graph, object);
                describe_object(graph, object);
            }
            Node::Union(alternatives) => {
                for alternative in alternatives {
                    let slot = graph.slot(alternative.node);
                    (alternative.complex, alternative.depth) = (slot.complex, slot.depth);
                }
            }
            Node::Array(array) => {
                array.complex = array.rest.is_some_and(|rest| graph.slot(rest).complex);
                let is_plain = !array.complex && array.told() == 0;
                array.different = if is_plain { few(graph, array.rest) } else { 0 };
            }
            Node::Impossible
            | Node::Null
            | Node::Boolean(_)
            | Node::Choice(_)
            | Node::Number(_)
            | Node::Text(_) => {}
        }
        graph.own[index].node = node;
    }
}

/// Names that carry a message, the best first.
const MESSAGES: [&str; 10] = [
    "message",
    "detail",
    "description",
    "error",
    "title",
    "details",
    "errormessage",
    "errordescription",
    "reason",
    "msg",
];

fn describe_object(graph: &Graph, object: &mut ObjectNode) {
    let properties = &object.properties;
    object.messages = MESSAGES
        .iter()
        .filter_map(|name| properties.iter().position(|property| *property.folded == **name))
        .filter(|at| envelope::is(graph, properties[*at].node, |node| matches!(node, Node::Text(_))))
        .collect();
    object.list = envelope::list(graph, object);
    object.wrapped = if object.list.is_none() { envelope::wrapped(graph, object) } else { None };
}

/// Finds a valid value of every node that is checked; false where one turned out to have none, so that all is to be
/// looked at again.
///
/// What is found must not depend on the order of the nodes: so a round relies on earlier rounds only.
fn find_fallbacks(graph: &mut Graph) -> bool {
    let checked = |slot: &Slot| slot.depth != Depth::ENDLESS && slot.check.is_some();
    let mut missing: Vec<usize> = (0..graph.own.len()).rev().filter(|at| checked(&graph.own[*at])).collect();
    for at in &missing {
        if let Some(check) = &mut graph.own[*at].check {
            check.fallback = None;
        }
    }
    for round in 1..=ROUNDS {
        missing.retain(|at| {
            let Some((text, mode)) = find(graph, graph.own_id(*at), round) else { return true };
            if let Some(check) = &mut graph.own[*at].check {
                (check.fallback, check.mode, check.round) = (Some(text.into()), mode, round);
            }
            false
        });
    }
    let Some(deepest) = missing.first() else { return true };
    // Those that hold none of the others go first, together: those around them may do without them.
    let others: HashSet<NodeId> = missing.iter().map(|at| graph.own_id(*at)).collect();
    let is_innermost = |at: &&usize| !graph.leads_to(graph.own_id(**at), &others);
    let mut impossible: Vec<usize> = missing.iter().filter(is_innermost).copied().collect();
    if impossible.is_empty() {
        impossible.push(*deepest);
    }
    for at in impossible {
        graph.own[at].node = Node::Impossible;
    }
    false
}

/// A valid value of a node, and how much is written of values like it.
pub(super) fn find(graph: &Graph, id: NodeId, round: u8) -> Option<(Vec<u8>, Sparse)> {
    let check = graph.slot(id).check.as_ref()?;
    let wishes = Wishes::default();
    let mut first = None;
    for (mode, tries) in [(Sparse::Full, 24), (Sparse::Half, 64), (Sparse::Least, 16)] {
        let mut passed = 0;
        for attempt in 0..tries {
            let mut random = Seed(0x6661_6c6c).mix_number(attempt).random();
            let mut out = Vec::new();
            Writer::new(graph, &mut random, &wishes).probe(id, mode, round, &mut out);
            let value: Option<Value> = serde_json::from_slice(&out).ok();
            if value.is_some_and(|value| accepts(&check.validators, &value)) {
                passed += 1;
                first = first.or(Some((out, mode)));
                // Worth starting with: most draws come out valid after a few tries.
                if passed >= 2 {
                    return first.map(|(out, _)| (out, mode));
                }
            }
        }
    }
    first
}
