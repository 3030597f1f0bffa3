//! Discriminators that a branch does not have.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schemas::both;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::schema::{holding, reference};
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "discriminator-undeclared",
    severity: Severity::Warning,
    means: "A branch of a schema with a `discriminator` does not declare the property, or does not require it (OpenAPI 3.1 4.8.25).",
    matters: "A value without it can't be told to be of any branch, though it is valid.",
    example: "`discriminator: { propertyName: kind }` over a branch without `required: [kind]`",
    fix: "Declare the property in each branch, and list it under `required`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (pointer, schema, direction) in both(contract) {
        let property = schema.get("discriminator").and_then(|found| found.get("propertyName")?.as_str());
        let Some(property) = property else { continue };
        let root = contract.schemas.root(direction);
        for keyword in ["oneOf", "anyOf"] {
            let branches = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
            for (index, branch) in branches.enumerate() {
                let schemas = holding(root, branch);
                let is_declared = schemas
                    .iter()
                    .any(|schema| schema.get("properties").is_some_and(|map| map.get(property).is_some()));
                let is_required = schemas.iter().any(|schema| requires(schema, property));
                let is_null = branch.get("type").is_some_and(|name| name == "null");
                // A branch that chooses again may require it in each of its own.
                let chooses =
                    schemas.iter().any(|schema| schema.get("oneOf").or(schema.get("anyOf")).is_some());
                let place = branch.get("$ref").and_then(reference);
                let place = place.unwrap_or_else(|| pointer.join(keyword).index(index));
                if is_declared && is_required || is_null || chooses || !seen.insert((place.clone(), property))
                {
                    continue;
                }
                let shown = text::harmless(property);
                let (lacks, help) = if is_declared {
                    ("require", format!("list `{shown}` under `required`"))
                } else {
                    ("declare", format!("declare the property `{shown}`, and list it under `required`"))
                };
                findings.push(Finding {
                    pointer: place,
                    message: format!(
                        "this branch does not {lacks} `{shown}`, which tells the branches apart"
                    ),
                    help,
                });
            }
        }
    }
    findings
}

fn requires(schema: &Value, property: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|name| name == property))
}
