//! Which schema is to blame where a whole has no value: the innermost one that none was found for.

use std::collections::HashSet;

use crate::generate::compile::Compiler;
use crate::generate::conjunction::{ANNOTATIONS, Conjunction, Part, flatten};
use crate::generate::node::{ENDLESS, Graph, Node, NodeId};
use crate::generate::plan::Unsatisfiable;
use crate::generate::plans::Plans;
use crate::generate::settle::settle;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::text;

/// More keywords than this are not listed.
const MOST_KEYWORDS: usize = 8;

/// Names the innermost schema that leaves a conjunction without a value, and why.
pub(super) fn blame(plans: &Plans, conjunction: &Conjunction<'_>, direction: Direction) -> Unsatisfiable {
    let schemas = plans.schemas();
    let mut compiler = Compiler::alone(plans, direction);
    let root = compiler.run(conjunction.clone(), "");
    let mut graph = compiler.graph;
    settle(&mut graph);
    let (parts, is_endless) = match root {
        Some(root) => innermost(&graph, root),
        None => (conjunction.parts.iter().map(|part| part.pointer.clone()).collect(), false),
    };
    for pointer in &parts {
        if let Err(why) = schemas.validator(pointer, direction) {
            return Unsatisfiable { pointer: pointer.clone(), reason: why.to_string() };
        }
    }
    let [first, others @ ..] = parts.as_slice() else {
        return Unsatisfiable { pointer: Pointer::root(), reason: "there is no schema".to_owned() };
    };
    let reason = if is_endless {
        "its values would have no end, because it requires itself".to_owned()
    } else {
        contradiction(schemas, first, others, direction)
    };
    Unsatisfiable { pointer: first.clone(), reason }
}

/// The schemas of the innermost node without a value, and whether the way there is a circle.
fn innermost(graph: &Graph, root: NodeId) -> (Vec<Pointer>, bool) {
    let mut seen = HashSet::new();
    let mut id = root;
    let mut is_endless = false;
    while let Some(next) = cause(graph, id) {
        if !seen.insert(id) {
            is_endless = true;
            break;
        }
        id = next;
    }
    (graph.slot(id).parts.to_vec(), is_endless)
}

/// The node that leaves this one without a value; `None` if that is its own fault.
fn cause(graph: &Graph, id: NodeId) -> Option<NodeId> {
    let fails = |id: &NodeId| graph.slot(*id).depth == ENDLESS;
    match &graph.slot(id).node {
        Node::Object(object) => {
            let required = object.properties.iter().filter(|property| property.required);
            required.map(|property| property.node).find(fails)
        }
        Node::Array(array) => {
            let fixed = array.prefix.iter().take(array.low).copied();
            let contained = array.contained.iter().filter(|(_, count)| *count > 0).map(|(id, _)| *id);
            let rest = array.rest.filter(|_| array.low > array.told());
            fixed.chain(contained).chain(rest).find(fails)
        }
        Node::Union(alternatives) => match &**alternatives {
            [only] => Some(only.node).filter(fails),
            _ => None,
        },
        Node::Impossible
        | Node::Null
        | Node::Boolean(_)
        | Node::Choice(_)
        | Node::Number(_)
        | Node::Text(_) => None,
    }
}

fn contradiction(schemas: &Schemas, first: &Pointer, others: &[Pointer], direction: Direction) -> String {
    let root = schemas.root(direction);
    let parts = std::iter::once(first).chain(others);
    let parts =
        parts.filter_map(|pointer| Some(Part { pointer: pointer.clone(), schema: pointer.find(root)? }));
    let conjunction = Conjunction { parts: parts.collect(), decided: Vec::new() };
    let mut keywords: Vec<&str> = Vec::new();
    for constraint in flatten(root, &conjunction).constraints {
        let said = constraint.object.keys().map(String::as_str);
        keywords.extend(said.filter(|key| !key.starts_with(['x', '$']) && !ANNOTATIONS.contains(key)));
    }
    keywords.sort_unstable();
    keywords.dedup();
    keywords.truncate(MOST_KEYWORDS);
    let beside = match others {
        [] => String::new(),
        [other, ..] => format!(" (the schema at `{other}` has to hold, too)"),
    };
    match keywords.as_slice() {
        [] => format!("it takes nothing{beside}"),
        [one] => format!("nothing keeps {}{beside}", text::list([*one])),
        several => {
            format!("nothing keeps all of {}{beside}", text::list(several.iter().copied()))
        }
    }
}
