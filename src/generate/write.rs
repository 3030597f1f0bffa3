//! From nodes to bytes: one pass over the graph, driven by a random stream.

use serde_json::Value;

use crate::generate::compile::accepts;
use crate::generate::leaf::write_leaf;
use crate::generate::node::{
    Alternative, ArrayNode, Check, Graph, Node, NodeId, ObjectNode, Property, Sparse,
};
use crate::generate::persona::Persona;
use crate::generate::variety::{Seen, Variety, Verdict};
use crate::generate::wish::{Answer, Wishes};
use crate::seed::Random;

/// What a value is to the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The whole, or the record in it that the reply is about.
    Main,
    /// The list that the reply is about.
    List,
    /// Where paging parameters are repeated.
    Paging,
    Nested,
}

/// Writes one value.
pub(super) struct Writer<'p, 'd> {
    pub graph: &'p Graph,
    pub random: &'d mut Random,
    pub wishes: &'d Wishes<'d>,
    sparse: Sparse,
    /// How many objects are open.
    depth: u32,
    /// How many arrays are open.
    lists: u32,
    /// How many unions are open.
    unions: u32,
    /// Where `out` should end at the latest: what lies deep and is optional gives way.
    limit: usize,
    /// Where `out` should end at the latest, whatever gives way.
    end: usize,
    /// How often checked values may still be drawn again.
    tries: u32,
    /// Whether wishes are left aside, because values with them did not pass.
    pub unwished: bool,
    pub message_used: bool,
    seen: Seen,
    /// Only what was found about checked values before this round is relied on.
    round: u8,
}

/// Optional values that hold others are left out below so many objects.
const DEEP: u32 = 5;
/// Arrays in arrays are as short as they may be below so many.
const LISTS: u32 = 8;
/// Of unions in unions, below so many, the alternative that leads to a value soonest is taken.
const UNIONS: u32 = 64;
/// Down to so many objects, optional values that hold others stay even where there is little room.
const SHOWN: u32 = 4;
/// The size that the whole is kept near.
pub(super) const SIZE: usize = 24 * 1024;
/// What holds others is left out where less room than this is left for it.
const ROOM: usize = 160;
/// How often one checked value is drawn before its fallback is written.
const TRIES: u32 = 32;
/// More items than this are not written, whatever is asked for.
const MOST_ITEMS: usize = 10_000;

impl<'p, 'd> Writer<'p, 'd> {
    pub fn new(graph: &'p Graph, random: &'d mut Random, wishes: &'d Wishes<'d>) -> Self {
        Self {
            graph,
            random,
            wishes,
            sparse: Sparse::Full,
            depth: 0,
            lists: 0,
            unions: 0,
            limit: SIZE,
            end: SIZE + SIZE / 3,
            tries: 256,
            unwished: false,
            message_used: false,
            seen: Seen::new(),
            round: u8::MAX,
        }
    }

    /// Writes the whole.
    pub fn whole(&mut self, id: NodeId, out: &mut Vec<u8>) {
        self.limit = out.len() + SIZE;
        self.end = self.limit + SIZE / 3;
        let persona = Persona::draw(self.graph.locale, self.random);
        self.value(id, &persona, Role::Main, out);
    }

    /// Writes a small value of a node, its own check left aside.
    pub fn probe(&mut self, id: NodeId, sparse: Sparse, round: u8, out: &mut Vec<u8>) {
        self.sparse = sparse;
        self.round = round;
        self.depth = 3;
        self.limit = SIZE / 2;
        self.end = SIZE;
        self.tries = 24;
        let persona = Persona::draw(self.graph.locale, self.random);
        self.node(&self.graph.slot(id).node, &persona, Role::Nested, out);
    }

    /// Writes an item as it would stand in the main list.
    pub fn item(&mut self, id: NodeId, out: &mut Vec<u8>) {
        self.depth = 1;
        self.limit = SIZE / 2;
        let persona = Persona::draw(self.graph.locale, self.random);
        self.value(id, &persona, Role::Nested, out);
    }

    pub fn value(&mut self, id: NodeId, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        let slot = self.graph.slot(id);
        match &slot.check {
            None => self.node(&slot.node, persona, role, out),
            Some(check) => self.checked(&slot.node, check, persona, role, out),
        }
    }

