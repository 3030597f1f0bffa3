//! Which wishes had an effect on a reply: only those are told as applied (RFC 7240 3).

use std::cell::Cell;

/// What was done while a reply was made.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// The response and the content that it was made of, by their places.
    pub(super) content: Cell<Option<(usize, usize)>>,
    /// Its content was generated.
    pub(super) is_generated: Cell<bool>,
    /// Its content has a main list.
    pub(super) has_list: Cell<bool>,
    /// Its content is at an edge.
    pub(super) is_edge: Cell<bool>,
    /// It was made to break the contract.
    pub(super) is_broken: Cell<bool>,
}

impl Effects {
    /// The preferences that had none, whatever the request wished for.
    pub(super) fn idle(&self) -> Vec<&'static str> {
        let done = [
            ("items", self.has_list.get()),
            ("dynamic", self.is_generated.get()),
            ("data", self.content.get().is_some()),
            ("edge", self.is_edge.get()),
            ("break", self.is_broken.get()),
        ];
        done.iter().filter(|(_, had_effect)| !had_effect).map(|(name, _)| *name).collect()
    }
}

/// The preferences that only an operation obeys.
pub(super) const OF_OPERATIONS: &[&str] =
    &["code", "error", "example", "dynamic", "seed", "handling", "items", "expect", "data", "edge", "break"];

/// The preferences that have no effect beside `replay`, which is the whole reply.
pub(super) const BESIDE_REPLAY: &[&str] = &[
    "code", "error", "example", "dynamic", "seed", "handling", "items", "data", "edge", "break", "delay",
    "fault",
];
