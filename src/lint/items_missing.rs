//! Arrays of nobody knows what.

use super::{Finding, Rule, remarks};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::document::RemarkKind;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "items-missing",
    severity: Severity::Warning,
    means: "A schema of type array has no `items` (OpenAPI 3.0.3 4.7.24.1 and Swagger 2.0 ask for it).",
    matters: "Nothing is said about the items, so nothing about them is checked.",
    example: "`{ type: array }`",
    fix: "Add `items`; `items: {}` is for items of any kind.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    remarks::of(contract, RemarkKind::ItemsMissing)
}
