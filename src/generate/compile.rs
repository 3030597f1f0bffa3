//! From schemas to nodes: conjunctions of schemas become nodes of a graph, breadth first, each once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::RandomState;
use jsonschema::Validator;
use serde_json::Value;

use crate::generate::conjunction::{Choices, Conjunction, Flat, Part, flatten, said_by};
use crate::generate::guess::{guess, hints_of, is_wrapper, record_kind};
use crate::generate::hint::{Hint, Kind};
use crate::generate::listed::{is_plain_list, listed, plain_choice, written};
use crate::generate::node::{Alternative, Check, Graph, Node, NodeId, Slot};
use crate::generate::persona::{Persona, Truth};
use crate::generate::plans::{Key, Known, Plans};
use crate::generate::string::TextNode;
use crate::generate::types::Types;
use crate::generate::{apart, array, content, number, object, string};
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::seed::Seed;

/// Where a value stands: what its name is and what record it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Context {
    pub name: Arc<str>,
    /// What the record around it is.
    pub kind: Kind,
    pub place: Standing,
}

/// Whether a value is the whole, a property or an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Standing {
    Whole,
    Property,
    Item,
}

/// Compiles the schemas of one document in one direction.
pub(super) struct Compiler<'s> {
    pub schemas: &'s Schemas,
    pub root: &'s Value,
    pub direction: Direction,
    pub graph: Graph,
    /// The nodes of this graph by what tells them.
    pub fresh: HashMap<Key, NodeId, RandomState>,
    /// The nodes that were there before; `None` where the graph is for one plan alone.
    known: Option<&'s Known>,
    waiting: VecDeque<Task<'s>>,
    /// What bare references lead to, by the addresses of the schemas that refer.
    resolved: HashMap<usize, Part<'s>, RandomState>,
    /// In how many strings the schemas stand that are compiled: see [`content`].
    pub nesting: u8,
}

struct Task<'s> {
    id: NodeId,
    conjunction: Conjunction<'s>,
    context: Context,
    level: u32,
}

/// Where a graph is for one plan alone, optional values that may hold others are left out below this many objects.
const DEEPEST: u32 = 7;
/// A plan of its own has no more nodes than this; what is beyond is left out where it is optional.
const MOST_NODES: usize = 100_000;
/// Plans that reach more nodes than this share none.
pub(super) const MOST_SHARED: usize = 120_000;

impl<'s> Compiler<'s> {
    /// A compiler whose nodes are to be shared, beside those that are known already.
    pub fn sharing(plans: &'s Plans, direction: Direction, known: &'s Known) -> Self {
        let store = Arc::clone(&plans.shared(direction).store);
        let graph = Graph::behind(store, known.count, plans.locale());
        Self::new(plans.schemas(), direction, graph, Some(known))
    }

    /// A compiler for one plan alone: it goes only so deep.
    pub fn alone(plans: &'s Plans, direction: Direction) -> Self {
        let graph = Graph::behind(Arc::default(), 0, plans.locale());
        Self::new(plans.schemas(), direction, graph, None)
    }

    fn new(schemas: &'s Schemas, direction: Direction, graph: Graph, known: Option<&'s Known>) -> Self {
        let root = schemas.root(direction);
        Self {
            schemas,
            root,
            direction,
            graph,
            fresh: HashMap::default(),
            known,
            waiting: VecDeque::new(),
            resolved: HashMap::default(),
            nesting: 0,
        }
    }

    /// A compiler for what stands in a string: its nodes are nobody else's.
    pub fn inside(&self) -> Self {
        let graph = Graph::behind(Arc::default(), 0, self.graph.locale);
        let nesting = self.nesting + 1;
        Self { nesting, ..Self::new(self.schemas, self.direction, graph, None) }
    }

    /// Compiles a conjunction and all it leads to; `name` may hint at what the whole is. `None` if that is too much to
    /// be shared.
    pub fn run(&mut self, conjunction: Conjunction<'s>, name: &str) -> Option<NodeId> {
        self.run_in(conjunction, Context { name: name.into(), kind: Kind::Other, place: Standing::Whole })
    }

    /// As [`Self::run`], for a value that stands somewhere.
    pub fn run_in(&mut self, conjunction: Conjunction<'s>, context: Context) -> Option<NodeId> {
        let id = self.intern(conjunction, context, 0);
        while let Some(task) = self.waiting.pop_front() {
            if self.known.is_some() && self.graph.own.len() > MOST_SHARED {
                return None;
            }
            self.build(task);
        }
        Some(id)
    }

