//! The lasting form of violations: the journal of exchanges and the drifts found in them, both bounded.

mod journal;
mod ledger;

pub use journal::Journal;
pub use ledger::{Counts, Drift, Ledger, Sample};
