//! Rules that are added at run time: a rule of a scenario that may end by itself, and its short form.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Names, Respond, ScenarioRule, Span, When};
use crate::fault::{Delay, Fault};

/// When a rule that was added at run time ends by itself; left out: when it is removed, or its session is reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lease {
    /// After it has fired so many times in a session.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub times: Option<u64>,
    /// So long after it was added.
    #[serde(default)]
    pub ttl: Option<Span>,
}

/// The keys of a [`Lease`], which stand beside those of the rule.
pub(in crate::scenario) const LEASE_KEYS: [&str; 2] = ["times", "ttl"];

/// A rule of a scenario with `times` and `ttl`. Its name is its id; a rule without one is named after its content.
#[derive(Debug)]
pub struct RuntimeRule;

impl JsonSchema for RuntimeRule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RuntimeRule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = ScenarioRule::json_schema(generator);
        let lease = Lease::json_schema(generator).to_value();
        let own = schema.get_mut("properties").and_then(Value::as_object_mut);
        if let (Some(own), Some(Value::Object(of_lease))) = (own, lease.get("properties")) {
            own.extend(of_lease.clone());
        }
        schema
    }
}

/// A failure of one operation, in short: what fails, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Its id; left out: one that is made of its content.
    #[serde(default)]
    pub name: Option<String>,
    /// The name of the document, or several; left out: all of them.
    #[serde(default)]
    pub document: Option<Names>,
    /// The id of the operation, or several; left out: all of them.
    #[serde(default)]
    pub operation: Option<Names>,
    /// The probability that it happens, 0 to 1; left out: it always does.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub chance: Option<f64>,
    /// The status that is answered, 200 to 599.
    #[serde(default)]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// A failure of the catalogue that is answered (`standin errors` lists them).
    #[serde(default)]
    pub error: Option<String>,
    /// What happens to the reply on its way.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// How long the reply is held back.
    #[serde(default)]
    pub delay: Option<Delay>,
    /// After how many times in a session it ends.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub times: Option<u64>,
    /// How long after it was added it ends.
    #[serde(default)]
    pub ttl: Option<Span>,
}

impl FaultRule {
    /// When it ends by itself.
    pub fn lease(&self) -> Lease {
        Lease { times: self.times, ttl: self.ttl }
    }

    /// The rule that it is short for.
    pub fn into_rule(self) -> ScenarioRule {
        let answers = self.status.is_some() || self.error.is_some();
        ScenarioRule {
            name: self.name,
            when: When { document: self.document, operation: self.operation, ..When::default() },
            chance: self.chance,
            respond: answers.then(|| Respond {
                status: self.status,
                error: self.error,
                ..Respond::default()
            }),
            fault: self.fault,
            delay: self.delay,
            ..ScenarioRule::default()
        }
    }
}
