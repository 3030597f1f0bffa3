//! `standin explain`: what a rule or diagnostic means, why it matters, and how to follow it.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

use super::{Context, Definition, Outcome, Settings, Takes, table};
use crate::cli::{CLEAN, Stop};
use crate::diagnostic::{About, CODES};
use crate::error::Error;
use crate::fault;
use crate::lint;
use crate::text;
use crate::violation::{Area, Direction, Rule, Severity};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "explain",
    about: "Explain a rule; without one, list all; or list the faults",
    examples: "  standin explain
  standin explain parameter-invalid
  standin explain --format markdown
  standin explain --faults",
    takes: Takes::Nothing,
    arguments,
    run,
};

fn arguments(command: Command) -> Command {
    let format = Arg::new("format").long("format").value_name("FORMAT");
    let faults = Arg::new("faults").long("faults").action(ArgAction::SetTrue);
    command
        .arg(Arg::new("rule").value_name("RULE").help("The rule's code, as findings name it"))
        .arg(faults.conflicts_with("rule").help("List what can go wrong on the way to a client, as Markdown"))
        .arg(format.value_parser(["text", "markdown"]).default_value("text").help("How it is written"))
}

/// A rule or diagnostic, from wherever it is defined.
struct Entry {
    code: &'static str,
    severity: Option<Severity>,
    /// What it judges, in a word.
    about: &'static str,
    /// Of what it is, and by whom it is told.
    of: String,
    parts: [(&'static str, &'static str); 4],
}

/// The parts of an explanation with their titles.
fn parts(
    means: &'static str,
    matters: &'static str,
    example: &'static str,
    fix: &'static str,
) -> [(&'static str, &'static str); 4] {
    [("what it means", means), ("why it matters", matters), ("example", example), ("how to fix it", fix)]
}

fn run(context: &Context<'_>, _: &mut Settings<'_>) -> Outcome {
    if context.matches.get_flag("faults") {
        context.terminal.result(&fault::page());
        return Ok(CLEAN);
    }
    let groups = groups();
    let is_markdown = context.matches.get_one::<String>("format").is_some_and(|format| format == "markdown");
    let entries = || groups.iter().flat_map(|(_, entries)| entries);
    let told = match context.matches.get_one::<String>("rule") {
        None if is_markdown => page(&groups),
        None => listed(entries()),
        Some(code) => {
            let Some(entry) = entries().find(|entry| entry.code == code.as_str()) else {
                return Err(Stop::Error(unknown(code, entries())));
            };
            if is_markdown { section(entry) } else { explained(entry) }
        }
    };
    context.terminal.result(&told);
    Ok(CLEAN)
}

fn unknown<'a>(code: &str, known: impl Iterator<Item = &'a Entry>) -> Error {
    let near = text::nearest(code, known.map(|entry| entry.code));
    let help =
        near.map_or("`standin explain` lists all".to_owned(), |near| format!("did you mean `{near}`?"));
    Error::Usage(format!("`{}` is no rule; {help}", text::harmless(code)))
}

/// All there are: those of exchanges, of documents, and of files that can't be used as they are.
fn groups() -> [(&'static str, Vec<Entry>); 3] {
    let exchanges = Rule::ALL.iter().map(|rule| {
        let definition = rule.definition();
        let by = match definition.direction {
            Some(Direction::Request) => "requests",
            Some(Direction::Response) => "replies",
            None => "requests and replies",
        };
        let about = area(definition.area);
        Entry {
            code: definition.code,
            severity: definition.severity,
            about,
            of: format!("{by}, about {about}"),
            parts: parts(definition.means, definition.matters, definition.example, definition.fix),
        }
    });
    let documents = lint::RULES.iter().map(|rule| Entry {
        code: rule.code,
        severity: Some(rule.severity),
        about: "document",
        of: "documents, told by `standin lint`".to_owned(),
        parts: parts(rule.means, rule.matters, rule.example, rule.fix),
    });
    let files = CODES.iter().map(|code| {
        let (about, of) = match code.about {
            About::Document => ("document", "documents, told whenever one is loaded"),
            About::Scenario => ("scenario", "scenarios, told whenever one is loaded"),
            About::Import => ("import", "files of other tools, told by `standin import`"),
            About::Setting => ("setting", "settings, told at the start"),
        };
        Entry {
            code: code.code,
            severity: Some(code.severity),
            about,
            of: of.to_owned(),
            parts: parts(code.means, code.matters, code.example, code.fix),
        }
    });
    [
        ("Requests and replies", exchanges.collect()),
        ("Documents, by `standin lint`", documents.collect()),
        ("Files as they are loaded", files.collect()),
    ]
}

fn listed<'a>(entries: impl Iterator<Item = &'a Entry>) -> String {
    let mut rows = vec![vec!["RULE".to_owned(), "SEVERITY".into(), "ABOUT".into(), "MEANS".into()]];
    rows.extend(entries.map(|entry| {
        let [(_, means), ..] = entry.parts;
        vec![
            entry.code.to_owned(),
            weight(entry.severity).to_owned(),
            entry.about.to_owned(),
            means.to_owned(),
        ]
    }));
    table::layout(&rows)
}

fn explained(entry: &Entry) -> String {
    let rows: Vec<Vec<String>> =
        entry.parts.iter().map(|(title, text)| vec![format!("  {title}"), (*text).to_owned()]).collect();
    format!("{} ({} of {})\n\n{}", entry.code, weight(entry.severity), entry.of, table::layout(&rows))
}

/// All of them as one page of Markdown.
fn page(groups: &[(&str, Vec<Entry>)]) -> String {
    let mut page = String::from(
        "# Rules and diagnostics\n\nPrinted by `standin explain --format markdown`. Each has a code, which is public API, and the severity that it has unless it is\nset otherwise.\n",
    );
    for (title, entries) in groups {
        let _ = write!(page, "\n## {title}\n");
        for entry in entries {
            let _ = write!(page, "\n{}", section(entry));
        }
    }
    page.trim_end().to_owned()
}

/// One of them as a section of that page.
fn section(entry: &Entry) -> String {
    let [(_, means), (_, matters), (_, example), (_, fix)] = entry.parts;
    format!(
        "### {}\n\n*{} of {}.* {means} {matters}\n\n- Example: {example}\n- Fix: {fix}\n",
        entry.code,
        weight(entry.severity),
        entry.of
    )
}

fn weight(severity: Option<Severity>) -> &'static str {
    severity.map_or("off", Severity::word)
}

fn area(area: Area) -> &'static str {
    match area {
        Area::Routing => "routing",
        Area::Security => "security",
        Area::Parameters => "parameters",
        Area::Body => "body",
        Area::Strict => "body, strict reading",
        Area::Reply => "reply",
        Area::Expectation => "expectation",
        Area::Client => "client",
        Area::Server => "server",
    }
}
