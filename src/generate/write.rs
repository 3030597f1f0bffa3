//! From nodes to bytes: one pass over the graph, driven by a random stream.

use serde_json::Value;

use crate::generate::compile::accepts;
use crate::generate::echo::{self, Wished};
use crate::generate::node::{ArrayNode, Check, Graph, Node, NodeId, ObjectNode, Property};
use crate::generate::persona::Persona;
use crate::seed::Random;

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

/// What the request asks of the reply.
#[derive(Default)]
pub(super) struct Wishes<'a> {
    pub echo: Vec<Wished<'a>>,
    pub items: Option<usize>,
    pub message: Option<&'a str>,
    /// The judge of values that were not drawn.
    pub schemas: Option<(&'a crate::schema::Schemas, crate::schema::Direction)>,
}

/// Writes one value.
pub(super) struct Writer<'p, 'd> {
    graph: &'p Graph,
    random: &'d mut Random,
    wishes: &'d Wishes<'d>,
    sparse: Sparse,
    /// How many objects are open.
    depth: u32,
    /// Where `out` should end at the latest: what is optional gives way.
    limit: usize,
    /// How often checked values may still be drawn again.
    tries: u32,
    /// Whether wishes are left aside, because values with them did not pass.
    unwished: bool,
    message_used: bool,
    /// Only what was found about checked values before this round is relied on.
    round: u8,
}

/// Optional values that hold others are left out below so many objects.
const DEEP: u32 = 6;
/// The size that the whole is kept near.
const SIZE: usize = 160 * 1024;
/// What holds others is left out where less room than this is left for it.
const ROOM: usize = 160;
/// How often one checked value is drawn before its fallback is written.
const TRIES: u32 = 32;

impl<'p, 'd> Writer<'p, 'd> {
    pub fn new(graph: &'p Graph, random: &'d mut Random, wishes: &'d Wishes<'d>) -> Self {
        Self {
            graph,
            random,
            wishes,
            sparse: Sparse::Full,
            depth: 0,
            limit: SIZE,
            tries: 256,
            unwished: false,
            message_used: false,
            round: u8::MAX,
        }
    }

    /// Writes the whole.
    pub fn whole(&mut self, id: NodeId, out: &mut Vec<u8>) {
        self.limit = out.len() + SIZE;
        let persona = Persona::draw(self.random);
        self.value(id, &persona, Role::Main, out);
    }

    /// Writes a small value of a node, its own check left aside.
    pub fn probe(&mut self, id: NodeId, sparse: Sparse, round: u8, out: &mut Vec<u8>) {
        self.sparse = sparse;
        self.round = round;
        self.depth = 3;
        self.limit = 16 * 1024;
        self.tries = 24;
        let persona = Persona::draw(self.random);
        self.node(id, &persona, Role::Nested, out);
    }

    fn value(&mut self, id: NodeId, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        match &self.graph.slot(id).check {
            None => self.node(id, persona, role, out),
            Some(check) => self.checked(id, check, persona, role, out),
        }
    }

