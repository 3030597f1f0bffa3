//! Brings an ordinary value to an edge: leads to the place, and makes there what is special.

use serde_json::{Map, Value};

use super::place::{Deviation, Step};
use crate::generate::compile::accepts;
use crate::generate::node::{ArrayNode, Graph, Node, NodeId, ObjectNode, Property};
use crate::generate::persona::Persona;
use crate::generate::phrase::write_words;
use crate::generate::wish::Wishes;
use crate::generate::write::{Role, Writer};
use crate::seed::Random;

/// Changes values; what it adds to them is drawn from one stream.
pub(super) struct Hand<'a> {
    pub graph: &'a Graph,
    pub random: &'a mut Random,
}

impl Hand<'_> {
    /// Leads from a value of a node to a place in it and deviates there; false where that can't be, or breaks what the
    /// nodes on the way ask for.
    pub fn lead(&mut self, value: &mut Value, id: NodeId, steps: &[Step], deviation: &Deviation) -> bool {
        let slot = self.graph.slot(id);
        let is_done = match (steps, &slot.node) {
            ([], node) => self.deviate(value, id, node, deviation),
            ([Step::Property(name, inside), rest @ ..], Node::Object(object)) => {
                let Value::Object(map) = value else { return false };
                if !map.contains_key(&**name) {
                    map.insert(name.to_string(), self.fresh(*inside));
                }
                let Some(member) = map.get_mut(&**name) else { return false };
                self.lead(member, *inside, rest, deviation) && has_room(object, map.len())
            }
            ([Step::Item(index, inside), rest @ ..], Node::Array(array)) => {
                let Value::Array(items) = value else { return false };
                if items.len() == *index {
                    items.push(self.fresh(*inside));
                }
                let Some(item) = items.get_mut(*index) else { return false };
                self.lead(item, *inside, rest, deviation) && is_of(array, items)
            }
            ([Step::Branch(number, inside), rest @ ..], Node::Union(_)) => {
                // Where there is but one branch beside `null`, what the request had a say in can stay.
                if number.is_some() || value.is_null() {
                    *value = self.fresh(*inside);
                }
                self.lead(value, *inside, rest, deviation)
            }
            _ => false,
        };
        is_done && slot.check.as_ref().is_none_or(|check| accepts(&check.validators, value))
    }

    fn deviate(&mut self, value: &mut Value, id: NodeId, node: &Node, deviation: &Deviation) -> bool {
        match (deviation, node) {
            (Deviation::Taken, _) => true,
            (Deviation::Value(special), _) => {
                value.clone_from(special);
                true
            }
            (Deviation::Words(length), _) => {
                let mut out = Vec::new();
                write_words(self.random, *length, *length, &mut out);
                *value = String::from_utf8(out).unwrap_or_default().into();
                true
            }
            (Deviation::Length(length), Node::Array(_)) => {
                let has_length = |value: &Value| value.as_array().is_some_and(|items| items.len() == *length);
                if !has_length(value) {
                    *value = self.array(id, *length);
                }
                has_length(value)
            }
            (Deviation::Without(name), Node::Object(object)) => {
                let Value::Object(map) = value else { return false };
                map.shift_remove(&**name).is_some() && has_room(object, map.len())
            }
            (Deviation::Bare, Node::Object(object)) => {
                let Value::Object(map) = value else { return false };
                strip(object, map);
                has_room(object, map.len())
            }
            (Deviation::Members(count), Node::Object(object)) => {
                *value = Value::Object(self.members(object, *count));
                true
            }
            (
                Deviation::Length(_) | Deviation::Without(_) | Deviation::Bare | Deviation::Members(_),
                Node::Impossible
                | Node::Null
                | Node::Boolean(_)
                | Node::Choice(_)
                | Node::Number(_)
                | Node::Text(_)
                | Node::Array(_)
                | Node::Object(_)
                | Node::Union(_),
            ) => false,
        }
    }

    /// A value of a node as it would stand within another.
    fn fresh(&mut self, id: NodeId) -> Value {
        let mut out = Vec::new();
        Writer::new(self.graph, self.random, &Wishes::default()).item(id, &mut out);
        serde_json::from_slice(&out).unwrap_or_default()
    }

    /// An array of so many items, as far as its schema has them.
    fn array(&mut self, id: NodeId, length: usize) -> Value {
        let mut wishes = Wishes::default();
        wishes.facts.count = Some(length);
        let persona = Persona::draw(self.graph.locale, self.random);
        let mut out = Vec::new();
        Writer::new(self.graph, self.random, &wishes).value(id, &persona, Role::List, &mut out);
        serde_json::from_slice(&out).unwrap_or_default()
    }

    fn members(&mut self, object: &ObjectNode, count: usize) -> Map<String, Value> {
        let extras = object.extras.iter().take(count);
        extras.map(|property| (name(property), self.fresh(property.node))).collect()
    }
}

/// The name of a property.
pub(super) fn name(property: &Property) -> String {
    let key = &property.key[1..property.key.len() - 1];
    serde_json::from_slice(key).unwrap_or_default()
}

fn has_room(object: &ObjectNode, members: usize) -> bool {
    (object.low..=object.high).contains(&members)
}

/// Whether items keep what a node asks of them together.
fn is_of(array: &ArrayNode, items: &[Value]) -> bool {
    let is_new = |(at, item): (usize, &Value)| !items[..at].contains(item);
    !array.unique || items.iter().enumerate().all(is_new)
}

/// Takes out what is optional, as far as there are enough members left.
fn strip(object: &ObjectNode, map: &mut Map<String, Value>) {
    for property in object.properties.iter().rev().filter(|property| !property.required) {
        if map.len() <= object.low {
            return;
        }
        map.shift_remove(&name(property));
    }
}
