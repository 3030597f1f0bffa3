//! `GET /_standin/drift`: what was found so far, as a report.

use http::header::{CONTENT_TYPE, HeaderValue};

use super::{Context, Endpoint, Parameter, Scope, schema};
use crate::drift::Detail;
use crate::engine::Problem;
use crate::message::Reply;
use crate::report::{FORMATS, Format, NAMES, Report};

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/drift",
    id: "getDrift",
    summary: "Tells every breach of the contract that was found, equal ones counted as one.",
    parameters: &[Parameter {
        name: "format",
        description: "The form of the report; `json` unless given.",
        kind: "string",
        values: NAMES,
    }],
    scope: Scope::Any,
    body: None,
    reply: Some(schema::<Report>),
    answer: |context| written(context, FORMATS),
};

/// The report in the form that is asked for.
pub(super) fn written(context: &Context<'_>, formats: &[Format]) -> Result<Reply, Problem> {
    let name = context.query("format").unwrap_or_else(|| "json".into());
    let Some(format) = formats.iter().find(|format| format.name == name) else {
        let detail = format!("`{}` is no format of reports", crate::redact::shown(&name, 40));
        return Err(Problem::new(400, detail));
    };
    let mut reply = Reply::new(200);
    reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type));
    reply.body = (format.render)(&report(context)?).into();
    Ok(reply)
}

/// The report of the session that is meant, or of all.
pub(super) fn report(context: &Context<'_>) -> Result<Report, Problem> {
    let engine = context.engine;
    let report = if context.is_of_all() {
        Report::of(&engine.sessions().ledger()).covering(engine.covered_by_all(Detail::Whole))
    } else {
        let session = context.session()?;
        Report::of(&session.ledger).covering(engine.covered(&session))
    };
    let mut report = report.seen_from(&std::env::current_dir().unwrap_or_default());
    context.measure.hold(&mut report, &engine.now().day());
    Ok(report)
}