    /// Draws until the value passes; then the fallback.
    fn checked(&mut self, id: NodeId, check: &Check, persona: &Persona, role: Role, out: &mut Vec<u8>) {
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
            self.node(id, persona, role, out);
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

    fn node(&mut self, id: NodeId, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        match &self.graph.slot(id).node {
            Node::Impossible | Node::Null => out.extend_from_slice(b"null"),
            Node::Boolean => {
                out.extend_from_slice(if self.random.bits() & 1 == 0 { b"true" } else { b"false" });
            }
            Node::Choice(texts) => {
                if let Some(text) = self.random.pick(texts) {
                    out.extend_from_slice(text);
                }
            }
            Node::Number(number) => number.write(self.random, persona, out),
            Node::Text(text) => text.write(self.random, persona, out),
            Node::Union(alternatives) => {
                let tight = self.tight(out);
                let chosen = if tight {
                    alternatives.iter().min_by_key(|one| one.depth).map(|one| one.node)
                } else {
                    let total: u64 = alternatives.iter().map(|one| u64::from(one.weight)).sum();
                    let mut at = self.random.below(total);
                    let hit = alternatives.iter().find(|one| {
                        let weight = u64::from(one.weight);
                        let hit = at < weight;
                        at = at.wrapping_sub(weight);
                        hit
                    });
                    hit.map(|one| one.node)
                };
                match chosen {
                    Some(chosen) => self.value(chosen, persona, role, out),
                    None => out.extend_from_slice(b"null"),
                }
            }
            Node::Array(array) => self.array(array, persona, role, out),
            Node::Object(object) => self.object(object, persona, role, out),
        }
    }

    /// Whether only the least is to be written.
    fn tight(&self, out: &[u8]) -> bool {
        self.sparse == Sparse::Least || self.depth > DEEP || out.len() >= self.limit
    }

    fn length(&mut self, array: &ArrayNode, role: Role, out: &[u8]) -> usize {
        let prefix = array.prefix.len();
        let complex = array.complex;
        let asked = (matches!(role, Role::Main | Role::List) && !self.unwished).then_some(self.wishes.items);
        let room = self.limit.saturating_sub(out.len());
        let wanted = if let Some(Some(items)) = asked {
            items.min(1000)
        } else if self.tight(out) {
            0
        } else if matches!(role, Role::Main | Role::List) {
            self.random.between(3, 10) as usize
        } else if complex && (self.depth >= 4 || room < 4096) {
            1
        } else if complex && self.depth >= 2 {
            1 + (self.random.bits() & 1) as usize
        } else {
            1 + self.random.below(3) as usize
        };
        let wanted = if prefix > 0 && asked.flatten().is_none() {
            prefix + if array.low > prefix { wanted } else { 0 }
        } else {
            wanted
        };
        wanted.clamp(array.low, array.high.max(array.low))
    }

    fn array(&mut self, array: &ArrayNode, persona: &Persona, role: Role, out: &mut Vec<u8>) {
        let length = self.length(array, role, out);
        let limit = self.limit;
        let mut seen: Vec<(usize, usize)> = Vec::new();
        let mut contained = array.contained.iter().flat_map(|(id, count)| std::iter::repeat_n(*id, *count));
        out.push(b'[');
        let mut written = 0;
        let mut misses = 0;
        while written < length {
            let next = array.prefix.get(written).copied().or_else(|| contained.next()).or(array.rest);
            let Some(id) = next else { break };
            let start = out.len();
            if written > 0 {
                out.push(b',');
            }
            let item = out.len();
            self.limit = share(out.len(), limit, length - written);
            self.value(id, persona, Role::Nested, out);
            if array.unique {
                if seen.iter().any(|(from, to)| out[*from..*to] == out[item..]) {
                    out.truncate(start);
                    misses += 1;
                    // The least number of items is worth more tries than a nicer length.
                    if misses > if written < array.low { 400 } else { 8 } {
                        break;
                    }
                    continue;
                }
                seen.push((item, out.len()));
            }
            written += 1;
        }
        self.limit = limit;
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
        let tight = self.tight(out);
        let limit = self.limit;
        let mut complex_left = object.properties.iter().filter(|property| property.complex).count();
        let mut required_left = object.properties.iter().filter(|property| property.required).count();
        let mut written = 0;
        self.depth += 1;
        out.push(b'{');
        for (at, property) in object.properties.iter().enumerate() {
            required_left -= usize::from(property.required);
            let share = share(out.len(), limit, complex_left.max(1));
            complex_left -= usize::from(property.complex);
            if !property.required {
                let room = !property.complex || (self.depth <= DEEP && share >= out.len() + ROOM);
                let wanted = match self.sparse {
                    Sparse::Full => room && (!tight || !property.complex),
                    Sparse::Half => room && self.random.bits() & 1 == 0,
                    Sparse::Least => false,
                };
                // What the object must have at least goes before what is left out.
                let needed = written + required_left < object.low
                    && written + (object.properties.len() - at) + object.extras.len() <= object.low;
                if !(wanted || needed) || written + required_left >= object.high {
                    continue;
                }
            }
            self.limit = share;
            self.property(object, at, property, written > 0, persona, role, out);
            written += 1;
        }
        self.limit = limit;
        self.extras(object, written, tight, persona, out);
        self.depth -= 1;
        out.push(b'}');
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
        for step in 0..count {
            let property = &object.extras[(first + step) % object.extras.len()];
            if written + step > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&property.key);
            self.value(property.node, persona, Role::Nested, out);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one write; a struct would be made for each property"
    )]
    fn property(
        &mut self,
        object: &ObjectNode,
        at: usize,
        property: &Property,
        follows: bool,
        persona: &Persona,
        role: Role,
        out: &mut Vec<u8>,
    ) {
        if follows {
            out.push(b',');
        }
        out.extend_from_slice(&property.key);
        if role == Role::Nested {
            self.value(property.node, persona, Role::Nested, out);
            return;
        }
        let main = role == Role::Main && object.wrapped.is_none();
        if !self.unwished && self.wished(object, at, property, role, main, out) {
            return;
        }
        let role = match role {
            Role::Main if object.wrapped == Some(at) => Role::Main,
            Role::Main if main && object.list == Some(at) => Role::List,
            Role::Main if property.paging && property.complex => Role::Paging,
            Role::Main | Role::List | Role::Paging | Role::Nested => Role::Nested,
        };
        self.value(property.node, persona, role, out);
    }

    /// Writes what the request asks of a property, if it asks for something that fits.
    fn wished(
        &mut self,
        object: &ObjectNode,
        at: usize,
        property: &Property,
        role: Role,
        main: bool,
        out: &mut Vec<u8>,
    ) -> bool {
        let Some(judge) = self.wishes.schemas else { return false };
        let parts = &self.graph.slot(property.node).parts;
        if role == Role::Main
            && !self.message_used
            && object.messages.contains(&at)
            && let Some(message) = self.wishes.message
            && self.best_message(object) == Some(at)
        {
            self.message_used = true;
            echo::write_text(message, out);
            return true;
        }
        for wished in &self.wishes.echo {
            let here = main || (role == Role::Paging && wished.paging);
            if here && wished.folded == *property.folded && echo::fits(wished.value, parts, judge) {
                echo::write(wished.value, out);
                return true;
            }
        }
        false
    }

    /// The first of the message-like properties whose schema takes the message.
    fn best_message(&self, object: &ObjectNode) -> Option<usize> {
        let (message, judge) = (self.wishes.message?, self.wishes.schemas?);
        let value = Value::String(message.to_owned());
        let fits =
            |at: &&usize| echo::fits(&value, &self.graph.slot(object.properties[**at].node).parts, judge);
        object.messages.iter().find(fits).copied()
    }
}

/// The limit of the next of some values that have to share the room up to `limit`.
fn share(length: usize, limit: usize, values: usize) -> usize {
    length + limit.saturating_sub(length) / values.max(1)
}
