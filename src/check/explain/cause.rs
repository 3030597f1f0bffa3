//! From all keywords that a value fails to the few that are the reason.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schemas::property_names;
use crate::pointer::Pointer;
use crate::schema::{Mismatch, applying};
use crate::text;

/// So many names of one object that are not allowed are told one by one.
const MOST_NAMES: usize = 20;

/// Why a value is invalid, at one place.
#[derive(Debug)]
pub(super) struct Cause {
    /// Where in the value.
    pub(super) instance: Pointer,
    /// The place of the keyword in the normal form.
    pub(super) schema: Pointer,
    /// What was found there; `None` where something is missing.
    pub(super) found: Option<Value>,
    pub(super) what: What,
    /// The branch of `oneOf` or `anyOf` that the value was held against, as the end of a sentence.
    pub(super) against: Option<String>,
}

impl Cause {
    /// Whether the schema that has the keyword is the one of the value found, and not of something around it.
    pub(super) fn is_of_the_schema_around(&self) -> bool {
        !matches!(self.what, What::NotAllowed { .. } | What::TagUnknown { .. })
    }
}

/// What is wrong.
#[derive(Debug)]
pub(super) enum What {
    /// A keyword fails.
    Keyword(Mismatch),
    /// A property is not allowed; the name that was probably meant.
    NotAllowed { near: Option<String>, known: Vec<String> },
    /// A property is missing; the one that asks for it, if one does.
    Missing { name: String, beside: Option<String> },
    /// The property that tells branches apart is missing.
    TagMissing { name: String, keyword: String, choices: Vec<String> },
    /// The property that tells branches apart names none of them.
    TagUnknown { keyword: String, choices: Vec<String> },
    /// No branch takes a value of this type.
    NoType { types: Vec<String> },
    /// More than one branch of `oneOf` takes the value.
    Several { branches: Vec<String> },
}

/// How much a cause explains of what else is wrong at its place; nothing else is told where it is positive.
fn weight(what: &What) -> u8 {
    match what {
        What::Keyword(mismatch) => match mismatch.keyword.as_str() {
            "falseSchema" => 4,
            "type" => 3,
            "const" => 2,
            "enum" => 1,
            _ => 0,
        },
        What::NotAllowed { .. } => 4,
        What::NoType { .. } => 3,
        What::TagUnknown { .. } => 2,
        What::Missing { .. } | What::TagMissing { .. } | What::Several { .. } => 0,
    }
}

/// The causes that one mismatch without branches amounts to: names that are not allowed are told one by one.
pub(super) fn of_mismatch(root: &Value, mismatch: Mismatch) -> Vec<Cause> {
    let Mismatch { instance, schema, keyword, .. } = &mismatch;
    let (instance, schema) = (instance.clone(), schema.clone());
    match keyword.as_str() {
        "additionalProperties" | "unevaluatedProperties" => {
            let parent = schema.parent().and_then(|parent| parent.find(root));
            let around = parent.map(|parent| match keyword.as_str() {
                "additionalProperties" => vec![parent],
                _ => applying(root, parent),
            });
            let known = property_names(&around.unwrap_or_default());
            let is_free = |name: &&&str| mismatch.found.get(name).is_none();
            let free: Vec<&str> = known.iter().filter(is_free).copied().collect();
            let one = |name: &String| Cause {
                instance: instance.join(name),
                schema: schema.clone(),
                found: mismatch.found.get(name).cloned(),
                what: What::NotAllowed {
                    near: text::nearest(name, free.iter().copied()).map(str::to_owned),
                    known: known.iter().map(|name| (*name).to_owned()).collect(),
                },
                against: None,
            };
            mismatch.names.iter().take(MOST_NAMES).map(one).collect()
        }
        "required" => {
            let name = mismatch.names.first().cloned().unwrap_or_default();
            let beside = dependent_required(root, &mismatch, &name);
            let schema = beside.as_ref().map_or(schema, |(place, _)| place.clone());
            let what = What::Missing { name, beside: beside.map(|(_, trigger)| trigger) };
            vec![Cause { instance, schema, found: None, what, against: None }]
        }
        _ => {
            let found = Some(mismatch.found.clone());
            vec![Cause { instance, schema, found, what: What::Keyword(mismatch), against: None }]
        }
    }
}

