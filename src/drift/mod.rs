//! The lasting form of violations: the journal of exchanges and the drifts found in them; and what the failures among
//! them say of a client that comes again. All of it is bounded.

mod journal;
mod ledger;
mod retries;
mod tallies;

pub use journal::Journal;
pub use ledger::{Counts, Drift, Ledger, Sample};
pub use retries::{Answer, Attempt, Failed, Retries, Verdict, verdicts};
pub use tallies::{Filter, Kind};
