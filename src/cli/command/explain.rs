//! `standin explain`: what a rule means, why it matters, and how to follow it.

use clap::{Arg, ArgAction, Command};

use super::{Context, Definition, Outcome, Settings, Takes, table};
use crate::cli::{CLEAN, Stop};
use crate::error::Error;
use crate::fault;
use crate::lint;
use crate::text;
use crate::violation::{Area, Direction, Rule};

/// The command.
pub const DEFINITION: Definition = Definition {
    name: "explain",
    about: "Explain a rule; without one, list all; or list the faults",
    examples: "  standin explain
  standin explain parameter-invalid
  standin explain --faults",
    takes: Takes::Nothing,
    arguments,
    run,
};

fn arguments(command: Command) -> Command {
    let faults = Arg::new("faults").long("faults").action(ArgAction::SetTrue);
    command
        .arg(Arg::new("rule").value_name("RULE").help("The rule's code, as findings name it"))
        .arg(faults.conflicts_with("rule").help("List what can go wrong on the way to a client, as Markdown"))
}

fn run(context: &Context<'_>, _: &mut Settings<'_>) -> Outcome {
    if context.matches.get_flag("faults") {
        context.terminal.result(&fault::page());
        return Ok(CLEAN);
    }
    let Some(code) = context.matches.get_one::<String>("rule") else {
        context.terminal.result(&listed());
        return Ok(CLEAN);
    };
    if let Some(rule) = Rule::from_code(code) {
        context.terminal.result(&explained(rule));
        return Ok(CLEAN);
    }
    if let Some(rule) = lint::RULES.iter().find(|rule| rule.code == code.as_str()) {
        context.terminal.result(&explained_lint(rule));
        return Ok(CLEAN);
    }
    let known = || Rule::ALL.iter().map(|rule| rule.code()).chain(lint::RULES.iter().map(|rule| rule.code));
    let help = text::nearest(code, known())
        .map_or("`standin explain` lists all".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(Stop::Error(Error::Usage(format!("`{}` is no rule; {help}", text::harmless(code)))))
}

fn listed() -> String {
    let mut rows = vec![vec!["RULE".to_owned(), "SEVERITY".into(), "ABOUT".into(), "MEANS".into()]];
    rows.extend(Rule::ALL.iter().map(|rule| {
        let definition = rule.definition();
        vec![
            definition.code.to_owned(),
            definition.severity.word().to_owned(),
            area(definition.area).to_owned(),
            definition.means.to_owned(),
        ]
    }));
    rows.extend(lint::RULES.iter().map(|rule| {
        vec![rule.code.to_owned(), rule.severity.word().to_owned(), "document".into(), rule.means.to_owned()]
    }));
    table::layout(&rows)
}

fn explained(rule: Rule) -> String {
    let definition = rule.definition();
    let by = match definition.direction {
        Direction::Request => "requests",
        Direction::Response => "replies",
    };
    page(
        definition.code,
        &format!("{} of {by}, about {}", definition.severity.word(), area(definition.area)),
        [
            ("what it means", definition.means),
            ("why it matters", definition.matters),
            ("example", definition.example),
            ("how to fix it", definition.fix),
        ],
    )
}

fn explained_lint(rule: &lint::Rule) -> String {
    page(
        rule.code,
        &format!("{} of documents, told by `standin lint`", rule.severity.word()),
        [
            ("what it means", rule.means),
            ("why it matters", rule.matters),
            ("example", rule.example),
            ("how to fix it", rule.fix),
        ],
    )
}

fn page(code: &str, kind: &str, parts: [(&str, &str); 4]) -> String {
    let mut rows = Vec::new();
    for (title, text) in parts {
        rows.push(vec![format!("  {title}"), text.to_owned()]);
    }
    format!("{code} ({kind})\n\n{}", table::layout(&rows))
}

fn area(area: Area) -> &'static str {
    match area {
        Area::Routing => "routing",
        Area::Security => "security",
        Area::Parameters => "parameters",
        Area::Body => "body",
        Area::Reply => "reply",
        Area::Expectation => "expectation",
    }
}
