//! How many exchanges of each kind there were, those that are no longer kept included.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::delivery::Outcome;
use crate::exchange::Exchange;

/// How many kinds are told apart; exchanges of kinds beyond them are not counted.
const MOST_KINDS: usize = 10_000;

/// What is asked of exchanges; `None` takes any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The document.
    pub document: Option<String>,
    /// The operation.
    pub operation: Option<String>,
    /// The status.
    pub status: Option<u16>,
    /// How the reply ended, in a word.
    pub outcome: Option<String>,
    /// Whether there are violations.
    pub violating: Option<bool>,
}

/// What is counted alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kind {
    document: Option<Arc<str>>,
    operation: Option<Arc<str>>,
    status: u16,
    /// How the reply ended, in a word; `None` while it is under way.
    outcome: Option<&'static str>,
    is_violating: bool,
}

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Tallies(HashMap<Kind, u64, RandomState>);

impl Filter {
    /// Whether an exchange is meant.
    pub fn fits(&self, exchange: &Exchange) -> bool {
        self.fits_kind(&Kind::of(exchange))
    }

    fn fits_kind(&self, kind: &Kind) -> bool {
        let is_it = |wanted: &Option<String>, found: &Option<Arc<str>>| {
            wanted.as_ref().is_none_or(|wanted| found.as_deref() == Some(wanted))
        };
        is_it(&self.document, &kind.document)
            && is_it(&self.operation, &kind.operation)
            && self.status.is_none_or(|wanted| kind.status == wanted)
            && self.outcome.as_ref().is_none_or(|wanted| kind.outcome == Some(wanted))
            && self.violating.is_none_or(|wanted| kind.is_violating == wanted)
    }
}

impl Kind {
    /// The kind of an exchange as it is now.
    pub fn of(exchange: &Exchange) -> Self {
        Self {
            document: exchange.document.clone(),
            operation: exchange.operation.clone(),
            status: exchange.status,
            outcome: exchange.ended.map(|ended| ended.outcome.word()),
            is_violating: !exchange.violations.is_empty(),
        }
    }
}

impl Tallies {
    pub(super) fn add(&mut self, kind: Kind) {
        if self.0.len() < MOST_KINDS || self.0.contains_key(&kind) {
            *self.0.entry(kind).or_insert(0) += 1;
        }
    }

    /// Counts an exchange, which was of a kind while it was under way, as one that ended. One that was forgotten meanwhile
    /// stays so.
    pub(super) fn settle(&mut self, under_way: &Kind, outcome: Outcome) {
        let Some(count) = self.0.get_mut(under_way).filter(|count| **count > 0) else { return };
        *count -= 1;
        self.add(Kind { outcome: Some(outcome.word()), ..under_way.clone() });
    }

    pub(super) fn count(&self, filter: &Filter) -> u64 {
        self.0.iter().filter(|(kind, _)| filter.fits_kind(kind)).map(|(_, count)| count).sum()
    }
}
