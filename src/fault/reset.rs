//! `reset`: the connection is reset before, amid or behind the reply.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::period::Period;
use super::place::At;
use super::{Effect, end, hold_back};
use crate::delivery::{Act, End};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "reset",
    means: "the connection is reset (TCP RST, by SO_LINGER 0)",
    parameters: "`at`: as for `abort` (`start`); `after`: how long before anything is sent (0s)",
    http1: Cell::Applies("the reply up to that place, then `connection reset by peer`"),
    http2: Cell::Applies("the frames up to that place, then `connection reset by peer`, on all streams"),
    tls: "no `close_notify`: the TCP connection is reset below it",
    read: super::read::<Reset>,
    schema: super::schema::<Reset>,
};

/// Where the connection is reset, and how late.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Reset {
    /// Where.
    at: At,
    /// How long before anything is sent.
    after: Period,
}

impl Default for Reset {
    fn default() -> Self {
        Self { at: At::Start, after: Period::default() }
    }
}

impl Effect for Reset {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let at = self.at.point(reply);
        let happens = end(reply, Act::Cut { at, end: End::Reset });
        if happens {
            hold_back(reply, self.after.duration());
        }
        happens
    }
}
