//! Which requests a rule fits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Call, Span, plain_or_map};
use crate::scenario::predicate::Predicate;

/// Which requests a rule fits: all conditions that are given hold together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The name of the document, or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Names>,
    /// The id of the operation, or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Names>,
    /// The method, or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Names>,
    /// The path template as the document writes it, or several: `/organizations/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Names>,
    /// The path as sent, without the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Predicate>,
    /// Header fields, by name without regard to case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, Predicate>,
    /// Query parameters, decoded, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, Predicate>,
    /// Cookies, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cookie: BTreeMap<String, Predicate>,
    /// Parts of the decoded content, by JSON pointer: `/address/country`; the empty pointer is all of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<String, Predicate>,
    /// The session's id; the default session has the id `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Predicate>,
    /// Which calls of the operation in the session, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The request's credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// From so long after the session's first call on; of what is loaded later, the first call after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// Until so long after the session's first call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Span>,
    /// The state that the scenario is in for the session, or several. It starts in `start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Names>,
    /// Conditions that all hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<When>,
    /// Conditions of which one holds; left out: nothing is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<When>,
    /// Conditions that do not hold together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<When>>,
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
    /// The names, each with its place in the list if there is one.
    pub(in crate::scenario) fn iter(&self) -> impl Iterator<Item = (Option<usize>, &str)> {
        let (one, several) = match self {
            Self::One(name) => (Some((None, name.as_str())), &[][..]),
            Self::Several(names) => (None, &names[..]),
        };
        one.into_iter().chain(several.iter().enumerate().map(|(index, name)| (Some(index), name.as_str())))
    }
}

/// The credentials of a request.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Credentials {
    /// Whether there are some.
    Presence(Presence),
    /// What they are.
    Value(CredentialsValue),
}

/// Whether a request has credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// There are some, accepted or not.
    Present,
    /// There are none.
    Absent,
    /// There are some that are not accepted: malformed, invalid, or without a scope that is needed.
    Invalid,
}

/// What the credentials of a request are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsValue {
    /// The token, the key, or the decoded `user:password`. With `matches` only a part of a secret needs to stand here.
    pub value: Predicate,
}

impl<'de> Deserialize<'de> for Credentials {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "`present`, `absent`, `invalid`, or a map with `value`";
        let word = |value: Value| Presence::deserialize(value).ok().map(Self::Presence);
        plain_or_map(deserializer, expected, word, Self::Value)
    }
}
