//! Which schema is to blame where a whole has no value: the innermost one that none was found for.

use std::collections::HashSet;

use crate::generate::compile::Compiler;
use crate::generate::conjunction::{Conjunction, Part, flatten};
use crate::generate::node::{Depth, Graph, MOST_LEVELS, Node, NodeId};
use crate::generate::plan::Unsatisfiable;
use crate::generate::plans::Plans;
use crate::generate::settle::settle;
use crate::pointer::Pointer;
use crate::schema::{ANNOTATIONS, Direction, Schemas};
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
    let (parts, end) = match root {
        Some(root) => innermost(&graph, root),
        None => (conjunction.parts.iter().map(|part| part.pointer.clone()).collect(), End::Contradiction),
    };
    for pointer in &parts {
        if let Err(why) = schemas.validator(pointer, direction) {
            return Unsatisfiable { pointer: pointer.clone(), reason: why.to_string() };
        }
    }
    let [first, others @ ..] = parts.as_slice() else {
        return Unsatisfiable { pointer: Pointer::root(), reason: "there is no schema".to_owned() };
    };
    let reason = match end {
        End::Circle => "its values would have no end, because it requires itself".to_owned(),
        End::Depth => format!("its values would nest deeper than {MOST_LEVELS} levels"),
        End::Contradiction => contradiction(schemas, first, others, direction),
    };
    Unsatisfiable { pointer: first.clone(), reason }
}

/// What the way to the innermost node without a value ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It leads back to itself.
    Circle,
    /// What the node holds has values that nothing can hold.
    Depth,
    Contradiction,
}

/// The schemas of the innermost node without a value, and what the way there ends with.
fn innermost(graph: &Graph, root: NodeId) -> (Vec<Pointer>, End) {
    let mut seen = HashSet::new();
    let mut id = root;
    let parts = |id: NodeId| graph.slot(id).parts.to_vec();
    while let Some(next) = cause(graph, id) {
        if !seen.insert(id) {
            return (parts(id), End::Circle);
        }
        id = next;
    }
    let is_deepest = |id: &NodeId| graph.slot(*id).depth.is_deepest();
    let end = if needed(graph, id).iter().any(is_deepest) { End::Depth } else { End::Contradiction };
    (parts(id), end)
}

/// The node that leaves this one without a value; `None` if that is its own fault.
fn cause(graph: &Graph, id: NodeId) -> Option<NodeId> {
    needed(graph, id).into_iter().find(|id| graph.slot(*id).depth == Depth::ENDLESS)
}

/// The nodes without whose values this one has none.
fn needed(graph: &Graph, id: NodeId) -> Vec<NodeId> {
    match &graph.slot(id).node {
        Node::Object(object) => {
            let required = object.properties.iter().filter(|property| property.required);
            required.map(|property| property.node).collect()
        }
        Node::Array(array) => {
            let fixed = array.prefix.iter().take(array.low).copied();
            let contained = array.contained.iter().filter(|(_, count)| *count > 0).map(|(id, _)| *id);
            let rest = array.rest.filter(|_| array.low > array.told());
            fixed.chain(contained).chain(rest).collect()
        }
        Node::Union(alternatives) => match &**alternatives {
            [only] => vec![only.node],
            _ => Vec::new(),
        },
        Node::Impossible
        | Node::Null
        | Node::Boolean(_)
        | Node::Choice(_)
        | Node::Number(_)
        | Node::Text(_) => Vec::new(),
    }
}

fn contradiction(schemas: &Schemas, first: &Pointer, others: &[Pointer], direction: Direction) -> String {
    let root = schemas.root(direction);
    let parts = std::iter::once(first).chain(others);
    let parts =
        parts.filter_map(|pointer| Some(Part { pointer: pointer.clone(), schema: pointer.find(root)? }));
    let conjunction = Conjunction { parts: parts.collect(), ..Conjunction::default() };
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

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use crate::generate::oracle::schemas;
    use crate::generate::{Plan, Plans};
    use crate::pointer::Pointer;
    use crate::schema::Direction;

    #[test]
    fn what_would_nest_too_deep_is_told_so() {
        let link = |at: usize| {
            let next = json!({ "$ref": format!("#/{}", at + 1) });
            (at.to_string(), json!({ "type": "object", "required": ["a"], "properties": { "a": next } }))
        };
        let end = ("200".to_owned(), json!({ "type": "integer" }));
        let root: Map<String, Value> = (0..200).map(link).chain([end]).collect();
        let plans = Plans::new(&schemas(root.into()));
        let why = Plan::compile(&plans, &Pointer::from_escaped("/0"), Direction::Response).err().unwrap();
        assert_eq!(
            why.to_string(),
            "no value found for the schema at `#/79`: its values would nest deeper than 120 levels"
        );
    }
}
