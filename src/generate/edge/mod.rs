//! Edges: values of a plan that differ from the ordinary ones at one place each, in a fixed order.

mod apply;
mod pattern;
mod place;
mod reply;
mod text;
mod walk;

use std::sync::Arc;

use jsonschema::Validator;
use serde_json::Value;

use crate::generate::compile::accepts;
use crate::generate::conjunction::{Conjunction, Flat, flatten};
use crate::generate::node::{NodeId, Slot};
use crate::generate::plan::main_list;
use crate::generate::{Draw, Plan};
use crate::seed::{Random, Seed};
use apply::Hand;
use place::{Deviation, Step};
pub use reply::{EdgeOf, ReplyEdges};

/// Arrays that the schema lets be longer get this length.
const MOST_ITEMS: usize = 100;
/// Texts that the schema lets be longer get this length.
const LONGEST: usize = 10_000;
/// Texts without a bound get this length.
const LONG: usize = 1000;
/// How often a valid value is looked for before an edge is held to have none.
const TRIALS: u64 = 6;
/// How often an edge is drawn for one reply before the value is taken that was found when edges were listed.
const TRIES: usize = 4;

/// The edges of a plan, in the document's order.
///
/// Invariant: each was found to have a valid value.
pub struct Edges {
    list: Box<[Edge]>,
    /// Whether there are more than are listed: they lie deeper, or are too many.
    pub is_cut: bool,
    judges: Vec<Arc<Validator>>,
}

/// One edge: a place, and what is special there.
struct Edge {
    place: Arc<[Step]>,
    deviation: Deviation,
    what: Box<str>,
    /// The length of the main list, where that is what is special: all else in the value then agrees with it.
    items: Option<usize>,
    /// The seed of a value that is valid.
    seed: Seed,
}

impl Edges {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none: all values are alike, or bytes that no schema tells of.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The place of an edge and what is special there, such as `data.items: empty`.
    pub fn what(&self, index: usize) -> Option<&str> {
        self.list.get(index).map(|edge| &*edge.what)
    }
}

/// Lists the edges of a plan.
pub(super) fn find(plan: &Plan) -> Edges {
    let (candidates, is_cut) = walk::candidates(plan);
    let mut search = Search {
        plan,
        judges: plan.judges(),
        main: main_list(&plan.graph, plan.root).unwrap_or_default(),
        ordinary: Vec::new(),
    };
    let mut list = Vec::new();
    for candidate in candidates {
        let mut edge = Edge {
            items: search.items(&candidate.place, &candidate.deviation),
            place: candidate.place,
            deviation: candidate.deviation,
            what: candidate.what.into(),
            seed: Seed(0),
        };
        if let Some(seed) = search.seed(&edge) {
            edge.seed = seed;
            list.push(edge);
        }
    }
    Edges { list: list.into(), is_cut, judges: search.judges }
}

/// Writes a value at an edge; an ordinary one if there is no such edge.
pub(super) fn write(plan: &Plan, index: usize, draw: &mut Draw<'_>, out: &mut Vec<u8>) {
    let edges = plan.edges();
    let Some(edge) = edges.list.get(index) else { return plan.write(draw, out) };
    let drawn = (0..TRIES).find_map(|_| edge.draw(plan, &edges.judges, draw));
    // What was found when edges were listed carries no wish, and is the last resort.
    let known = || edge.draw(plan, &edges.judges, &mut Draw::new(edge.seed));
    match drawn.or_else(known) {
        // Writing to memory fails for no `Value`.
        Some(value) => drop(serde_json::to_writer(out, &value)),
        None => plan.write(draw, out),
    }
}

/// What the schemas of a node ask of its values: nodes keep only what is needed to draw one.
fn constraints<'p>(plan: &'p Plan, slot: &Slot) -> Flat<'p> {
    let mut conjunction = Conjunction::default();
    for pointer in &slot.parts {
        if let Some(schema) = plan.schemas.find(pointer, plan.direction) {
            conjunction.push(pointer.clone(), schema);
        }
    }
    flatten(plan.schemas.root(plan.direction), &conjunction)
}

impl Edge {
    /// One value at the edge; `None` if what was drawn is not valid.
    fn draw(&self, plan: &Plan, judges: &[Arc<Validator>], draw: &mut Draw<'_>) -> Option<Value> {
        let items = draw.items;
        draw.items = self.items.or(items);
        let value = plan.value(draw);
        draw.items = items;
        self.apply(plan, judges, value, &mut draw.random)
    }

    /// Brings an ordinary value to the edge; `None` if that is not valid.
    fn apply(
        &self,
        plan: &Plan,
        judges: &[Arc<Validator>],
        mut value: Value,
        random: &mut Random,
    ) -> Option<Value> {
        let mut hand = Hand { graph: &plan.graph, random };
        let is_done = hand.lead(&mut value, plan.root, &self.place, &self.deviation);
        (is_done && accepts(judges, &value)).then_some(value)
    }
}

/// Looks for valid values of edges.
struct Search<'p> {
    plan: &'p Plan,
    judges: Vec<Arc<Validator>>,
    /// The nodes from the whole to its main list; empty if there is none.
    main: Vec<NodeId>,
    /// Ordinary values by seed, from which most edges start, and where their streams stand.
    ordinary: Vec<(Value, Random)>,
}

impl Search<'_> {
    fn items(&self, place: &[Step], deviation: &Deviation) -> Option<usize> {
        let (_, inside) = self.main.split_first()?;
        match deviation {
            Deviation::Length(length) if inside.iter().copied().eq(place.iter().map(Step::node)) => {
                Some(*length)
            }
            _ => None,
        }
    }

    /// The first seed whose value is valid.
    fn seed(&mut self, edge: &Edge) -> Option<Seed> {
        (0..TRIALS).map(Seed).find(|seed| self.value(edge, *seed).is_some())
    }

    fn value(&mut self, edge: &Edge, seed: Seed) -> Option<Value> {
        if edge.items.is_some() {
            return edge.draw(self.plan, &self.judges, &mut Draw::new(seed));
        }
        let at = seed.0 as usize;
        while self.ordinary.len() <= at {
            let mut draw = Draw::new(Seed(self.ordinary.len() as u64));
            self.ordinary.push((self.plan.value(&mut draw), draw.random));
        }
        let (value, mut random) = self.ordinary[at].clone();
        edge.apply(self.plan, &self.judges, value, &mut random)
    }
}

#[cfg(test)]
mod tests;
