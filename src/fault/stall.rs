//! `stall`: the reply begins and does not go on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::period::{LONGEST, Period};
use super::place::At;
use super::{Effect, end};
use crate::delivery::{Act, End};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "stall",
    means: "the reply stops, and the connection stays open",
    parameters: "`at`: as for `abort` (`mid_head`); `for`: how long, then it is closed (10m)",
    http1: Cell::Applies("half a head, or the reply up to that place, then nothing"),
    http2: Cell::Applies("the frames up to that place, and no end of the stream; `mid_head` sends none"),
    tls: "the same",
    read: super::read::<Stall>,
    schema: super::schema::<Stall>,
};

/// Where the reply stops, and for how long.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Stall {
    /// Where.
    at: At,
    /// How long nothing comes.
    r#for: Period,
}

impl Default for Stall {
    fn default() -> Self {
        Self { at: At::MidHead, r#for: Period::at_most_longest(LONGEST) }
    }
}

impl Effect for Stall {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let at = self.at.point(reply);
        end(reply, Act::Cut { at, end: End::Stall(self.r#for.duration()) })
    }
}
