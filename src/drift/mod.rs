//! The lasting form of violations: the journal of exchanges and the drifts found in them; what of the documents was
//! exercised; and what the failures say of a client that comes again. All of it is bounded.

mod baseline;
mod branches;
mod counters;
pub mod coverage;
mod entries;
mod finding;
mod journal;
mod kept;
mod ledger;
mod overlay;
mod retries;
mod rows;
mod tallies;

pub use baseline::{Baseline, Entry};
pub use counters::{Counters, Coverage, Detail, Layout, shape};
pub use entries::Entries;
pub use finding::{Drift, Fingerprint, Sample};
pub use journal::Journal;
pub use ledger::{Counts, Ledger};
pub use overlay::{Overlay, overlays};
pub use retries::{Answer, Attempt, Failed, Retries, Verdict, verdicts};
pub use rows::Rows;
pub use tallies::{Filter, Kind};

/// Reads a file of ours. Errors tell where it is wrong, and how.
pub fn from_json<T: serde::de::DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let reason = crate::text::harmless(&error.inner().to_string());
        if path == "." { reason } else { format!("at `{}`: {reason}", crate::text::harmless(&path)) }
    })?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}
