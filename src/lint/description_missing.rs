//! Responses without a description.

use super::{Finding, Rule, remarks};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::document::RemarkKind;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "description-missing",
    severity: Severity::Warning,
    means: "A response has no `description` (OpenAPI 3.1 4.8.17 asks for it).",
    matters: "Other tools refuse the document, and readers don't know what the response means.",
    example: "`'404': {}`",
    fix: "Add a `description`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    remarks::of(contract, RemarkKind::DescriptionMissing)
}
