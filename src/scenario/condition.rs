//! Conditions, compiled: whether a request fits a rule.

use std::collections::BTreeSet;

use super::format::{Call, Presence};
use super::predicate::{Compiled, Found};
use super::question::Question;
use crate::pointer::Pointer;
use crate::violation::Rule;

/// Operations, each by its document's place and its own.
pub(super) type Scope = BTreeSet<(usize, usize)>;

/// A condition.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The request is to one of these operations.
    Operations(Scope),
    Path(Compiled),
    Header(String, Compiled),
    Query(String, Compiled),
    Cookie(String, Compiled),
    Body(Pointer, Compiled),
    Session(Compiled),
    Call(Call),
    Credentials(Presence),
    Credential(Compiled),
    /// From this time of the session on, in milliseconds.
    After(i64),
    /// Until this time.
    Before(i64),
    /// In one of these states.
    State(Vec<String>),
}

/// What changes between requests of one session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now<'a> {
    /// The scenario's state.
    pub(super) state: &'a str,
    /// Milliseconds since the session's first call.
    pub(super) since: i64,
}

impl Condition {
    /// Whether it always holds, for the operations that its rule is about.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::All(conditions) if conditions.is_empty())
    }

    /// Adds the states that it asks for.
    pub(super) fn collect_states<'a>(&'a self, states: &mut BTreeSet<&'a str>) {
        match self {
            Self::All(conditions) | Self::Any(conditions) => {
                for condition in conditions {
                    condition.collect_states(states);
                }
            }
            Self::Not(condition) => condition.collect_states(states),
            Self::State(names) => states.extend(names.iter().map(String::as_str)),
            Self::Operations(_)
            | Self::Path(_)
            | Self::Header(..)
            | Self::Query(..)
            | Self::Cookie(..)
            | Self::Body(..)
            | Self::Session(_)
            | Self::Call(_)
            | Self::Credentials(_)
            | Self::Credential(_)
            | Self::After(_)
            | Self::Before(_) => {}
        }
    }

    /// Whether a request fits.
    pub(super) fn holds(&self, question: &Question<'_>, now: Now<'_>) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|one| one.holds(question, now)),
            Self::Any(conditions) => conditions.iter().any(|one| one.holds(question, now)),
            Self::Not(condition) => !condition.holds(question, now),
            Self::Operations(scope) => scope.contains(&(question.document, question.operation)),
            Self::Path(predicate) => predicate.holds(&Found::text(question.request.path.as_str())),
            Self::Header(name, predicate) => predicate.holds(&question.header(name)),
            Self::Query(name, predicate) => predicate.holds(&question.query(name)),
            Self::Cookie(name, predicate) => predicate.holds(&question.cookie(name)),
            Self::Body(pointer, predicate) => predicate.holds(&question.content(pointer)),
            Self::Session(predicate) => predicate.holds(&Found::text(question.session)),
            Self::Call(call) => call.takes(question.nth),
            Self::Credentials(Presence::Present) => question.credential().is_some(),
            Self::Credentials(Presence::Absent) => question.credential().is_none(),
            Self::Credentials(Presence::Invalid) => is_refused(question),
            Self::Credential(predicate) => {
                predicate.holds(&question.credential().map_or_else(Found::default, Found::text))
            }
            Self::After(start) => now.since >= *start,
            Self::Before(end) => now.since < *end,
            Self::State(states) => states.iter().any(|state| state == now.state),
        }
    }
}

/// Whether credentials were sent and are not accepted.
fn is_refused(question: &Question<'_>) -> bool {
    question.violations.iter().any(|violation| {
        matches!(violation.rule, Rule::CredentialsMalformed | Rule::CredentialsInvalid | Rule::ScopeMissing)
    })
}
