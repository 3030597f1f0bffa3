//! Operations with the same `operationId`.

use std::collections::BTreeMap;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "operation-id-repeated",
    severity: Severity::Error,
    means: "Two operations have the same `operationId` (OpenAPI 3.1 4.8.10 asks for unique ones).",
    matters: "Reports, scenarios and generated clients can't tell them apart.",
    example: "`operationId: list` on both `GET /pets` and `GET /toys`",
    fix: "Give each operation an id of its own.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut first = BTreeMap::new();
    let mut findings = Vec::new();
    for operation in &contract.operations {
        let shown = format!("{} {}", operation.method, operation.template);
        if let Some(other) = first.get(operation.id.as_str()) {
            findings.push(Finding {
                pointer: operation.pointer.join("operationId"),
                message: format!("the operationId `{}` is that of `{other}` too", operation.id),
                help: format!("give `{shown}` an id of its own"),
            });
        } else {
            first.insert(operation.id.as_str(), shown);
        }
    }
    findings
}
