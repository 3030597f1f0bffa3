//! Other tools' files read into scenarios of ours: each tool one member.
//!
//! What has no counterpart here is never dropped silently. A condition that can't be said leaves its stub out, for the rule
//! would take other requests; of what can't be answered the rule says in its name what it goes without.

mod confirm;
mod part;
mod wiremock;

use std::path::Path;
use std::sync::Arc;

use crate::contract::Contract;
use crate::diagnostic::Diagnostic;

/// Another tool whose files can be read.
pub struct Definition {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is read of it, in a line.
    pub about: &'static str,
    /// Reads a file or folder; operations are looked up in the contracts. Without any, rules go by path alone.
    pub read: fn(&Path, &[Arc<Contract>]) -> Imported,
}

/// Every tool.
pub const TABLE: &[Definition] = &[wiremock::DEFINITION];

/// What was made of a tool's files.
#[derive(Debug, Default)]
pub struct Imported {
    /// Scenario files, to be loaded in this order; several where there are states that change apart from one another.
    pub scenarios: Vec<Scenario>,
    /// What was found, in the tool's own files.
    pub diagnostics: Vec<Diagnostic>,
    /// How many stubs there were.
    pub stubs: usize,
    /// How many of them became a rule.
    pub imported: usize,
    /// How many of these go without something.
    pub in_part: usize,
}

/// One scenario file.
#[derive(Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its text, which loads.
    pub text: String,
}
