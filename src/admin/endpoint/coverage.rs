//! `GET /_standin/coverage`: what of the documents was exercised so far.

use super::{Endpoint, Parameter, Scope, drift, schema};
use crate::report::{COVERAGE_FORMATS, COVERAGE_NAMES, Exercised};

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/coverage",
    id: "getCoverage",
    summary: "Tells which operations, parameters, statuses, contents and branches were exercised, and which were not.",
    parameters: &[Parameter {
        name: "format",
        description: "How it is written; `json` unless given.",
        kind: "string",
        values: COVERAGE_NAMES,
    }],
    scope: Scope::Any,
    body: None,
    reply: Some(schema::<Exercised<'static>>),
    answer: |context| drift::written(context, COVERAGE_FORMATS),
};
