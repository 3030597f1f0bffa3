//! `bandwidth`: the content comes as fast as a slow line takes it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Effect;
use super::definition::{Cell, Definition};
use super::dribble::slow_down;
use crate::delivery::Pace;
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "bandwidth",
    means: "the content at the speed of a slow line",
    parameters: "`bytes_per_second` (1000)",
    http1: Cell::Applies("the reply, its content at that speed"),
    http2: Cell::Applies("the reply, its content at that speed; other streams are not held up"),
    tls: "the same",
    read: super::read::<Bandwidth>,
    schema: super::schema::<Bandwidth>,
};

/// The speed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Bandwidth {
    /// Bytes of content in a second.
    #[schemars(range(min = 1))]
    bytes_per_second: u64,
}

impl Default for Bandwidth {
    fn default() -> Self {
        Self { bytes_per_second: 1000 }
    }
}

impl Effect for Bandwidth {
    /// In at most twenty pieces a second, so that it flows rather than jumps.
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let piece = (self.bytes_per_second / 20).max(1);
        let pause = Duration::from_secs_f64(piece as f64 / self.bytes_per_second as f64);
        slow_down(reply, Pace { piece: usize::try_from(piece).unwrap_or(usize::MAX), pause })
    }

    fn check(&self) -> Result<(), String> {
        if self.bytes_per_second > 0 {
            return Ok(());
        }
        Err("`bytes_per_second` is 0, expected at least 1 byte in a second".to_owned())
    }
}
