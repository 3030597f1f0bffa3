//! Path parameters that are not required.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Finding, Rule};
use crate::contract::{Contract, Location};
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "path-parameter-optional",
    severity: Severity::Error,
    means: "A path parameter does not say `required: true` (OpenAPI 3.1 4.8.12.2 asks for it).",
    matters: "A path without it is another path; other tools refuse the document.",
    example: "`{ name: id, in: path, schema: { type: string } }`",
    fix: "Write `required: true`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for parameter in contract.operations.iter().flat_map(|operation| &operation.parameters) {
        if parameter.location != Location::Path || !seen.insert(&parameter.pointer) {
            continue;
        }
        let written = parameter.pointer.find(&contract.document.reply_tree);
        if written.is_some_and(|written| written.get("required") != Some(&Value::Bool(true))) {
            findings.push(Finding {
                pointer: parameter.pointer.join("required"),
                message: format!("the path parameter `{}` is not `required: true`", parameter.name),
                help: "write `required: true`; it is taken so".to_owned(),
            });
        }
    }
    findings
}
