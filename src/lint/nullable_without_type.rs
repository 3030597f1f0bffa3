//! `nullable` where it has no effect.

use super::{Finding, Rule, remarks};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::document::RemarkKind;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "nullable-without-type",
    severity: Severity::Warning,
    means: "`nullable: true` stands in a schema without a `type` (OpenAPI 3.0.3 4.7.24.1 and its clarification).",
    matters: "By the letter null is not allowed; null is taken in requests, and never sent in replies.",
    example: "`{ nullable: true, allOf: [{ $ref: '#/components/schemas/Country' }] }`",
    fix: "Write a `type` beside `nullable`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    remarks::of(contract, RemarkKind::NullableWithoutType)
}
