//! Required properties that no schema describes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schemas::both;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::schema::applying;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "required-undeclared",
    severity: Severity::Warning,
    means: "`required` names a property that `properties` does not declare, here or in what is combined with it.",
    matters: "Most likely one of the two is misspelled; nothing is said about the property's value.",
    example: "`{ required: [id, nmae], properties: { id: {}, name: {} } }`",
    fix: "Correct the name, or declare the property.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (pointer, schema, direction) in both(contract) {
        let Some(required) = schema.get("required").and_then(Value::as_array) else { continue };
        // What is one of several that hold together may ask for what another one declares.
        if is_part(&pointer) {
            continue;
        }
        let schemas = applying(contract.schemas.root(direction), schema);
        let maps = schemas.iter().filter_map(|schema| schema.get("properties")?.as_object());
        let declared: BTreeSet<&str> = maps.flat_map(|map| map.keys()).map(String::as_str).collect();
        let is_open = |schema: &&&Value| {
            schema.get("patternProperties").is_some()
                || schema.get("additionalProperties").is_some_and(Value::is_object)
        };
        if declared.is_empty() || schemas.iter().any(|schema| is_open(&schema)) {
            continue;
        }
        for name in required {
            let Some(name) = name.as_str().filter(|name| !declared.contains(name)) else { continue };
            let shown = text::harmless(&text::shortened(name, 60));
            findings.push(Finding {
                // The list of one direction may be shorter than the one that is written, so no index is sure.
                pointer: pointer.join("required"),
                message: format!("the property `{shown}` is required, but not declared"),
                help: text::nearest(name, declared.iter().copied()).map_or_else(
                    || "declare it, or take it out of `required`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            });
        }
    }
    findings
}

/// Whether a schema stands in a combination or condition, as one part of it.
fn is_part(pointer: &Pointer) -> bool {
    let tokens: Vec<String> = pointer.tokens().collect();
    let [.., last] = &tokens[..] else { return false };
    let is_index = last.bytes().all(|byte| byte.is_ascii_digit());
    let keyword =
        if is_index { tokens.len().checked_sub(2).map_or("", |at| tokens[at].as_str()) } else { last };
    ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"].contains(&keyword)
        || tokens.len() > 1 && tokens[tokens.len() - 2] == "dependentSchemas"
}
