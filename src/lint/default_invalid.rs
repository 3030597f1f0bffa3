//! Defaults that are not valid by their own schema.

use std::collections::BTreeSet;

use super::judge::Judge;
use super::schemas::used;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::schema::Direction;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "default-invalid",
    severity: Severity::Warning,
    means: "The `default` of a schema is not valid by that schema.",
    matters: "What the server assumes is something that a client may not send.",
    example: "`{ type: integer, maximum: 100, default: 500 }`",
    fix: "Correct the default, or the schema.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for direction in [Direction::Request, Direction::Response] {
        let mut judge = Judge::new(contract, direction);
        for (pointer, schema) in used(contract, direction) {
            let Some(value) = schema.get("default") else { continue };
            if !seen.insert(pointer.clone()) {
                continue;
            }
            if let Some((inside, message)) = judge.first_mismatch(&pointer, value) {
                findings.push(Finding {
                    pointer: pointer.join("default").concat(&inside),
                    message: format!("this default is not valid by its own schema: {message}"),
                    help: "correct the default, or the schema".to_owned(),
                });
            }
        }
    }
    findings
}
