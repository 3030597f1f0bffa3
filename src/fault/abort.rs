//! `abort`: the connection is dropped before, amid or behind the reply.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::place::At;
use super::{Effect, end};
use crate::delivery::{Act, End};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "abort",
    means: "the server goes away: the connection is dropped without a word",
    parameters: "`at`: `start`, `mid_head`, `head`, a share of the content, or bytes of it (`start`)",
    http1: Cell::Applies("the reply up to that place, then the end of the connection (FIN)"),
    http2: Cell::Applies("the frames up to that place, then the end of the connection without `GOAWAY`"),
    tls: "no `close_notify`",
    read: super::read::<Abort>,
    schema: super::schema::<Abort>,
};

/// Where the connection is dropped.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Abort {
    /// Where.
    at: At,
}

impl Default for Abort {
    fn default() -> Self {
        Self { at: At::Start }
    }
}

impl Effect for Abort {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let at = self.at.point(reply);
        end(reply, Act::Cut { at, end: End::Drop })
    }
}
