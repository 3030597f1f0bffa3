//! Path parameters in another notation.

use std::collections::BTreeSet;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "path-parameter-colon",
    severity: Severity::Warning,
    means: "A segment of a path begins with a colon, as parameters do in the notation of some routers.",
    matters: "Here it is literal text: only a request with the colon has this path.",
    example: "`/organizations/:organization`",
    fix: "Write it as `{organization}`, and declare the parameter.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for operation in &contract.operations {
        let template = operation.template.as_str();
        let segment = template.split('/').find(|segment| segment.len() > 1 && segment.starts_with(':'));
        let Some(segment) = segment.filter(|_| seen.insert(template)) else { continue };
        findings.push(Finding {
            pointer: operation.pointer.clone(),
            message: format!("`{segment}` in `{template}` is literal text, no parameter"),
            help: format!("write it as `{{{}}}`, and declare the parameter", &segment[1..]),
        });
    }
    findings
}
