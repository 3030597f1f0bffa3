//! `garbage`: random bytes in place of the reply, then the end.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::{Effect, end};
use crate::delivery::Act;
use crate::message::Reply;
use crate::seed::Random;

/// The most bytes.
const MOST: u32 = 1024 * 1024;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "garbage",
    means: "random bytes in place of the reply, then the end",
    parameters: "`bytes`: how many, up to 1048576 (64)",
    http1: Cell::Applies("bytes that are no HTTP, the end of the connection (FIN)"),
    http2: Cell::Applies("bytes that are no frame, the end of the connection, for all streams"),
    tls: "within TLS, `close_notify`",
    read: super::read::<Garbage>,
    schema: super::schema::<Garbage>,
};

/// How many bytes are sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Garbage {
    /// How many, 1 to 1048576.
    #[schemars(range(min = 1, max = 1_048_576))]
    bytes: u32,
}

impl Default for Garbage {
    fn default() -> Self {
        Self { bytes: 64 }
    }
}

impl Effect for Garbage {
    fn inject(&self, reply: &mut Reply, random: &mut Random) -> bool {
        // The highest bit makes sure that no line of HTTP and no type of frame comes out by chance.
        let bytes: Vec<u8> = (0..self.bytes).map(|_| random.bits() as u8 | 0x80).collect();
        end(reply, Act::Raw(bytes.into()))
    }

    fn check(&self) -> Result<(), String> {
        if (1..=MOST).contains(&self.bytes) {
            return Ok(());
        }
        Err(format!("`bytes` is {}, expected 1 to {MOST}", self.bytes))
    }
}
