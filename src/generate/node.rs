//! The nodes of a compiled plan: a graph in an arena, with everything decided that can be decided before a draw.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;
use jsonschema::Validator;

use crate::generate::fact::Fact;
use crate::generate::number::NumberNode;
use crate::generate::people::Locale;
use crate::generate::persona::Refresh;
use crate::generate::persona::Truth;
use crate::generate::store::Store;
use crate::generate::string::TextNode;
use crate::pointer::Pointer;

/// The place of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NodeId(pub u32);

/// How deep the smallest value of a node is.
///
/// Whatever such a value is made of is less deep, so that one is found however schemas refer to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Depth {
    /// How many objects and arrays it nests.
    levels: u32,
    /// How many unions are passed before there is a value.
    choices: u32,
}

impl Depth {
    /// Of a value that holds no others.
    pub const FLAT: Self = Self { levels: 0, choices: 0 };
    /// Of a node that has no finite value, or none that can be read again.
    pub const ENDLESS: Self = Self { levels: u32::MAX, choices: u32::MAX };

    /// Of a value that holds one of this depth.
    pub fn held(self) -> Self {
        if self.levels >= MOST_LEVELS { Self::ENDLESS } else { Self { levels: self.levels + 1, choices: 0 } }
    }

    /// Whether nothing can hold a value of this depth.
    pub fn is_deepest(self) -> bool {
        self != Self::ENDLESS && (self.held() == Self::ENDLESS || self.chosen() == Self::ENDLESS)
    }

    /// Of a union that has an alternative of this depth.
    pub fn chosen(self) -> Self {
        if self.choices >= MOST_CHOICES { Self::ENDLESS } else { Self { choices: self.choices + 1, ..self } }
    }
}

/// Values nest no deeper: parsers refuse to read what does (`serde_json` from 128 levels on).
pub(super) const MOST_LEVELS: u32 = 120;
/// No more unions than this lie directly in each other.
const MOST_CHOICES: u32 = 120;

/// All nodes of a plan: those that it shares with others, and its own.
///
/// Invariant: every `NodeId` in a node lies within the graph, and shared nodes refer to shared nodes only.
pub(super) struct Graph {
    store: Arc<Store>,
    /// Where what is written comes from.
    pub locale: Locale,
    /// How many nodes are shared: own nodes are counted from here on.
    shared: u32,
    /// The nodes of its own, or those that are still to be completed.
    pub own: Vec<Slot>,
}

impl Graph {
    /// A graph that goes on behind the first `shared` nodes of a store.
    pub fn behind(store: Arc<Store>, shared: u32, locale: Locale) -> Self {
        Self { store, locale, shared, own: Vec::new() }
    }

    /// A graph of shared nodes only.
    pub fn all_shared(store: Arc<Store>, locale: Locale) -> Self {
        Self::behind(store, u32::MAX, locale)
    }

    #[inline]
    pub fn slot(&self, id: NodeId) -> &Slot {
        match id.0.checked_sub(self.shared) {
            Some(at) => &self.own[at as usize],
            None => self.store.slot(id),
        }
    }

    /// A node of its own; `None` for shared ones, which are complete.
    pub fn own_slot(&mut self, id: NodeId) -> Option<&mut Slot> {
        self.own.get_mut(id.0.checked_sub(self.shared)? as usize)
    }

    /// The id of one of its own nodes.
    pub fn own_id(&self, index: usize) -> NodeId {
        NodeId(self.shared + index as u32)
    }

    /// Adds a node of its own.
    pub fn add(&mut self, slot: Slot) -> NodeId {
        self.own.push(slot);
        self.own_id(self.own.len() - 1)
    }

    /// Whether no more than `most` nodes can be reached from a node.
    pub fn is_within(&self, root: NodeId, most: usize) -> bool {
        let mut seen: HashSet<NodeId, RandomState> = HashSet::from_iter([root]);
        let mut waiting = vec![root];
        while let Some(id) = waiting.pop() {
            self.slot(id).node.each_child(&mut |child| {
                if seen.insert(child) {
                    waiting.push(child);
                }
            });
            if seen.len() > most {
                return false;
            }
        }
        true
    }
}

impl Graph {
    /// Whether a node leads to one of some nodes, itself aside unless it leads back to itself.
    pub fn leads_to(&self, root: NodeId, wanted: &HashSet<NodeId>) -> bool {
        let mut seen: HashSet<NodeId, RandomState> = HashSet::default();
        let mut waiting = vec![root];
        let mut is_found = false;
        while let Some(id) = waiting.pop().filter(|_| !is_found) {
            self.slot(id).node.each_child(&mut |child| {
                is_found |= wanted.contains(&child);
                if seen.insert(child) {
                    waiting.push(child);
                }
            });
        }
        is_found
    }
}

impl Node {
    /// The same node, if its values hold no others and follow no choice.
    pub fn leaf(&self) -> Option<Self> {
        match self {
            Self::Null => Some(Self::Null),
            Self::Boolean(truth) => Some(Self::Boolean(*truth)),
            Self::Choice(texts) => Some(Self::Choice(Arc::clone(texts))),
            Self::Number(number) => Some(Self::Number(Arc::clone(number))),
            Self::Text(text) => Some(Self::Text(Arc::clone(text))),
            Self::Impossible | Self::Array(_) | Self::Object(_) | Self::Union(_) => None,
        }
    }

