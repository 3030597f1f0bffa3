//! Where an operation is counted in sessions: numbers that it keeps for as long as the server runs.

use std::collections::HashMap;

use crate::contract::Contract;
use crate::drift;

/// The numbers of each operation that was ever served, by its document's name and its id.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    calls: HashMap<(String, String), usize>,
    /// By what can be exercised of it, too.
    covers: HashMap<(String, String, String), usize>,
}

impl Places {
    /// The numbers under which a document's operations are counted, in its order; those that were not known get new ones.
    pub(super) fn of(&mut self, contract: &Contract) -> Vec<usize> {
        let of = |operation: &crate::contract::Operation| {
            let next = self.calls.len();
            *self.calls.entry((contract.name.clone(), operation.id.clone())).or_insert(next)
        };
        contract.operations.iter().map(of).collect()
    }

    /// The numbers under which it is counted what was exercised of them.
    pub(super) fn covers_of(&mut self, contract: &Contract) -> Vec<usize> {
        let of = |operation: &crate::contract::Operation| {
            let next = self.covers.len();
            let key = (contract.name.clone(), operation.id.clone(), drift::shape(operation));
            *self.covers.entry(key).or_insert(next)
        };
        contract.operations.iter().map(of).collect()
    }
}
