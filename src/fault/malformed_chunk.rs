//! `malformed_chunk`: chunked content whose second chunk can't be read.

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::{Effect, end};
use crate::delivery::Act;
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "malformed_chunk",
    means: "half of the content in a chunk, then something that is no chunk",
    parameters: "",
    http1: Cell::Applies("a good chunk, a chunk without a size, the end of the connection (FIN)"),
    http2: Cell::Nearest("rst_stream", "half of the content, then RST_STREAM with PROTOCOL_ERROR"),
    tls: "`close_notify`",
    read: super::read::<MalformedChunk>,
    schema: super::schema::<MalformedChunk>,
};

/// Takes nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MalformedChunk {}

impl Effect for MalformedChunk {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let after = reply.body.len() / 2;
        end(reply, Act::BadChunk { after, bytes: Bytes::from_static(b"no chunk\r\n") })
    }
}
