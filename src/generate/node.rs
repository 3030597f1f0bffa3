//! The nodes of a compiled plan: a graph in an arena, with everything decided that can be decided before a draw.

use std::sync::Arc;

use jsonschema::Validator;

use crate::generate::number::NumberNode;
use crate::generate::persona::Refresh;
use crate::generate::string::TextNode;
use crate::generate::write::Sparse;
use crate::pointer::Pointer;

/// The place of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub u32);

/// The depth of a node that has no finite value.
pub(super) const ENDLESS: u32 = u32::MAX;

/// All nodes of a plan.
///
/// Invariant: every `NodeId` in a node lies within the graph.
#[derive(Default)]
pub(super) struct Graph {
    pub slots: Vec<Slot>,
}

impl Graph {
    pub fn slot(&self, id: NodeId) -> &Slot {
        &self.slots[id.0 as usize]
    }
}

/// A node with what is known about it.
pub(super) struct Slot {
    pub node: Node,
    /// How many objects or arrays its smallest value nests; `ENDLESS` if there is none.
    pub depth: u32,
    /// Whether its values may hold other values.
    pub complex: bool,
    /// Present where the node's structure alone does not make its values valid.
    pub check: Option<Check>,
    /// The schemas that its values must satisfy.
    pub parts: Box<[Pointer]>,
}

/// How values of a node are checked, and what is written if none passes.
#[derive(Default)]
pub(super) struct Check {
    pub validators: Vec<Arc<Validator>>,
    /// How much is written at first.
    pub mode: Sparse,
    /// A value found when the plan was compiled.
    pub fallback: Option<Box<[u8]>>,
}

/// What a node writes.
pub(super) enum Node {
    Impossible,
    Null,
    Boolean,
    /// One of some JSON texts.
    Choice(Box<[Box<[u8]>]>),
    Number(NumberNode),
    Text(TextNode),
    Array(ArrayNode),
    Object(Box<ObjectNode>),
    Union(Box<[Alternative]>),
}

/// One alternative of a union and its share among the others.
#[derive(Clone, Copy)]
pub(super) struct Alternative {
    pub node: NodeId,
    pub weight: u32,
}

/// An array: first some items of their own kinds, then any number of one kind.
pub(super) struct ArrayNode {
    pub prefix: Box<[NodeId]>,
    pub rest: Option<NodeId>,
    /// How many of the rest come from this node first (`contains`).
    pub contained: Vec<(NodeId, usize)>,
    pub low: usize,
    pub high: usize,
    pub unique: bool,
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
pub(super) struct Property {
    /// The key as JSON with the colon behind it.
    pub key: Box<[u8]>,
    /// The name in lower case without separators.
    pub folded: Box<str>,
    pub node: NodeId,
    pub required: bool,
    /// Whether the value may hold other values.
    pub complex: bool,
    /// Whether it is a place where paging parameters are repeated, such as `pagination`.
    pub paging: bool,
}
