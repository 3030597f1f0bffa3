//! `rst_stream`: HTTP/2 resets the stream of the reply.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::error_code::ErrorCode;
use super::place::At;
use super::{Effect, end};
use crate::delivery::{Act, End};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "rst_stream",
    means: "the stream is reset, the connection goes on (RFC 9113 6.4)",
    parameters: "`code`: an error code by name or number (`internal_error`); `at`: as for `abort` (`start`)",
    http1: Cell::Nearest("reset", "the reply up to that place, then `connection reset by peer`"),
    http2: Cell::Applies("the frames up to that place, then RST_STREAM with the code; other streams go on"),
    tls: "the same",
    read: super::read::<RstStream>,
    schema: super::schema::<RstStream>,
};

/// With which code, and where.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RstStream {
    /// The error code.
    code: ErrorCode,
    /// Where.
    at: At,
}

impl Default for RstStream {
    fn default() -> Self {
        Self { code: ErrorCode::INTERNAL_ERROR, at: At::Start }
    }
}

impl Effect for RstStream {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let at = self.at.point(reply);
        end(reply, Act::Cut { at, end: End::ResetStream(self.code.0) })
    }
}
