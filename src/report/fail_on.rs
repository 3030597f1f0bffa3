//! Which drifts are failures: by severity, by rule.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::drift::Drift;
use crate::violation::Severity;

/// Which drifts are failures, unless the baseline accepts them. The default: errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailOn {
    /// The least severity of a failure; null for none.
    pub severity: Option<Severity>,
    /// The codes of rules whose drifts are failures whatever their severity.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
}

impl Default for FailOn {
    fn default() -> Self {
        Self::at_least(Severity::Error)
    }
}

impl FailOn {
    /// Drifts of a severity and above.
    pub fn at_least(severity: Severity) -> Self {
        Self { severity: Some(severity), rules: BTreeSet::new() }
    }

    /// No drift at all.
    pub fn never() -> Self {
        Self { severity: None, rules: BTreeSet::new() }
    }

    /// Whether no drift is a failure.
    pub fn is_never(&self) -> bool {
        self.severity.is_none() && self.rules.is_empty()
    }

    /// Whether a drift is a failure by its severity or rule.
    pub fn takes(&self, drift: &Drift) -> bool {
        self.severity.is_some_and(|least| drift.severity >= least) || self.rules.contains(&drift.rule)
    }

    /// Takes on what another one calls a failure, too.
    pub fn absorb(&mut self, other: Self) {
        self.severity = match (self.severity, other.severity) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.rules.extend(other.rules);
    }
}
