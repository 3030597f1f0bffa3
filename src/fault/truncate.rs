//! `truncate`: the head tells the whole length, and a part of the content follows.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::place::At;
use super::{Effect, end};
use crate::delivery::{Act, End, Point};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "truncate",
    means: "a part of the content under the length of the whole, then an end in good order",
    parameters: "`at`: a share of the content, or bytes of it (0.5)",
    http1: Cell::Applies("the whole `content-length`, less content, the end of the connection (FIN)"),
    http2: Cell::Applies("the whole `content-length`, less content, END_STREAM; the connection goes on"),
    tls: "`close_notify` at the end of the connection",
    read: super::read::<Truncate>,
    schema: super::schema::<Truncate>,
};

/// Where the content ends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Truncate {
    /// Where.
    at: At,
}

impl Default for Truncate {
    fn default() -> Self {
        Self { at: At::Share(0.5) }
    }
}

impl Effect for Truncate {
    /// Content that would not get shorter is left alone, and so is a place outside the content.
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        match self.at.point(reply) {
            at @ Point::Content(bytes) if bytes < reply.body.len() => {
                end(reply, Act::Cut { at, end: End::Close })
            }
            Point::Content(_) | Point::Start | Point::MidHead => false,
        }
    }
}
