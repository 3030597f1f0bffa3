//! What became of all entries of traffic: counts, drifts, what was not matched and why, what could not be read.

use std::collections::BTreeMap;

use super::destination::Foreign;
use super::verdict::Verdict;
use crate::drift::{Entries, Ledger};

/// How many reasons and how many places are kept; of more, those that come first in their order.
pub(super) const MOST: usize = 1000;

/// What became of all entries. Whatever the order in which tallies are added, the sum is the same.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many there were, and what became of them.
    pub entries: Entries,
    /// What was found.
    pub ledger: Ledger,
    reasons: BTreeMap<Foreign, u64>,
    places: BTreeMap<Spot, String>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Which of the sources, counted from 0.
    pub source: usize,
    /// Which line or entry of it, counted from 1.
    pub number: u64,
    /// How many bytes stand before it, behind gzip.
    pub offset: u64,
}

impl Tally {
    pub(super) fn enter(&mut self, spot: Spot, verdict: Verdict) {
        self.entries.read += 1;
        match verdict {
            Verdict::Judged { exchange, is_partial } => {
                if is_partial {
                    self.entries.in_part += 1;
                } else {
                    self.entries.judged += 1;
                }
                self.ledger.enter(&exchange);
            }
            Verdict::Foreign(reason) => {
                self.entries.foreign += 1;
                self.ledger.count_unjudged(1);
                *self.reasons.entry(reason).or_default() += 1;
                bound(&mut self.reasons, MOST);
            }
            Verdict::Unreadable(reason) => {
                self.entries.unreadable += 1;
                self.ledger.count_unjudged(1);
                self.places.insert(spot, reason);
                bound(&mut self.places, MOST);
            }
        }
    }

    /// Counts an entry of which nothing is entered in the ledger.
    pub(super) fn count(&mut self, is_ours: bool, is_partial: bool) {
        self.entries.read += 1;
        match (is_ours, is_partial) {
            (false, _) => self.entries.foreign += 1,
            (true, true) => self.entries.in_part += 1,
            (true, false) => self.entries.judged += 1,
        }
    }

    /// All tallies in one.
    pub(super) fn sum(tallies: Vec<Self>) -> Self {
        let mut whole = Self::default();
        for tally in tallies {
            whole.absorb(tally);
        }
        whole
    }

    /// Adds another tally.
    pub fn absorb(&mut self, other: Self) {
        let Self { entries, ledger, reasons, places } = other;
        self.entries.absorb(entries);
        self.ledger.absorb(&ledger);
        for (reason, count) in reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        bound(&mut self.reasons, MOST);
        self.places.extend(places);
        bound(&mut self.places, MOST);
    }

    /// Why entries are not for the documents, and how many each, the most frequent first; at most 1,000.
    pub fn reasons(&self) -> Vec<(&Foreign, u64)> {
        let mut reasons: Vec<(&Foreign, u64)> =
            self.reasons.iter().map(|(reason, count)| (reason, *count)).collect();
        reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
        reasons
    }

    /// The first entries that could not be read, and why; at most 1,000.
    pub fn unreadable(&self) -> impl Iterator<Item = (Spot, &str)> {
        self.places.iter().map(|(spot, reason)| (*spot, reason.as_str()))
    }
}

/// Lets go what is too much. What is among the first of all is among the first of every part, so nothing that stays has
/// lost a count.
pub(super) fn bound<K: Ord, V>(map: &mut BTreeMap<K, V>, most: usize) {
    while map.len() > most {
        map.pop_last();
    }
}
