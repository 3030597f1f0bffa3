//! `GET /_standin/exchanges`: the journal, newest first, with secrets hidden.

use std::collections::BTreeMap;

use http::HeaderMap;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Context, Endpoint, Parameter, Scope, json, schema};
use crate::engine::Problem;
use crate::exchange::Exchange;
use crate::message::Reply;
use crate::redact;
use crate::violation::Severity;

/// One exchange.
#[derive(Serialize, JsonSchema)]
pub struct Entry {
    /// Its number; the header `standin-exchange` of the reply.
    id: u64,
    /// When the request was read (RFC 3339).
    at: String,
    /// The document; null if none fits.
    document: Option<String>,
    /// The operation; null if none fits.
    operation: Option<String>,
    /// The method.
    method: String,
    /// Path and query, secrets hidden.
    target: String,
    /// The request's header fields, secrets hidden.
    headers: BTreeMap<String, String>,
    /// The request's content as JSON or text, secrets hidden, shortened; null if it has none.
    body: Value,
    /// The status of the reply.
    status: u16,
    /// The reply's content as JSON or text, shortened; null if it has none.
    reply: Value,
    /// How the reply ended on the wire; null while it is under way.
    outcome: Option<Outcome>,
    /// The rules of scenarios that decided the reply, as `SCENARIO/RULE`.
    rules: Vec<String>,
    /// What was found.
    violations: Vec<Finding>,
}

/// How a reply ended.
#[derive(Serialize, JsonSchema)]
pub struct Outcome {
    /// `whole`: sent to its end; `cut`: the server sent no more and closed; `reset`: the server reset the connection or the
    /// stream; `gone`: the connection was gone first, because its client left or the server had to stop.
    #[schemars(extend("enum" = ["whole", "cut", "reset", "gone"]))]
    end: &'static str,
    /// How many bytes of the content were sent; left out where that was all.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
    /// When (RFC 3339); for a reply that is sent whole and at once, when its request was read.
    at: String,
}

/// One violation.
#[derive(Serialize, JsonSchema)]
pub struct Finding {
    /// The rule's code.
    code: String,
    /// How much it weighs.
    severity: Severity,
    /// The place in the message: first `request` or `response`, then `path`, `query`, `header`, `cookie`, `body`, ….
    location: Vec<String>,
    /// What is wrong.
    message: String,
    /// What to do.
    help: Option<String>,
    /// The place in the document: file, line, column, pointer.
    place: String,
    /// Whether the strict reading found it; left out if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    strict: bool,
}

/// How many entries are told unless `limit` says otherwise.
const USUAL: usize = 50;

pub(super) static LIST: Endpoint = Endpoint {
    method: "GET",
    path: "/exchanges",
    id: "listExchanges",
    summary: "Lists the last exchanges, newest first.",
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
        Parameter {
            name: "status",
            description: "Only those with this status.",
            kind: "integer",
            values: &[],
        },
        Parameter {
            name: "outcome",
            description: "Only those whose reply ended like this.",
            kind: "string",
            values: &["whole", "cut", "reset", "gone"],
        },
        Parameter {
            name: "violating",
            description: "Only those with violations, or only those without.",
            kind: "boolean",
            values: &[],
        },
        Parameter {
            name: "limit",
            description: "How many at most; 50 unless given.",
            kind: "integer",
            values: &[],
        },
    ],
    scope: Scope::One,
    body: None,
    reply: Some(schema::<Vec<Entry>>),
    answer: list,
};

pub(super) static ONE: Endpoint = Endpoint {
    method: "GET",
    path: "/exchanges/{id}",
    id: "getExchange",
    summary: "Tells one exchange by its number.",
    parameters: &[],
    scope: Scope::One,
    body: None,
    reply: Some(schema::<Entry>),
    answer: one,
};

fn list(context: &Context<'_>) -> Result<Reply, Problem> {
    let (document, operation) = (context.query("document"), context.query("operation"));
    let status: Option<u16> = context.query("status").and_then(|status| status.parse().ok());
    let outcome = context.query("outcome");
    let violating: Option<bool> = context.query("violating").and_then(|flag| flag.parse().ok());
    let limit = context.query("limit").and_then(|limit| limit.parse().ok()).unwrap_or(USUAL);
    let fits = |exchange: &Exchange| {
        document.as_ref().is_none_or(|wanted| exchange.document.as_deref() == Some(wanted))
            && operation.as_ref().is_none_or(|wanted| exchange.operation.as_deref() == Some(wanted))
            && status.is_none_or(|wanted| exchange.status == wanted)
            && outcome
                .as_ref()
                .is_none_or(|wanted| exchange.ended.is_some_and(|ended| ended.outcome.word() == wanted))
            && violating.is_none_or(|wanted| exchange.violations.is_empty() != wanted)
    };
    let all = context.session()?.journal.all();
    let entries: Vec<Entry> =
        all.iter().rev().filter(|exchange| fits(exchange)).take(limit).map(entry).collect();
    json(&entries)
}

fn one(context: &Context<'_>) -> Result<Reply, Problem> {
    let id = context.path.rsplit('/').next().unwrap_or_default();
    let session = context.session()?;
    let found = id.parse().ok().and_then(|id| session.journal.find(id));
    match found {
        Some(exchange) => json(&entry(&exchange)),
        None => {
            let shown = redact::shown(id, 40);
            Err(Problem::new(404, format!("there is no exchange `{shown}`, or it is no longer kept")))
        }
    }
}

fn entry(exchange: &Exchange) -> Entry {
    Entry {
        id: exchange.id,
        at: exchange.at.to_string(),
        document: exchange.document.as_deref().map(str::to_owned),
        operation: exchange.operation.as_deref().map(str::to_owned),
        method: exchange.request.method.to_string(),
        target: redact::target(&exchange.request.target()),
        headers: headers(&exchange.request.headers),
        body: content(&exchange.request.body),
        status: exchange.status,
        reply: content(&exchange.reply),
        outcome: exchange.ended.map(|ended| Outcome {
            end: ended.outcome.word(),
            sent: ended.outcome.sent(),
            at: ended.at.to_string(),
        }),
        rules: exchange.rules.iter().map(ToString::to_string).collect(),
        violations: exchange
            .violations
            .iter()
            .map(|violation| Finding {
                code: violation.rule.code().to_owned(),
                severity: violation.severity,
                location: violation.location.clone(),
                message: violation.message.clone(),
                help: violation.help.clone(),
                place: violation.place.to_string(),
                strict: violation.rule.is_strict(),
            })
            .collect(),
    }
}

fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    for (name, value) in headers {
        let name = name.as_str();
        shown.insert(name.to_owned(), redact::header(name, &String::from_utf8_lossy(value.as_bytes())));
    }
    shown
}

fn content(bytes: &[u8]) -> Value {
    const LONGEST: usize = 64 * 1024;
    if bytes.is_empty() {
        return Value::Null;
    }
    if bytes.len() > LONGEST {
        return Value::String(format!("{} bytes, too many to show", bytes.len()));
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => redact::inside(&value),
        Err(_) => match std::str::from_utf8(bytes) {
            Ok(text) if is_form(text) => Value::String(redact::target(&format!("?{text}"))[1..].to_owned()),
            Ok(text) => Value::String(redact::text(text, 2000)),
            Err(_) => Value::String(format!("{} bytes that are no text", bytes.len())),
        },
    }
}

fn is_form(text: &str) -> bool {
    text.split('&').all(|pair| pair.contains('=')) && !text.contains(['{', '<', '\n', ' '])
}
