//! Parameter groups that name parameters which are not declared.

use super::{Finding, Rule};
use crate::contract::{Contract, Location};
use crate::diagnostic::Severity;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "group-parameter-unknown",
    severity: Severity::Error,
    means: "`x-standin-parameter-groups` names a query parameter that the operation does not declare.",
    matters: "The group does not forbid what it was written to forbid.",
    example: "`parameters: [id, sub_domian]` where `sub_domain` is declared",
    fix: "Correct the name, or declare the parameter.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for operation in &contract.operations {
        for group in &operation.groups {
            for name in &group.names {
                if operation.parameter(Location::Query, name).is_some() {
                    continue;
                }
                let queries = operation.parameters.iter().filter(|one| one.location == Location::Query);
                let help = text::nearest(name, queries.map(|one| one.name.as_str()))
                    .map_or("declare it with `in: query`".to_owned(), |near| {
                        format!("did you mean `{near}`?")
                    });
                findings.push(Finding {
                    pointer: group.pointer.clone(),
                    message: format!(
                        "the group names `{name}`, which is no query parameter of `{}`",
                        operation.id
                    ),
                    help,
                });
            }
        }
    }
    findings
}
