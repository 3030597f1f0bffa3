//! Schemas of replies that name properties and yet allow anything.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::schema::Direction;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "schema-vacuous",
    severity: Severity::Info,
    means: "The schema of a reply names properties, but neither asks for an object (`type`) nor for one of them (`required`).",
    matters: "A list, a string and `{}` are valid too, so a check of replies finds next to nothing.",
    example: "`{ properties: { id: { type: integer } } }`",
    fix: "Add `type: object` and list what is always there under `required`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for operation in &contract.operations {
        for response in &operation.responses {
            let wholes = response.content.iter().filter_map(|content| content.schema.as_ref());
            for entry in wholes.chain(response.branches.iter().map(|branch| &branch.pointer)) {
                let Some((pointer, schema)) = contract.schemas.resolve(entry, Direction::Response) else {
                    continue;
                };
                if is_vacuous(schema) && seen.insert(pointer.clone()) {
                    findings.push(finding(pointer, operation.id.as_str(), &response.key.to_string()));
                }
            }
        }
    }
    findings
}

fn is_vacuous(schema: &Value) -> bool {
    const SAYING: [&str; 10] =
        ["type", "required", "allOf", "anyOf", "oneOf", "enum", "const", "minProperties", "if", "$ref"];
    let names_properties =
        schema.get("properties").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    names_properties && SAYING.iter().all(|keyword| schema.get(keyword).is_none())
}

fn finding(pointer: Pointer, operation: &str, status: &str) -> Finding {
    Finding {
        pointer,
        message: format!(
            "anything is valid by this schema (`{operation}`, `{status}`): it has no `type` and no `required`"
        ),
        help: "add `type: object` and list what is always there under `required`".to_owned(),
    }
}
