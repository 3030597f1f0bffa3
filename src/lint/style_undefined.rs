//! Parameters whose style says nothing about values of their type.

use super::{Finding, Rule};
use crate::contract::{Contract, Location, Parameter, Serialization, Style};
use crate::diagnostic::Severity;
use crate::schema::Direction;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "style-undefined",
    severity: Severity::Info,
    means: "A parameter has a style, `explode` and type for which the standard does not say how values are written (`n/a` \
            in OpenAPI 3.1 4.8.12.4).",
    matters: "Clients and servers differ in what they write and read.",
    example: "`style: deepObject` with `type: array`; an array in a cookie with `explode: true`, the default",
    fix: "Choose a style that is defined for the type, or set `explode`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for operation in &contract.operations {
        for parameter in &operation.parameters {
            let Some(reason) = undefined(contract, parameter) else { continue };
            if findings.iter().any(|known: &Finding| known.pointer == parameter.pointer) {
                continue;
            }
            findings.push(Finding {
                pointer: parameter.pointer.clone(),
                message: format!(
                    "the {} parameter `{}` {reason}, which the standard leaves undefined",
                    parameter.location.word(),
                    parameter.name
                ),
                help: "choose a style that is defined for the type, or set `explode`".to_owned(),
            });
        }
    }
    findings
}

/// What the standard does not define, as the rest of a sentence.
fn undefined(contract: &Contract, parameter: &Parameter) -> Option<&'static str> {
    let Serialization::Style { style, explode } = &parameter.serialization else { return None };
    let (_, schema) = contract.schemas.resolve(parameter.schema.as_ref()?, Direction::Request)?;
    let kind = schema.get("type")?.as_str()?;
    match (style, kind) {
        (Style::DeepObject, "object") if !explode => Some("is a `deepObject` with `explode: false`"),
        (Style::DeepObject, kind) if kind != "object" => Some("is a `deepObject` and no object"),
        (Style::SpaceDelimited | Style::PipeDelimited, "array" | "object") if *explode => {
            Some("separates values by one delimiter with `explode: true`")
        }
        (Style::SpaceDelimited | Style::PipeDelimited, kind) if kind != "array" && kind != "object" => {
            Some("separates values, but takes only one")
        }
        (Style::Form, "array" | "object") if *explode && parameter.location == Location::Cookie => {
            Some("writes several values by `form` with `explode: true`")
        }
        _ => None,
    }
}
