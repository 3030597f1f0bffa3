//! `standin completions`: completions for a shell.

use clap::{Arg, Command};
use clap_complete::Shell;

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::{CLEAN, arguments};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "completions",
    about: "Print completions for a shell",
    examples: "  standin completions bash > ~/.local/share/bash-completion/completions/standin
  standin completions zsh > \"${fpath[1]}/_standin\"",
    takes: Takes::Nothing,
    arguments,
    run,
};

fn arguments(command: Command) -> Command {
    let shell = Arg::new("shell").value_name("SHELL").required(true).help("The shell");
    command.arg(shell.value_parser(clap::value_parser!(Shell)))
}

#[expect(clippy::unnecessary_wraps, reason = "it has the form of every command")]
fn run(context: &Context<'_>, _: &mut Settings<'_>) -> Outcome {
    if let Some(shell) = context.matches.get_one::<Shell>("shell") {
        let mut text = Vec::new();
        clap_complete::generate(*shell, &mut arguments::parser(), "standin", &mut text);
        context.terminal.result(&String::from_utf8_lossy(&text));
    }
    Ok(CLEAN)
}
