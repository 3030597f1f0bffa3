//! `POST /_standin/reset`: forgets counts, journal, drift and what was loaded; of all sessions, ends those with a name.

use super::{Endpoint, Scope};
use crate::message::Reply;

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "POST",
    path: "/reset",
    id: "reset",
    summary: "Forgets the counts of calls, the journal and the drift, and plays what the session began with; of all sessions, ends those with a name.",
    parameters: &[],
    scope: Scope::Any,
    body: None,
    reply: None,
    answer: |context| {
        if context.is_of_all() {
            context.engine.sessions().reset_all();
        } else {
            context.session()?.reset();
        }
        Ok(Reply::new(204))
    },
};
