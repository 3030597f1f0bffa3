//! Scenarios: files that say which replies a run gets, and the scripts made of them.

mod file;
mod script;

pub use file::{Call, Names, Respond, ScenarioFile, ScenarioRule, When, load};
pub use script::{Cue, Resolved, Script};
