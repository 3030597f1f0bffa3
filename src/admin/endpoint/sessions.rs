//! `/_standin/sessions`: runs of tests that do not see one another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Endpoint, Scope, json, schema};
use crate::engine::{Problem, Session, Setup};
use crate::message::Reply;
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
    body: Some(schema::<NewSession>),
    reply: Some(schema::<SessionEntry>),
    answer: |context| {
        let wanted: NewSession = context.body()?;
        let setup = Setup { seed: wanted.seed.map(Seed), scripts: None };
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
        let name = context.path.rsplit('/').next().unwrap_or_default();
        if context.engine.sessions().end(name) {
            return Ok(Reply::new(204));
        }
        Err(context.no_session(name))
    },
};

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
