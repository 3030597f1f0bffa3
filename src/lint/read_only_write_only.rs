//! Properties that are sent in no direction.

use serde_json::Value;

use super::schemas::both;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "read-only-write-only",
    severity: Severity::Warning,
    means: "A schema is both `readOnly` and `writeOnly` (OpenAPI 3.0.3 4.7.24.1 forbids it).",
    matters: "It can be sent in neither direction.",
    example: "`{ type: string, readOnly: true, writeOnly: true }`",
    fix: "Take one of them out.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let says = |schema: &Value, keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    let schemas = both(contract).into_iter();
    let wrong = schemas.filter(|(_, schema, _)| says(schema, "readOnly") && says(schema, "writeOnly"));
    wrong
        .map(|(pointer, ..)| Finding {
            pointer: pointer.join("writeOnly"),
            message: "this is both `readOnly` and `writeOnly`, so it is never sent".to_owned(),
            help: "take one of them out".to_owned(),
        })
        .collect()
}
