//! Paths that no request has.

use std::collections::BTreeSet;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "path-unreachable",
    severity: Severity::Error,
    means: "A path template has a query or a brace that is not closed (OpenAPI 3.1 4.8.8: it is only a path).",
    matters: "No request has such a path: a query has no say in which operation is found, and a brace that is not closed stands for itself.",
    example: "`/search?kind=pets`",
    fix: "Declare what stands behind the `?` as query parameters.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for operation in &contract.operations {
        let template = operation.template.as_str();
        let Some((what, help)) = reason(template).filter(|_| seen.insert(template)) else { continue };
        findings.push(Finding {
            pointer: operation.pointer.clone(),
            message: format!("no request has the path `{template}`: it has {what}"),
            help: help.to_owned(),
        });
    }
    findings
}

fn reason(template: &str) -> Option<(&'static str, &'static str)> {
    let mut is_inside = false;
    for character in template.chars() {
        match character {
            '{' if is_inside => return Some(("a brace in a brace", "close each parameter: `{name}`")),
            '}' if !is_inside => {
                return Some(("a brace that is not opened", "write each parameter as `{name}`"));
            }
            '{' | '}' => is_inside = character == '{',
            '?' if !is_inside => {
                return Some(("a query", "declare what stands behind the `?` as query parameters"));
            }
            _ => {}
        }
    }
    is_inside.then_some(("a brace that is not closed", "write each parameter as `{name}`"))
}
