//! Reading a scenario, or a rule that is added at run time: every mistake in its shape, with its place.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::excerpt::Excerpt;
use super::format::{FaultRule, LEASE_KEYS, Lease, ScenarioFile, ScenarioRule, Span};
use super::lookup::Lookup;
use super::script::{Notation, Script};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Loaded, SourceText};
use crate::document::SourceFile;
use crate::pointer::Pointer;
use crate::seed::Seed;
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
    scenario(&file, &Pointer::root(), contracts)
}

/// Looks a script up once more, in other contracts, from the text that it was read from.
pub fn again(script: &Script, contracts: &[Arc<Contract>]) -> Loaded<Script> {
    let mut diagnostics = Vec::new();
    let SourceText { name, text, .. } = &*script.source.text;
    let Some(file) = SourceFile::of_text(name, text.clone(), &mut diagnostics) else {
        return Loaded { value: None, diagnostics };
    };
    let without_lease = |loaded: Loaded<(Script, Lease)>| Loaded {
        value: loaded.value.map(|(script, _)| script),
        diagnostics: loaded.diagnostics,
    };
    match &script.source.notation {
        Notation::Scenario(at) => scenario(&file, at, contracts),
        Notation::Rule => without_lease(rule(&file, contracts)),
        Notation::Fault => without_lease(fault(&file, contracts)),
    }
}

/// Reads the scenario that stands at a place in a file.
pub fn scenario(file: &SourceFile, at: &Pointer, contracts: &[Arc<Contract>]) -> Loaded<Script> {
    let excerpt = Excerpt::at(file, at.clone());
    let mut reading = Reading { excerpt: &excerpt, diagnostics: Vec::new() };
    let value = at.find(&file.value).unwrap_or(&Value::Null);
    if value.is_null() {
        reading.report(Diagnostic::error("scenario-unreadable", "the file is empty").help(FORMAT));
        return Loaded { value: None, diagnostics: reading.diagnostics };
    }
    // The rules are read one by one, so that a mistake in one hides none in another.
    let head: Option<ScenarioFile<Value>> = reading.part(value, &Pointer::root());
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
    let notation = Notation::Scenario(at.clone());
    looked_up(&excerpt, notation, contracts, reading.diagnostics, &scenario, &rules)
}

/// Reads the rule that is all of a file, with the keys of its lease beside its own.
pub fn rule(file: &SourceFile, contracts: &[Arc<Contract>]) -> Loaded<(Script, Lease)> {
    let whole = Excerpt::at(file, Pointer::root());
    let mut reading = Reading { excerpt: &whole, diagnostics: Vec::new() };
    let Some(mut own) = reading.map() else {
        return Loaded { value: None, diagnostics: reading.diagnostics };
    };
    let of_lease = LEASE_KEYS.iter().filter_map(|key| Some(((*key).to_owned(), own.shift_remove(*key)?)));
    let of_lease: Map<String, Value> = of_lease.collect();
    let lease: Option<Lease> = reading.part(&Value::Object(of_lease), &Pointer::root());
    let rule: Option<ScenarioRule> = reading.part(&Value::Object(own), &Pointer::root());
    let (Some(lease), Some(rule)) = (lease, rule) else {
        return Loaded { value: None, diagnostics: reading.diagnostics };
    };
    reading.check_lease(lease);
    let excerpt = Excerpt::rule(file, &[("", "")]);
    added(&excerpt, Notation::Rule, contracts, reading.diagnostics, rule, lease)
}

/// Reads the short form of a rule that is all of a file.
pub fn fault(file: &SourceFile, contracts: &[Arc<Contract>]) -> Loaded<(Script, Lease)> {
    let whole = Excerpt::at(file, Pointer::root());
    let mut reading = Reading { excerpt: &whole, diagnostics: Vec::new() };
    let short =
        reading.map().and_then(|map| reading.part::<FaultRule>(&Value::Object(map), &Pointer::root()));
    let Some(short) = short else {
        return Loaded { value: None, diagnostics: reading.diagnostics };
    };
    let lease = short.lease();
    reading.check_lease(lease);
    // What stands within `when` and `respond` in the long form stands beside the other keys here.
    let excerpt = Excerpt::rule(file, &[("/when", ""), ("/respond", ""), ("", "")]);
    added(&excerpt, Notation::Fault, contracts, reading.diagnostics, short.into_rule(), lease)
}

