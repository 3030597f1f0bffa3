//! Rules of time. It is counted from the session's first call; they are no draws.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Span, is_default};

/// When an API is out of service. Without `respond` and faults the answer is the declared 503.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// When it begins; left out: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Span>,
    /// How long it lasts; left out: for good.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub length: Option<Span>,
    /// After which time it begins again; longer than `for`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Span>,
}

/// A chance that goes evenly from one value to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// The chance at the beginning, 0 to 1; left out: 0.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub from: f64,
    /// The chance at the end, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub to: f64,
    /// How long it takes.
    pub over: Span,
    /// When it begins; left out: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
}

/// A chance that falls evenly to 0: an API that gets well again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// The chance at the beginning, 0 to 1; left out: 1.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub from: f64,
    /// How long it takes.
    pub over: Span,
    /// When it begins; left out: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
}

fn one() -> f64 {
    1.0
}
