//! `GET /_standin/health`: whether the server is up, without a token.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Scope, json, schema};

/// That the server is up.
#[derive(Serialize, JsonSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The version of the program.
    version: &'static str,
    /// How many documents are served.
    documents: usize,
}

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/health",
    id: "getHealth",
    summary: "Tells that the server is up.",
    parameters: &[],
    scope: Scope::Server,
    body: None,
    reply: Some(schema::<Health>),
    answer: |context| {
        json(&Health {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
            documents: context.engine.contracts().len(),
        })
    },
};
