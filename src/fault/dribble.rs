//! `dribble`: the content comes in small pieces with pauses.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::{Cell, Definition};
use super::period::{LONGEST, Period};
use super::{Effect, delivery};
use crate::delivery::Pace;
use crate::message::Reply;
use crate::seed::Random;

/// The member.
pub(super) const DEFINITION: Definition = Definition {
    name: "dribble",
    means: "the content in pieces with pauses",
    parameters: "`piece`: bytes in each (1), or `pieces`: how many; `pause`: before each (100ms), or `over`: in all",
    http1: Cell::Applies("the reply, its content bit by bit"),
    http2: Cell::Applies("the reply, its content in small DATA frames"),
    tls: "the same; a record for each piece",
    read: super::read::<Dribble>,
    schema: super::schema::<Dribble>,
};

/// How small the pieces are, and how long the pauses.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Dribble {
    /// Bytes in a piece.
    #[schemars(range(min = 1))]
    piece: Option<usize>,
    /// How many pieces.
    #[schemars(range(min = 1))]
    pieces: Option<usize>,
    /// The pause before each piece.
    pause: Option<Period>,
    /// How long all of them take.
    over: Option<Period>,
}

impl Effect for Dribble {
    fn inject(&self, reply: &mut Reply, _: &mut Random) -> bool {
        let length = reply.body.len();
        let piece = match self.pieces {
            Some(pieces) => length.div_ceil(pieces).max(1),
            None => self.piece.unwrap_or(1),
        };
        let pause = match self.over {
            Some(over) => over.duration() / u32::try_from(length.div_ceil(piece).max(1)).unwrap_or(u32::MAX),
            None => self.pause.map_or(Duration::from_millis(100), Period::duration),
        };
        slow_down(reply, Pace { piece, pause })
    }

    fn check(&self) -> Result<(), String> {
        if self.piece == Some(0) || self.pieces == Some(0) {
            return Err("a piece has at least 1 byte, and there is at least 1 piece".to_owned());
        }
        if self.piece.is_some() && self.pieces.is_some() {
            return Err("`piece` and `pieces` exclude each other".to_owned());
        }
        if self.pause.is_some() && self.over.is_some() {
            return Err("`pause` and `over` exclude each other".to_owned());
        }
        Ok(())
    }
}

/// Slows the content down, with larger pieces where it would take longer than ten minutes; `false` if there is nothing to
/// be slowed down, or it is slow already.
pub(super) fn slow_down(reply: &mut Reply, pace: Pace) -> bool {
    let length = reply.body.len();
    let most_pauses = LONGEST.as_nanos().checked_div(pace.pause.as_nanos()).unwrap_or(u128::MAX);
    let most_pauses = usize::try_from(most_pauses).unwrap_or(usize::MAX);
    let piece = pace.piece.max(length.div_ceil(most_pauses.max(1))).max(1);
    if length == 0 || pace.pause.is_zero() || delivery(reply).pace.is_some() {
        return false;
    }
    delivery(reply).pace = Some(Pace { piece, pause: pace.pause });
    true
}