    /// Draws until the value passes; then the fallback.
    fn checked(&mut self, node: &Node, check: &Check, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        let start = out.len();
        let (sparse, unwished, depth, limit, used) =
            (self.sparse, self.unwished, self.depth, self.limit, self.message_used);
        let found = check.round < self.round;
        let mode = if found { check.mode } else { Sparse::Full };
        for attempt in 0..TRIES {
            if self.tries == 0 && attempt > 0 {
                break;
            }
            self.tries = self.tries.saturating_sub(1);
            self.sparse = match (sparse, mode, attempt / 10) {
                (Sparse::Least, ..) | (_, Sparse::Least, _) | (.., 2..) => Sparse::Least,
                (Sparse::Half, ..) | (_, Sparse::Half, _) | (.., 1) => Sparse::Half,
                (Sparse::Full, Sparse::Full, _) => Sparse::Full,
            };
            self.unwished = unwished || attempt >= 8;
            (self.depth, self.limit, self.message_used) = (depth, limit, used);
            out.truncate(start);
            self.node(node, persona, role, out);
            let value: Option<Value> = serde_json::from_slice(&out[start..]).ok();
            if value.is_some_and(|value| accepts(&check.validators, &value)) {
                (self.sparse, self.unwished) = (sparse, unwished);
                return;
            }
        }
        (self.sparse, self.unwished) = (sparse, unwished);
        if let (true, Some(fallback)) = (found, &check.fallback) {
            out.truncate(start);
            out.extend_from_slice(fallback);
        }
    }

    fn node(&mut self, node: &Node, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        match node {
            Node::Union(alternatives) => match self.alternative(alternatives, out) {
                Some(chosen) => {
                    self.unions += 1;
                    self.value(chosen, persona, role, out);
                    self.unions -= 1;
                }
                None => out.extend_from_slice(b"null"),
            },
            Node::Array(array) => self.array(array, persona, role, out),
            Node::Object(object) => self.object(object, persona, role, out),
            leaf @ (Node::Impossible
            | Node::Null
            | Node::Boolean(_)
            | Node::Choice(_)
            | Node::Number(_)
            | Node::Text(_)) => write_leaf(leaf, self.random, persona, out),
        }
    }

    fn alternative(&mut self, alternatives: &[Alternative], out: &[u8]) -> Option<NodeId> {
        if self.unions >= UNIONS || self.is_tight(out) {
            return alternatives.iter().min_by_key(|one| one.depth).map(|one| one.node);
        }
        // In a record's own records, an id says as much as all that it stands for.
        let simple = self.depth >= 2 && alternatives.iter().any(|one| !one.complex && !one.is_null());
        let fits = |one: &&Alternative| !(simple && one.complex);
        let total: u64 = alternatives.iter().filter(fits).map(|one| u64::from(one.weight)).sum();
        let mut at = self.random.below(total);
        let hit = alternatives.iter().filter(fits).find(|one| {
            let weight = u64::from(one.weight);
            let hit = at < weight;
            at = at.wrapping_sub(weight);
            hit
        });
        hit.map(|one| one.node)
    }

    /// Whether only the least is to be written.
    fn is_tight(&self, out: &[u8]) -> bool {
        let bound = if self.depth <= SHOWN { self.end } else { self.limit };
        self.sparse == Sparse::Least || self.depth > DEEP || self.lists > LISTS || out.len() >= bound
    }

    fn length(&mut self, array: &ArrayNode, role: Role, out: &[u8]) -> usize {
        let is_main = matches!(role, Role::Main | Role::List) && !self.unwished;
        let prefix = array.prefix.len();
        let wanted = match self.wishes.facts.count.filter(|_| is_main) {
            Some(count) => count.min(MOST_ITEMS),
            None if self.is_tight(out) => 0,
            None if is_main => self.wishes.items.unwrap_or(3).min(MOST_ITEMS),
            None if prefix > 0 => prefix + if array.low > prefix { 2 } else { 0 },
            None if self.depth >= DEEP => usize::from(!array.complex),
            None if array.complex && self.depth >= 2 => 1,
            None if array.complex => 1 + (self.random.bits() & 1) as usize,
            None => 1 + self.random.below(3) as usize,
        };
        wanted.clamp(array.low, array.high.max(array.low))
    }

    fn array(&mut self, array: &ArrayNode, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        let length = self.length(array, role, out);
        let (limit, end) = (self.limit, self.end);
        self.lists += 1;
        let mut variety = Variety::of(array, length, &self.seen);
        let mut contained = array.contained.iter().flat_map(|(id, count)| std::iter::repeat_n(*id, *count));
        out.push(b'[');
        let mut written = 0;
        while written < length {
            let next = array.prefix.get(written).copied().or_else(|| contained.next()).or(array.rest);
            let Some(id) = next else { break };
            let start = out.len();
            if written > 0 {
                out.push(b',');
            }
            let item = out.len();
            if array.complex && matches!(role, Role::Main | Role::List) {
                // So many items were asked for that the whole may be longer.
                self.limit = share(item, limit, length - written).max(item + SIZE / 8);
                self.end = end.max(item + SIZE / 2);
            } else if array.complex {
                self.limit = share(item, limit, length - written);
            }
            self.value(id, persona, Role::Nested, out);
            match variety.judge(&mut self.seen, out, item, written < array.low) {
                Verdict::Kept => written += 1,
                Verdict::DrawnAgain => out.truncate(start),
                Verdict::Last => {
                    out.truncate(start);
                    break;
                }
            }
        }
        variety.end(&mut self.seen);
        (self.limit, self.end) = (limit, end);
        self.lists -= 1;
        out.push(b']');
    }

