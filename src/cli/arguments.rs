//! The command line: made of the tables of commands and of settings.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

use super::command::{self, Definition, Takes};
use super::settings::{FLAGS, NOT_BUILT};
use super::spec;

const ABOUT: &str = "The stand-in for any HTTP API: valid replies, injected failures and checked requests from OpenAPI documents";

const EXAMPLES: &str = "Examples:
  standin                              serve the documents of standin.yaml, else the bundled ones
  standin openapi.yaml                 serve one document at http://127.0.0.1:4010
  standin shop=a.yaml apis/ --port 0   serve several, at any free port
  standin routes openapi.yaml          list what would be served
  standin lint openapi.yaml            tell what is wrong with a document
  standin proxy --upstream URL a.yaml  hold a real server and its clients against a document
  standin check --spec openapi.yaml traffic.har
                                       hold recorded traffic against a document
  standin verify --upstream URL a.yaml test a real server with requests made from a document

Every flag has an environment variable STANDIN_… and a key in standin.yaml.
Exit codes: 0 clean, 1 findings at or above --fail-on, 2 could not run.";

/// The parser of the whole command line.
pub fn parser() -> Command {
    let color = FLAGS.iter().filter(|flag| flag.commands.is_empty());
    let mut parser = Command::new("standin")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .after_help(EXAMPLES)
        .subcommand_required(true)
        .arg_required_else_help(false)
        .args(color.map(|flag| flag.argument().global(true).display_order(1000)));
    for definition in command::TABLE {
        parser = parser.subcommand(subcommand(definition));
    }
    parser
}

/// The arguments with `serve` put in where the user left the command out.
pub fn with_command(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut at = 1;
    while let Some(argument) = arguments.get(at) {
        let word = argument.to_string_lossy();
        match &*word {
            "--color" => at += 2,
            "help" => {
                // The parser takes what follows for the name of a command.
                arguments.retain(|argument| argument != "--help" && argument != "-h");
                return arguments;
            }
            "-h" | "--help" | "-V" | "--version" => return arguments,
            _ if word.starts_with("--color=") => at += 1,
            _ if word.starts_with('-') => break,
            _ if command::TABLE.iter().any(|definition| definition.name == word) => return arguments,
            _ if spec::looks_like_one(&word) => break,
            _ => return arguments,
        }
    }
    arguments.insert(at.min(arguments.len()), "serve".into());
    arguments
}

fn subcommand(definition: &Definition) -> Command {
    let mut command = Command::new(definition.name).about(definition.about);
    if !definition.examples.is_empty() {
        command = command.after_help(format!("Examples:\n{}", definition.examples));
    }
    match definition.takes {
        Takes::Documents => {
            let help = "A file, a folder (its documents), NAME=PATH, or a URL, which is fetched";
            let specs =
                Arg::new("specs").value_name("SPEC").help(help).action(ArgAction::Append).num_args(0..);
            command = command.arg(specs);
        }
        Takes::Traffic => {
            let help = "A file with traffic, gzipped or not: a HAR, exchanges or an access log as lines of JSON, a Pact \
                file; `-` reads standard input";
            let traffic = Arg::new("traffic").value_name("TRAFFIC").help(help).num_args(1..).required(true);
            command = command.arg(traffic.action(ArgAction::Append));
        }
        Takes::Nothing => {}
    }
    for flag in FLAGS.iter().filter(|flag| !flag.commands.is_empty() && flag.is_of(definition.name)) {
        command = command.arg(flag.argument());
    }
    if definition.name == "serve" {
        for row in NOT_BUILT {
            let argument = Arg::new(row.name).long(row.name).hide(true);
            command = command.arg(if row.takes_value {
                argument.num_args(1)
            } else {
                argument.num_args(0..=1).require_equals(true).default_missing_value("true")
            });
        }
    }
    (definition.arguments)(command)
}
