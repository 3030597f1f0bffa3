//! `slow_close`: the whole reply comes at once, and the end of the connection late.

use http::HeaderValue;
use http::header::CONNECTION;
use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::period::Period;
use super::{Effect, end};
use crate::delivery::{Act, End, Point};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "slow_close",
    means: "the whole reply at once, the close that it announces late",
    parameters: "`for`: how late (1s)",
    http1: Cell::Applies("the reply with `connection: close`, the end of the connection (FIN) late"),
    http2: Cell::Nearest("stall", "the reply, END_STREAM late"),
    tls: "`close_notify` comes late, too",
    read: super::read::<SlowClose>,
    schema: super::schema::<SlowClose>,
};

/// How late the connection is closed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SlowClose {
    /// How long after the reply.
    r#for: Period,
}

impl Default for SlowClose {
    fn default() -> Self {
        Self { r#for: Period::milliseconds(1000) }
    }
}

impl Effect for SlowClose {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let at = Point::Content(reply.body.len());
        let happens = end(reply, Act::Cut { at, end: End::Stall(self.r#for.duration()) });
        if happens {
            reply.headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        happens
    }
}
