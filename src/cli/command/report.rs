//! `standin report`: reports that were written before, merged and written anew.

use std::io::Read;
use std::path::Path;

use clap::{Arg, Command};

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::conclusion::Conclusion;
use crate::error::Error;
use crate::report::{self, Report};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "report",
    about: "Merge reports into one, and write it in any format",
    examples: "  standin report merge shard-*.json > all.json
  standin report merge shard-*.json --baseline baseline.json --fail-on error --report junit=all.xml
  standin report merge drift.json --report html=drift.html",
    takes: Takes::Nothing,
    arguments,
    run,
};

fn arguments(command: Command) -> Command {
    let merge = "merge: one report of all that the files hold, in any order";
    command
        .arg(Arg::new("action").value_name("ACTION").required(true).value_parser(["merge"]).help(merge))
        .arg(
            Arg::new("files")
                .value_name("FILE")
                .required(true)
                .num_args(1..)
                .help("A report in the format json; - is standard input"),
        )
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let mut conclusion = Conclusion::read(settings);
    settings.check()?;
    conclusion.or_print(report::JSON);
    conclusion.prepare()?;
    let files = context.matches.get_many::<String>("files").into_iter().flatten();
    let mut merged: Option<Report> = None;
    for file in files {
        let report = read(file)?;
        merged = Some(Report::merged(merged.into_iter().chain([report])));
    }
    conclusion.draw(context.terminal, Report::merged(merged))
}

fn read(file: &str) -> Result<Report, Error> {
    let mut json = Vec::new();
    let outcome = if file == "-" {
        std::io::stdin().lock().read_to_end(&mut json).map(drop)
    } else {
        std::fs::read(file).map(|bytes| json = bytes)
    };
    outcome.map_err(|error| Error::Read { path: Path::new(file).to_owned(), reason: error.to_string() })?;
    Report::read(&json).map_err(|reason| {
        let help = "it takes what `--report json=FILE` writes; `standin schema report` describes it";
        Error::Usage(format!("cannot use `{file}` as a report: {reason}; {help}"))
    })
}
