//! The alternatives (`oneOf`, `anyOf`) in the schema of a content, at its top and wherever its properties and items lead,
//! and which of them a value takes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use crate::contract::Contract;
use crate::document::NULL_MEANT;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas, leads_to_at_most, may_take, reference};

/// How many branches of a content are told apart, those nearest to its top.
const MOST_BRANCHES: usize = 64;
/// How many schemas of a content are looked through for branches.
const MOST_SCHEMAS: usize = 2000;
/// Where a glance leaves several alternatives, they are judged if each leads to no more schemas than this: a request must
/// not wait for validators of half a document.
const MOST_JUDGED: usize = 60;
/// How many places and alternatives of one value are looked at.
const MOST_PLACES: usize = 500;

/// The branches of one content's schema.
///
/// Each schema is looked through once, by the shortest way to it: what refers to itself ends, and a branch is one however
/// many ways lead to it. Not looked into are conditions, `not`, and properties by pattern; of alternatives that lead to
/// large parts of the document and that a glance does not tell apart, none is said to be taken.
#[derive(Debug)]
pub(super) struct Branches {
    /// All of them, those nearest to the top first.
    pub(super) all: Vec<Branch>,
    direction: Direction,
    /// The schemas that have branches or lead to some, the content's own first; empty where there are none.
    nodes: Vec<Node>,
}

/// One alternative.
#[derive(Debug)]
pub(super) struct Branch {
    /// The keywords and names that lead to it, references followed: `oneOf/1`, `properties/owner/anyOf/0`.
    pub(super) name: Arc<str>,
    /// Its schema, where it is written.
    pub(super) written: Pointer,
}

/// What of a schema leads to branches.
#[derive(Debug, Default)]
struct Node {
    /// All alternatives of each `oneOf` and `anyOf`.
    choices: Vec<Vec<Alternative>>,
    steps: Vec<(Step, usize)>,
}

#[derive(Debug)]
struct Alternative {
    schema: Pointer,
    /// Its place among all branches; `None` if it is not told apart.
    branch: Option<usize>,
    /// The node of its schema, if that leads to branches.
    node: Option<usize>,
    /// Whether its schema leads to so little that it is judged.
    is_small: OnceLock<bool>,
}

impl Alternative {
    /// Whether there is something to see in it.
    fn is_of_use(&self) -> bool {
        self.branch.is_some() || self.node.is_some()
    }
}

/// Which part of a value a schema within another one is for.
#[derive(Debug)]
enum Step {
    /// The value itself, in any case.
    Same,
    Property(String),
    /// The properties but for these.
    Others(Vec<String>),
    Item(usize),
    /// The items from this one on.
    Items(usize),
}

impl Branches {
    /// The branches of the schema at a pointer.
    pub(super) fn of(contract: &Contract, schema: &Pointer, direction: Direction) -> Self {
        let schemas = &contract.schemas;
        let mut search =
            Search { schemas, direction, known: HashMap::new(), found: Vec::new(), all: Vec::new() };
        if let Some(value) = schemas.find(schema, direction) {
            let top = Way { place: schema.clone(), written: schema.clone(), name: Pointer::root() };
            search.enter(top, value);
        }
        let mut nodes = Vec::new();
        while let Some((way, schema)) = search.found.get_mut(nodes.len()).map(std::mem::take) {
            // Where there are as many as can be told apart, nothing is looked for any more.
            let schema = schema.filter(|_| search.all.len() < MOST_BRANCHES);
            nodes.push(schema.map(|schema| search.node(&way, schema)).unwrap_or_default());
        }
        Self { all: search.all, direction, nodes: leading(nodes) }
    }

    /// Notes in `seen`, which has a place for each branch, those that a value takes, which is valid. Yields how much there
    /// was to look at, in places and alternatives.
    pub(super) fn look(&self, schemas: &Schemas, value: &Value, seen: &mut [bool]) -> usize {
        let mut look = Look { branches: self, schemas, seen, places: 0 };
        if !self.nodes.is_empty() {
            look.at(value, 0);
        }
        look.places
    }
}

/// The search for the branches of a schema: those nearest to its top come first.
struct Search<'a> {
    schemas: &'a Schemas,
    direction: Direction,
    /// The places in `found`, by the schema.
    known: HashMap<*const Value, usize>,
    /// What was come upon; no object allows all or nothing.
    found: Vec<(Way, Option<&'a Map<String, Value>>)>,
    all: Vec<Branch>,
}

/// How a schema was come upon.
#[derive(Debug, Clone, Default)]
struct Way {
    /// Its place in the tree of its direction.
    place: Pointer,
    /// Its place in the tree of replies, which nothing was put into.
    written: Pointer,
    /// The keywords and names that lead to it from the top, references followed.
    name: Pointer,
}