/// The member of `dependentRequired` that asks for a property, and the name of the property that it stands for.
fn dependent_required(root: &Value, mismatch: &Mismatch, name: &str) -> Option<(Pointer, String)> {
    let place = std::iter::successors(Some(mismatch.schema.clone()), Pointer::parent).take(3);
    let place = place.into_iter().find(|place| place.last().as_deref() == Some("dependentRequired"))?;
    let mut asking = place.find(root)?.as_object()?.iter();
    let is_asked =
        |needed: &Value| needed.as_array().is_some_and(|names| names.iter().any(|one| one == name));
    let (trigger, _) =
        asking.find(|(trigger, needed)| mismatch.found.get(trigger).is_some() && is_asked(needed))?;
    Some((place.join(trigger), trigger.clone()))
}

/// Leaves the causes that nothing else explains, each once.
pub(super) fn reduced(root: &Value, mut causes: Vec<Cause>) -> Vec<Cause> {
    hide_what_failed_elsewhere(&mut causes);
    let mut heaviest: BTreeMap<Pointer, u8> = BTreeMap::new();
    for cause in &causes {
        let known = heaviest.entry(cause.instance.clone()).or_default();
        *known = weight(&cause.what).max(*known);
    }
    let meant: BTreeSet<Pointer> = causes.iter().filter_map(meant).collect();
    let mut told: BTreeSet<(Pointer, String)> = BTreeSet::new();
    causes.retain(|cause| {
        if weight(&cause.what) < heaviest[&cause.instance] {
            return false;
        }
        if let What::Missing { name, .. } = &cause.what
            && meant.contains(&cause.instance.join(name))
        {
            return false;
        }
        told.insert((cause.instance.clone(), identity(root, cause)))
    });
    causes
}

/// The property that a misspelled one was probably meant to be.
fn meant(cause: &Cause) -> Option<Pointer> {
    let What::NotAllowed { near: Some(near), .. } = &cause.what else { return None };
    Some(cause.instance.parent()?.join(near))
}

/// Two causes at one place that are the same by this are one: the same is asked for twice.
fn identity(root: &Value, cause: &Cause) -> String {
    match &cause.what {
        What::Keyword(mismatch) => {
            let limit = cause.schema.find(root).map(Value::to_string).unwrap_or_default();
            let name = mismatch.names.first().map_or("", String::as_str);
            format!("{} {limit} {name}", mismatch.keyword)
        }
        What::NotAllowed { .. } => String::new(),
        What::Missing { name, .. } | What::TagMissing { name, .. } => format!("missing {name}"),
        What::TagUnknown { .. } => "tag".to_owned(),
        What::NoType { types } => types.join(" "),
        What::Several { .. } => format!("several {}", cause.schema.as_str()),
    }
}

/// A schema that fails evaluates nothing (JSON Schema 2020-12 11.3), so `unevaluatedProperties` complains of what it names,
/// too: that is told only where nothing else is wrong in the object.
fn hide_what_failed_elsewhere(causes: &mut Vec<Cause>) {
    let is_echo = |cause: &Cause| match (&cause.what, cause.instance.last()) {
        (What::NotAllowed { known, .. }, Some(name)) => known.contains(&name),
        _ => false,
    };
    let others: Vec<Pointer> =
        causes.iter().filter(|cause| !is_echo(cause)).map(|cause| cause.instance.clone()).collect();
    causes.retain(|cause| {
        let Some(object) = cause.instance.parent().filter(|_| is_echo(cause)) else { return true };
        !others.iter().any(|other| other.strip_prefix(&object).is_some())
    });
}
