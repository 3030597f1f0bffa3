//! The format of `scenarios/*.yaml`, and reading it with the place of every mistake.

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::script::{Cue, Resolved, Script};
use crate::contract::{Contract, Operation};
use crate::diagnostic::{Diagnostic, Loaded};
use crate::document::SourceFile;
use crate::negotiate;
use crate::pointer::Pointer;
use crate::text;

/// A scenario: rules in order, of which the first that fits a request decides its reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// A short name, shown in messages.
    pub name: String,
    /// What the scenario is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The rules; the first that fits decides.
    pub rules: Vec<ScenarioRule>,
}

/// One rule of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRule {
    /// What the rule shows, in words.
    #[serde(default)]
    pub name: Option<String>,
    /// Which requests it fits; left out: all of them.
    #[serde(default)]
    pub when: When,
    /// What is answered.
    pub respond: Respond,
}

/// Which requests a rule fits: all conditions that are given hold together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The name of the document, or several.
    #[serde(default)]
    pub document: Option<Names>,
    /// The id of the operation, or several.
    #[serde(default)]
    pub operation: Option<Names>,
    /// Which calls of the operation in the session, counted from 1.
    #[serde(default)]
    pub call: Option<Call>,
}

/// One name or a list of names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Any of these.
    Several(Vec<String>),
}

impl Names {
    fn iter(&self) -> impl Iterator<Item = (Option<usize>, &str)> {
        let (one, several) = match self {
            Self::One(name) => (Some((None, name.as_str())), &[][..]),
            Self::Several(names) => (None, &names[..]),
        };
        one.into_iter().chain(several.iter().enumerate().map(|(index, name)| (Some(index), name.as_str())))
    }
}

/// A call's number, counted from 1 for each operation in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Call {
    /// Exactly this one.
    Exactly(u64),
    /// A range of them.
    Range(CallRange),
}

/// A range of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallRange {
    /// From this one on.
    #[serde(default)]
    pub at_least: Option<u64>,
    /// Up to this one.
    #[serde(default)]
    pub at_most: Option<u64>,
}

impl Call {
    /// Whether the nth call is meant.
    pub fn takes(self, nth: u64) -> bool {
        match self {
            Self::Exactly(wanted) => nth == wanted,
            Self::Range(range) => {
                range.at_least.is_none_or(|least| nth >= least)
                    && range.at_most.is_none_or(|most| nth <= most)
            }
        }
    }
}

/// What a rule answers: a status or a failure by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// The status, 200 to 599: with the declared body, or a problem where none is declared.
    #[serde(default)]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// A failure of the catalogue (`standin errors` lists them).
    #[serde(default)]
    pub error: Option<String>,
}

/// Reads a scenario and looks up what it names in the contracts. The value is missing if a mistake makes it unusable.
pub fn load(path: &Path, contracts: &[Arc<Contract>]) -> Loaded<Script> {
    let mut diagnostics = Vec::new();
    let shown = path.display().to_string();
    let Some(file) = SourceFile::read(path, &shown, &mut diagnostics) else {
        return Loaded { value: None, diagnostics };
    };
    let scenario: ScenarioFile = match serde_path_to_error::deserialize(&file.value) {
        Ok(scenario) => scenario,
        Err(error) => {
            diagnostics.push(unreadable(&file, &error));
            return Loaded { value: None, diagnostics };
        }
    };
    let mut lookup = Lookup { file: &file, contracts, diagnostics };
    let rules: Vec<Cue> =
        scenario.rules.iter().enumerate().filter_map(|(index, rule)| lookup.rule(index, rule)).collect();
    let diagnostics = lookup.diagnostics;
    let script = Script { name: scenario.name, rules };
    let is_broken = diagnostics.iter().any(|found| found.severity == crate::diagnostic::Severity::Error);
    Loaded { value: (!is_broken).then_some(script), diagnostics }
}

/// What `serde` says in the words of Rust, and what it means.
const PHRASES: &[(&str, &str)] = &[
    ("unknown field", "unknown key"),
    ("struct ScenarioFile", "a scenario with `name` and `rules`"),
    ("struct ScenarioRule", "a rule with `when` and `respond`"),
    ("struct When", "a map of conditions"),
    ("struct Respond", "a map with `status` or `error`"),
    (
        "data did not match any variant of untagged enum Call",
        "a call is a number from 1, or a map of `at_least` and `at_most`",
    ),
    ("data did not match any variant of untagged enum Names", "expected a name or a list of names"),
    ("invalid type: null, expected", "nothing is here, expected"),
];

fn unreadable(file: &SourceFile, error: &serde_path_to_error::Error<serde_json::Error>) -> Diagnostic {
    let mut pointer = Pointer::root();
    for segment in error.path() {
        match segment {
            serde_path_to_error::Segment::Seq { index } => pointer = pointer.index(*index),
            serde_path_to_error::Segment::Map { key } => pointer = pointer.join(key),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => {}
        }
    }
    let message = error.inner().to_string();
    if file.value.is_null() {
        let diagnostic = Diagnostic::error("scenario-unreadable", "the file is empty");
        return diagnostic
            .at(Some(file.span(&pointer).0))
            .help("`standin schema scenario` prints the format");
    }
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let help = match quoted.split_first() {
        Some((unknown, known)) if message.starts_with("unknown field") => {
            text::nearest(unknown, known.iter().copied()).map(|nearest| format!("did you mean `{nearest}`?"))
        }
        Some(_) | None => None,
    };
    let is_unknown = message.starts_with("unknown field");
    let of_name = file.name_span(&pointer).filter(|_| is_unknown);
    let planned = ["chance", "delay", "fault", "faults", "sequence", "state", "goto", "limit", "documents"];
    let message = match quoted.first() {
        Some(unknown) if message.starts_with("unknown field") && planned.contains(unknown) => {
            format!("`{unknown}` is not built yet here")
        }
        Some(_) | None => PHRASES.iter().fold(message, |text, (rust, plain)| text.replace(rust, plain)),
    };
    let diagnostic = Diagnostic::error("scenario-unreadable", message);
    let diagnostic = diagnostic.at(Some(of_name.unwrap_or_else(|| file.span(&pointer).0)));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic.help("`standin schema scenario` prints the format"),
    }
}

