//! `GET /_standin/routes`: every operation, and the paths that fit several documents.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Scope, json, schema};

/// All operations.
#[derive(Serialize, JsonSchema)]
pub struct Routes {
    /// The operations, document by document.
    routes: Vec<Route>,
    /// The paths that fit several documents.
    conflicts: Vec<RouteConflict>,
}

/// One operation.
#[derive(Serialize, JsonSchema)]
pub struct Route {
    /// The document.
    document: String,
    /// The method.
    method: String,
    /// The path template, without a base path.
    path: String,
    /// The operation's id.
    operation: String,
    /// The keys of its responses.
    statuses: Vec<String>,
}

/// A path that fits several documents.
#[derive(Serialize, JsonSchema)]
pub struct RouteConflict {
    /// The method.
    method: String,
    /// The path.
    path: String,
    /// The documents, the one that answers first.
    documents: Vec<String>,
}

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/routes",
    id: "listRoutes",
    summary: "Lists every operation, and the paths that fit several documents.",
    parameters: &[],
    scope: Scope::Server,
    body: None,
    reply: Some(schema::<Routes>),
    answer: |context| {
        let mut routes = Vec::new();
        for contract in context.engine.contracts() {
            routes.extend(contract.operations.iter().map(|operation| Route {
                document: contract.name.clone(),
                method: operation.method.to_string(),
                path: operation.template.clone(),
                operation: operation.id.clone(),
                statuses: operation.responses.iter().map(|response| response.key.to_string()).collect(),
            }));
        }
        let conflicts = context.engine.conflicts().into_iter();
        let conflicts = conflicts.map(|found| RouteConflict {
            method: found.method,
            path: found.path,
            documents: found.documents,
        });
        json(&Routes { routes, conflicts: conflicts.collect() })
    },
};
