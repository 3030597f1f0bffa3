//! `/_standin/rules`: single rules of scenarios that come and go while the server runs.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::scenarios::{Added, RuleTally, play};
use super::{Body, Context, Endpoint, Scope, json, schema};
use crate::clock::Moment;
use crate::diagnostic::Loaded;
use crate::engine::{Problem, ProblemDiagnostic};
use crate::message::Reply;
use crate::scenario::{self, Lease, Origin, Part, RuntimeRule, Script};
use crate::text;

/// A rule that was added at run time.
#[derive(Serialize, JsonSchema)]
pub struct RuleEntry {
    /// The session; null for the default one.
    session: Option<String>,
    /// Its name, else one that is made of its content.
    id: String,
    /// What came of it.
    tally: RuleTally,
    /// How many times it fires yet; null if it does not end so.
    times_left: Option<u64>,
    /// When it ends (RFC 3339); null if it does not end so.
    ends: Option<String>,
}

pub(super) static LIST: Endpoint = Endpoint {
    method: "GET",
    path: "/rules",
    id: "listRules",
    summary: "Lists the rules that were added at run time and have not ended, in the order in which they are asked.",
    parameters: &[],
    scope: Scope::Any,
    body: None,
    reply: Some(schema::<Vec<RuleEntry>>),
    answer: |context| list(context, Origin::Rule),
};

pub(super) static ADD: Endpoint = Endpoint {
    method: "POST",
    path: "/rules",
    id: "addRule",
    summary: "Adds a rule, which is asked before all others; one of the same name gives way. Of all sessions, to those that begin later, too.",
    parameters: &[],
    scope: Scope::Any,
    body: Some(Body {
        schema: schema::<RuntimeRule>,
        explain: |context| {
            let file = context.file().ok();
            file.map_or_else(Vec::new, |file| scenario::rule(file, context.engine.contracts()).diagnostics)
        },
    }),
    reply: Some(schema::<Added>),
    answer: |context| add(context, Origin::Rule, scenario::rule(context.file()?, context.engine.contracts())),
};

pub(super) static REMOVE: Endpoint = Endpoint {
    method: "DELETE",
    path: "/rules/{id}",
    id: "removeRule",
    summary: "Removes a rule.",
    parameters: &[],
    scope: Scope::Any,
    body: None,
    reply: None,
    answer: |context| remove(context, Origin::Rule),
};

/// Lists the rules of one kind.
pub(super) fn list(context: &Context<'_>, origin: Origin) -> Result<Reply, Problem> {
    let mut entries = Vec::new();
    for session in context.sessions()? {
        let Some(state) = session.scenarios() else { continue };
        let played = state.played(context.engine.now()).into_iter();
        for mut played in played.filter(|played| played.part.origin == origin) {
            let Some(tally) = played.rules.pop() else { continue };
            entries.push(RuleEntry {
                session: session.name.as_deref().map(str::to_owned),
                id: played.part.name().to_owned(),
                tally: RuleTally::of(tally),
                times_left: played.left,
                ends: played.part.end.map(|end| end.to_string()),
            });
        }
    }
    json(&entries)
}

/// Adds a rule of one kind that was read.
pub(super) fn add(
    context: &Context<'_>,
    origin: Origin,
    loaded: Loaded<(Script, Lease)>,
) -> Result<Reply, Problem> {
    let read = loaded.value.ok_or_else(|| Problem::of_diagnostics(400, &loaded.diagnostics))?;
    let (script, Lease { times, ttl }) = read;
    let end = ttl.map(|ttl| Moment(context.engine.now().0.saturating_add(ttl.0)));
    let part = Part { origin, times, end, ..Part::of_start(Arc::new(script)) };
    play(context, &part)?;
    json(&Added {
        id: part.name().to_owned(),
        warnings: loaded.diagnostics.iter().map(ProblemDiagnostic::of).collect(),
    })
}

/// Removes a rule of one kind.
pub(super) fn remove(context: &Context<'_>, origin: Origin) -> Result<Reply, Problem> {
    let (id, now) = (context.segment(), context.engine.now());
    let is_meant = |part: &Part| part.origin == origin && part.name() == id;
    let stopped = context.engine.sessions().stop(&context.whose()?, now, &is_meant);
    stopped.map_err(|_| {
        let sessions = context.sessions().unwrap_or_default();
        let parts: Vec<Arc<Part>> = sessions.iter().flat_map(|session| session.parts(now)).collect();
        let known = parts.iter().filter(|part| part.origin == origin).map(|part| part.name());
        let help = text::nearest(&id, known).map_or_else(
            || "it has ended, was removed, or never was".to_owned(),
            |near| format!("did you mean `{}`?", text::harmless(near)),
        );
        let what = if origin == Origin::Fault { "fault" } else { "rule" };
        Problem::new(404, format!("there is no {what} `{}`; {help}", crate::redact::shown(&id, 80)))
    })?;
    Ok(Reply::new(204))
}
