//! `wrong_length`: the head tells another length than the content has.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::{Effect, delivery};
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "wrong_length",
    means: "a `content-length` that is too long or too short",
    parameters: "`by`: how many bytes too long, below 0 too short (10)",
    http1: Cell::Applies("the wrong `content-length`, the whole content, the end of the connection (FIN)"),
    http2: Cell::Applies("the wrong `content-length`, the whole content, END_STREAM; the connection goes on"),
    tls: "`close_notify` at the end of the connection",
    read: super::read::<WrongLength>,
    schema: super::schema::<WrongLength>,
};

/// How wrong the length is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct WrongLength {
    /// How many bytes too long; below 0 too short.
    by: i32,
}

impl Default for WrongLength {
    fn default() -> Self {
        Self { by: 10 }
    }
}

impl Effect for WrongLength {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let length = reply.body.len() as u64;
        let told = length.saturating_add_signed(i64::from(self.by));
        if told == length {
            return false;
        }
        delivery(reply).length = Some(told);
        true
    }

    fn check(&self) -> Result<(), String> {
        if self.by != 0 {
            return Ok(());
        }
        Err("`by` is 0, which is no wrong length".to_owned())
    }
}
