//! Ids taken from earlier replies, so that later requests ask for what is there.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::case::{Argument, Draft, Origin};
use crate::codec::plain;
use crate::contract::{Location, Operation};

/// How many records of one reply are kept.
const MOST_RECORDS: usize = 20;
/// How many records of one path template are kept.
const MOST_KEPT: usize = 60;
/// How deep objects are looked for in a reply.
const DEEPEST: usize = 4;
/// How deep a list may lie that the reply is about.
const DEEPEST_LIST: usize = 2;
/// Longer texts are no ids.
const LONGEST: usize = 200;

/// What earlier replies hold, by document and path template; those of the first case first.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    records: BTreeMap<(usize, String), Vec<Record>>,
}

/// A thing that a reply tells of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    /// Its texts and numbers, by their names in lower case without separators.
    values: BTreeMap<String, Value>,
    /// The path parameters under which the reply was given, by name.
    bound: Vec<(String, Value)>,
}

impl Record {
    /// Nothing but path parameters under which something is there.
    pub(super) fn under(bound: Vec<(String, Value)>) -> Self {
        Self { values: BTreeMap::new(), bound }
    }
}

/// A value for a parameter.
struct Candidate<'r> {
    value: &'r Value,
    record: &'r Record,
    origin: Origin,
}

impl Ids {
    /// Adds what a reply tells, each with the path template that it is told of.
    pub(super) fn add(&mut self, document: usize, records: Vec<(String, Record)>) {
        for (template, record) in records {
            let kept = self.records.entry((document, template)).or_default();
            if kept.len() < MOST_KEPT {
                kept.push(record);
            }
        }
    }

    /// The draft with those of its ids replaced that nobody gave and that the case is not about; of several that are
    /// there, `turn` says which one.
    pub(super) fn applied(
        &self,
        document: usize,
        operation: &Operation,
        draft: &Draft,
        turn: usize,
    ) -> Draft {
        let is_free = |argument: &Argument| matches!(argument.origin, Origin::Example | Origin::Generated);
        let mut draft = draft.clone();
        let mut bound: HashMap<&str, (Value, Origin)> = HashMap::new();
        let fixed: Vec<(&str, String)> = draft
            .arguments
            .iter()
            .filter(|argument| !is_free(argument))
            .map(|argument| (&*operation.parameters[argument.parameter].name, plain(&argument.value)))
            .collect();
        // The last one first: what was found under the others says which they are.
        let mut free: Vec<&str> = template_names(&operation.template);
        free.retain(|name| !fixed.iter().any(|(known, _)| known == name));
        for name in free.iter().rev() {
            if bound.contains_key(name) {
                continue;
            }
            let agrees = |record: &Record| {
                record.bound.iter().all(|(known, value)| {
                    let text = plain(value);
                    fixed.iter().all(|(name, fixed)| name != known || *fixed == text)
                        && bound.get(known.as_str()).is_none_or(|(bound, _)| bound == value)
                })
            };
            let mut candidates = self.candidates(document, &operation.template, name);
            candidates.retain(|candidate| agrees(candidate.record));
            // Guesses are taken only where nothing better is known.
            let is_sure = candidates.iter().any(|candidate| candidate.origin == Origin::Taken);
            let origin = if is_sure { Origin::Taken } else { Origin::Guessed };
            candidates.retain(|candidate| candidate.origin == origin);
            let Some(chosen) = turn.checked_rem(candidates.len()).map(|at| &candidates[at]) else { continue };
            bound.insert(name, (chosen.value.clone(), origin));
            for (known, value) in &chosen.record.bound {
                if let Some(other) = free.iter().find(|free| *free == known) {
                    bound.entry(other).or_insert_with(|| (value.clone(), origin));
                }
            }
        }
        for argument in draft.arguments.iter_mut().filter(|argument| is_free(argument)) {
            let parameter = &operation.parameters[argument.parameter];
            let found = match parameter.location {
                Location::Path => bound.get(parameter.name.as_str()).cloned(),
                Location::Query if is_of_id(&parameter.name) => self.by_name(document, &parameter.name, turn),
                Location::Query | Location::QueryString | Location::Header | Location::Cookie => None,
            };
            if let Some((value, origin)) = found {
                (argument.value, argument.origin) = (value, origin);
            }
        }
        draft
    }

