//! What became of all entries of traffic: counts, drifts, what was not matched and why, what could not be read.

use std::collections::BTreeMap;

use super::destination::Foreign;
use super::verdict::Verdict;
use crate::drift::Ledger;

/// How many reasons and how many places are kept; of more, those that come first in their order.
pub(super) const MOST: usize = 1000;

/// What became of all entries. Whatever the order in which tallies are added, the sum is the same.
#[derive(Debug, Default)]
pub struct Tally {
    /// All entries.
    pub read: u64,
    /// Those that were judged whole.
    pub judged: u64,
    /// Those that are not for the documents.
    pub foreign: u64,
    /// Those of which something could not be judged, for it is not known.
    pub in_part: u64,
    /// Those that could not be read.
    pub unreadable: u64,
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
        self.read += 1;
        match verdict {
            Verdict::Judged { exchange, is_partial } => {
                if is_partial {
                    self.in_part += 1;
                } else {
                    self.judged += 1;
                }
                self.ledger.enter(&exchange);
            }
            Verdict::Foreign(reason) => {
                self.foreign += 1;
                self.ledger.count_unjudged(1);
                *self.reasons.entry(reason).or_default() += 1;
                bound(&mut self.reasons, MOST);
            }
            Verdict::Unreadable(reason) => {
                self.unreadable += 1;
                self.ledger.count_unjudged(1);
                self.places.insert(spot, reason);
                bound(&mut self.places, MOST);
            }
        }
    }

    /// Counts an entry of which nothing is entered in the ledger.
    pub(super) fn count(&mut self, is_ours: bool, is_partial: bool) {
        self.read += 1;
        match (is_ours, is_partial) {
            (false, _) => self.foreign += 1,
            (true, true) => self.in_part += 1,
            (true, false) => self.judged += 1,
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
        let Self { read, judged, foreign, in_part, unreadable, ledger, reasons, places } = other;
        self.read += read;
        self.judged += judged;
        self.foreign += foreign;
        self.in_part += in_part;
        self.unreadable += unreadable;
        self.ledger.absorb(&ledger);
        for (reason, count) in reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        bound(&mut self.reasons, MOST);
        self.places.extend(places);
        bound(&mut self.places, MOST);
    }

    /// Whether anything was judged, be it in part.
    pub fn has_judged(&self) -> bool {
        self.judged + self.in_part > 0
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

/// The last line of a check: `1204 read, 311 judged, 880 foreign, 13 in part`.
impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { read, judged, foreign, in_part, unreadable, .. } = self;
        write!(f, "{read} read, {judged} judged, {foreign} foreign, {in_part} in part")?;
        match unreadable {
            0 => Ok(()),
            count => write!(f, ", {count} unreadable"),
        }
    }
}

/// Lets go what is too much. What is among the first of all is among the first of every part, so nothing that stays has
/// lost a count.
pub(super) fn bound<K: Ord, V>(map: &mut BTreeMap<K, V>, most: usize) {
    while map.len() > most {
        map.pop_last();
    }
}
