//! `GET /_standin/openapi.json`: the document of the reserved prefix.

use super::{Endpoint, Scope, json};
use crate::admin::document;

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/openapi.json",
    id: "getOpenapi",
    summary: "Gives the OpenAPI document of these operations.",
    parameters: &[],
    scope: Scope::Server,
    body: None,
    reply: Some(|_| schemars::json_schema!({ "type": "object" })),
    answer: |_| json(&document::openapi()),
};
