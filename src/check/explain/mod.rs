//! From the keywords that an instance fails to findings that a person can act on.
//!
//! [`branch`] finds the branch of `oneOf` and `anyOf` that was meant, [`cause`] leaves of all that fails what is the reason,
//! and [`tell`] has a sentence for each.

mod branch;
mod cause;
mod schemas;
mod tell;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::names::Excuses;
use crate::contract::Contract;
use crate::pointer::Pointer;
use crate::redact;
use crate::schema::{Direction, Mismatch};
use crate::text;
use crate::violation::{Rule, Violation};
use cause::{Cause, What};

/// How many findings one value may give.
const MOST: usize = 20;
/// So many characters of a number are shown.
const LONGEST_NUMBER: usize = 120;
/// How many of the keywords that a value fails are looked at.
const MOST_JUDGED: usize = 2000;

/// Where a value was found: its rule, its location in the message, and how it is called in a sentence.
pub(super) struct Subject<'a> {
    pub(super) rule: Rule,
    pub(super) location: Vec<String>,
    /// Such as ``query parameter `limit` `` or `body`.
    pub(super) called: String,
    pub(super) contract: &'a Contract,
    /// Whose schemas it is held against.
    pub(super) direction: Direction,
    /// What is not told.
    pub(super) excuses: Excuses,
    /// The numbers that say more than is kept, by their places.
    pub(super) digits: Vec<(Pointer, &'a str)>,
}

impl Subject<'_> {
    /// The violations that a value's mismatches amount to: one for each reason, sorted by their places in the document.
    pub(super) fn violations(&self, mismatches: Vec<Mismatch>) -> Vec<Violation> {
        let root = self.root();
        let mut causes = branch::causes(root, mismatches.into_iter().take(MOST_JUDGED));
        causes.retain(|cause| !self.excuses(cause));
        causes.sort_by_cached_key(|cause| (in_order(&cause.instance), cause.schema.clone()));
        causes.truncate(MOST);
        let mut violations: Vec<Violation> = causes.iter().map(|cause| self.violation(cause)).collect();
        violations.sort_by(|one, other| one.place.cmp(&other.place));
        violations
    }

    fn excuses(&self, cause: &Cause) -> bool {
        let Excuses { nulls, absent } = &self.excuses;
        match &cause.what {
            What::Missing { name, .. } => {
                absent.iter().any(|(object, property)| *object == cause.instance && property == name)
            }
            _ => cause.found.as_ref().is_some_and(Value::is_null) && nulls.contains(&cause.instance),
        }
    }

    fn root(&self) -> &Value {
        self.contract.schemas.root(self.direction)
    }

    fn violation(&self, cause: &Cause) -> Violation {
        let root = self.root();
        let mut location = self.location.clone();
        location.extend(cause.instance.tokens());
        let parts: Vec<&str> = location.iter().map(String::as_str).collect();
        let found = cause.found.as_ref().map(|found| self.shown(&parts, cause, found));
        let told = tell::tell(root, cause, found.as_deref().unwrap_or("nothing"));
        let against = cause.against.as_ref().map(|against| format!(" ({against})")).unwrap_or_default();
        let message = format!("{}: {}{against}", self.called_at(&cause.instance), told.message);
        let place = self.contract.document.place(&cause.schema);
        let mut violation = Violation::new(self.rule, &parts, message, place);
        violation.found = found;
        violation.expected = told.expected;
        violation.help = told.help;
        violation
    }

    /// What may be shown of a value: nothing of a secret, by the names that lead to it and by the formats of its schema.
    fn shown(&self, parts: &[&str], cause: &Cause, found: &Value) -> String {
        if parts.iter().any(|part| redact::is_secret_name(part)) {
            return redact::HIDDEN.to_owned();
        }
        let schema = cause.schema.parent().and_then(|parent| parent.find(self.root()));
        let around: Vec<&Value> = schema.into_iter().filter(|_| cause.is_of_the_schema_around()).collect();
        let written = self.digits.iter().find(|(place, _)| *place == cause.instance);
        match schemas::without_passwords(self.root(), &around, found, 0) {
            Value::String(hidden) if hidden == redact::HIDDEN => hidden,
            Value::Number(_) if let Some((_, text)) = written => text::shortened(text, LONGEST_NUMBER),
            shown => redact::value("", &shown),
        }
    }

    fn called_at(&self, instance: &Pointer) -> String {
        let inside: Vec<String> = instance.tokens().collect();
        if inside.is_empty() {
            self.called.clone()
        } else {
            format!("{} `{}`", self.called, text::harmless(&inside.join(".")))
        }
    }
}

/// A key by which the tenth item comes behind the second.
fn in_order(instance: &Pointer) -> Vec<(Option<usize>, String)> {
    instance.tokens().map(|token| (token.parse().ok(), token)).collect()
}
