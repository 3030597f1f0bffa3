//! Parameters of a path template that no parameter object declares.

use super::{Finding, Rule};
use crate::contract::{Contract, Location};
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "path-parameter-undeclared",
    severity: Severity::Error,
    means: "The path template has a parameter that neither the operation nor the path item declares.",
    matters: "Nothing is known of its value, so nothing about it is checked.",
    example: "`/pets/{id}` without a parameter `name: id, in: path`",
    fix: "Declare it with `in: path`, `required: true` and a schema.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for operation in &contract.operations {
        for name in names(&operation.template) {
            if operation.parameter(Location::Path, name).is_none() {
                findings.push(Finding {
                    pointer: operation.pointer.clone(),
                    message: format!(
                        "`{} {}`: the path parameter `{name}` is not declared",
                        operation.method, operation.template
                    ),
                    help: format!("declare it: `{{ name: {name}, in: path, required: true, schema: … }}`"),
                });
            }
        }
    }
    findings
}

/// The names of the parameters in a template, left to right.
pub(super) fn names(template: &str) -> Vec<&str> {
    let inside = template.split('{').skip(1);
    inside.filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}