/// A scenario of one rule, which has a name in any case.
fn added(
    excerpt: &Excerpt<'_>,
    notation: Notation,
    contracts: &[Arc<Contract>],
    diagnostics: Vec<Diagnostic>,
    mut rule: ScenarioRule,
    lease: Lease,
) -> Loaded<(Script, Lease)> {
    if rule.name.as_ref().is_none_or(String::is_empty) {
        // By its content and not by a count, so that its draws do not depend on what was added before.
        let content = serde_json::to_vec(&rule).unwrap_or_default();
        rule.name = Some(format!("rule-{:08x}", Seed(0).mix(&content).0 >> 32));
    }
    let scenario = match notation {
        Notation::Fault => "faults",
        Notation::Rule | Notation::Scenario(_) => "rules",
    };
    let scenario =
        ScenarioFile { name: scenario.to_owned(), description: None, documents: None, rules: Vec::new() };
    let loaded = looked_up(excerpt, notation, contracts, diagnostics, &scenario, &[(0, rule)]);
    Loaded { value: loaded.value.map(|script| (script, lease)), diagnostics: loaded.diagnostics }
}

fn looked_up(
    excerpt: &Excerpt<'_>,
    notation: Notation,
    contracts: &[Arc<Contract>],
    diagnostics: Vec<Diagnostic>,
    scenario: &ScenarioFile,
    rules: &[(usize, ScenarioRule)],
) -> Loaded<Script> {
    let mut lookup = Lookup::new(excerpt, contracts, diagnostics);
    let mut script = lookup.script(scenario, rules);
    script.source.notation = notation;
    let loaded = Loaded { value: Some(script), diagnostics: lookup.into_diagnostics() };
    if loaded.has_errors() { Loaded { value: None, ..loaded } } else { loaded }
}

/// What helps where nothing nearer does.
const FORMAT: &str = "`standin schema scenario` prints the format";

struct Reading<'a> {
    excerpt: &'a Excerpt<'a>,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// Reports what is wrong with the whole.
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic.at(Some(self.excerpt.span(&Pointer::root()))));
    }

    /// The map that the whole file is to be; serde would take a list for one.
    fn map(&mut self) -> Option<Map<String, Value>> {
        if let Value::Object(map) = self.excerpt.value() {
            return Some(map.clone());
        }
        let message = "this is no map of keys, such as `{ operation: getUser, ttl: 30s }`";
        self.report(Diagnostic::error("scenario-unreadable", message));
        None
    }

    fn check_lease(&mut self, lease: Lease) {
        let wrong = [
            ("times", lease.times == Some(0), "`times` is 0, expected 1 or more"),
            ("ttl", lease.ttl == Some(Span(0)), "`ttl` is no time at all, expected such as `30s`"),
        ];
        for (key, _, message) in wrong.into_iter().filter(|(_, is_wrong, _)| *is_wrong) {
            let span = self.excerpt.span(&Pointer::root().join(key));
            self.diagnostics.push(Diagnostic::error("wrong-rule", message).at(Some(span)));
        }
    }

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
            of_name = self.excerpt.name_span(&pointer);
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
            .at(Some(of_name.unwrap_or_else(|| self.excerpt.span(&pointer))))
            .help(help.unwrap_or_else(|| FORMAT.into()))
    }
}

/// What `serde` says in the words of Rust, and what it means.
const PHRASES: &[(&str, &str)] = &[
    ("unknown field", "unknown key"),
    ("unknown variant", "unknown word"),
    ("missing field", "missing key"),
    ("struct ScenarioFile", "a scenario with `name` and `rules`"),
    ("struct ScenarioRule", "a rule with `when` and what happens"),
    ("struct FaultRule", "a map such as `{ operation: getUser, fault: reset }`"),
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
