//! Which branch of a failed `oneOf` or `anyOf` was meant.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::Value;

use super::cause::{Cause, What, of_mismatch, reduced};
use super::schemas::tags;
use crate::pointer::Pointer;
use crate::schema::{Discriminator, Mismatch, is_same, reference};
use crate::text;

/// So many values are listed that a tag may have.
const MOST_CHOICES: usize = 50;

/// The causes that mismatches amount to; of each `oneOf` and `anyOf`, those of the nearest branch.
pub(super) fn causes(root: &Value, mismatches: impl IntoIterator<Item = Mismatch>) -> Vec<Cause> {
    let expanded = mismatches.into_iter().flat_map(|mut mismatch| {
        let is_choice = ["oneOf", "anyOf"].contains(&mismatch.keyword.as_str());
        let branches = if is_choice { std::mem::take(&mut mismatch.branches) } else { Vec::new() };
        if branches.is_empty() { of_mismatch(root, mismatch) } else { of_branches(root, mismatch, branches) }
    });
    reduced(root, expanded.collect())
}

/// A failed `oneOf` or `anyOf` beside its schema.
struct Choice<'a> {
    root: &'a Value,
    whole: &'a Mismatch,
    /// The schema that has the keyword.
    schema: &'a Value,
    /// The branches as written.
    list: Vec<&'a Value>,
}

/// Which branch a value says itself to be.
enum Named {
    /// By its place, and the property that names it.
    Branch(usize, String),
    /// None, which is what is wrong.
    Cause(Box<Cause>),
    /// It does not say.
    Nothing,
}

fn of_branches(root: &Value, whole: Mismatch, branches: Vec<Vec<Mismatch>>) -> Vec<Cause> {
    let schema = whole.schema.parent().and_then(|parent| parent.find(root)).unwrap_or(&Value::Null);
    let listed = schema.get(&whole.keyword).and_then(Value::as_array).into_iter().flatten();
    let choice = Choice { root, whole: &whole, schema, list: listed.take(branches.len()).collect() };
    let holding: Vec<usize> = (0..branches.len()).filter(|index| branches[*index].is_empty()).collect();
    if !holding.is_empty() {
        let names = holding.iter().map(|index| choice.label(*index)).collect();
        return vec![choice.cause(What::Several { branches: names })];
    }
    let (index, tag) = match choice.by_discriminator() {
        Named::Nothing => match choice.by_tags(&branches) {
            Named::Cause(cause) => return vec![*cause],
            Named::Branch(index, tag) => (Some(index), Some(tag)),
            Named::Nothing => (None, None),
        },
        Named::Cause(cause) => return vec![*cause],
        Named::Branch(index, tag) => (Some(index), Some(tag)),
    };
    if index.is_none()
        && let Some(types) = no_type(root, &whole, &branches)
    {
        return vec![choice.cause(What::NoType { types })];
    }
    let is_null = |branch: &[Mismatch]| {
        let [only] = branch else { return false };
        only.keyword == "type" && only.schema.find(root).is_some_and(|limit| limit == "null")
    };
    // Where all other branches are null, nobody thinks of a choice.
    let is_choice = branches.iter().filter(|branch| !is_null(branch)).count() > 1;
    let judged = branches.into_iter().map(|branch| causes(root, branch)).enumerate();
    let nearest = match index {
        Some(index) => judged.into_iter().nth(index),
        None => judged.min_by_key(|(_, causes)| distance(&whole.instance, causes)),
    };
    let Some((index, mut nearest)) = nearest else { return of_mismatch(root, whole) };
    let label = choice.label(index);
    let against = match tag {
        Some(tag) => format!("held against {label}, which `{}` names", text::harmless(&tag)),
        None => format!("held against {label}, the nearest branch of `{}`", whole.keyword),
    };
    for cause in nearest.iter_mut().filter(|cause| is_choice && cause.against.is_none()) {
        cause.against = Some(against.clone());
    }
    nearest
}

