//! `/_standin/sessions`: runs of tests that do not see one another.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Context, Endpoint, Scope, json, scenarios, schema};
use crate::diagnostic::Diagnostic;
use crate::engine::{Problem, Session, Setup};
use crate::message::Reply;
use crate::pointer::Pointer;
use crate::scenario::{self, ScenarioFile, Script};
use crate::seed::Seed;

/// A session.
#[derive(Serialize, JsonSchema)]
pub struct SessionEntry {
    /// Its name; null for the default one.
    id: Option<String>,
    /// The seed that it was set up with; null where it has the server's.
    seed: Option<u64>,
    /// When a request last belonged to it (RFC 3339); null for the default one.
    last_used: Option<String>,
    /// How many exchanges it had.
    exchanges: u64,
    /// How many of them violated the contract.
    violating: u64,
}

/// A session to be set up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// Its name: 1 to 128 letters, digits, `-`, `_`, `.` and `~`. One of the same name starts anew.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[A-Za-z0-9._~-]+$"))]
    id: String,
    /// Where its values and its chances come from; left out: the server's seed.
    #[serde(default)]
    seed: Option<u64>,
    /// What it plays in place of what the server was started with: the name of a scenario, or a whole one.
    #[serde(default)]
    #[schemars(schema_with = "name_or_scenario")]
    scenario: Option<Value>,
}

fn name_or_scenario(generator: &mut SchemaGenerator) -> Schema {
    let scenario = schema::<ScenarioFile>(generator);
    schemars::json_schema!({
        "description": "What it plays in place of what the server was started with: the name of a scenario, or a whole one.",
        "anyOf": [{ "type": ["string", "null"] }, scenario],
    })
}

pub(super) static LIST: Endpoint = Endpoint {
    method: "GET",
    path: "/sessions",
    id: "listSessions",
    summary: "Lists the sessions, the default one first.",
    parameters: &[],
    scope: Scope::Server,
    body: None,
    reply: Some(schema::<Vec<SessionEntry>>),
    answer: |context| {
        let sessions = context.engine.sessions();
        let named = sessions.all();
        let all = std::iter::once(sessions.default()).chain(&named);
        json(&all.map(|session| entry(session)).collect::<Vec<_>>())
    },
};

pub(super) static CREATE: Endpoint = Endpoint {
    method: "POST",
    path: "/sessions",
    id: "createSession",
    summary: "Sets a session up; one of the same name starts anew.",
    parameters: &[],
    scope: Scope::Server,
    body: Some(Body { schema: schema::<NewSession>, explain: |context| inline(context).1 }),
    reply: Some(schema::<SessionEntry>),
    answer: |context| {
        let wanted: NewSession = context.body()?;
        let scripts = match wanted.scenario {
            None => None,
            Some(Value::String(name)) => Some(vec![scenarios::by_name(context, &name)?]),
            Some(_) => {
                let (script, found) = inline(context);
                Some(vec![Arc::new(script.ok_or_else(|| Problem::of_diagnostics(400, &found))?)])
            }
        };
        let setup = Setup { seed: wanted.seed.map(Seed), scripts };
        let made = context.engine.set_up_session(&wanted.id, setup);
        let session = made.map_err(|reason| {
            let shown = crate::redact::shown(&wanted.id, 80);
            Problem::new(400, format!("`{shown}` can't name a session: {reason}"))
        })?;
        json(&entry(&session))
    },
};

pub(super) static DELETE: Endpoint = Endpoint {
    method: "DELETE",
    path: "/sessions/{id}",
    id: "deleteSession",
    summary: "Ends a session and forgets it.",
    parameters: &[],
    scope: Scope::Server,
    body: None,
    reply: None,
    answer: |context| {
        let name = context.segment();
        if context.engine.sessions().end(&name) {
            return Ok(Reply::new(204));
        }
        Err(context.no_session(&name))
    },
};

/// The scenario that is written out in the content, and what is wrong with it.
fn inline(context: &Context<'_>) -> (Option<Script>, Vec<Diagnostic>) {
    let at = Pointer::root().join("scenario");
    let file = context.file().ok().filter(|file| at.find(&file.value).is_some_and(Value::is_object));
    let Some(file) = file else { return (None, Vec::new()) };
    let loaded = scenario::scenario(file, &at, context.engine.contracts());
    (loaded.value, loaded.diagnostics)
}

fn entry(session: &Session) -> SessionEntry {
    let counts = session.ledger.counts();
    SessionEntry {
        id: session.name.as_deref().map(str::to_owned),
        seed: session.setup.seed.map(|seed| seed.0),
        last_used: session.name.as_ref().map(|_| session.last_used().to_string()),
        exchanges: counts.exchanges,
        violating: counts.violating,
    }
}
