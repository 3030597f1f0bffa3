//! Reading a scenario file: every mistake in its shape, with its place.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::format::{ScenarioFile, ScenarioRule};
use super::lookup::Lookup;
use super::script::Script;
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Loaded};
use crate::document::SourceFile;
use crate::pointer::Pointer;
use crate::text;

/// How many unknown keys of one part are told.
const MOST_UNKNOWN_KEYS: usize = 20;

/// Reads a scenario and looks up what it names in the contracts. The value is missing if a mistake makes it unusable.
pub fn load(path: &Path, contracts: &[Arc<Contract>]) -> Loaded<Script> {
    let mut diagnostics = Vec::new();
    let shown = path.display().to_string();
    let Some(file) = SourceFile::read(path, &shown, &mut diagnostics) else {
        return Loaded { value: None, diagnostics };
    };
    if file.value.is_null() {
        let diagnostic = Diagnostic::error("scenario-unreadable", "the file is empty")
            .at(Some(file.span(&Pointer::root()).0))
            .help("`standin schema scenario` prints the format");
        diagnostics.push(diagnostic);
        return Loaded { value: None, diagnostics };
    }
    let mut reading = Reading { file: &file, diagnostics };
    // The rules are read one by one, so that a mistake in one hides none in another.
    let head: Option<ScenarioFile<Value>> = reading.part(&file.value, &Pointer::root());
    let Some(head) = head else { return Loaded { value: None, diagnostics: reading.diagnostics } };
    let within = Pointer::root().join("rules");
    let rules = head.rules.iter().enumerate();
    let rules: Vec<(usize, ScenarioRule)> =
        rules.filter_map(|(index, rule)| Some((index, reading.part(rule, &within.index(index))?))).collect();
    let scenario = ScenarioFile {
        name: head.name,
        description: head.description,
        documents: head.documents,
        rules: Vec::new(),
    };
    let mut lookup = Lookup::new(&file, contracts, reading.diagnostics);
    let script = lookup.script(&scenario, &rules);
    let loaded = Loaded { value: Some(script), diagnostics: lookup.into_diagnostics() };
    if loaded.has_errors() { Loaded { value: None, ..loaded } } else { loaded }
}

struct Reading<'a> {
    file: &'a SourceFile,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// Reads one part of the file; unknown keys are told and left out, so that what follows them is looked at, too.
    fn part<T: DeserializeOwned>(&mut self, value: &Value, at: &Pointer) -> Option<T> {
        let mut value = value.clone();
        for _ in 0..MOST_UNKNOWN_KEYS {
            let error = match serde_path_to_error::deserialize(&value) {
                Ok(part) => return Some(part),
                Err(error) => error,
            };
            let inside = place(&error);
            let unknown = unknown_key(&error.inner().to_string());
            self.diagnostics.push(self.unreadable(&error, at, &inside));
            let key = unknown?;
            let holder = if inside.last().as_deref() == Some(&key) { inside.parent()? } else { inside };
            value.pointer_mut(holder.as_str())?.as_object_mut()?.shift_remove(&key)?;
        }
        None
    }

    fn unreadable(
        &self,
        error: &serde_path_to_error::Error<serde_json::Error>,
        at: &Pointer,
        inside: &Pointer,
    ) -> Diagnostic {
        let message = error.inner().to_string();
        let mut pointer = at.concat(inside);
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let mut help = None;
        let mut of_name = None;
        if let Some(key) = unknown_key(&message) {
            if pointer.last().as_deref() != Some(&key) {
                pointer = pointer.join(&key);
            }
            of_name = self.file.name_span(&pointer);
            let known = || quoted.iter().skip(1).copied();
            help = Some(match text::nearest(&key, known()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!(
                    "known here: {}",
                    known().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                ),
            });
        } else if let Some((word, known)) = quoted.split_first()
            && message.starts_with("unknown variant")
        {
            help = text::nearest(word, known.iter().copied())
                .map(|nearest| format!("did you mean `{nearest}`?"));
        }
        let plain = PHRASES.iter().fold(message, |text, (rust, plain)| text.replace(rust, plain));
        // The places of keys are told by carets; what is left of the list of known ones is in the help.
        let plain =
            plain.split(", expected one of `").next().filter(|_| help.is_some()).unwrap_or(&plain).to_owned();
        Diagnostic::error("scenario-unreadable", plain)
            .at(Some(of_name.unwrap_or_else(|| self.file.span(&pointer).0)))
            .help(help.unwrap_or_else(|| "`standin schema scenario` prints the format".into()))
    }
}

/// What `serde` says in the words of Rust, and what it means.
const PHRASES: &[(&str, &str)] = &[
    ("unknown field", "unknown key"),
    ("unknown variant", "unknown word"),
    ("missing field", "missing key"),
    ("struct ScenarioFile", "a scenario with `name` and `rules`"),
    ("struct ScenarioRule", "a rule with `when` and what happens"),
    ("struct When", "a map of conditions"),
    ("struct Respond", "a map such as `{ status: 503 }`"),
    ("struct Sequence", "a map with `steps`"),
    ("struct Step", "a step such as `{ respond: { status: 503 } }`"),
    ("struct RateLimit", "a map with `rate`"),
    ("struct Quota", "a map with `calls`"),
    ("struct Concurrency", "a map with `at_most`"),
    ("struct Outage", "a map such as `{ from: 10s, for: 5s }`"),
    ("struct Ramp", "a map such as `{ to: 0.5, over: 10m }`"),
    ("struct Recovery", "a map such as `{ over: 10m }`"),
    ("data did not match any variant of untagged enum Names", "expected a name or a list of names"),
    ("invalid type: null, expected", "nothing is here, expected"),
    ("expected u16", "expected a whole number"),
    ("expected u64", "expected a whole number from 0"),
    ("expected usize", "expected a whole number from 0"),
    ("expected f64", "expected a number"),
    ("expected a sequence", "expected a list"),
    ("floating point", "the number"),
    ("integer `", "the number `"),
    ("string \"", "the text \""),
    ("boolean `", "the word `"),
    ("invalid type: sequence", "a list is here"),
    ("invalid type: map", "a map is here"),
    ("invalid type: ", "found "),
    ("invalid value: ", "found "),
];

fn place(error: &serde_path_to_error::Error<serde_json::Error>) -> Pointer {
    let mut pointer = Pointer::root();
    for segment in error.path() {
        match segment {
            serde_path_to_error::Segment::Seq { index } => pointer = pointer.index(*index),
            serde_path_to_error::Segment::Map { key } => pointer = pointer.join(key),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => {}
        }
    }
    pointer
}

fn unknown_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    Some(rest.split('`').next()?.to_owned())
}
