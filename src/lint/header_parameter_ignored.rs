//! Header parameters that the standard ignores.

use std::collections::BTreeSet;

use super::{Finding, Rule};
use crate::contract::{Contract, Location};
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "header-parameter-ignored",
    severity: Severity::Info,
    means: "A header parameter is called `Accept`, `Content-Type` or `Authorization` (OpenAPI 3.1 4.8.12.1 ignores it).",
    matters: "Media types and security schemes say what these header fields are; the parameter says nothing.",
    example: "`{ name: Authorization, in: header, schema: { type: string } }`",
    fix: "Take it out; declare media types under `content`, credentials as a security scheme.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for parameter in contract.operations.iter().flat_map(|operation| &operation.parameters) {
        let is_ignored = ["accept", "content-type", "authorization"]
            .iter()
            .any(|name| parameter.name.eq_ignore_ascii_case(name));
        if parameter.location == Location::Header && is_ignored && seen.insert(&parameter.pointer) {
            findings.push(Finding {
                pointer: parameter.pointer.join("name"),
                message: format!("the header parameter `{}` is ignored", parameter.name),
                help: "take it out; media types and security schemes say what it is".to_owned(),
            });
        }
    }
    findings
}
