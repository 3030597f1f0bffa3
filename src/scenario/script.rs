//! A scenario with everything looked up, ready to be asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use http::HeaderName;

use super::condition::{Condition, Scope};
use super::format::{Key, RateHeaders};
use super::limit::Limit;
use super::state::START;
use super::template::{Form, Template};
use super::window::{Chance, Window};
use crate::contract::Contract;
use crate::diagnostic::SourceText;
use crate::fault::{Delay, Fault};
use crate::negotiate::{self, Data};
use crate::pointer::Pointer;
use crate::seed::Seed;

/// The rules of a scenario, in order.
#[derive(Debug, Clone)]
pub struct Script {
    /// The scenario's name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it was made of.
    pub source: ScriptSource,
    /// The rules; the first that fits decides.
    pub rules: Vec<Rule>,
    /// The rules that are about each operation, by their places.
    by_operation: BTreeMap<(usize, usize), Vec<usize>>,
    /// The operations of which a reply depends on a draw.
    drawn: BTreeSet<(usize, usize)>,
}

/// What a script was made of.
#[derive(Clone)]
pub struct ScriptSource {
    /// The text that it was read from.
    pub text: Arc<SourceText>,
    /// What its names were looked up in.
    pub contracts: Vec<Arc<Contract>>,
    /// What of it the script is.
    pub notation: Notation,
}

/// How a script is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notation {
    /// The scenario at a place.
    Scenario(Pointer),
    /// The rule that is all of it.
    Rule,
    /// The short form of a rule that is all of it.
    Fault,
}

impl fmt::Debug for ScriptSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ScriptSource").field(&self.text.name).finish()
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, else `rule N`.
    pub name: String,
    /// `SCENARIO/RULE`.
    pub label: Arc<str>,
    /// What it adds to draws.
    pub(super) key: Seed,
    /// The operations that it is about.
    pub(super) scope: Scope,
    pub(super) condition: Condition,
    pub(super) window: Option<Window>,
    pub(super) chance: Chance,
    pub(super) gate: Option<Gate>,
    /// What happens, one step after the other; at least one.
    pub(super) steps: Vec<Step>,
    /// Whether the first step follows the last one.
    pub(super) loops: bool,
    pub(super) goes_on: bool,
}

/// A limit, beyond which a rule fires.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pub(super) limit: Limit,
    pub(super) key: Key,
    pub(super) headers: RateHeaders,
}

/// What happens for some calls.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) times: u64,
    /// By operation; empty where the usual reply goes through.
    pub(super) answers: BTreeMap<(usize, usize), Arc<Answer>>,
    pub(super) faults: Vec<Fault>,
    pub(super) delay: Option<Delay>,
    pub(super) goto: Option<String>,
}

/// What is answered to one operation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The reply that it starts from.
    pub base: Base,
    /// Header fields that take the place of those of their name.
    pub headers: Vec<(HeaderName, Template)>,
    /// The content, if it is given.
    pub body: Option<Given>,
    /// What the content is made of.
    pub data: Option<Data>,
    /// Whether the content may break the contract.
    pub is_unchecked: bool,
}

/// The reply that an answer starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// The one that there would be without the rule.
    Usual,
    /// The one of a success, though the request violates.
    Success,
    /// The one of a status.
    Status(u16),
    /// A declared failure.
    Failure(negotiate::Answer),
    /// A named example, of the success or of a status.
    Example {
        /// Its name.
        name: String,
        /// The status; `None` means the success.
        status: Option<u16>,
    },
}

/// Content that a scenario gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A value, sent as JSON.
    Value(Form),
    /// Text, sent as it is.
    Text(Template),
}

impl Script {
    pub(super) fn new(
        name: String,
        description: Option<String>,
        source: ScriptSource,
        rules: Vec<Rule>,
    ) -> Self {
        let mut by_operation: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        let mut drawn = BTreeSet::new();
        for (index, rule) in rules.iter().enumerate() {
            for place in &rule.scope {
                by_operation.entry(*place).or_default().push(index);
                if rule.draws() {
                    drawn.insert(*place);
                }
            }
        }
        Self { name, description, source, rules, by_operation, drawn }
    }

    /// Whether its names were looked up in these contracts.
    pub fn is_of(&self, contracts: &[Arc<Contract>]) -> bool {
        let own = &self.source.contracts;
        own.len() == contracts.len() && own.iter().zip(contracts).all(|(own, other)| Arc::ptr_eq(own, other))
    }

    /// The places of the rules that are about an operation.
    pub(super) fn about(&self, place: (usize, usize)) -> &[usize] {
        self.by_operation.get(&place).map_or(&[], Vec::as_slice)
    }

    /// Whether a reply of the operation depends on a draw.
    pub(super) fn draws(&self, place: (usize, usize)) -> bool {
        self.drawn.contains(&place)
    }

    /// The states that its rules go to or ask for, and the one that it starts in.
    pub fn states(&self) -> BTreeSet<&str> {
        let mut states = BTreeSet::from([START]);
        for rule in &self.rules {
            states.extend(rule.steps.iter().filter_map(|step| step.goto.as_deref()));
            rule.condition.collect_states(&mut states);
        }
        states
    }

    /// Whether a rule makes its content at the edges of what is valid.
    pub fn has_extremes(&self) -> bool {
        let mut answers =
            self.rules.iter().flat_map(|rule| &rule.steps).flat_map(|step| step.answers.values());
        answers.any(|answer| answer.data == Some(Data::Extremes))
    }
}

impl Rule {
    fn draws(&self) -> bool {
        let is_drawn = |step: &Step| !step.faults.is_empty() || step.delay.is_some();
        self.chance != Chance::Sure || self.steps.iter().any(is_drawn)
    }

    /// What happens to the nth call that it fires for, counted from 0.
    pub(super) fn step(&self, nth: u64) -> &Step {
        let total = self.steps.iter().fold(0_u64, |sum, step| sum.saturating_add(step.times)).max(1);
        let mut left = if self.loops { nth % total } else { nth };
        for step in &self.steps {
            if left < step.times {
                return step;
            }
            left -= step.times;
        }
        &self.steps[self.steps.len() - 1]
    }
}
