//! Declared path parameters that the path template does not have.

use super::path_parameter_undeclared::names;
use super::{Finding, Rule};
use crate::contract::{Contract, Location};
use crate::diagnostic::Severity;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "path-parameter-unused",
    severity: Severity::Error,
    means: "A parameter is declared with `in: path`, and the path template does not have it (OpenAPI 3.1 4.8.12.2).",
    matters: "It can't be sent, although it is required.",
    example: "`name: petId, in: path` for `/pets/{id}`",
    fix: "Correct the name, or put it into the template.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for operation in &contract.operations {
        let names = names(&operation.template);
        for parameter in &operation.parameters {
            if parameter.location != Location::Path || names.contains(&parameter.name.as_str()) {
                continue;
            }
            let help = text::nearest(&parameter.name, names.iter().copied())
                .map_or("correct its name, or put it into the path".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
            findings.push(Finding {
                pointer: parameter.pointer.clone(),
                message: format!(
                    "`{} {}` has no `{{{}}}`, which is declared as a path parameter",
                    operation.method, operation.template, parameter.name
                ),
                help,
            });
        }
    }
    findings
}
