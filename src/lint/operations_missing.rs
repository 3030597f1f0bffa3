//! Documents without a single operation.

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::pointer::Pointer;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "operations-missing",
    severity: Severity::Warning,
    means: "The document declares no operation that can be served.",
    matters: "Every request is answered with 404, and nothing is ever checked.",
    example: "`paths: {}`",
    fix: "Declare operations under `paths`, or name the file that does.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    if !contract.operations.is_empty() {
        return Vec::new();
    }
    vec![Finding {
        pointer: Pointer::root().join("paths"),
        message: "this document declares no operation that can be served".to_owned(),
        help: "declare operations under `paths`, or name the file that does".to_owned(),
    }]
}
