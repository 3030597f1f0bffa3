//! `simple`: `blue,black`, in paths and header fields (RFC 6570 3.2.2).

use super::pieces::{one, split_text};
use super::{Raw, Shape, Split, Written};

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    let Some(text) = one(written)? else { return Ok(None) };
    let raw = split_text(text, shape, written.explode, &[","])?;
    // Header fields have white space behind the commas (RFC 9110 5.6.1); paths can't have any.
    Ok(raw.map(|raw| match raw {
        Raw::Many(pieces) => Raw::Many(pieces.into_iter().map(str::trim).collect()),
        Raw::Pairs(pairs) => {
            Raw::Pairs(pairs.into_iter().map(|(name, value)| (name.trim(), value.trim())).collect())
        }
        other => other,
    }))
}
