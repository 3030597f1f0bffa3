//! `GET /_standin/drift`: what was found so far, as a report.

use http::header::{CONTENT_TYPE, HeaderValue};

use super::{Endpoint, Parameter, Scope, schema};
use crate::engine::Problem;
use crate::message::Reply;
use crate::report::{FORMATS, Report};

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/drift",
    id: "getDrift",
    summary: "Tells every breach of the contract that was found, equal ones counted as one.",
    parameters: &[Parameter {
        name: "format",
        description: "The form of the report; `json` unless given.",
        kind: "string",
        values: &["json", "text"],
    }],
    scope: Scope::Any,
    body: None,
    reply: Some(schema::<Report>),
    answer: |context| {
        let name = context.query("format").unwrap_or_else(|| "json".into());
        let Some(format) = FORMATS.iter().find(|format| format.name == name) else {
            return Err(Problem::new(
                400,
                format!("`{}` is no format of reports", crate::redact::shown(&name, 40)),
            ));
        };
        let report = if context.is_of_all() {
            Report::of(&context.engine.sessions().ledger())
        } else {
            Report::of(&context.session()?.ledger)
        };
        let media_type = if name == "json" { "application/json" } else { "text/plain; charset=utf-8" };
        let mut reply = Reply::new(200);
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        reply.body = (format.render)(&report).into();
        Ok(reply)
    },
};