    fn object(&mut self, object: &ObjectNode, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        let own;
        let persona = if self.depth == 0 {
            persona
        } else {
            own = persona.within(object.refresh, self.random);
            &own
        };
        let tight = self.is_tight(out);
        let limit = self.limit;
        let mut complex_left = object.complex;
        let mut required_left = object.required;
        let mut written = 0;
        // Whether nothing but what holds other values may have to give way.
        let is_free = self.sparse == Sparse::Full && object.high >= object.properties.len();
        self.depth += 1;
        out.push(b'{');
        for (at, property) in object.properties.iter().enumerate() {
            required_left -= usize::from(property.required);
            if property.complex {
                self.limit = share(out.len(), limit, complex_left);
                complex_left -= 1;
            }
            let may_be_left_out = !property.required || written >= object.high;
            if may_be_left_out && (property.complex || !is_free) {
                let wanted = match self.sparse {
                    Sparse::Full => !property.complex || !tight && self.has_room(out),
                    Sparse::Half => (!property.complex || self.has_room(out)) && self.random.bits() & 1 == 0,
                    Sparse::Least => false,
                };
                // Of what the object must have at least, the smallest goes before what is left out.
                let needed = property.fills && written + required_left < object.low;
                if !(wanted || needed) || written + required_left >= object.high {
                    continue;
                }
            }
            let key = if written > 0 { &property.key[..] } else { &property.key[1..] };
            if let (Role::Nested, Some(leaf)) = (role, &property.leaf) {
                out.extend_from_slice(key);
                write_leaf(leaf, self.random, persona, out);
                written += 1;
                continue;
            }
            written += usize::from(self.property(object, at, property, key, persona, role, out));
        }
        self.limit = limit;
        self.extras(object, written, tight, persona, out);
        self.depth -= 1;
        out.push(b'}');
    }

    /// Whether an optional value that holds others has room in an object.
    fn has_room(&self, out: &[u8]) -> bool {
        if self.depth <= SHOWN {
            out.len() < self.end
        } else {
            self.depth <= DEEP && self.limit >= out.len() + ROOM
        }
    }

    fn extras(
        &mut self,
        object: &ObjectNode,
        written: usize,
        tight: bool,
        persona: &Persona,
        out: &mut Vec<u8>,
    ) {
        let pleasing = if object.is_map && !tight { 1 + self.random.below(3) as usize } else { 0 };
        let count =
            pleasing.max(object.low).min(object.high).saturating_sub(written).min(object.extras.len());
        if count == 0 {
            return;
        }
        let first = self.random.below(object.extras.len() as u64) as usize;
        let mut extras = object.extras[first..].iter().chain(&object.extras[..first]).collect::<Vec<_>>();
        if tight {
            extras.sort_by_key(|property| !property.fills);
        }
        for (step, property) in extras.into_iter().take(count).enumerate() {
            out.extend_from_slice(if written + step > 0 { &property.key } else { &property.key[1..] });
            self.value(property.node, persona, Role::Nested, out);
        }
    }

    /// Writes a property with its key; says whether it did.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one write; a struct would be made for each property"
    )]
    fn property(
        &mut self,
        object: &ObjectNode,
        at: usize,
        property: &Property,
        key: &[u8],
        persona: &Persona,
        role: Role,
        out: &mut Vec<u8>,
    ) -> bool {
        let start = out.len();
        out.extend_from_slice(key);
        if role == Role::Nested {
            self.value(property.node, persona, Role::Nested, out);
            return true;
        }
        let main = role == Role::Main && object.wrapped.is_none();
        if !self.unwished {
            match self.wished(object, at, role, main, out) {
                Answer::Written => return true,
                Answer::Absent if !property.required && object.low == 0 => {
                    out.truncate(start);
                    return false;
                }
                Answer::Absent | Answer::Nothing => {}
            }
        }
        let role = match role {
            Role::Main if object.wrapped == Some(at) => Role::Main,
            Role::Main if main && object.list == Some(at) => Role::List,
            Role::Main if property.paging && property.complex => Role::Paging,
            Role::Main | Role::List | Role::Paging | Role::Nested => Role::Nested,
        };
        self.value(property.node, persona, role, out);
        true
    }
}

/// The limit of the next of some values that have to share the room up to `limit`.
fn share(length: usize, limit: usize, values: usize) -> usize {
    length + limit.saturating_sub(length) / values.max(1)
}
