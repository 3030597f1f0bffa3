//! What would make the documents allow what the traffic does: an `OpenAPI` Overlay 1.0 for each file.

mod change;
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::finding::Drift;
use crate::pointer::Pointer;
use crate::text;
use change::Change;

/// The changes that one file would need.
#[derive(Debug)]
pub struct Overlay {
    /// The file, as reports name it.
    pub file: String,
    /// How many drifts the changes would mend.
    pub mended: usize,
    /// The overlay; its actions are to be applied in their order.
    pub document: Value,
}

/// The changes that were found for one file.
#[derive(Default)]
struct Plan {
    /// Members for objects, with what asks for them.
    sets: BTreeMap<Pointer, (Map<String, Value>, Vec<String>)>,
    /// Entries for lists, as JSON.
    appends: BTreeMap<(Pointer, String), Vec<String>>,
    /// Values to take out; the last items of a list first, so that the others keep their places.
    removes: BTreeMap<Order, (Pointer, Vec<String>)>,
    mended: usize,
    /// Drifts that no change of the document mends.
    left: Vec<Value>,
}

/// A pointer's tokens, numbers as numbers, the largest first.
type Order = Vec<std::cmp::Reverse<(Option<usize>, String)>>;

/// The overlays for the files of drifts, by file; `read` gives a file's value as it is written.
pub fn overlays<'a>(
    drifts: impl IntoIterator<Item = &'a Drift>,
    read: impl Fn(&str) -> Option<Value>,
) -> Vec<Overlay> {
    let mut by_file: BTreeMap<&str, Vec<&Drift>> = BTreeMap::new();
    for drift in drifts {
        by_file.entry(&drift.file).or_default().push(drift);
    }
    let overlay = |(file, drifts): (&str, Vec<&Drift>)| {
        let mut plan = Plan::default();
        let document = read(file);
        for drift in drifts {
            let changes = document.as_ref().map(|document| change::of(drift, document)).unwrap_or_default();
            plan.add(drift, changes);
        }
        Overlay {
            file: file.to_owned(),
            mended: plan.mended,
            document: plan.written(file, document.as_ref().unwrap_or(&Value::Null)),
        }
    };
    by_file.into_iter().map(overlay).collect()
}

impl Plan {
    fn add(&mut self, drift: &Drift, changes: Vec<Change>) {
        let reason = text::harmless(&format!("{} ({})", drift.message, drift.fingerprint));
        if changes.is_empty() {
            self.left.push(json!({
                "fingerprint": drift.fingerprint,
                "message": text::harmless(&drift.message),
                "fix": drift.help.as_deref().map(text::harmless),
            }));
            return;
        }
        self.mended += 1;
        for change in changes {
            match change {
                Change::Set(object, members) => {
                    let (known, reasons) = self.sets.entry(object).or_default();
                    members.into_iter().for_each(|(name, value)| merge(known, name, value));
                    reasons.push(reason.clone());
                }
                Change::Append(list, entry) => {
                    self.appends.entry((list, entry.to_string())).or_default().push(reason.clone());
                }
                Change::Remove(pointer) => {
                    let order = pointer.tokens().map(|token| std::cmp::Reverse((token.parse().ok(), token)));
                    let (_, reasons) =
                        self.removes.entry(order.collect()).or_insert_with(|| (pointer, Vec::new()));
                    reasons.push(reason.clone());
                }
            }
        }
    }

    fn written(&self, file: &str, document: &Value) -> Value {
        let action = |target: &Pointer, reasons: &[String], verb: &str, value: Value| {
            let mut action = json!({ "target": path(target, document), "description": reasons.join("\n") });
            action[verb] = value;
            action
        };
        let mut actions = Vec::new();
        for (object, (members, reasons)) in &self.sets {
            actions.push(action(object, reasons, "update", Value::Object(members.clone())));
        }
        for ((list, entry), reasons) in &self.appends {
            let entry = serde_json::from_str(entry).unwrap_or_default();
            actions.push(action(list, reasons, "update", entry));
        }
        let mut removed: BTreeSet<&Pointer> = BTreeSet::new();
        for (pointer, reasons) in self.removes.values() {
            // What lies in something that is gone is gone, too.
            let is_gone = |gone: &&Pointer| pointer.strip_prefix(gone).is_some();
            if !removed.iter().any(is_gone) {
                removed.insert(pointer);
                actions.push(action(pointer, reasons, "remove", Value::Bool(true)));
            }
        }
        let mut overlay = json!({
            "overlay": "1.0.0",
            "info": { "title": "What would allow what was seen in the traffic", "version": "1.0.0" },
            "extends": file,
            "actions": actions,
        });
        if !self.left.is_empty() {
            overlay["x-standin-not-changed"] = Value::Array(self.left.clone());
        }
        overlay
    }
}

/// A pointer as a `JSONPath` (RFC 9535): only names in brackets and places in the lists of the document.
fn path(pointer: &Pointer, document: &Value) -> String {
    let mut path = "$".to_owned();
    let mut value = Some(document);
    for token in pointer.tokens() {
        let index = value.filter(|value| value.is_array()).and_then(|_| token.parse::<usize>().ok());
        let _ = match index {
            Some(index) => write!(path, "[{index}]"),
            None => write!(path, "['{}']", token.replace('\\', "\\\\").replace('\'', "\\'")),
        };
        value = value.and_then(|value| match index {
            Some(index) => value.get(index),
            None => value.get(&token),
        });
    }
    path
}

/// Puts a member into an object: objects are merged, lists joined, of two bounds the wider one stays.
fn merge(object: &mut Map<String, Value>, name: String, value: Value) {
    let Some(known) = object.get_mut(&name) else {
        object.insert(name, value);
        return;
    };
    match (known, value) {
        (Value::Object(known), Value::Object(more)) => {
            more.into_iter().for_each(|(name, value)| merge(known, name, value));
        }
        (Value::Array(known), Value::Array(more)) => {
            for entry in more {
                if !known.contains(&entry) {
                    known.push(entry);
                }
            }
        }
        (known @ Value::Number(_), Value::Number(other)) => {
            let is_larger = other.as_f64() > known.as_f64();
            if is_larger == name.starts_with("max") {
                *known = Value::Number(other);
            }
        }
        (known, other) => *known = other,
    }
}
