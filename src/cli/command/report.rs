//! `standin report`: reports that were written before, merged and written anew.

use std::io::Read;
use std::path::Path;

use clap::{Arg, Command};

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::CLEAN;
use crate::cli::conclusion::Conclusion;
use crate::cli::terminal::Terminal;
use crate::document::SourceFile;
use crate::drift::{self, Overlay};
use crate::error::Error;
use crate::report::{self, Report};
use crate::text;

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "report",
    about: "Merge reports into one and write it in any format, or propose changes of the documents",
    examples: "  standin report merge shard-*.json > all.json
  standin report merge shard-*.json --baseline baseline.json --fail-on error --report junit=all.xml
  standin report merge drift.json --report html=drift.html
  standin report overlay drift.json > overlay.json",
    takes: Takes::Nothing,
    arguments,
    run,
};

const MERGE: &str = "merge";
const OVERLAY: &str = "overlay";

fn arguments(command: Command) -> Command {
    let help = "merge: one report of all that the files hold, in any order; overlay: an OpenAPI Overlay of what would make each document allow what is new, one after the other";
    let action = Arg::new("action").value_name("ACTION").required(true).help(help);
    command.arg(action.value_parser([MERGE, OVERLAY])).arg(
        Arg::new("files")
            .value_name("FILE")
            .required(true)
            .num_args(1..)
            .help("A report in the format json; - is standard input"),
    )
}

fn run(context: &Context<'_>, settings: &mut Settings<'_>) -> Outcome {
    let is_overlay = context.matches.get_one::<String>("action").is_some_and(|action| action == OVERLAY);
    let mut conclusion = Conclusion::read(settings);
    settings.check()?;
    if !is_overlay {
        conclusion.or_print(report::JSON);
    }
    conclusion.prepare()?;
    let files = context.matches.get_many::<String>("files").into_iter().flatten();
    let mut merged: Option<Report> = None;
    for file in files {
        let report = read(file)?;
        merged = Some(Report::merged(merged.into_iter().chain([report])));
    }
    let mut report = Report::merged(merged);
    if is_overlay {
        conclusion.hold(context.terminal, &mut report)?;
        propose(context.terminal, &report);
        return Ok(CLEAN);
    }
    conclusion.draw(context.terminal, report)
}

/// Prints an overlay for each file, as documents of one YAML stream where there are several.
fn propose(terminal: &Terminal, report: &Report) {
    let overlays = drift::overlays(report.new_drifts(), |file| {
        // What is wrong with a file, or that it is none, is said below: nothing is proposed for it.
        SourceFile::read(Path::new(file), file, &mut Vec::new()).map(|file| file.value)
    });
    for overlay in &overlays {
        let all = report.new_drifts().filter(|drift| drift.file == overlay.file).count();
        let file = if overlay.file.is_empty() { "no file" } else { &overlay.file };
        let changed = text::counted(overlay.mended, "drift");
        terminal.say(&text::harmless(&format!("{file}: {changed} of {all} can be allowed by changes")));
    }
    let written: Vec<&Overlay> = overlays.iter().filter(|overlay| overlay.mended > 0).collect();
    let texts: Vec<String> = written.iter().map(|overlay| format!("{:#}\n", overlay.document)).collect();
    terminal.result(&texts.join("---\n"));
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
