//! Operations that declare no success.

use super::{Finding, Rule};
use crate::contract::{Contract, StatusKey};
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "success-missing",
    severity: Severity::Warning,
    means: "An operation declares neither a 2xx nor a 3xx response nor `default`.",
    matters: "Nobody knows what a success looks like; it is answered as 200 without content.",
    example: "an operation with nothing but `404`",
    fix: "Declare the response of a success.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let is_success = |key: StatusKey| match key {
        StatusKey::Exact(status) => (200..400).contains(&status),
        StatusKey::Range(hundred) => hundred == 2 || hundred == 3,
        StatusKey::Default => true,
    };
    let without = contract
        .operations
        .iter()
        .filter(|operation| !operation.responses.iter().any(|response| is_success(response.key)));
    without
        .map(|operation| Finding {
            pointer: operation.pointer.join("responses"),
            message: format!("`{} {}` declares no success", operation.method, operation.template),
            help: "declare a 2xx response, or `default`".to_owned(),
        })
        .collect()
}
