//! One rule of a scenario.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Concurrency, Outage, Quota, Ramp, RateLimit, Recovery, Respond, When, is_default};
use crate::fault::{Delay, Fault};

/// One rule: which requests it fits, how likely it fires, and what happens then.
///
/// Without `respond` the reply is the one that there would be without the rule, with the rule's faults and delay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRule {
    /// What the rule shows, in words. Draws go by it, so that a rule that moves keeps its draws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which requests it fits; left out: all of them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub when: When,
    /// The probability that it fires, 0 to 1; left out: it always does. Which requests it hits is a function of the
    /// session's seed, the rule, the operation, the request and how many times that request has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub chance: Option<f64>,
    /// A chance that changes with time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
    /// A chance that falls to 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// It fires only in these times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outage: Option<Outage>,
    /// It fires only beyond so many calls in a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<RateLimit>,
    /// It fires only beyond so many calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// It fires only beyond so many calls at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// What is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond: Option<Respond>,
    /// What happens to the reply on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Several faults.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// How long the reply is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// The state that the scenario goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goto: Option<String>,
    /// What happens one call after the other, in place of the above; each operation walks the steps for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<Sequence>,
    /// Ask the rules behind this one, too. Of what several rules say the first counts; their faults add up.
    #[serde(default, rename = "continue", skip_serializing_if = "is_default")]
    pub goes_on: bool,
}

/// What happens one call after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What follows the last step.
    #[serde(default, skip_serializing_if = "is_default")]
    pub then: Then,
}

/// What follows the last step of a sequence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// The last step stays.
    #[default]
    Stay,
    /// The first step again.
    Loop,
}

/// One step; an empty one lets the usual reply through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// For how many calls; left out: one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub times: Option<u64>,
    /// What is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond: Option<Respond>,
    /// What happens to the reply on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Several faults.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// How long the reply is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// The state that the scenario goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goto: Option<String>,
}
