//! Scenarios: files that say what happens to which requests of a run.
//!
//! `read` makes the types of `format` of a file, `lookup` a [`Script`] of them, in which every name is found in the
//! contracts; a session's [`State`] plays scripts: it answers a [`Question`] with a [`Cue`], which the engine acts on.

mod condition;
mod cue;
mod draw;
mod excerpt;
pub mod format;
mod limit;
mod lookup;
mod part;
pub mod predicate;
mod question;
mod read;
mod renew;
mod script;
mod state;
mod tally;
mod template;
mod window;
mod write;

pub use cue::Cue;
pub use format::{FaultRule, Lease, RuntimeRule, ScenarioFile};
pub use limit::Standing;
pub use lookup::FRAMING;
pub use part::{Origin, Part};
pub use question::{Filling, Question};
pub use read::{again, fault, load, rule, scenario};
pub use script::{Answer, Base, Given, Script, ScriptSource};
pub use state::{START, State};
pub use tally::{LimitTally, Played, Tally};
pub use write::{Written, write};