struct Lookup<'a> {
    file: &'a SourceFile,
    contracts: &'a [Arc<Contract>],
    diagnostics: Vec<Diagnostic>,
}

impl Lookup<'_> {
    fn rule(&mut self, index: usize, rule: &ScenarioRule) -> Option<Cue> {
        let at = Pointer::root().join("rules").index(index);
        let documents = self.documents(rule.when.document.as_ref(), &at)?;
        let operations = self.operations(rule.when.operation.as_ref(), &documents, &at)?;
        let respond = at.join("respond");
        let mut answers = Vec::new();
        match (&rule.respond.status, &rule.respond.error) {
            (Some(status @ 200..=599), None) => {
                for (document, operation) in operations {
                    let declared = &self.contracts[document].operations[operation];
                    if negotiate::declared(declared, *status).is_none() {
                        let message = format!("`{}` does not declare the status {status}", declared.id);
                        let diagnostic = Diagnostic::warning("status-undeclared", message)
                            .help("a problem without a declared body is answered");
                        self.report(diagnostic, &respond.join("status"));
                    }
                    answers.push(((document, operation), Resolved::Status(*status)));
                }
            }
            (None, Some(name)) => {
                for (document, operation) in operations {
                    if let Some(answer) =
                        self.error(document, operation, name, rule.when.operation.is_some(), &respond)
                    {
                        answers.push(((document, operation), answer));
                    }
                }
                if answers.is_empty() && rule.when.operation.is_none() {
                    let message = format!("no operation that the rule fits has a failure called `{name}`");
                    self.report(
                        Diagnostic::error("unknown-error", message).help("`standin errors` lists them"),
                        &respond.join("error"),
                    );
                }
            }
            (Some(status), None) => {
                let message = format!("the status is {status}, expected 200 to 599");
                self.report(Diagnostic::error("wrong-status", message), &respond.join("status"));
            }
            (Some(_), Some(_)) | (None, None) => {
                let message = "a rule answers either a `status` or an `error`";
                self.report(Diagnostic::error("wrong-respond", message), &respond);
            }
        }
        Some(Cue {
            name: rule.name.clone().unwrap_or_else(|| format!("rule {}", index + 1)),
            call: rule.when.call,
            answers,
        })
    }

    fn documents(&mut self, names: Option<&Names>, at: &Pointer) -> Option<Vec<usize>> {
        let Some(names) = names else { return Some((0..self.contracts.len()).collect()) };
        let mut found = Vec::new();
        for (index, name) in names.iter() {
            match self.contracts.iter().position(|contract| contract.name == name) {
                Some(document) => found.push(document),
                None => {
                    let known: Vec<&str> =
                        self.contracts.iter().map(|contract| contract.name.as_str()).collect();
                    let diagnostic = unknown("unknown-document", "document", name, &known);
                    self.report(diagnostic, &member(&at.join("when").join("document"), index));
                    return None;
                }
            }
        }
        Some(found)
    }

    fn operations(
        &mut self,
        names: Option<&Names>,
        documents: &[usize],
        at: &Pointer,
    ) -> Option<Vec<(usize, usize)>> {
        let contracts = self.contracts;
        let all = || {
            documents.iter().flat_map(move |document| {
                contracts[*document]
                    .operations
                    .iter()
                    .enumerate()
                    .map(move |(index, operation)| ((*document, index), operation))
            })
        };
        let Some(names) = names else { return Some(all().map(|(place, _)| place).collect()) };
        let mut found = Vec::new();
        for (index, name) in names.iter() {
            let before = found.len();
            found.extend(all().filter(|(_, operation)| operation.id == name).map(|(place, _)| place));
            if found.len() == before {
                let known: Vec<&str> =
                    all().map(|(_, operation): (_, &Operation)| operation.id.as_str()).collect();
                let diagnostic = unknown("unknown-operation", "operation", name, &known);
                self.report(diagnostic, &member(&at.join("when").join("operation"), index));
                return None;
            }
        }
        Some(found)
    }

    /// A failure by name; not having it is a mistake only of an operation that the rule names.
    fn error(
        &mut self,
        document: usize,
        operation: usize,
        name: &str,
        is_named: bool,
        respond: &Pointer,
    ) -> Option<Resolved> {
        let contract = &self.contracts[document];
        match negotiate::find(contract, &contract.operations[operation], name) {
            Ok(failure) => Some(Resolved::Failure(failure.answer)),
            Err(known) => {
                if is_named {
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    let called = format!("failure of `{}`", contract.operations[operation].id);
                    let diagnostic = unknown("unknown-error", &called, name, &known);
                    self.report(diagnostic, &respond.join("error"));
                }
                None
            }
        }
    }

    fn report(&mut self, diagnostic: Diagnostic, pointer: &Pointer) {
        self.diagnostics.push(diagnostic.at(Some(self.file.span(pointer).0)));
    }
}

fn member(list: &Pointer, index: Option<usize>) -> Pointer {
    index.map_or_else(|| list.clone(), |index| list.index(index))
}

fn unknown(code: &'static str, what: &str, name: &str, known: &[&str]) -> Diagnostic {
    let help = match text::nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known: {}", text::list(known.iter().copied())),
    };
    Diagnostic::error(code, format!("no {what} is called `{name}`")).help(help)
}