    /// The node of a conjunction, which is built later if it is new.
    pub fn intern(&mut self, mut conjunction: Conjunction<'s>, context: Context, level: u32) -> NodeId {
        // A bare reference is what it refers to: so all that refer to it share one node.
        for part in &mut conjunction.parts {
            if said_by(part.schema, "$ref").is_some() {
                self.resolve(part);
            }
        }
        let context = self.generalize(&conjunction, context);
        let key = (conjunction.key(), context);
        let known = self.known.and_then(|known| known.nodes.get(&key));
        if let Some(id) = known.or_else(|| self.fresh.get(&key)) {
            return *id;
        }
        let parts = conjunction.parts.iter().map(|part| part.pointer.clone()).collect();
        let id = self.add(Node::Impossible, parts);
        let context = key.1.clone();
        self.fresh.insert(key, id);
        if self.known.is_some() || self.graph.own.len() < MOST_NODES {
            self.waiting.push_back(Task { id, conjunction, context, level });
        }
        id
    }

    /// Puts what a bare reference leads to in its place. The same ones come again and again.
    fn resolve(&mut self, part: &mut Part<'s>) {
        let address = part.address();
        if !self.resolved.contains_key(&address) {
            let Some((pointer, schema)) = crate::schema::resolve(self.root, &part.pointer) else { return };
            self.resolved.insert(address, Part { pointer, schema });
        }
        if let Some(resolved) = self.resolved.get(&address) {
            *part = resolved.clone();
        }
    }

    /// Lets objects that mean the same under different names be one node: only what kind of record it is remains.
    fn generalize(&self, conjunction: &Conjunction<'s>, context: Context) -> Context {
        let [part] = conjunction.parts.as_slice() else { return context };
        let Some((pointer, schema)) = self.behind_references(part) else { return context };
        let is_object = said_by(schema, "properties").is_some()
            || said_by(schema, "allOf").is_some() && said_by(schema, "type").is_none();
        if !is_object || context.place == Standing::Whole {
            return context;
        }
        let kind = if is_wrapper(&context.name) && context.kind != Kind::Other {
            context.kind
        } else {
            record_kind(&context.name, &pointer)
        };
        Context { name: "".into(), kind, place: context.place }
    }

    pub fn behind_references(&self, part: &Part<'s>) -> Option<(Pointer, &'s Value)> {
        if said_by(part.schema, "$ref").is_none() {
            return Some((part.pointer.clone(), part.schema));
        }
        crate::schema::resolve(self.root, &part.pointer)
    }

    pub fn add(&mut self, node: Node, parts: Box<[Pointer]>) -> NodeId {
        self.graph.add(Slot::new(node, parts))
    }

    /// The validators of some schemas; those that can't be compiled judge nothing.
    pub fn validators(&self, parts: &[Pointer]) -> Vec<Arc<Validator>> {
        parts.iter().filter_map(|pointer| self.schemas.validator(pointer, self.direction).ok()).collect()
    }

    /// Whether optional values that may hold others are left out of an object at this level: the larger the graph has
    /// grown on the levels above, the earlier, because what lies deep would find no room in a reply.
    pub fn is_deep(&self, level: u32) -> bool {
        let nodes = self.graph.own.len();
        self.known.is_none()
            && (level >= DEEPEST
                || (level >= 5 && nodes > 1_000)
                || (level >= 4 && nodes > 2_000)
                || (level >= 3 && nodes > 6_000))
    }

    /// Whether made-up properties are left out, too.
    pub fn is_endless(&self, level: u32) -> bool {
        self.known.is_none() && level >= DEEPEST + 2
    }

    fn build(&mut self, task: Task<'s>) {
        let Task { id, conjunction, context, level } = task;
        let flat = flatten(self.root, &conjunction);
        let parts: Box<[Pointer]> = conjunction.parts.iter().map(|part| part.pointer.clone()).collect();
        let (node, check) = if flat.impossible || flat.types == Types::NONE {
            (Node::Impossible, false)
        } else if let Some(values) = listed(&flat) {
            let plain = is_plain_list(&flat);
            let node = if plain { plain_choice(&values, flat.types) } else { self.choice(values, &parts) };
            (node, false)
        } else if let Some(choices) = flat.choices.first() {
            let check = flat.strange && choices.pure.is_none() || !apart::proven(self.root, choices);
            (self.union(&conjunction, choices, &context, level), check)
        } else {
            self.by_type(&flat, &context, level, &parts)
        };
        let check = check.then(|| Box::new(self.check(&parts)));
        if let Some(slot) = self.graph.own_slot(id) {
            slot.node = node;
            slot.check = check;
        }
    }

    fn check(&self, parts: &[Pointer]) -> Check {
        Check { validators: self.validators(parts), ..Check::default() }
    }

    fn union(
        &mut self,
        conjunction: &Conjunction<'s>,
        choices: &Choices<'s>,
        context: &Context,
        level: u32,
    ) -> Node {
        let mut base = conjunction.clone();
        match choices.pure {
            // The part says nothing but this choice: its branch takes its place.
            Some(at) => {
                base.parts.remove(at);
            }
            None => base.decided.push(choices.address),
        }
        let mut alternatives = Vec::new();
        for branch in &choices.branches {
            let mut conjunction = base.clone();
            conjunction.parts.extend(branch.iter().cloned());
            let is_null =
                branch.iter().any(|part| part.schema.get("type").is_some_and(|name| name == "null"));
            let node = self.intern(conjunction, context.clone(), level);
            alternatives.push(Alternative::new(node, is_null));
        }
        Node::Union(alternatives.into())
    }

