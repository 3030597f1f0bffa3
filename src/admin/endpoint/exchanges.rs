//! `GET /_standin/exchanges`: the journal, newest first, with secrets hidden; and how many there were.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Context, Endpoint, Parameter, Scope, json, schema};
use crate::drift::Filter;
use crate::engine::Problem;
use crate::exchange::Exchange;
use crate::message::{Asked, Reply, Waiting};
use crate::redact;
use crate::scenario::format::Span;
use crate::text;
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
    /// What makes the injected failure happen again (`Prefer: replay=`); null if there is none, or it would be too long.
    replay: Option<String>,
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

/// How many exchanges there were.
#[derive(Serialize, JsonSchema)]
pub struct Counted {
    /// How many exchanges are meant, since the session began or was reset; those that the journal no longer keeps included.
    count: u64,
    /// How many were waited for.
    min: u64,
    /// Why this is told now.
    outcome: CountOutcome,
}

/// Why a count is told now.
#[derive(Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum CountOutcome {
    /// There are as many as were waited for.
    Reached,
    /// The time is over.
    TimeOver,
    /// The server stops.
    Stopping,
}

/// No longer is waited.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

const DOCUMENT: Parameter =
    Parameter { name: "document", description: "Only those of this document.", kind: "string", values: &[] };
const OPERATION: Parameter = Parameter {
    name: "operation",
    description: "Only those of this operation.",
    kind: "string",
    values: &[],
};
const STATUS: Parameter =
    Parameter { name: "status", description: "Only those with this status.", kind: "integer", values: &[] };
const OUTCOME: Parameter = Parameter {
    name: "outcome",
    description: "Only those whose reply ended like this.",
    kind: "string",
    values: &["whole", "cut", "reset", "gone"],
};
const VIOLATING: Parameter = Parameter {
    name: "violating",
    description: "Only those with violations, or only those without.",
    kind: "boolean",
    values: &[],
};

/// How many entries are told unless `limit` says otherwise.
const USUAL: usize = 50;

pub(super) static LIST: Endpoint = Endpoint {
    method: "GET",
    path: "/exchanges",
    id: "listExchanges",
    summary: "Lists the last exchanges, newest first.",
    parameters: &[
        DOCUMENT,
        OPERATION,
        STATUS,
        OUTCOME,
        VIOLATING,
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

pub(super) static COUNT: Endpoint = Endpoint {
    method: "GET",
    path: "/exchanges/count",
    id: "countExchanges",
    summary: "Counts exchanges, and waits until there are enough of them.",
    parameters: &[
        DOCUMENT,
        OPERATION,
        STATUS,
        OUTCOME,
        VIOLATING,
        Parameter {
            name: "min",
            description: "How many are waited for; none unless given.",
            kind: "integer",
            values: &[],
        },
        Parameter {
            name: "timeout",
            description: "How long is waited for them, such as `5s`, at most five minutes; not at all unless given.",
            kind: "string",
            values: &[],
        },
    ],
    scope: Scope::One,
    body: None,
    reply: Some(schema::<Counted>),
    answer: count,
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
    let filter = filter(context)?;
    let limit = context.query("limit").and_then(|limit| limit.parse().ok()).unwrap_or(USUAL);
    let all = context.session()?.journal.all();
    let entries: Vec<Entry> =
        all.iter().rev().filter(|exchange| filter.fits(exchange)).take(limit).map(entry).collect();
    json(&entries)
}

/// The filters of a request. A name that nothing has would find nothing, and is told.
fn filter(context: &Context<'_>) -> Result<Filter, Problem> {
    let filter = Filter {
        document: context.query("document"),
        operation: context.query("operation"),
        status: context.query("status").and_then(|status| status.parse().ok()),
        outcome: context.query("outcome"),
        violating: context.query("violating").and_then(|flag| flag.parse().ok()),
    };
    let contracts = context.engine.contracts();
    let documents = contracts.iter().map(|contract| contract.name.as_str());
    known("document", filter.document.as_deref(), documents)?;
    let is_meant = |name: &str| filter.document.as_deref().is_none_or(|wanted| wanted == name);
    let meant = contracts.iter().filter(|contract| is_meant(&contract.name));
    let operations = meant.flat_map(|contract| &contract.operations).map(|operation| operation.id.as_str());
    known("operation", filter.operation.as_deref(), operations)?;
    Ok(filter)
}

fn known<'a>(
    what: &str,
    wanted: Option<&str>,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Problem> {
    let Some(wanted) = wanted.filter(|wanted| !names.clone().any(|name| name == *wanted)) else {
        return Ok(());
    };
    let help = text::nearest(wanted, names).map_or_else(
        || "`GET /_standin/routes` lists them".to_owned(),
        |near| format!("did you mean `{}`?", text::harmless(near)),
    );
    Err(Problem::new(400, format!("no {what} is called `{}`; {help}", redact::shown(wanted, 80))))
}

fn count(context: &Context<'_>) -> Result<Reply, Problem> {
    let filter = filter(context)?;
    let min: u64 = context.query("min").and_then(|min| min.parse().ok()).unwrap_or(0);
    let wait = context.query("timeout").map(|written| timeout(&written)).transpose()?;
    if wait.is_some() && context.query("min").is_none() {
        return Err(Problem::new(400, "`timeout` has nothing to wait for; say how many exchanges by `min`"));
    }
    let session = context.session()?;
    let bell = Arc::clone(&session.bell);
    let counted = move |asked: Option<Asked>| {
        let count = session.journal.count(&filter);
        let outcome = match asked {
            _ if count >= min => CountOutcome::Reached,
            Some(Asked::Rung) => return None,
            Some(Asked::TimeOver) | None => CountOutcome::TimeOver,
            Some(Asked::Stopping) => CountOutcome::Stopping,
        };
        Some(Counted { count, min, outcome })
    };
    let now = counted(None);
    let is_reached = now.as_ref().is_some_and(|now| now.outcome == CountOutcome::Reached);
    let mut reply = json(&now)?;
    if let Some(at_most) = wait.filter(|_| !is_reached) {
        let ask =
            move |asked| counted(Some(asked)).and_then(|count| Some(serde_json::to_vec(&count).ok()?.into()));
        reply.waiting = Some(Box::new(Waiting { bell, at_most, ask: Arc::new(ask) }));
    }
    Ok(reply)
}

fn timeout(written: &str) -> Result<Duration, Problem> {
    let span = Span::deserialize(serde_json::Value::from(written)).ok();
    let span = span.and_then(|span| u64::try_from(span.0).ok()).map(Duration::from_millis);
    span.filter(|span| *span <= LONGEST_WAIT).ok_or_else(|| {
        let shown = redact::shown(written, 40);
        Problem::new(
            400,
            format!("`timeout` is `{shown}`, expected a time of at most five minutes such as `5s`"),
        )
    })
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
        replay: exchange.replay.as_deref().map(str::to_owned),
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
