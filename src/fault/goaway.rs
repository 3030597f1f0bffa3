//! `goaway`: HTTP/2 ends the connection with a word.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::error_code::ErrorCode;
use super::{Effect, end};
use crate::delivery::{Act, End, Point};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "goaway",
    means: "the connection ends with `GOAWAY`, and no stream was processed (RFC 9113 6.8)",
    parameters: "`code`: an error code by name or number (`no_error`)",
    http1: Cell::Nearest("empty", "the end of the connection (FIN), no byte"),
    http2: Cell::Applies("`GOAWAY` with the code and last stream 0, then the end of the connection"),
    tls: "`close_notify`",
    read: super::read::<GoAway>,
    schema: super::schema::<GoAway>,
};

/// With which code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct GoAway {
    /// The error code.
    code: ErrorCode,
}

impl Default for GoAway {
    fn default() -> Self {
        Self { code: ErrorCode::NO_ERROR }
    }
}

impl Effect for GoAway {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        end(reply, Act::Cut { at: Point::Start, end: End::GoAway(self.code.0) })
    }
}
