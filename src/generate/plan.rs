//! Plans: a schema compiled once, from which any number of valid values are written.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::generate::apart;
use crate::generate::blame::blame;
use crate::generate::compile::{Compiler, MOST_SHARED, accepts};
use crate::generate::conjunction::{Conjunction, flatten};
use crate::generate::echo::Echo;
use crate::generate::edge::{self, Edges};
use crate::generate::envelope;
use crate::generate::fact::Facts;
use crate::generate::listed::written;
use crate::generate::node::{Check, Depth, Graph, Node, NodeId, Slot};
use crate::generate::plans::Plans;
use crate::generate::settle::{find, settle};
use crate::generate::wish::Wishes;
use crate::generate::write::{SIZE, Writer};
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::seed::{Random, Seed};

/// Writes values of one schema in one direction.
///
/// Invariants: it never changes, and every value that it writes satisfies the schema.
pub struct Plan {
    pub(super) schemas: Arc<Schemas>,
    pub(super) direction: Direction,
    pub(super) graph: Graph,
    pub(super) root: NodeId,
    list: Option<List>,
    /// Listed when they are asked for.
    edges: OnceLock<Edges>,
    /// The size of what was written before, so that room is made at once.
    usual: AtomicUsize,
}

/// The list that the values are about.
#[derive(Debug, Clone, Copy)]
struct List {
    low: usize,
    high: usize,
    /// The most items that are written where nothing else is asked for.
    nice: usize,
}

/// One drawing of a value: where it starts and what it should carry.
pub struct Draw<'a> {
    /// The stream that everything is drawn from.
    pub random: Random,
    /// Values of the request that the reply's main record takes where they fit.
    pub echo: &'a [Echo<'a>],
    /// The length of the reply's main list, kept within the schema's bounds.
    pub items: Option<usize>,
    /// The text of a message-like property at the top.
    pub message: Option<&'a str>,
    /// The status that the value is sent with, which errors repeat; 0 if there is none.
    pub status: u16,
    /// The edge that the next value is to be at, by its index; taken by that value.
    pub edge: Option<usize>,
}

impl Draw<'_> {
    /// A drawing that asks for nothing.
    pub fn new(seed: Seed) -> Self {
        Self { random: seed.random(), echo: &[], items: None, message: None, status: 0, edge: None }
    }
}

/// A schema that no value was found for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsatisfiable {
    /// The schema that is to blame: the one asked for, or one that it holds.
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

/// Plans that reach more nodes than this are not tried: judges of large schemas take much time and memory to make.
const TRIED: usize = 400;

impl Plan {
    /// Compiles the schema at `pointer`.
    ///
    /// Errors where the schema has no value, or none was found.
    pub fn compile(plans: &Plans, pointer: &Pointer, direction: Direction) -> Result<Self, Unsatisfiable> {
        Self::compile_named(plans, pointer, "", direction)
    }

    /// Compiles the schema at `pointer` for a value that has a name, such as a header field's, which hints at what it is.
    ///
    /// Errors where the schema has no value, or none was found.
    pub fn compile_named(
        plans: &Plans,
        pointer: &Pointer,
        name: &str,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        let unsatisfiable =
            |reason: &str| Unsatisfiable { pointer: pointer.clone(), reason: reason.to_owned() };
        let schemas = plans.schemas();
        let schema = schemas.find(pointer, direction).ok_or_else(|| unsatisfiable("there is no schema"))?;
        let conjunction = Conjunction::of(pointer.clone(), schema);
        Self::of(plans, &conjunction, name, direction, Trial::Sample)
            .ok_or_else(|| blame(plans, &conjunction, direction))
    }

    /// Compiles the schema at `whole` so that its values take the branch with this index of its `oneOf` or `anyOf`,
    /// counted in the document's order.
    ///
    /// Errors where no value takes that branch, or none was found.
    pub fn compile_branch(
        plans: &Plans,
        whole: &Pointer,
        branch: usize,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        let unsatisfiable =
            |reason: &str| Unsatisfiable { pointer: whole.clone(), reason: reason.to_owned() };
        let schemas = plans.schemas();
        let schema = schemas.find(whole, direction).ok_or_else(|| unsatisfiable("there is no schema"))?;
        let mut conjunction = Conjunction::of(whole.clone(), schema);
        let flat = flatten(schemas.root(direction), &conjunction);
        let choices = flat.choices.first().ok_or_else(|| unsatisfiable("it has no branches"))?;
        let parts = choices.branches.get(branch).ok_or_else(|| unsatisfiable("it has no such branch"))?;
        conjunction.decided.push(choices.address);
        conjunction.parts.extend(parts.iter().cloned());
        // A value of the branch may be one of another branch, too, which `oneOf` forbids.
        let proven = !flat.strange && apart::proven(schemas.root(direction), choices);
        let trial = if proven { Trial::Sample } else { Trial::Always };
        Self::of(plans, &conjunction, "", direction, trial)
            .ok_or_else(|| unsatisfiable("no value takes this branch"))
    }

