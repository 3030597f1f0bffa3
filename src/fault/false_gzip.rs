//! `false_gzip`: content that says it is compressed and is not.

use http::HeaderValue;
use http::header::CONTENT_ENCODING;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Effect;
use super::definition::{Cell, Definition};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "false_gzip",
    means: "`content-encoding: gzip` on content that is not compressed",
    parameters: "",
    http1: Cell::Applies("content that can't be decompressed, of the right length"),
    http2: Cell::Applies("content that can't be decompressed, of the right length"),
    tls: "the same",
    read: super::read::<FalseGzip>,
    schema: super::schema::<FalseGzip>,
};

/// Takes nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FalseGzip {}

impl Effect for FalseGzip {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        if reply.body.is_empty() {
            return false;
        }
        reply.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        true
    }
}
