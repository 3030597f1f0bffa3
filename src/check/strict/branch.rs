//! Which alternative of `oneOf` or `anyOf` a value is meant to be: the one that the discriminator or its tag names, else
//! those it satisfies.

use std::sync::Arc;

use serde_json::Value;

use super::applying::Applying;
use super::named::{Meant, broken, meant};
use crate::pointer::Pointer;
use crate::redact;
use crate::schema::{Direction, Discriminator, Schemas, is_same, mismatches};
use crate::text;
use crate::violation::Rule;

/// The alternatives of one `oneOf` or `anyOf`.
pub(super) struct Branches<'a> {
    schemas: &'a Schemas,
    direction: Direction,
    all: Vec<Branch>,
    /// The property that tells the alternatives apart.
    tag: Option<String>,
    discriminator: Option<Arc<Discriminator>>,
}

struct Branch {
    pointer: Pointer,
    /// Whether it is there for null alone.
    is_null: bool,
    /// Properties that have a single value here, in the schema's order.
    tags: Vec<(String, Value)>,
}

/// What is wrong with a value's tag.
pub(super) struct Problem {
    pub(super) rule: Rule,
    pub(super) message: String,
    pub(super) expected: Option<String>,
    pub(super) help: String,
    /// The discriminator's keyword that says so; `None` if it is the schema as a whole.
    pub(super) place: Option<Pointer>,
    /// The property that it is about; `None` if it is the whole value.
    pub(super) member: Option<String>,
}

impl<'a> Branches<'a> {
    /// Takes the list of alternatives that a keyword of the schema `whole` holds.
    pub(super) fn of(schemas: &'a Schemas, direction: Direction, whole: &Pointer, keyword: &str) -> Self {
        let root = schemas.root(direction);
        let list = whole.join(keyword);
        let count = list.find(root).and_then(Value::as_array).map_or(0, Vec::len);
        let all = (0..count).map(|index| Branch::of(root, list.index(index))).collect();
        let discriminator = schemas.discriminator(whole, direction);
        let mut branches = Self { schemas, direction, all, tag: None, discriminator };
        branches.tag = branches.distinguishing();
        branches
    }

    /// The alternatives that a value is meant to be, and what is wrong with how it says so.
    pub(super) fn choose(&self, value: &Value) -> (Vec<Pointer>, Option<Problem>) {
        if let Some(discriminator) = &self.discriminator {
            let root = self.schemas.root(self.direction);
            let is_branch = |place: &Pointer| {
                self.all.iter().find(|branch| is_same(root, &branch.pointer, place)).map(|one| &one.pointer)
            };
            match meant(discriminator, value) {
                Meant::Schema(place) => {
                    if let Some(branch) = is_branch(place) {
                        let problem = broken(self.schemas, self.direction, branch, discriminator, value);
                        return (vec![branch.clone()], problem);
                    }
                }
                Meant::None(problem) => return (self.satisfied(value), Some(problem)),
                Meant::Untold => {}
            }
        }
        let (Some(tag), Value::Object(members)) = (self.tag.as_deref(), value) else {
            return (self.satisfied(value), None);
        };
        let meant =
            members.get(tag).map(|found| (found, self.all.iter().find(|one| one.tag(tag) == Some(found))));
        // What one alternative alone has does not tell it from others.
        let has_all = self.all.iter().filter(|branch| !branch.is_null).count() > 1
            && self.all.iter().all(|branch| branch.is_null || branch.tag(tag).is_some());
        match meant {
            Some((found, Some(branch))) => {
                (vec![branch.pointer.clone()], self.broken(branch, tag, found, value))
            }
            Some((found, None)) if has_all => (self.of_values(), Some(self.unknown(tag, found))),
            None if has_all => (self.of_values(), Some(self.missing(tag))),
            Some((_, None)) | None => (self.satisfied(value), None),
        }
    }

    /// The property that has a single value in the most alternatives, never the same in two.
    fn distinguishing(&self) -> Option<String> {
        let mut best: Option<(usize, &str)> = None;
        for (tag, _) in self.all.iter().flat_map(|branch| &branch.tags) {
            let values: Vec<&Value> = self.all.iter().filter_map(|branch| branch.tag(tag)).collect();
            let differ = values.iter().enumerate().all(|(at, value)| !values[..at].contains(value));
            if differ && best.is_none_or(|(count, _)| values.len() > count) {
                best = Some((values.len(), tag));
            }
        }
        best.map(|(_, tag)| tag.to_owned())
    }

