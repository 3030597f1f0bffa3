//! Lists what could be an edge: a walk through the graph of a plan, in the document's order.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::apply::name;
use super::place::{Deviation, Step, shown};
use super::{MOST_ITEMS, constraints, text};
use crate::generate::Plan;
use crate::generate::node::{Alternative, ArrayNode, Node, NodeId, ObjectNode};
use crate::pointer::Pointer;
use crate::text::shortened;

/// More edges than this are not listed.
const MOST: usize = 500;
/// No edge lies deeper than this many objects and arrays.
const DEEPEST: usize = 8;
/// Of one list of values, so many are edges.
const MOST_VALUES: usize = 24;
/// Of a tuple, so many items are looked into.
const MOST_TUPLE: usize = 8;
/// No walk sees more nodes than this, with or without edges.
const MOST_VISITS: usize = 20_000;

/// What could be an edge.
pub(super) struct Candidate {
    pub place: Arc<[Step]>,
    pub deviation: Deviation,
    /// The place and what is special there.
    pub what: String,
}

/// Everything that could be an edge, in the document's order, down to the depth at which they are not too many. Says
/// also whether something was left out.
pub(super) fn candidates(plan: &Plan) -> (Vec<Candidate>, bool) {
    let mut texts = HashMap::new();
    let mut kept: Option<Vec<Candidate>> = None;
    for deepest in 1..=DEEPEST {
        let mut walk = Walk {
            plan,
            deepest,
            texts: &mut texts,
            steps: Vec::new(),
            open: Vec::new(),
            found: Vec::new(),
            visits: 0,
            is_cut: false,
            ends_early: false,
        };
        walk.visit(plan.root, 0);
        let Walk { found, is_cut, ends_early, visits, .. } = walk;
        if found.len() > MOST || visits > MOST_VISITS {
            let mut found = kept.unwrap_or(found);
            found.truncate(MOST);
            return (found, true);
        }
        if !ends_early {
            return (found, is_cut);
        }
        kept = Some(found);
    }
    (kept.unwrap_or_default(), true)
}

struct Walk<'p, 't> {
    plan: &'p Plan,
    deepest: usize,
    /// What is special about texts, by node: the same for each of the walks.
    texts: &'t mut HashMap<NodeId, Vec<(Deviation, String)>>,
    steps: Vec<Step>,
    /// The schemas of the objects on the way: circles end where they close.
    open: Vec<&'p [Pointer]>,
    found: Vec<Candidate>,
    visits: usize,
    /// Whether something was left out that a deeper walk would leave out, too.
    is_cut: bool,
    /// Whether a deeper walk would find more.
    ends_early: bool,
}

impl Walk<'_, '_> {
    fn visit(&mut self, id: NodeId, level: usize) {
        self.visits += 1;
        if self.found.len() > MOST || self.visits > MOST_VISITS {
            return;
        }
        let plan = self.plan;
        let slot = plan.graph.slot(id);
        match &slot.node {
            Node::Boolean(_) => {
                for value in [true, false] {
                    self.add(Deviation::Value(value.into()), &value.to_string());
                }
            }
            Node::Choice(texts) => self.choice(texts),
            Node::Number(number) => {
                let fine = number.as_fine_as(&constraints(plan, slot));
                for (what, text) in fine.as_ref().unwrap_or(number).edges() {
                    if let Ok(value) = serde_json::from_str(&text) {
                        // `lowest 0`, but not `zero 0`.
                        let what = if what == "zero" { what.to_owned() } else { format!("{what} {text}") };
                        self.add(Deviation::Value(value), &what);
                    }
                }
            }
            Node::Text(node) => {
                let texts = self.texts.entry(id);
                let texts = texts.or_insert_with(|| text::edges(plan, slot, node)).clone();
                for (deviation, what) in texts {
                    self.add(deviation, &what);
                }
            }
            Node::Union(alternatives) => self.union(alternatives, level),
            Node::Array(array) => self.array(array, level),
            Node::Object(object) if !self.open.contains(&&*slot.parts) => {
                self.open.push(&slot.parts);
                self.object(object, level);
                self.open.pop();
            }
            Node::Object(_) | Node::Impossible | Node::Null => {}
        }
    }

    fn choice(&mut self, texts: &[Box<[u8]>]) {
        if texts.len() < 2 {
            return;
        }
        self.is_cut |= texts.len() > MOST_VALUES;
        for value in texts.iter().take(MOST_VALUES) {
            if let Ok(value) = serde_json::from_slice::<Value>(value) {
                let shown = shortened(&value.to_string(), 60);
                let what = if value.is_null() { shown } else { format!("value {shown}") };
                self.add(Deviation::Value(value), &what);
            }
        }
    }