    /// Visits the nodes that this one refers to.
    fn each_child(&self, visit: &mut dyn FnMut(NodeId)) {
        match self {
            Self::Union(alternatives) => alternatives.iter().for_each(|one| visit(one.node)),
            Self::Array(array) => {
                array.prefix.iter().copied().for_each(&mut *visit);
                array.contained.iter().for_each(|(id, _)| visit(*id));
                array.rest.into_iter().for_each(visit);
            }
            Self::Object(object) => {
                let properties = object.properties.iter().chain(&object.extras);
                properties.for_each(|property| visit(property.node));
            }
            Self::Impossible
            | Self::Null
            | Self::Boolean(_)
            | Self::Choice(_)
            | Self::Number(_)
            | Self::Text(_) => {}
        }
    }
}

/// A node with what is known about it.
pub(super) struct Slot {
    pub node: Node,
    /// How deep its smallest value is.
    pub depth: Depth,
    /// Whether its values may hold other values.
    pub complex: bool,
    /// Present where the node's structure alone does not make its values valid.
    pub check: Option<Box<Check>>,
    /// The schemas that its values must satisfy.
    pub parts: Box<[Pointer]>,
    /// Their validators, for values that were not drawn; `None` if one can't be compiled. Made on first use.
    pub judges: OnceLock<Option<Box<[Arc<Validator>]>>>,
    /// The schema of the request that was asked about first, if it is the same as its own.
    pub same: OnceLock<Option<Pointer>>,
}

impl Slot {
    /// A node of which nothing is known yet.
    pub fn new(node: Node, parts: impl Into<Box<[Pointer]>>) -> Self {
        let parts = parts.into();
        Self {
            node,
            depth: Depth::ENDLESS,
            complex: false,
            check: None,
            parts,
            judges: OnceLock::new(),
            same: OnceLock::new(),
        }
    }
}

/// How values of a node are checked, and what is written if none passes.
#[derive(Default)]
pub(super) struct Check {
    pub validators: Vec<Arc<Validator>>,
    /// How much is written at first.
    pub mode: Sparse,
    /// A value found when the plan was compiled.
    pub fallback: Option<Box<[u8]>>,
    /// How many rounds it took to find that value: only what was found in earlier rounds helps to find another.
    pub round: u8,
}

/// How much of what is optional is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sparse {
    /// All.
    #[default]
    Full,
    /// Each with an even chance.
    Half,
    /// Nothing.
    Least,
}

/// What a node writes.
pub(super) enum Node {
    Impossible,
    Null,
    Boolean(Truth),
    /// One of some JSON texts.
    Choice(Arc<[Box<[u8]>]>),
    Number(Arc<NumberNode>),
    Text(Arc<TextNode>),
    Array(Box<ArrayNode>),
    Object(Box<ObjectNode>),
    Union(Box<[Alternative]>),
}

/// One alternative of a union and its share among the others.
#[derive(Clone, Copy)]
pub(super) struct Alternative {
    pub node: NodeId,
    pub weight: u32,
    /// Whether the value may hold other values.
    pub complex: bool,
    /// As of its node.
    pub depth: Depth,
}

impl Alternative {
    pub fn new(node: NodeId, is_null: bool) -> Self {
        Self { node, weight: if is_null { 1 } else { 9 }, complex: false, depth: Depth::FLAT }
    }

    /// Whether the value is nothing but `null`.
    pub fn is_null(&self) -> bool {
        self.weight == 1
    }
}

/// An array: first some items of their own kinds, then any number of one kind.
pub(super) struct ArrayNode {
    pub prefix: Box<[NodeId]>,
    pub rest: Option<NodeId>,
    /// How many of the rest come from this node first (`contains`).
    pub contained: Vec<(NodeId, usize)>,
    /// Whether the rest may hold other values.
    pub complex: bool,
    pub low: usize,
    pub high: usize,
    pub unique: bool,
    /// Up to so many items can be kept apart from each other for a nicer list; 0 where that is not tried.
    pub different: usize,
}

impl ArrayNode {
    /// How many items come from nodes of their own.
    pub fn told(&self) -> usize {
        let contained = self.contained.iter().map(|(_, count)| *count);
        contained.fold(self.prefix.len(), usize::saturating_add)
    }
}

/// An object: its properties in the document's order.
pub(super) struct ObjectNode {
    pub properties: Box<[Property]>,
    /// Properties with made-up names, for maps and for objects that need more properties than are declared.
    pub extras: Box<[Property]>,
    /// Whether extras are written even where none is needed.
    pub is_map: bool,
    pub low: usize,
    pub high: usize,
    /// How many properties are required.
    pub required: usize,
    /// How many properties may hold other values.
    pub complex: usize,
    /// What a new record of this kind does not share with the record around it.
    pub refresh: Refresh,
    /// The properties that can carry a message, the best first.
    pub messages: Box<[usize]>,
    /// The property that holds the list which the object is about.
    pub list: Option<usize>,
    /// The property that holds the record which the object only wraps.
    pub wrapped: Option<usize>,
}

/// One property of an object.
#[expect(clippy::struct_excessive_bools, reason = "each is asked alone, and none excludes another")]
pub(super) struct Property {
    /// The key as JSON with a comma before and the colon behind it.
    pub key: Box<[u8]>,
    /// The name in lower case without separators.
    pub folded: Box<str>,
    pub node: NodeId,
    /// The node itself where that is a leaf and not checked: so it need not be looked up.
    pub leaf: Option<Node>,
    pub required: bool,
    /// Whether the smallest object has it, though it is not required: there must be some.
    pub fills: bool,
    /// Whether the value may hold other values.
    pub complex: bool,
    /// Whether it is a place where paging parameters are repeated, such as `pagination`.
    pub paging: bool,
    /// What it may tell about the reply.
    pub fact: Option<Fact>,
}
