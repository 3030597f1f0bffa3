//! The commands: one file each, and the table that the command line is made of.

mod breaks;
mod check;
mod comparison;
mod completions;
mod errors;
mod explain;
mod import;
mod lint;
mod matrix;
mod proxy;
mod report;
mod routes;
mod sample;
mod schema;
mod serve;
pub(super) mod table;
mod verify;

use clap::Command;

use super::settings::Settings;
use super::{Context, Outcome};

/// A command.
pub struct Definition {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does, as one line.
    pub about: &'static str,
    /// Lines of examples, each indented by two spaces.
    pub examples: &'static str,
    /// What it takes beside flags.
    pub takes: Takes,
    /// Adds the arguments that only it has.
    pub arguments: fn(Command) -> Command,
    /// Does it.
    pub run: fn(&Context<'_>, &mut Settings<'_>) -> Outcome,
}

/// What a command takes beside its flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Documents.
    Documents,
    /// Recorded traffic.
    Traffic,
    /// What it says itself.
    Nothing,
}

/// Every command, in the order of the help.
pub const TABLE: &[Definition] = &[
    serve::DEFINITION,
    proxy::DEFINITION,
    routes::DEFINITION,
    lint::DEFINITION,
    check::DEFINITION,
    verify::DEFINITION,
    errors::DEFINITION,
    sample::DEFINITION,
    report::DEFINITION,
    import::DEFINITION,
    explain::DEFINITION,
    schema::DEFINITION,
    completions::DEFINITION,
];
