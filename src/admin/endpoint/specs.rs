//! `GET /_standin/specs`: the documents that are served.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Scope, json, schema};

/// One document.
#[derive(Serialize, JsonSchema)]
pub struct Spec {
    /// Its name.
    name: String,
    /// Its title.
    title: String,
    /// Its own version.
    version: String,
    /// How many operations it has.
    operations: usize,
    /// The base paths of its servers.
    base_paths: Vec<String>,
    /// Why its last save is not served (`--watch`): what is wrong with it, each with its place; left out if it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refused: Vec<String>,
}

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/specs",
    id: "listSpecs",
    summary: "Lists the documents that are served.",
    parameters: &[],
    scope: Scope::Server,
    body: None,
    reply: Some(schema::<Vec<Spec>>),
    answer: |context| {
        let refused = context.serving.refused();
        let reasons = |name: &str| refused.iter().find(|one| one.name == name).map(|one| one.reasons.clone());
        let specs = context.engine.contracts().iter().map(|contract| Spec {
            name: contract.name.clone(),
            title: contract.document.title.clone(),
            version: contract.document.title_version.clone(),
            operations: contract.operations.len(),
            base_paths: contract.servers.iter().map(|server| server.base_path.clone()).collect(),
            refused: reasons(&contract.name).unwrap_or_default(),
        });
        json(&specs.collect::<Vec<_>>())
    },
};
