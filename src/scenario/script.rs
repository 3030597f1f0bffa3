//! A scenario with everything looked up, ready to be asked.

use super::file::Call;
use crate::negotiate::Answer;

/// The rules of a scenario, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// The scenario's name.
    pub name: String,
    /// The rules; the first that fits decides.
    pub rules: Vec<Cue>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Cue {
    /// Its name, for messages.
    pub name: String,
    /// Which calls it is for.
    pub call: Option<Call>,
    /// By document and operation, as indices: what is answered.
    pub(super) answers: Vec<((usize, usize), Resolved)>,
}

/// What a rule answers for one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// A status.
    Status(u16),
    /// A declared failure.
    Failure(Answer),
}

impl Script {
    /// What the first rule that fits answers to the nth call of an operation.
    pub fn cue(&self, document: usize, operation: usize, nth: u64) -> Option<&Resolved> {
        self.rules
            .iter()
            .filter(|rule| rule.call.is_none_or(|call| call.takes(nth)))
            .find_map(|rule| rule.answers.iter().find(|(place, _)| *place == (document, operation)))
            .map(|(_, answer)| answer)
    }
}
