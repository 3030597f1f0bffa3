//! The format of `scenarios/*.yaml`, documented on its fields: schema and reference are made from here.

mod call;
mod limit;
mod plain;
mod respond;
mod rule;
mod runtime;
mod span;
mod time;
mod when;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use call::{Call, CallRange};
pub use limit::{Concurrency, Key, Quota, Rate, RateHeaders, RateLimit};
pub use plain::Plain;
pub(super) use plain::{given, plain_or_map};
pub use respond::Respond;
pub use rule::{ScenarioRule, Sequence, Step, Then};
pub(in crate::scenario) use runtime::LEASE_KEYS;
pub use runtime::{FaultRule, Lease, RuntimeRule};
pub use span::Span;
pub use time::{Outage, Ramp, Recovery};
pub use when::{Credentials, CredentialsValue, Names, Presence, When};

/// A scenario: rules in order, of which the first that fits a request decides what happens to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ScenarioFile")]
pub struct ScenarioFile<R = ScenarioRule> {
    /// A short name; replies tell it in `standin-rule: SCENARIO/RULE`.
    pub name: String,
    /// What the scenario is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The documents that its rules are about, by name; left out: all that are served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Names>,
    /// The rules; the first that fits decides.
    pub rules: Vec<R>,
}

/// Whether a value is what it is when it is left out, so that it need not be written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
