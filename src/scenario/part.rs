//! What a session plays: a script, where it came from, and how long it holds.

use std::sync::Arc;

use super::script::Script;
use crate::clock::Moment;

/// A script that a session plays.
#[derive(Debug, Clone)]
pub struct Part {
    /// The script.
    pub script: Arc<Script>,
    /// Where it came from.
    pub origin: Origin,
    /// The state that it begins in, if that is another than [`super::START`].
    pub begin: Option<String>,
    /// How many times it fires, if it ends then; only of a script of one rule.
    pub times: Option<u64>,
    /// From when on it no longer holds, if it ends.
    pub end: Option<Moment>,
}

/// Where a script came from. In this order of precedence: rules and faults, whichever was added last; scenarios that were
/// loaded, the last one first; those of the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A scenario that the server or the session was started with.
    Start,
    /// A scenario that was loaded at run time.
    Loaded,
    /// A rule that was added at run time.
    Rule,
    /// A rule that was added at run time in its short form.
    Fault,
}

impl Origin {
    /// Whether it is a scenario, not a single rule.
    pub fn is_scenario(self) -> bool {
        match self {
            Self::Start | Self::Loaded => true,
            Self::Rule | Self::Fault => false,
        }
    }
}

impl Part {
    /// A scenario of the start.
    pub fn of_start(script: Arc<Script>) -> Self {
        Self { script, origin: Origin::Start, begin: None, times: None, end: None }
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: Moment) -> bool {
        self.end.is_some_and(|end| now >= end)
    }

    /// Puts it where it has precedence among the others, in place of one of its kind and name.
    pub fn enter(self, parts: &mut Vec<Arc<Self>>) {
        parts.retain(|other| !other.is_replaced_by(&self));
        let rules = parts.iter().take_while(|other| !other.origin.is_scenario()).count();
        let place = if self.origin.is_scenario() { rules } else { 0 };
        parts.insert(place, Arc::new(self));
    }

    fn is_replaced_by(&self, other: &Self) -> bool {
        let is_of_kind =
            if other.origin.is_scenario() { self.origin.is_scenario() } else { self.origin == other.origin };
        is_of_kind && self.name() == other.name()
    }

    /// Its name: a scenario's own, else that of its rule.
    pub fn name(&self) -> &str {
        match self.script.rules.first() {
            Some(rule) if !self.origin.is_scenario() => &rule.name,
            Some(_) | None => &self.script.name,
        }
    }
}
