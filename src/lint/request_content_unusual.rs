//! Content of requests where it has no meaning.

use http::Method;
use serde_json::Value;

use super::{Finding, Rule};
use crate::contract::{Contract, RequestBody};
use crate::diagnostic::Severity;
use crate::schema::Direction;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "request-content-unusual",
    severity: Severity::Info,
    means: "A GET, HEAD or DELETE declares content (RFC 9110 9.3.1, 9.3.2 and 9.3.5 give it no meaning).",
    matters: "Proxies and libraries may drop it, or refuse the request.",
    example: "`DELETE /pets` with a list of ids in the body",
    fix: "Use parameters, or another method.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let unusual = |method: &Method| [Method::GET, Method::HEAD, Method::DELETE].contains(method);
    let mut findings = Vec::new();
    for operation in contract.operations.iter().filter(|operation| unusual(&operation.method)) {
        let Some(body) = operation.body.as_ref().filter(|body| says_something(contract, body)) else {
            continue;
        };
        findings.push(Finding {
            pointer: body.pointer.clone(),
            message: format!(
                "`{} {}` declares content, which has no meaning in a {}",
                operation.method, operation.template, operation.method
            ),
            help: "use parameters, or another method".to_owned(),
        });
    }
    findings
}

/// Whether more is declared than an empty form, which some generators put everywhere.
fn says_something(contract: &Contract, body: &RequestBody) -> bool {
    let is_empty = |schema: &Value| {
        let members = schema.as_object();
        members.is_some_and(|schema| {
            schema.iter().all(|(keyword, value)| match keyword.as_str() {
                "properties" => value.as_object().is_some_and(serde_json::Map::is_empty),
                "type" => value == "object",
                _ => false,
            })
        })
    };
    let schemas = body.content.iter().map(|content| {
        let resolved = contract.schemas.resolve(content.schema.as_ref()?, Direction::Request);
        resolved.map(|(_, schema)| schema)
    });
    body.required || schemas.into_iter().any(|schema| schema.is_some_and(|schema| !is_empty(schema)))
}
