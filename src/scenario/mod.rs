//! Scenarios: files that say what happens to which requests of a run.
//!
//! `read` makes the types of `format` of a file, `lookup` a [`Script`] of them, in which every name is found in the
//! contracts; a session's [`State`] plays scripts: it answers a [`Question`] with a [`Cue`], which the engine acts on.

mod condition;
mod cue;
mod draw;
pub mod format;
mod limit;
mod lookup;
pub mod predicate;
mod question;
mod read;
mod script;
mod state;
mod template;
mod window;

pub use cue::Cue;
pub use format::ScenarioFile;
pub use limit::Standing;
pub use question::{Filling, Question};
pub use read::load;
pub use script::{Answer, Base, Given, Script};
pub use state::{State, Tally};
