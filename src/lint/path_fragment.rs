//! Path templates with a fragment, which no request carries.

use std::collections::BTreeMap;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "path-fragment",
    severity: Severity::Warning,
    means: "A path template has a `#`; what follows is a fragment, which a client never sends (RFC 9110 4.2.5).",
    matters: "Templates that differ only there are one route. Of their operations the one answers whose parameters and content a request keeps best, the first where that does not tell: others may never answer.",
    example: "`/schema` and `/schema#classifications`",
    fix: "Make them one operation, or give each a path or a method of its own.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut first: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for operation in &contract.operations {
        let template = operation.template.as_str();
        let route = template.split_once('#').map_or(template, |(route, _)| route);
        let other = *first.entry((operation.method.as_str(), route)).or_insert(template);
        if route == template {
            continue;
        }
        let told = format!("`{} {template}`: no request carries what follows `#`", operation.method);
        let message = if other == template {
            told
        } else {
            format!("{told}, so that it answers only requests that keep it better than `{other}`")
        };
        let help = "make them one operation, or give each a path or a method of its own".to_owned();
        findings.push(Finding { pointer: operation.pointer.clone(), message, help });
    }
    findings
}