impl Choice<'_> {
    /// What the branch is called: by its `$ref`, by its title, else by its place.
    fn label(&self, index: usize) -> String {
        let branch = self.list.get(index);
        let text = |keyword: &str| branch.and_then(|branch| branch.get(keyword)?.as_str());
        let referred = text("$ref").map(|target| Pointer::from_fragment(target).last().unwrap_or_default());
        match referred.or_else(|| text("title").map(str::to_owned)) {
            Some(name) => format!("`{}`", text::harmless(&text::shortened(&name, 60))),
            None => format!("branch {}", index + 1),
        }
    }

    fn cause(&self, what: What) -> Cause {
        let Mismatch { instance, schema, found, .. } = self.whole;
        Cause {
            instance: instance.clone(),
            schema: schema.clone(),
            found: Some(found.clone()),
            what,
            against: None,
        }
    }

    /// The branch that the discriminator's value names.
    fn by_discriminator(&self) -> Named {
        let whole = self.whole.schema.parent().unwrap_or_default();
        let read = self.schema.as_object().and_then(|schema| Discriminator::of(self.root, &whole, schema));
        let (Some(read), Some(members)) = (read, self.whole.found.as_object()) else { return Named::Nothing };
        let branch_of = |named: &Pointer| {
            self.list.iter().position(|branch| {
                let target = branch.get("$ref").and_then(reference);
                target.is_some_and(|target| is_same(self.root, named, &target))
            })
        };
        let value = members.get(&read.property);
        let named = value.and_then(|value| read.named(value)).or(read.default.as_ref());
        if let Some(index) = named.and_then(branch_of) {
            return Named::Branch(index, read.property);
        }
        if !read.is_complete {
            return Named::Nothing;
        }
        let choices = read.choices.iter().take(MOST_CHOICES).map(|name| format!("\"{name}\"")).collect();
        let mut cause = match value {
            None => self.tag_missing(&read.property, choices),
            Some(value) => self.tag_unknown(&read.property, value, choices),
        };
        cause.schema = match value {
            None => whole.join("discriminator").join("propertyName"),
            Some(_) => read.place,
        };
        Named::Cause(Box::new(cause))
    }

    /// The branch whose fixed values of a property fit what was found, where exactly one has them.
    fn by_tags(&self, branches: &[Vec<Mismatch>]) -> Named {
        let Some(members) = self.whole.found.as_object() else { return Named::Nothing };
        let tags: Vec<_> = self.list.iter().map(|branch| tags(self.root, branch)).collect();
        let Some(first) = tags.first().filter(|_| tags.len() > 1) else { return Named::Nothing };
        for name in first.keys() {
            let Some(values) = tags.iter().map(|tags| tags.get(name)).collect::<Option<Vec<_>>>() else {
                continue;
            };
            let count: usize = values.iter().map(|values| values.len()).sum();
            let different: BTreeSet<String> =
                values.iter().flat_map(|values| values.iter().map(ToString::to_string)).collect();
            if different.len() < count {
                continue;
            }
            let choices = values.iter().flat_map(|values| values.iter().map(ToString::to_string));
            let choices: Vec<String> = choices.take(MOST_CHOICES).collect();
            let is_asked_for = || branches.iter().all(|branch| self.lacks(branch, name));
            return match members.get(*name) {
                None if is_asked_for() => Named::Cause(Box::new(self.tag_missing(name, choices))),
                None => continue,
                Some(found) => match values.iter().position(|values| values.contains(&found)) {
                    Some(index) => Named::Branch(index, (*name).to_owned()),
                    None => Named::Cause(Box::new(self.tag_unknown(name, found, choices))),
                },
            };
        }
        Named::Nothing
    }

    /// Whether a branch fails because a property is missing.
    fn lacks(&self, branch: &[Mismatch], name: &str) -> bool {
        let is_it = |inner: &Mismatch| inner.keyword == "required" && inner.instance == self.whole.instance;
        branch.iter().any(|inner| is_it(inner) && inner.names.iter().any(|missing| missing == name))
    }

    fn tag_missing(&self, name: &str, choices: Vec<String>) -> Cause {
        let keyword = self.whole.keyword.clone();
        let what = What::TagMissing { name: name.to_owned(), keyword, choices };
        Cause { found: None, ..self.cause(what) }
    }

    fn tag_unknown(&self, name: &str, found: &Value, choices: Vec<String>) -> Cause {
        let what = What::TagUnknown { keyword: self.whole.keyword.clone(), choices };
        let instance = self.whole.instance.join(name);
        Cause { instance, found: Some(found.clone()), ..self.cause(what) }
    }
}

/// The types that the branches take, where none takes the value's type.
fn no_type(root: &Value, whole: &Mismatch, branches: &[Vec<Mismatch>]) -> Option<Vec<String>> {
    let mut types: Vec<String> = Vec::new();
    for branch in branches {
        let wrong =
            branch.iter().find(|inner| inner.keyword == "type" && inner.instance == whole.instance)?;
        let limit = wrong.schema.find(root)?;
        let listed = limit.as_array().map_or_else(|| vec![limit], |names| names.iter().collect());
        for name in listed.into_iter().filter_map(Value::as_str) {
            if !types.iter().any(|known| known == name) {
                types.push(name.to_owned());
            }
        }
    }
    Some(types)
}

/// How far a value is from a branch: another type, another tag, then the fewest causes, then the deepest ones.
fn distance(instance: &Pointer, causes: &[Cause]) -> (bool, bool, usize, Reverse<usize>) {
    let is = |cause: &Cause, keywords: &[&str]| match &cause.what {
        What::Keyword(mismatch) => keywords.contains(&mismatch.keyword.as_str()),
        What::NoType { .. } => keywords.contains(&"type"),
        What::TagMissing { .. } | What::TagUnknown { .. } => keywords.contains(&"const"),
        What::NotAllowed { .. } | What::Missing { .. } | What::Several { .. } => false,
    };
    let wrong_type =
        causes.iter().any(|cause| cause.instance == *instance && is(cause, &["type", "falseSchema"]));
    let wrong_tag = causes.iter().any(|cause| is(cause, &["const", "enum"]));
    let depth = causes.iter().map(|cause| cause.instance.tokens().count()).max().unwrap_or(0);
    (wrong_type, wrong_tag, causes.len(), Reverse(depth))
}