impl Way {
    fn to(&self, step: impl Fn(&Pointer) -> Pointer) -> Self {
        Self { place: step(&self.place), written: step(&self.written), name: step(&self.name) }
    }
}

impl<'a> Search<'a> {
    /// The number of the node of a schema; `None` if there is no room for it.
    fn enter(&mut self, mut way: Way, mut schema: &'a Value) -> Option<usize> {
        if schema.get("$ref").is_some() {
            let (place, target) = self.schemas.resolve(&way.place, self.direction)?;
            if place != way.place {
                way.written = place.clone();
            }
            (way.place, schema) = (place, target);
        }
        if let Some(known) = self.known.get(&std::ptr::from_ref(schema)) {
            return Some(*known);
        }
        let number = self.found.len();
        if number == MOST_SCHEMAS {
            return None;
        }
        self.known.insert(schema, number);
        self.found.push((way, schema.as_object()));
        Some(number)
    }

    fn node(&mut self, way: &Way, schema: &'a Map<String, Value>) -> Node {
        let mut node = Node::default();
        for keyword in ["oneOf", "anyOf"] {
            let mut choice = Vec::new();
            let is_put_in = keyword == "anyOf" && self.is_put_in(way, schema);
            for (index, alternative) in list(schema, keyword).iter().enumerate() {
                let step = |pointer: &Pointer| pointer.join(keyword).index(index);
                let inner =
                    if is_put_in { Way { place: step(&way.place), ..way.clone() } } else { way.to(step) };
                let branch = (!is_put_in && self.all.len() < MOST_BRANCHES).then_some(self.all.len());
                if branch.is_some() {
                    let name = inner.name.as_str().trim_start_matches('/').into();
                    self.all.push(Branch { name, written: inner.written.clone() });
                }
                let schema = inner.place.clone();
                let node = self.enter(inner, alternative);
                choice.push(Alternative { schema, branch, node, is_small: OnceLock::new() });
            }
            node.choices.push(choice);
        }
        // Beside other keywords; one that stands alone is followed by who enters.
        if let Some(place) = schema.get("$ref").and_then(reference)
            && let Some(target) = self.schemas.find(&place, self.direction)
        {
            let inner = Way { written: place.clone(), place, ..way.clone() };
            node.steps.extend(self.enter(inner, target).map(|inner| (Step::Same, inner)));
        }
        let mut step = |step, inner: Way, schema| {
            node.steps.extend(self.enter(inner, schema).map(|inner| (step, inner)));
        };
        for (index, part) in list(schema, "allOf").iter().enumerate() {
            step(Step::Same, way.to(|pointer| pointer.join("allOf").index(index)), part);
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let inner = way.to(|pointer| pointer.join("properties").join(name));
            step(Step::Property(name.clone()), inner, property);
        }
        let first = list(schema, "prefixItems");
        for (index, item) in first.iter().enumerate() {
            step(Step::Item(index), way.to(|pointer| pointer.join("prefixItems").index(index)), item);
        }
        if let Some(items) = schema.get("items") {
            step(Step::Items(first.len()), way.to(|pointer| pointer.join("items")), items);
        }
        if let Some(others) = schema.get("additionalProperties")
            && !schema.contains_key("patternProperties")
        {
            let named = properties.map(|all| all.keys().cloned().collect()).unwrap_or_default();
            step(Step::Others(named), way.to(|pointer| pointer.join("additionalProperties")), others);
        }
        node
    }

    /// Whether the alternatives of a schema are nobody's: they were put around what is meant to allow null, which only
    /// requests are read by; in the tree of replies there is a mark in their place.
    fn is_put_in(&self, way: &Way, schema: &Map<String, Value>) -> bool {
        let is_marked = |written: &Value| written.get(NULL_MEANT).is_some();
        self.direction == Direction::Request
            && schema.len() == 1
            && self.schemas.find(&way.written, Direction::Response).is_some_and(is_marked)
    }
}