    fn union(&mut self, alternatives: &[Alternative], level: usize) {
        if alternatives.iter().any(Alternative::is_null) {
            self.add(Deviation::Value(Value::Null), "null");
        }
        let count = alternatives.iter().filter(|one| !one.is_null()).count();
        for (at, one) in alternatives.iter().filter(|one| !one.is_null()).enumerate() {
            let number = (count > 1).then_some(at + 1);
            self.steps.push(Step::Branch(number, one.node));
            if let Some(number) = number {
                let called = self.called(one.node).map_or_else(String::new, |name| format!(", {name}"));
                let what = format!("branch {number} of {count}{called}");
                let place = shown(&self.steps[..self.steps.len() - 1]);
                self.add_at(Deviation::Taken, &place, &what);
            }
            self.visit(one.node, level);
            self.steps.pop();
        }
    }

    /// What tells a branch from others: its component, else its type.
    fn called(&self, id: NodeId) -> Option<String> {
        let slot = self.plan.graph.slot(id);
        let is_component = |pointer: &&Pointer| {
            let tokens: Vec<String> = pointer.tokens().collect();
            matches!(tokens.as_slice(), [first, kind, _] if first == "components" && kind == "schemas")
        };
        let component = slot.parts.last().filter(is_component).and_then(Pointer::last);
        let kind = match &slot.node {
            Node::Boolean(_) => "boolean",
            Node::Number(_) => "number",
            Node::Text(_) => "string",
            Node::Array(_) => "array",
            Node::Object(_) => "object",
            Node::Impossible | Node::Null | Node::Choice(_) | Node::Union(_) => return component,
        };
        component.or_else(|| Some(kind.to_owned()))
    }

    fn array(&mut self, array: &ArrayNode, level: usize) {
        let most = array.high.min(MOST_ITEMS);
        if array.low == 0 {
            self.add(Deviation::Length(0), "empty");
        } else if array.low < array.high {
            self.add(Deviation::Length(array.low), &format!("fewest ({})", counted(array.low, "item")));
        }
        if most > array.low {
            let counted = counted(most, "item");
            // Of items that must differ there may be fewer than the schema lets be.
            let what =
                if most == array.high && !array.unique { format!("most ({counted})") } else { counted };
            self.add(Deviation::Length(most), &what);
        }
        let inside: Vec<NodeId> = if array.prefix.is_empty() {
            array.contained.first().map(|(id, _)| *id).or(array.rest).into_iter().collect()
        } else {
            self.is_cut |= array.prefix.len() > MOST_TUPLE;
            array.prefix.iter().copied().take(MOST_TUPLE).collect()
        };
        for (index, id) in inside.into_iter().enumerate().take(array.high) {
            self.enter(Step::Item(index, id), level);
        }
    }

    fn object(&mut self, object: &ObjectNode, level: usize) {
        let optional = object.properties.iter().filter(|property| !property.required).count();
        if optional > 1 && object.low < object.properties.len() {
            self.add(Deviation::Bare, "no optional properties");
        }
        if object.is_map && !object.extras.is_empty() {
            self.map(object);
        }
        for property in &object.properties {
            let name: Box<str> = name(property).into();
            self.steps.push(Step::Property(name.clone(), property.node));
            let place = shown(&self.steps);
            self.steps.pop();
            if level >= self.deepest {
                self.ends_early = true;
                return;
            }
            if !property.required {
                self.add_at(Deviation::Without(name.clone()), &place, "absent");
            }
            self.enter(Step::Property(name, property.node), level);
        }
        if let Some(member) = object.extras.first().filter(|_| object.is_map) {
            self.enter(Step::Property(name(member).into(), member.node), level);
        }
    }

    fn map(&mut self, object: &ObjectNode) {
        let most = object.high.min(object.extras.len());
        if object.low == 0 {
            self.add(Deviation::Members(0), "empty");
        }
        if most > object.low {
            let counted = counted(most, "member");
            let what = if most == object.high { format!("most ({counted})") } else { counted };
            self.add(Deviation::Members(most), &what);
        }
    }

    /// Goes one level down.
    fn enter(&mut self, step: Step, level: usize) {
        if level >= self.deepest {
            self.ends_early = true;
            return;
        }
        let id = step.node();
        self.steps.push(step);
        self.visit(id, level + 1);
        self.steps.pop();
    }

    fn add(&mut self, deviation: Deviation, what: &str) {
        let place = shown(&self.steps);
        self.add_at(deviation, &place, what);
    }

    /// Adds what is told of another place than the steps lead to.
    fn add_at(&mut self, deviation: Deviation, place: &str, what: &str) {
        let what = format!("{place}: {what}");
        self.found.push(Candidate { place: self.steps.as_slice().into(), deviation, what });
    }
}

fn counted(count: usize, thing: &str) -> String {
    crate::text::counted(count, thing)
}