    fn of(
        plans: &Plans,
        conjunction: &Conjunction<'_>,
        name: &str,
        direction: Direction,
        trial: Trial,
    ) -> Option<Self> {
        if trial == Trial::Sample
            && let Some(plan) = Self::shared(plans, conjunction.clone(), name, direction)
        {
            let holds = plan.graph.slot(plan.root).check.is_some()
                || !plan.graph.is_within(plan.root, TRIED)
                || plan.passes(&judges(plans.schemas(), conjunction, direction));
            if holds {
                return Some(plan);
            }
        }
        Self::alone(plans, conjunction, name, direction, trial)
    }

    /// A plan whose nodes are shared; `None` where they are too many, or the whole has no value.
    fn shared(plans: &Plans, conjunction: Conjunction<'_>, name: &str, direction: Direction) -> Option<Self> {
        let schemas = plans.schemas();
        let shared = plans.shared(direction);
        let (store, mut known) = (&shared.store, shared.known());
        let (mut graph, root, fresh) = {
            let mut compiler = Compiler::sharing(plans, direction, &known);
            let root = compiler.run(conjunction, name)?;
            (compiler.graph, root, compiler.fresh)
        };
        settle(&mut graph);
        if graph.slot(root).depth == Depth::ENDLESS
            || known.count as usize + graph.own.len() > MOST_SHARED && !graph.is_within(root, MOST_SHARED)
        {
            return None;
        }
        let count = graph.own.len() as u32;
        store.put(known.count, graph.own);
        known.count += count;
        known.nodes.extend(fresh);
        Some(Self::with(schemas, direction, Graph::all_shared(Arc::clone(store), plans.locale()), root))
    }

    /// A plan that shares no nodes: its whole is checked where that is needed.
    fn alone(
        plans: &Plans,
        conjunction: &Conjunction<'_>,
        name: &str,
        direction: Direction,
        trial: Trial,
    ) -> Option<Self> {
        let schemas = plans.schemas();
        let (mut graph, mut root) = {
            let mut compiler = Compiler::alone(plans, direction);
            let root = compiler.run(conjunction.clone(), name)?;
            (compiler.graph, root)
        };
        settle(&mut graph);
        let validators = judges(schemas, conjunction, direction);
        if graph.slot(root).depth == Depth::ENDLESS {
            let parts: Vec<Pointer> = conjunction.parts.iter().map(|part| part.pointer.clone()).collect();
            root = example(schemas, &parts, direction, &mut graph, &validators)?;
        }
        let mut plan = Self::with(schemas, direction, graph, root);
        let is_checked = plan.graph.slot(root).check.is_some();
        if !is_checked && (trial == Trial::Always || !plan.passes(&validators)) {
            let check = Check { validators, round: u8::MAX, ..Check::default() };
            plan.graph.own_slot(root)?.check = Some(Box::new(check));
            let (fallback, mode) = find(&plan.graph, root, u8::MAX)?;
            if let Some(check) = &mut plan.graph.own_slot(root)?.check {
                (check.fallback, check.mode, check.round) = (Some(fallback.into()), mode, 0);
            }
        }
        Some(plan)
    }

    fn with(schemas: &Arc<Schemas>, direction: Direction, graph: Graph, root: NodeId) -> Self {
        let list = main_list(&graph, root).and_then(|nodes| List::of(&graph, *nodes.last()?));
        let (schemas, usual) = (Arc::clone(schemas), AtomicUsize::new(256));
        Self { schemas, direction, graph, root, list, edges: OnceLock::new(), usual }
    }

    /// Whether what it writes is valid for some fixed seeds.
    fn passes(&self, validators: &[Arc<jsonschema::Validator>]) -> bool {
        (0..TRIALS).all(|seed| {
            let mut out = Vec::new();
            self.write(&mut Draw::new(Seed(seed)), &mut out);
            serde_json::from_slice::<Value>(&out).is_ok_and(|value| accepts(validators, &value))
        })
    }

    /// The edges of its values, found on first use.
    pub fn edges(&self) -> &Edges {
        self.edges.get_or_init(|| edge::find(self))
    }

