//! `standin schema`: the JSON Schemas of our own file formats.

use clap::{Arg, Command};

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::settings::SettingsFile;
use crate::cli::{CLEAN, Stop};
use crate::drift::Baseline;
use crate::error::Error;
use crate::report::{Exercised, Report};
use crate::scenario::ScenarioFile;
use crate::text;
use crate::traffic::{Calls, Recorded, Row};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "schema",
    about: "Print the JSON Schema of one of standin's own file formats",
    examples: "  standin schema scenario
  standin schema settings > standin.schema.json
  standin schema report
  standin schema exchange",
    takes: Takes::Nothing,
    arguments,
    run,
};

/// A format's name, and what makes its schema.
type Format = (&'static str, fn() -> schemars::Schema);

/// The formats by name.
const FORMATS: &[Format] = &[
    ("scenario", || schemars::schema_for!(ScenarioFile)),
    ("settings", || schemars::schema_for!(SettingsFile)),
    ("report", || schemars::schema_for!(Report)),
    ("coverage", || schemars::schema_for!(Exercised<'_>)),
    ("baseline", || schemars::schema_for!(Baseline)),
    ("exchange", || schemars::schema_for!(Recorded)),
    ("matrix", || schemars::schema_for!(Row)),
    ("comparison", || schemars::schema_for!(Calls)),
];

fn arguments(command: Command) -> Command {
    let help = format!("One of {}", text::list(names()));
    command.arg(Arg::new("format-name").value_name("FORMAT-NAME").required(true).help(help))
}

fn run(context: &Context<'_>, _: &mut Settings<'_>) -> Outcome {
    let name = context.matches.get_one::<String>("format-name").map(String::as_str).unwrap_or_default();
    let Some((_, schema)) = FORMATS.iter().find(|(known, _)| *known == name) else {
        let near = text::nearest(name, names()).map(|near| format!("; did you mean `{near}`?"));
        let message = format!(
            "`{name}` is no file format of standin's, expected one of {}{}",
            text::list(names()),
            near.unwrap_or_default()
        );
        return Err(Stop::Error(Error::Usage(message)));
    };
    context.terminal.result(&format!("{:#}", schema().to_value()));
    Ok(CLEAN)
}

fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|(name, _)| *name)
}
