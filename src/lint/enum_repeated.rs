//! Enums that list a value twice.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schemas::both;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "enum-repeated",
    severity: Severity::Warning,
    means: "An `enum` lists the same value twice (JSON Schema 2020-12 validation 6.1.2 asks for different ones).",
    matters: "Generated clients fail to compile; most likely another value was meant.",
    example: "`enum: [asc, desc, asc]`",
    fix: "Take one of them out, or correct it.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (pointer, schema, _) in both(contract) {
        let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        let mut seen = BTreeSet::new();
        let repeated = listed.enumerate().find(|(_, value)| !seen.insert(value.to_string()));
        let Some((index, value)) = repeated else { continue };
        let shown = text::harmless(&text::shortened(&value.to_string(), 60));
        findings.push(Finding {
            pointer: pointer.join("enum").index(index),
            message: format!("this enum lists `{shown}` twice"),
            help: "take one of them out, or correct it".to_owned(),
        });
    }
    findings
}
