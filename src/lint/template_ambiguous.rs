//! Path templates that differ only in the names of their parameters.

use std::collections::BTreeMap;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "template-ambiguous",
    severity: Severity::Error,
    means: "Two path templates with the same method differ only in the names of their parameters (OpenAPI 3.1 4.8.8.1).",
    matters: "No path can be told to be for the second one: it answers only requests that keep its parameters and content better than those of the first.",
    example: "`GET /pets/{id}` and `GET /pets/{name}`",
    fix: "Make them one operation, or change one of the paths.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut first: BTreeMap<(String, String), &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for operation in &contract.operations {
        let shape = (operation.method.to_string(), without_names(&operation.template));
        match first.get(&shape) {
            Some(other) if *other != operation.template => findings.push(Finding {
                pointer: operation.pointer.clone(),
                message: format!(
                    "`{} {}` fits the same paths as `{other}`",
                    operation.method, operation.template
                ),
                help: "make them one operation, or change one of the paths".to_owned(),
            }),
            Some(_) => {}
            None => {
                first.insert(shape, &operation.template);
            }
        }
    }
    findings
}

fn without_names(template: &str) -> String {
    let mut shape = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        shape.push_str(before);
        shape.push_str("{}");
        rest = behind.split_once('}').map_or("", |(_, after)| after);
    }
    shape + rest
}