    /// All but those for null.
    fn of_values(&self) -> Vec<Pointer> {
        self.all.iter().filter(|branch| !branch.is_null).map(|branch| branch.pointer.clone()).collect()
    }

    /// The alternatives that a value satisfies; all, if it satisfies none.
    fn satisfied(&self, value: &Value) -> Vec<Pointer> {
        let is_satisfied = |branch: &&Branch| {
            let validator = self.schemas.validator(&branch.pointer, self.direction);
            validator.is_ok_and(|validator| validator.is_valid(value))
        };
        let found: Vec<Pointer> =
            self.all.iter().filter(is_satisfied).map(|branch| branch.pointer.clone()).collect();
        if found.is_empty() { self.of_values() } else { found }
    }

    /// What is wrong with a value that names this alternative.
    fn broken(&self, branch: &Branch, tag: &str, found: &Value, value: &Value) -> Option<Problem> {
        let at = first_mismatch(self.schemas, self.direction, &branch.pointer, value)?;
        let shown = redact::value(tag, found);
        Some(Problem {
            rule: Rule::StrictBranchInvalid,
            message: format!(
                "`{tag}` is {shown}, and the alternative that has it does not allow the rest{at}"
            ),
            expected: None,
            help: "send what that alternative allows".to_owned(),
            place: None,
            member: None,
        })
    }

    fn unknown(&self, tag: &str, found: &Value) -> Problem {
        let listed = self.values(tag);
        Problem {
            rule: Rule::StrictTagUnknown,
            message: format!("`{tag}` is {}, which none of the alternatives has", redact::value(tag, found)),
            help: format!("send one of {listed}"),
            expected: Some(format!("one of {listed}")),
            place: None,
            member: None,
        }
    }

    fn missing(&self, tag: &str) -> Problem {
        Problem {
            rule: Rule::StrictTagMissing,
            message: format!("the property `{tag}` is missing, which tells the alternatives apart"),
            help: format!("add the property `{tag}`"),
            expected: Some(format!("`{tag}` with one of {}", self.values(tag))),
            place: None,
            member: None,
        }
    }

    fn values(&self, tag: &str) -> String {
        let values: Vec<String> =
            self.all.iter().filter_map(|branch| branch.tag(tag)).map(Value::to_string).collect();
        text::list(values.iter().map(String::as_str))
    }
}

/// Where a value breaks a schema first, as the end of a sentence; `None` if it does not.
pub(super) fn first_mismatch(
    schemas: &Schemas,
    direction: Direction,
    schema: &Pointer,
    value: &Value,
) -> Option<String> {
    let validator = schemas.validator(schema, direction).ok()?;
    if validator.is_valid(value) {
        return None;
    }
    let found = mismatches(&validator, value);
    let path =
        found.first().map(|first| first.instance.tokens().collect::<Vec<_>>().join(".")).unwrap_or_default();
    Some(if path.is_empty() { String::new() } else { format!(", at `{}`", redact::shown(&path, 80)) })
}

impl Branch {
    fn of(root: &Value, pointer: Pointer) -> Self {
        let applying = Applying::of(root, vec![pointer.clone()]);
        let schemas = || (0..).map_while(|index| applying.schema(index));
        let is_null = schemas().any(|(_, schema)| schema.get("type").is_some_and(|name| name == "null"));
        let mut tags = Vec::new();
        for name in applying.names() {
            let values = applying.of_property(name);
            let inner = Applying::of(root, values);
            let single = (0..).map_while(|index| inner.schema(index)).find_map(|(_, schema)| single(schema));
            tags.extend(single.map(|value| (name.to_owned(), value.clone())));
        }
        Self { pointer, is_null, tags }
    }

    fn tag(&self, name: &str) -> Option<&Value> {
        self.tags.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// The only value that a schema lists, if it is a string, number or boolean.
fn single(schema: &serde_json::Map<String, Value>) -> Option<&Value> {
    let listed = schema.get("enum").and_then(Value::as_array).filter(|list| list.len() == 1);
    let value = schema.get("const").or_else(|| listed.and_then(|list| list.first()))?;
    (!(value.is_null() || value.is_array() || value.is_object())).then_some(value)
}
