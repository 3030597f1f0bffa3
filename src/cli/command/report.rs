//! `standin report`: reports that were written before, merged and written anew.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use clap::{Arg, Command};

use super::{Context, Definition, Outcome, Settings, Takes};
use crate::cli::conclusion::Conclusion;
use crate::cli::terminal::Terminal;
use crate::cli::{CLEAN, Stop};
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
        return propose(context.terminal, &report);
    }
    conclusion.draw(context.terminal, report)
}

/// What is told where no document could be read.
const ELSEWHERE: &str = "nothing is proposed, for no document could be read; they are looked for from the working folder, \
                         which has to be the one in which the report was made";

/// Prints an overlay for each file, as documents of one YAML stream where there are several. Fails if there is none
/// because files can't be read.
fn propose(terminal: &Terminal, report: &Report) -> Outcome {
    let unread = RefCell::new(BTreeMap::new());
    let overlays = drift::overlays(report.new_drifts(), |file| {
        let mut found = Vec::new();
        let read = SourceFile::read(Path::new(file), file, &mut found);
        if read.is_none() && !file.is_empty() {
            let reason = found.first().map(|found| found.message.clone()).unwrap_or_default();
            unread.borrow_mut().insert(file.to_owned(), reason);
        }
        read.map(|file| file.value)
    });
    let unread = unread.into_inner();
    for overlay in &overlays {
        let all = report.new_drifts().filter(|drift| drift.file == overlay.file).count();
        let file = if overlay.file.is_empty() { "no file" } else { &overlay.file };
        let line = match unread.get(file) {
            Some(reason) => format!("{file}: nothing can be proposed: {reason}"),
            None => format!(
                "{file}: {} of {all} can be allowed by changes",
                text::counted(overlay.mended, "drift")
            ),
        };
        terminal.say(&text::harmless(&line));
    }
    let written: Vec<&Overlay> = overlays.iter().filter(|overlay| overlay.mended > 0).collect();
    if written.is_empty() {
        let all_are_there = unread.is_empty();
        return if all_are_there { Ok(CLEAN) } else { Err(Stop::Error(Error::usage(ELSEWHERE))) };
    }
    let texts: Vec<String> = written.iter().map(|overlay| format!("{:#}\n", overlay.document)).collect();
    terminal.result(&texts.join("---\n"));
    Ok(CLEAN)
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