    /// The validators of the whole, where they are not too costly to make.
    pub(super) fn judges(&self) -> Vec<Arc<jsonschema::Validator>> {
        if !self.graph.is_within(self.root, TRIED) {
            return Vec::new();
        }
        let parts = self.graph.slot(self.root).parts.iter();
        parts.filter_map(|pointer| self.schemas.validator(pointer, self.direction).ok()).collect()
    }

    /// One value, parsed.
    pub(super) fn value(&self, draw: &mut Draw<'_>) -> Value {
        let mut out = Vec::new();
        self.write(draw, &mut out);
        serde_json::from_slice(&out).unwrap_or(Value::Null)
    }

    /// Whether its values have a main list, whose length can be asked for.
    pub fn has_list(&self) -> bool {
        self.list.is_some() || envelope::ends_in_union(&self.graph, self.root)
    }

    /// Writes one value as JSON.
    pub fn write(&self, draw: &mut Draw<'_>, out: &mut Vec<u8>) {
        if let Some(index) = draw.edge.take() {
            return edge::write(self, index, draw, out);
        }
        let mut facts = Facts::of(draw.status, draw.echo);
        facts.count = self.list.map(|list| match draw.items {
            Some(items) => items.clamp(list.low, list.high),
            None => list.draw(&mut draw.random, facts.most()),
        });
        let judge = Some((&*self.schemas, self.direction));
        let wishes =
            Wishes { echo: draw.echo, items: draw.items, message: draw.message, facts, schemas: judge };
        let start = out.len();
        let usual = self.usual.load(Ordering::Relaxed);
        // Who made room for as much is not made to move it for a little more.
        if out.capacity() - start < usual {
            out.reserve(usual + usual / 8);
        }
        Writer::new(&self.graph, &mut draw.random, &wishes).whole(self.root, out);
        self.usual.store(out.len() - start, Ordering::Relaxed);
    }
}

/// How many items a list has at least and at most where nothing else is asked for.
const FEW: usize = 3;
const MANY: usize = 10;

impl List {
    fn of(graph: &Graph, id: NodeId) -> Option<Self> {
        let Node::Array(array) = &graph.slot(id).node else { return None };
        let (low, high) = (array.low, array.high.max(array.low));
        // Large items make short lists.
        let nice = match array.rest.filter(|_| array.complex) {
            Some(item) => {
                let mut out = Vec::new();
                Writer::new(graph, &mut Seed(0x6974_656d).random(), &Wishes::default()).item(item, &mut out);
                (SIZE / out.len().max(1)).clamp(FEW, MANY)
            }
            None => MANY,
        };
        if array.prefix.is_empty() {
            return Some(Self { low, high, nice });
        }
        let width = array.prefix.len().clamp(low, high);
        Some(Self { low: width, high: width, nice: width })
    }

    fn draw(self, random: &mut Random, most: Option<usize>) -> usize {
        let few = FEW.min(self.nice.saturating_sub(1)).max(1);
        let drawn = few + random.below((self.nice.max(few) - few + 1) as u64) as usize;
        drawn.min(most.unwrap_or(usize::MAX)).clamp(self.low, self.high)
    }
}

/// The nodes from a value to the list that it is about, found through what only wraps it.
pub(super) fn main_list(graph: &Graph, root: NodeId) -> Option<Vec<NodeId>> {
    let mut nodes = vec![root];
    // A union and an object for each of some levels.
    for _ in 0..12 {
        let id = match &graph.slot(*nodes.last()?).node {
            Node::Array(_) => return Some(nodes),
            Node::Object(object) => object.properties[object.wrapped.or(object.list)?].node,
            Node::Union(alternatives) => envelope::only(alternatives)?.node,
            Node::Impossible
            | Node::Null
            | Node::Boolean(_)
            | Node::Choice(_)
            | Node::Number(_)
            | Node::Text(_) => return None,
        };
        nodes.push(id);
    }
    None
}

/// When values of a plan are checked although the structure makes them valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trial {
    /// Some, when it is compiled.
    Sample,
    /// Each that is written.
    Always,
}

/// The validators of all parts.
fn judges(
    schemas: &Schemas,
    conjunction: &Conjunction<'_>,
    direction: Direction,
) -> Vec<Arc<jsonschema::Validator>> {
    let parts = conjunction.parts.iter();
    parts.filter_map(|part| schemas.validator(&part.pointer, direction).ok()).collect()
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
            texts.push(written(value));
        }
    }
    if texts.is_empty() {
        return None;
    }
    let node = Node::Choice(texts.into());
    Some(graph.add(Slot { depth: Depth::FLAT, ..Slot::new(node, parts) }))
}