    fn by_type(&mut self, flat: &Flat<'s>, context: &Context, level: u32, parts: &[Pointer]) -> (Node, bool) {
        let types = if flat.typed { flat.types } else { guess(flat, context) };
        let each = types.each();
        if let [only] = each.as_slice() {
            return self.of_type(flat, *only, context, level, parts);
        }
        let mut alternatives = Vec::new();
        for one in each {
            let (node, check) = self.of_type(flat, one, context, level, parts);
            let check = check.then(|| Box::new(self.check(parts)));
            let id = self.graph.add(Slot { check, ..Slot::new(node, parts) });
            alternatives.push(Alternative::new(id, one == Types::NULL));
        }
        (Node::Union(alternatives.into()), false)
    }

    fn of_type(
        &mut self,
        flat: &Flat<'s>,
        one: Types,
        context: &Context,
        level: u32,
        parts: &[Pointer],
    ) -> (Node, bool) {
        if one == Types::OBJECT {
            return object::compile(self, flat, context, level);
        }
        if one == Types::ARRAY {
            return array::compile(self, flat, context, level);
        }
        let node = if one == Types::NULL {
            if flat.strange { self.choice(vec![&Value::Null], parts) } else { Node::Null }
        } else if one == Types::BOOLEAN {
            if flat.strange {
                self.choice(vec![&Value::Bool(true), &Value::Bool(false)], parts)
            } else {
                Node::Boolean(Truth::of(&context.name))
            }
        } else if one == Types::STRING {
            let (bounds, validators) = (string::bounds(flat), std::cell::OnceCell::new());
            let fits = |text: &str| match bounds {
                Some((shortest, longest)) => (shortest..=longest).contains(&text.chars().count()),
                None => {
                    let text = Value::String(text.to_owned());
                    accepts(validators.get_or_init(|| self.validators(parts)), &text)
                }
            };
            let text = match content::texts(self, flat, context, &fits) {
                Some(texts) => Some(TextNode::of(&texts)),
                None => {
                    let hints = hints_of(flat, context, false);
                    string::compile(flat, &hints, self.graph.locale, &fits)
                }
            };
            text.map_or(Node::Impossible, |text| Node::Text(Arc::new(text)))
        } else {
            let hints = hints_of(flat, context, true);
            if let Some(listed) = self.picked(&hints, parts) {
                return (listed, false);
            }
            let node = number::compile(flat, one, hints.iter().find(|hint| number::suits(hint)));
            let node = node.map_or(Node::Impossible, |number| Node::Number(Arc::new(number)));
            let rough = matches!(&node, Node::Number(number) if number.rough);
            match if flat.strange || rough { self.tried(node, parts) } else { node } {
                Node::Impossible => self.choice(number::bounds_as_written(flat), parts),
                node => node,
            }
        };
        (node, false)
    }

    /// The values that satisfy all parts.
    fn choice(&self, values: Vec<&Value>, parts: &[Pointer]) -> Node {
        let validators = self.validators(parts);
        let valid = values.into_iter().filter(|value| accepts(&validators, value));
        let texts: Arc<[Box<[u8]>]> = valid.map(written).collect();
        if texts.is_empty() { Node::Impossible } else { Node::Choice(texts) }
    }

    /// The numbers that a hint lists, if any is valid.
    fn picked(&self, hints: &[Hint], parts: &[Pointer]) -> Option<Node> {
        let Some(Hint::Listed(values)) = hints.first() else { return None };
        match self.choice(values.iter().filter(|value| value.is_number()).collect(), parts) {
            Node::Impossible => None,
            node => Some(node),
        }
    }

    /// Values of a node that satisfy all parts, found by trying.
    fn tried(&self, node: Node, parts: &[Pointer]) -> Node {
        let Node::Number(number) = &node else { return node };
        let validators = self.validators(parts);
        let mut random = Seed(0x6e75_6d62).random();
        let persona = Persona::draw(self.graph.locale, &mut random);
        let mut texts: Vec<Box<[u8]>> = Vec::new();
        for _ in 0..256 {
            let mut out = Vec::new();
            number.write(&mut random, &persona, &mut out);
            let value = serde_json::from_slice(&out).unwrap_or(Value::Null);
            if accepts(&validators, &value) && texts.len() < 48 && !texts.iter().any(|text| **text == *out) {
                texts.push(out.into());
            }
        }
        if texts.is_empty() { Node::Impossible } else { Node::Choice(texts.into()) }
    }
}

/// Whether all validators take the value.
pub(super) fn accepts(validators: &[Arc<Validator>], value: &Value) -> bool {
    validators.iter().all(|validator| validator.is_valid(value))
}
