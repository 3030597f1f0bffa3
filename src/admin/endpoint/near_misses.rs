//! `GET /_standin/near-misses`: the last requests that fit no operation, and what they probably meant.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Scope, json, schema};
use crate::redact;

/// A request that fits no operation.
#[derive(Serialize, JsonSchema)]
pub struct NearMiss {
    /// The number of its exchange.
    exchange: u64,
    /// The method.
    method: String,
    /// Path and query, secrets hidden.
    target: String,
    /// Why it fits none.
    message: String,
    /// The paths that it probably meant, the nearest first; empty if none is near.
    nearest: Vec<Near>,
}

/// A declared path that is near.
#[derive(Serialize, JsonSchema)]
pub struct Near {
    /// The document.
    document: String,
    /// The path template.
    template: String,
    /// The methods that it is declared with.
    methods: Vec<String>,
}

/// How many requests are told.
const MOST: usize = 50;

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/near-misses",
    id: "listNearMisses",
    summary: "Lists the last requests that fit no operation, newest first, with the declared paths nearest to them.",
    parameters: &[],
    scope: Scope::One,
    body: None,
    reply: Some(schema::<Vec<NearMiss>>),
    answer: |context| {
        let all = context.session()?.journal.all();
        let unmatched = all.iter().rev().filter(|exchange| exchange.operation.is_none()).take(MOST);
        let told = unmatched.map(|exchange| {
            let nearest = context.engine.nearest(&exchange.request).into_iter();
            let near = |(document, template, methods): (String, String, Vec<http::Method>)| Near {
                document,
                template,
                methods: methods.iter().map(ToString::to_string).collect(),
            };
            let message = exchange.violations.first().map(|violation| violation.message.clone());
            NearMiss {
                exchange: exchange.id,
                method: exchange.request.method.to_string(),
                target: redact::target(&exchange.request.target()),
                message: message.unwrap_or_else(|| "no operation answers it".to_owned()),
                nearest: nearest.map(near).collect(),
            }
        });
        json(&told.collect::<Vec<_>>())
    },
};
