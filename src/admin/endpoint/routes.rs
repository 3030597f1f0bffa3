//! `GET /_standin/routes`: every operation, the paths that fit several documents, and the routes that operations share.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Scope, json, schema};

/// All operations.
#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "it is the key of the reply")]
pub struct Routes {
    /// The operations, document by document.
    routes: Vec<Route>,
    /// The paths that fit several documents.
    conflicts: Vec<RouteConflict>,
    /// The routes that several operations of one document share.
    shared: Vec<RouteShared>,
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

/// Operations of one document whose path templates differ in nothing that is sent.
#[derive(Serialize, JsonSchema)]
pub struct RouteShared {
    /// The document.
    document: String,
    /// The method.
    method: String,
    /// The path template, without what is not sent.
    path: String,
    /// The operations: the one that a request keeps best answers, the first of those that it keeps alike.
    operations: Vec<String>,
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
        let shared = context.engine.shared_routes().into_iter().map(|found| RouteShared {
            document: found.document,
            method: found.method,
            path: found.path,
            operations: found.operations,
        });
        json(&Routes { routes, conflicts: conflicts.collect(), shared: shared.collect() })
    },
};
