//! Plans: a schema compiled once, from which any number of valid values are written.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::generate::compile::{Compiler, accepts};
use crate::generate::conjunction::{Conjunction, flatten};
use crate::generate::echo::{Echo, Wished};
use crate::generate::node::{Check, ENDLESS, Graph, Node, NodeId, Slot};
use crate::generate::settle::{find, settle};
use crate::generate::write::{Wishes, Writer};
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::seed::{Random, Seed};

/// Writes values of one schema in one direction.
///
/// Invariants: it never changes, and every value that it writes satisfies the schema.
pub struct Plan {
    schemas: Arc<Schemas>,
    direction: Direction,
    graph: Graph,
    root: NodeId,
}

/// One drawing of a value: where it starts and what it should carry.
pub struct Draw<'a> {
    /// The stream that everything is drawn from.
    pub random: Random,
    /// Values of the request that the reply's main record takes where they fit.
    pub echo: &'a [Echo],
    /// The length of the reply's main list, kept within the schema's bounds.
    pub items: Option<usize>,
    /// The text of a message-like property at the top.
    pub message: Option<&'a str>,
}

impl Draw<'_> {
    /// A drawing that asks for nothing.
    pub fn new(seed: Seed) -> Self {
        Self { random: seed.random(), echo: &[], items: None, message: None }
    }
}

/// A schema that no value was found for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsatisfiable {
    /// The schema.
    pub pointer: Pointer,
    /// Why, as one line.
    pub reason: String,
}

impl fmt::Display for Unsatisfiable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no value found for the schema at `{}`: {}", self.pointer, self.reason)
    }
}

/// The seeds that a plan is tried with when it is compiled.
const TRIALS: u64 = 6;

impl Plan {
    /// Compiles the schema at `pointer`.
    ///
    /// Errors where the schema has no value, or none was found.
    pub fn compile(
        schemas: &Arc<Schemas>,
        pointer: &Pointer,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        Self::compile_named(schemas, pointer, "", direction)
    }

    /// Compiles the schema at `pointer` for a value that has a name, such as a header field's, which hints at what it is.
    ///
    /// Errors where the schema has no value, or none was found.
    pub fn compile_named(
        schemas: &Arc<Schemas>,
        pointer: &Pointer,
        name: &str,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        let unsatisfiable =
            |reason: &str| Unsatisfiable { pointer: pointer.clone(), reason: reason.to_owned() };
        let schema = schemas.find(pointer, direction).ok_or_else(|| unsatisfiable("there is no schema"))?;
        Self::of(schemas, Conjunction::of(pointer.clone(), schema), name, direction)
            .ok_or_else(|| unsatisfiable(&contradiction(schemas, pointer, direction)))
    }

    /// Compiles the schema at `whole` so that its values take the branch with this index of its `oneOf` or `anyOf`,
    /// counted in the document's order.
    ///
    /// Errors where no value takes that branch, or none was found.
    pub fn compile_branch(
        schemas: &Arc<Schemas>,
        whole: &Pointer,
        branch: usize,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        let unsatisfiable =
            |reason: &str| Unsatisfiable { pointer: whole.clone(), reason: reason.to_owned() };
        let schema = schemas.find(whole, direction).ok_or_else(|| unsatisfiable("there is no schema"))?;
        let mut conjunction = Conjunction::of(whole.clone(), schema);
        let flat = flatten(schemas.root(direction), &conjunction);
        let choices = flat.choices.first().ok_or_else(|| unsatisfiable("it has no branches"))?;
        let parts = choices.branches.get(branch).ok_or_else(|| unsatisfiable("it has no such branch"))?;
        conjunction.decided.push(choices.address);
        conjunction.parts.extend(parts.iter().cloned());
        Self::of(schemas, conjunction, "", direction)
            .ok_or_else(|| unsatisfiable("no value takes this branch"))
    }

    fn of(
        schemas: &Arc<Schemas>,
        conjunction: Conjunction<'_>,
        name: &str,
        direction: Direction,
    ) -> Option<Self> {
        let decided = !conjunction.decided.is_empty();
        let parts: Vec<Pointer> = conjunction.parts.iter().map(|part| part.pointer.clone()).collect();
        let (mut graph, mut root) = {
            let mut compiler = Compiler::new(schemas, direction);
            let id = compiler.run(conjunction, name);
            (compiler.graph, id)
        };
        settle(&mut graph);
        let validators: Vec<_> =
            parts.iter().filter_map(|pointer| schemas.validator(pointer, direction).ok()).collect();
        if graph.slot(root).depth == ENDLESS {
            root = example(schemas, &parts, direction, &mut graph, &validators)?;
        }
        let mut plan = Self { schemas: Arc::clone(schemas), direction, graph, root };
        let is_checked = plan.graph.slot(root).check.is_some();
        if !is_checked && (decided || !plan.passes(&validators)) {
            let slot = &mut plan.graph.slots[root.0 as usize];
            slot.check = Some(Check { validators, ..Check::default() });
            let (fallback, mode) = find(&plan.graph, root)?;
            if let Some(check) = &mut plan.graph.slots[root.0 as usize].check {
                check.fallback = Some(fallback.into());
                check.mode = mode;
            }
        }
        Some(plan)
    }

    /// Whether what it writes is valid for some fixed seeds.
    fn passes(&self, validators: &[Arc<jsonschema::Validator>]) -> bool {
        (0..TRIALS).all(|seed| {
            let mut out = Vec::new();
            self.write(&mut Draw::new(Seed(seed)), &mut out);
            serde_json::from_slice::<Value>(&out).is_ok_and(|value| accepts(validators, &value))
        })
    }

    /// One value, parsed.
    pub(super) fn value(&self, draw: &mut Draw<'_>) -> Value {
        let mut out = Vec::new();
        self.write(draw, &mut out);
        serde_json::from_slice(&out).unwrap_or(Value::Null)
    }

    /// Writes one value as JSON.
    pub fn write(&self, draw: &mut Draw<'_>, out: &mut Vec<u8>) {
        let wishes = Wishes {
            echo: draw.echo.iter().map(Wished::of).collect(),
            items: draw.items,
            message: draw.message,
            schemas: Some((&self.schemas, self.direction)),
        };
        Writer::new(&self.graph, &mut draw.random, &wishes).whole(self.root, out);
    }
}

/// A node for one of the examples that the schema itself gives, where nothing else was found.
fn example(
    schemas: &Schemas,
    parts: &[Pointer],
    direction: Direction,
    graph: &mut Graph,
    validators: &[Arc<jsonschema::Validator>],
) -> Option<NodeId> {
    let mut texts: Vec<Box<[u8]>> = Vec::new();
    for pointer in parts {
        let (_, schema) = schemas.resolve(pointer, direction)?;
        let listed = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
        let single = ["example", "default"].iter().filter_map(|keyword| schema.get(*keyword));
        for value in single.chain(listed).filter(|value| accepts(validators, value)) {
            texts.push(value.to_string().into_bytes().into());
        }
    }
    if texts.is_empty() {
        return None;
    }
    let id = NodeId(graph.slots.len() as u32);
    graph.slots.push(Slot {
        node: Node::Choice(texts.into()),
        depth: 0,
        complex: false,
        check: None,
        parts: parts.into(),
    });
    Some(id)
}

/// Says why a schema has no value, as far as its canonical form tells.
fn contradiction(schemas: &Schemas, pointer: &Pointer, direction: Direction) -> String {
    if let Err(why) = schemas.validator(pointer, direction) {
        return why.to_string();
    }
    "its keywords contradict each other, or are too hard to satisfy".to_owned()
}
