//! Members beside a `$ref` that count for nothing.

use super::{Finding, Rule, remarks};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::document::RemarkKind;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "reference-siblings-ignored",
    severity: Severity::Warning,
    means: "Members stand beside a `$ref` that are ignored there (OpenAPI 3.0.3 4.7.23.2; 3.1 4.8.23 but for schemas).",
    matters: "What they say does not hold, though it can be read there.",
    example: "`{ $ref: '#/components/schemas/Name', maxLength: 10 }` in 3.0",
    fix: "Move them to what the `$ref` names, or put the `$ref` into an `allOf`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    remarks::of(contract, RemarkKind::SiblingsIgnored)
}