/// The schemas that a keyword lists.
fn list<'a>(schema: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    schema.get(keyword).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The nodes that have branches or lead to some, with what leads to others left out. The first one stays the first; without
/// it, there are none.
fn leading(nodes: Vec<Node>) -> Vec<Node> {
    let targets = |node: &Node| {
        let inner = node.choices.iter().flatten().filter_map(|one| one.node);
        inner.chain(node.steps.iter().map(|(_, target)| *target)).collect::<Vec<_>>()
    };
    let mut leads: Vec<bool> =
        nodes.iter().map(|node| node.choices.iter().flatten().any(|one| one.branch.is_some())).collect();
    let targets: Vec<Vec<usize>> = nodes.iter().map(targets).collect();
    // Mostly they lead from one to a later one, so that one pass does.
    let mut is_changed = true;
    while std::mem::take(&mut is_changed) {
        for number in (0..nodes.len()).rev() {
            if !leads[number] && targets[number].iter().any(|target| leads[*target]) {
                (leads[number], is_changed) = (true, true);
            }
        }
    }
    if !leads.first().is_some_and(|leads| *leads) {
        return Vec::new();
    }
    let mut next = 0..;
    let numbers: Vec<Option<usize>> =
        leads.iter().map(|leads| if *leads { next.next() } else { None }).collect();
    let keep = |mut node: Node| {
        for one in node.choices.iter_mut().flatten() {
            one.node = one.node.and_then(|target| numbers[target]);
        }
        node.choices.retain(|choice| choice.iter().any(Alternative::is_of_use));
        let steps = std::mem::take(&mut node.steps).into_iter();
        node.steps = steps.filter_map(|(step, target)| Some((step, numbers[target]?))).collect();
        node
    };
    nodes.into_iter().zip(leads).filter(|(_, leads)| *leads).map(|(node, _)| keep(node)).collect()
}

/// One value that is looked at.
struct Look<'a> {
    branches: &'a Branches,
    schemas: &'a Schemas,
    seen: &'a mut [bool],
    places: usize,
}

impl<'a> Look<'a> {
    /// Looks at a part of the value that the schema of a node holds for.
    fn at(&mut self, value: &Value, node: usize) {
        self.places += 1;
        // All that holds for this part: a schema that leads back to itself is met once.
        let (mut nodes, mut next) = (vec![node], 0);
        while let Some(node) = nodes.get(next).map(|number| &self.branches.nodes[*number]) {
            next += 1;
            let taken: Vec<usize> =
                node.choices.iter().flat_map(|choice| self.taken(choice, value)).collect();
            let same = node.steps.iter().filter(|(step, _)| matches!(step, Step::Same));
            for inner in taken.into_iter().chain(same.map(|(_, inner)| *inner)) {
                if !nodes.contains(&inner) {
                    nodes.push(inner);
                }
            }
        }
        for node in nodes {
            let branches: &'a Branches = self.branches;
            for (step, inner) in &branches.nodes[node].steps {
                for part in step.parts(value) {
                    if self.places < MOST_PLACES {
                        self.at(part, *inner);
                    }
                }
            }
        }
    }

    /// Notes which alternatives a value takes. Yields the nodes of those that there is more to see in.
    fn taken(&mut self, choice: &[Alternative], value: &Value) -> Vec<usize> {
        let is_seen = |branch: usize| self.seen[branch];
        if choice.iter().all(|one| one.branch.is_none_or(is_seen) && one.node.is_none()) {
            return Vec::new();
        }
        let direction = self.branches.direction;
        let root = self.schemas.root(direction);
        let may_be =
            |one: &&Alternative| one.schema.find(root).is_some_and(|schema| may_take(root, schema, value));
        self.places += choice.len();
        let mut taken: Vec<&Alternative> = choice.iter().filter(may_be).collect();
        // The content is valid, so that one of them is taken.
        if taken.len() > 1 {
            let is_small = |one: &&Alternative| {
                let schema = || one.schema.find(root);
                *one.is_small.get_or_init(|| {
                    schema().is_some_and(|schema| leads_to_at_most(root, schema, MOST_JUDGED))
                })
            };
            if !taken.iter().all(is_small) {
                return Vec::new();
            }
            taken.retain(|one| {
                let is_seen = one.branch.is_none_or(|branch| self.seen[branch]);
                let validator = || self.schemas.validator(&one.schema, direction);
                !(is_seen && one.node.is_none()) && validator().is_ok_and(|valid| valid.is_valid(value))
            });
        }
        taken.iter().filter_map(|one| one.branch).for_each(|branch| self.seen[branch] = true);
        taken.iter().filter_map(|one| one.node).collect()
    }
}

impl Step {
    /// The parts of a value that are meant, but for the value itself.
    fn parts<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match (self, value) {
            (Self::Property(name), Value::Object(members)) => members.get(name).into_iter().collect(),
            (Self::Others(named), Value::Object(members)) => {
                let others = members.iter().filter(|(name, _)| !named.contains(name));
                others.map(|(_, member)| member).collect()
            }
            (Self::Item(index), Value::Array(items)) => items.get(*index).into_iter().collect(),
            (Self::Items(first), Value::Array(items)) => items.iter().skip(*first).collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