    /// What could stand for a parameter of a template: what the collection before it lists, what was there under it; where
    /// that is not known for sure, also what goes by its name elsewhere.
    fn candidates(&self, document: usize, template: &str, name: &str) -> Vec<Candidate<'_>> {
        let Some((before, _)) = template.split_once(&format!("{{{name}}}")) else { return Vec::new() };
        let names = names(name);
        let mut found = Vec::new();
        for collection in [before.trim_end_matches('/'), before] {
            let listed = self.records.get(&(document, collection.to_owned())).into_iter().flatten();
            for (wanted, origin) in &names {
                found.extend(listed.clone().filter_map(|record| {
                    Some(Candidate { value: record.values.get(wanted)?, record, origin: *origin })
                }));
            }
        }
        let inside = format!("{before}{{{name}}}");
        let from = self.records.range((document, inside.clone())..);
        let there = from.take_while(|((of, template), _)| *of == document && template.starts_with(&inside));
        found.extend(there.flat_map(|(_, records)| records).filter_map(|record| {
            let (_, value) = record.bound.iter().find(|(known, _)| known == name)?;
            Some(Candidate { value, record, origin: Origin::Taken })
        }));
        let is_sure = found.iter().any(|candidate| candidate.origin == Origin::Taken);
        if let Some((exact, _)) = names.first().filter(|(exact, _)| exact != "id" && !is_sure) {
            found.extend(self.of_document(document).filter_map(|record| {
                Some(Candidate { value: record.values.get(exact)?, record, origin: Origin::Guessed })
            }));
        }
        found
    }

    fn of_document(&self, document: usize) -> impl Iterator<Item = &Record> {
        let records = self.records.range((document, String::new())..(document + 1, String::new()));
        records.flat_map(|(_, records)| records)
    }

    /// What goes by the name of a query parameter in any reply.
    fn by_name(&self, document: usize, name: &str, turn: usize) -> Option<(Value, Origin)> {
        let folded = folded(name);
        let found: Vec<&Value> =
            self.of_document(document).filter_map(|record| record.values.get(&folded)).collect();
        let value = found.get(turn.checked_rem(found.len())?)?;
        Some(((*value).clone(), Origin::Guessed))
    }
}

/// What a reply tells of, with the path parameters of its request: the items of its lists, else its record.
pub(super) fn records(operation: &Operation, draft: &Draft, content: &Value) -> Vec<(String, Record)> {
    let in_path = draft.arguments.iter().filter_map(|argument| {
        let parameter = &operation.parameters[argument.parameter];
        (parameter.location == Location::Path).then(|| (parameter.name.clone(), argument.value.clone()))
    });
    let bound: Vec<(String, Value)> = in_path.collect();
    let (mut listed, mut single) = (Vec::new(), Vec::new());
    walk(content, 0, &mut listed, &mut single);
    // What wraps a list, or lies inside of a record, has ids of its own.
    if listed.is_empty() {
        listed.extend(single.into_iter().next());
    }
    let records = listed.into_iter().take(MOST_RECORDS);
    let mut records: Vec<Record> = records.map(|values| Record { values, bound: bound.clone() }).collect();
    if records.is_empty() && !bound.is_empty() {
        records.push(Record::under(bound));
    }
    records.into_iter().map(|record| (operation.template.clone(), record)).collect()
}

type Values = BTreeMap<String, Value>;

/// Gathers the objects in a value: the items of lists that do not lie too deep, and all others, the outermost first.
fn walk(value: &Value, depth: usize, listed: &mut Vec<Values>, single: &mut Vec<Values>) {
    if depth > DEEPEST || listed.len() + single.len() > MOST_RECORDS {
        return;
    }
    match value {
        Value::Object(members) => {
            single.extend(plain_values(value));
            for value in members.values() {
                walk(value, depth + 1, listed, single);
            }
        }
        Value::Array(items) => {
            for item in items.iter().take(MOST_RECORDS) {
                match plain_values(item) {
                    Some(values) if depth <= DEEPEST_LIST => listed.push(values),
                    Some(_) | None => walk(item, depth + 1, listed, single),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The texts and numbers of an object, by their names; `None` if it has none, or is none.
fn plain_values(value: &Value) -> Option<Values> {
    let is_plain = |value: &Value| match value {
        Value::String(text) => !text.is_empty() && text.len() <= LONGEST,
        Value::Number(_) => true,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    };
    let plain = value.as_object()?.iter().filter(|(_, value)| is_plain(value));
    let values: Values = plain.map(|(name, value)| (folded(name), value.clone())).collect();
    (!values.is_empty()).then_some(values)
}

/// The names under which the value of a parameter may be found where it is listed, and how sure that is: its own, its last
/// word, `id`.
fn names(name: &str) -> Vec<(String, Origin)> {
    let mut names = vec![(folded(name), Origin::Taken)];
    let last = words(name).pop().unwrap_or_default();
    let is_key = ["id", "uuid", "guid", "key", "slug", "name", "code", "number"].contains(&last.as_str());
    let mut add = |name: String, origin| {
        if !name.is_empty() && !names.iter().any(|(known, _)| *known == name) {
            names.push((name, origin));
        }
    };
    add(last, if is_key { Origin::Taken } else { Origin::Guessed });
    add("id".to_owned(), Origin::Guessed);
    names
}

/// Whether a name ends in what means one certain thing.
pub(super) fn is_of_id(name: &str) -> bool {
    words(name).last().is_some_and(|last| ["id", "uuid", "guid", "slug"].contains(&last.as_str()))
}

/// The names of a template's parameters, left to right.
fn template_names(template: &str) -> Vec<&str> {
    let pieces = template.split('{').skip(1);
    pieces.filter_map(|piece| piece.split_once('}')).map(|(name, _)| name).collect()
}

fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The words of `organization_id`, `organizationId` and `organization[id]`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let is_start = character.is_ascii_uppercase() && was_lower;
        was_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        if is_start || !character.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if character.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(character.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_apart_into_its_words() {
        let table = [
            ("organization_id", "organization id"),
            ("organizationId", "organization id"),
            ("organization[id]", "organization id"),
            ("petID", "pet id"),
            ("id", "id"),
            ("", ""),
        ];
        for (name, expected) in table {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }
}
