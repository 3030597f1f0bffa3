//! `GET /_standin/errors`: every failure that can be asked for by name.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Parameter, Scope, json, schema};
use crate::negotiate;

/// One failure.
#[derive(Serialize, JsonSchema)]
pub struct Failure {
    /// The document.
    document: String,
    /// The operation.
    operation: String,
    /// The key of its response.
    status: String,
    /// Its name: `Prefer: error=NAME`.
    name: String,
    /// Its name where the plain one is not unique: `status/name`.
    qualified: String,
    /// What the document says of it.
    description: String,
}

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/errors",
    id: "listErrors",
    summary: "Lists every failure that can be asked for by name.",
    parameters: &[
        Parameter {
            name: "document",
            description: "Only those of this document.",
            kind: "string",
            values: &[],
        },
        Parameter {
            name: "operation",
            description: "Only those of this operation.",
            kind: "string",
            values: &[],
        },
    ],
    scope: Scope::Server,
    body: None,
    reply: Some(schema::<Vec<Failure>>),
    answer: |context| {
        let (document, operation) = (context.query("document"), context.query("operation"));
        let mut failures = Vec::new();
        for contract in context.engine.contracts() {
            if document.as_ref().is_some_and(|wanted| *wanted != contract.name) {
                continue;
            }
            let found = negotiate::catalogue(contract).into_iter();
            let wanted =
                found.filter(|failure| operation.as_ref().is_none_or(|wanted| *wanted == failure.operation));
            failures.extend(wanted.map(|failure| Failure {
                document: contract.name.clone(),
                operation: failure.operation,
                status: failure.status,
                name: failure.name,
                qualified: failure.qualified,
                description: failure.description,
            }));
        }
        json(&failures)
    },
};
