//! Enums without null beside `nullable`.

use std::collections::BTreeSet;

use super::schemas::used;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::document::NULL_UNLISTED;
use crate::schema::Direction;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "enum-without-null",
    severity: Severity::Warning,
    means: "`nullable: true` stands beside an `enum` that does not list null (OpenAPI 3.0.3 4.7.24.1).",
    matters: "By the letter null is not allowed; null is taken in requests, and never sent in replies.",
    example: "`{ type: string, nullable: true, enum: [a, b] }`",
    fix: "Add null to the enum, or take `nullable` out.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for direction in [Direction::Request, Direction::Response] {
        for (pointer, schema) in used(contract, direction) {
            if schema.get(NULL_UNLISTED).is_some() && seen.insert(pointer.clone()) {
                findings.push(Finding {
                    pointer: pointer.join("enum"),
                    message: "`nullable` stands beside an enum without null, so null is not allowed"
                        .to_owned(),
                    help: "add null to the enum, or take `nullable` out".to_owned(),
                });
            }
        }
    }
    findings
}
