//! `POST /_standin/reset`: forgets counts, journal and drift.

use super::Endpoint;
use crate::message::Reply;

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "POST",
    path: "/reset",
    id: "reset",
    summary: "Forgets the counts of calls, the journal and the drift.",
    parameters: &[],
    reply: None,
    answer: |context| {
        context.engine.default_session().reset();
        Ok(Reply::new(204))
    },
};
