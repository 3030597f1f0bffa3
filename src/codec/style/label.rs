//! `label`: `.blue.black`, in paths (RFC 6570 3.2.5).

use super::pieces::{one, split_text};
use super::{Shape, Split, Written};
use crate::codec::coerce::Misfit;

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    let Some(text) = one(written)? else { return Ok(None) };
    let Some(text) = text.strip_prefix('.') else {
        return Err(Misfit::new(text, "does not start with `.`").into());
    };
    // Without explode, RFC 6570 and OpenAPI 3.1.1 have commas; OpenAPI 3.0 and 3.1.0 have dots.
    let delimiter = if !written.explode && text.contains(',') { "," } else { "." };
    split_text(text, shape, written.explode, &[delimiter])
}
