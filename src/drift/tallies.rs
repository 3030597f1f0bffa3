//! How many exchanges of each kind there were, those that are no longer kept included.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

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
#[derive(Debug, Clone)]
pub struct Kind {
    document: Option<Arc<str>>,
    operation: Option<Arc<str>>,
    status: u16,
    /// How the reply ended, in a word; `None` while it is under way.
    outcome: Option<&'static str>,
    is_violating: bool,
}

/// A kind that is looked for, of which nothing has to be owned: most exchanges are of one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sought<'a> {
    document: Option<&'a str>,
    operation: Option<&'a str>,
    status: u16,
    outcome: Option<&'static str>,
    is_violating: bool,
}

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Tallies(IndexMap<Kind, u64, RandomState>);

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
        let Sought { status, outcome, is_violating, .. } = Sought::of(exchange);
        let (document, operation) = (exchange.document.clone(), exchange.operation.clone());
        Self { document, operation, status, outcome, is_violating }
    }

    fn sought(&self) -> Sought<'_> {
        let Self { document, operation, status, outcome, is_violating } = self;
        let (document, operation) = (document.as_deref(), operation.as_deref());
        Sought { document, operation, status: *status, outcome: *outcome, is_violating: *is_violating }
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.sought() == other.sought()
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sought().hash(state);
    }
}

impl<'a> Sought<'a> {
    fn of(exchange: &'a Exchange) -> Self {
        Self {
            document: exchange.document.as_deref(),
            operation: exchange.operation.as_deref(),
            status: exchange.status,
            outcome: exchange.ended.map(|ended| ended.outcome.word()),
            is_violating: !exchange.violations.is_empty(),
        }
    }
}

impl Hash for Sought<'_> {
    /// Two writes, since every exchange pays for them: documents of equal operations have few names.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.operation.unwrap_or_default().as_bytes());
        let first = self.outcome.map_or(0, |word| word.as_bytes()[0]);
        let document = self.document.map_or(0, str::len) as u64;
        let rest = u64::from(self.status) | u64::from(first) << 16 | u64::from(self.is_violating) << 24;
        state.write_u64(rest | document << 32);
    }
}

impl Equivalent<Kind> for Sought<'_> {
    fn equivalent(&self, kind: &Kind) -> bool {
        *self == kind.sought()
    }
}

impl Tallies {
    /// Counts an exchange as it is now.
    pub(super) fn add(&mut self, exchange: &Exchange) {
        match self.0.get_mut(&Sought::of(exchange)) {
            Some(count) => *count += 1,
            None => self.add_kind(Kind::of(exchange)),
        }
    }

    fn add_kind(&mut self, kind: Kind) {
        if self.0.len() < MOST_KINDS || self.0.contains_key(&kind) {
            *self.0.entry(kind).or_insert(0) += 1;
        }
    }

    /// Counts an exchange, which was of a kind while it was under way, as one that ended. One that was forgotten meanwhile
    /// stays so. Whether there was one.
    pub(super) fn settle(&mut self, under_way: &Kind, outcome: Outcome) -> bool {
        let Some(count) = self.0.get_mut(under_way).filter(|count| **count > 0) else { return false };
        *count -= 1;
        self.add_kind(Kind { outcome: Some(outcome.word()), ..under_way.clone() });
        true
    }

    pub(super) fn count(&self, filter: &Filter) -> u64 {
        self.0.iter().filter(|(kind, _)| filter.fits_kind(kind)).map(|(_, count)| count).sum()
    }
}
