//! `empty`: the connection is closed in order, and nothing was answered.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::{Effect, end};
use crate::delivery::{Act, End, Point};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "empty",
    means: "no reply at all: the connection is closed in good order",
    parameters: "",
    http1: Cell::Applies("the end of the connection (FIN), no byte"),
    http2: Cell::Applies("`GOAWAY` with NO_ERROR that processed no stream, then the end of the connection"),
    tls: "`close_notify`",
    read: super::read::<Empty>,
    schema: super::schema::<Empty>,
};

/// Takes nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Empty {}

impl Effect for Empty {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        end(reply, Act::Cut { at: Point::Start, end: End::Close })
    }
}
