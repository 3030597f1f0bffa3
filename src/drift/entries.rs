//! What became of the entries of recorded traffic.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many entries of recorded traffic there were, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entries {
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
}

impl Entries {
    /// Adds other counts; reports that were written elsewhere may hold any number.
    pub fn absorb(&mut self, other: Self) {
        let Self { read, judged, foreign, in_part, unreadable } = other;
        self.read = self.read.saturating_add(read);
        self.judged = self.judged.saturating_add(judged);
        self.foreign = self.foreign.saturating_add(foreign);
        self.in_part = self.in_part.saturating_add(in_part);
        self.unreadable = self.unreadable.saturating_add(unreadable);
    }

    /// Whether anything was judged, be it in part.
    pub fn has_judged(&self) -> bool {
        self.judged > 0 || self.in_part > 0
    }
}

/// `1204 read, 311 judged, 880 foreign, 13 in part`.
impl fmt::Display for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, judged, foreign, in_part, unreadable } = self;
        write!(f, "{read} read, {judged} judged, {foreign} foreign, {in_part} in part")?;
        match unreadable {
            0 => Ok(()),
            count => write!(f, ", {count} unreadable"),
        }
    }
}
