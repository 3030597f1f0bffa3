//! The command line: reads arguments and settings, runs a command, prints, and says with which code to exit.

mod arguments;
mod bundled;
mod command;
mod conclusion;
mod example_check;
mod findings;
mod introduction;
mod load;
mod progress;
mod request_log;
mod service;
mod settings;
mod spec;
mod terminal;
mod tls_files;
mod upstreams;
mod watch;

use std::ffi::OsString;

use clap::ArgMatches;
use clap::error::ErrorKind;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use settings::Settings;
use terminal::{Color, Terminal};

/// Nothing was found.
pub const CLEAN: u8 = 0;
/// Something was found at or above the severity that was asked for.
pub const FINDINGS: u8 = 1;
/// The command could not do what it was asked to.
pub const COULD_NOT_RUN: u8 = 2;

/// What a command works with.
struct Context<'a> {
    terminal: &'a Terminal,
    matches: &'a ArgMatches,
}

/// Why a command did not do what it was asked to.
enum Stop {
    /// Something could not be done.
    Error(Error),
    /// Something that the user wrote is wrong.
    Diagnostics(Vec<Diagnostic>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// How a command ended: its exit code, or why it could not be done.
type Outcome = Result<u8, Stop>;

/// Runs the program with its arguments, its own name first, and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let terminal = Terminal::new(Color::Auto);
    let arguments = arguments::with_command(arguments);
    let matches = match arguments::parser().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return told(&terminal, &error),
    };
    let Some((name, matches)) = matches.subcommand() else { return COULD_NOT_RUN };
    let Some(definition) = command::TABLE.iter().find(|definition| definition.name == name) else {
        return COULD_NOT_RUN;
    };
    let context = Context { terminal: &terminal, matches };
    let mut settings = Settings::gather(matches);
    if let Some(color) = settings.one("color", settings::value::color) {
        terminal.set_color(color);
    }
    // A command that takes documents asks for more settings first, so that all mistakes are told together.
    let checked = match definition.takes {
        command::Takes::Documents | command::Takes::Traffic => Ok(()),
        command::Takes::Nothing => settings.check(),
    };
    let outcome = checked.and_then(|()| (definition.run)(&context, &mut settings));
    let code = match outcome {
        Ok(code) => code,
        Err(stop) => {
            stop.tell(&terminal);
            COULD_NOT_RUN
        }
    };
    if terminal.has_failed() { COULD_NOT_RUN } else { code }
}

/// What is said if there is a mistake in the program itself: one line, without a backtrace.
pub fn tell_panic(information: &std::panic::PanicHookInfo<'_>) {
    let payload = information.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = information.location().map(|at| format!(" at {}:{}", at.file(), at.line()));
    let message = format!(
        "this is a mistake in standin {}: {}{}; please report it",
        env!("CARGO_PKG_VERSION"),
        crate::text::harmless(message),
        place.unwrap_or_default()
    );
    Terminal::new(Color::Auto).error(&message);
}

impl Stop {
    fn tell(&self, terminal: &Terminal) {
        match self {
            Self::Error(error) => terminal.error(&error.to_string()),
            Self::Diagnostics(diagnostics) => {
                for diagnostic in diagnostics {
                    terminal.diagnostic(diagnostic);
                }
            }
        }
    }
}

/// Shows what the parser says: help and version are results, everything else is a mistake of the user's.
fn told(terminal: &Terminal, error: &clap::Error) -> u8 {
    let text = error.render().ansi().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            terminal.result(&text);
            CLEAN
        }
        _ => {
            terminal.say(&text);
            COULD_NOT_RUN
        }
    }
}
