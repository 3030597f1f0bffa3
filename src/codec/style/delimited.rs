//! `spaceDelimited`, `pipeDelimited` and 2.0's tabs: `blue%20black`, `blue|black`, in queries.

use super::{Shape, Split, Written, form, one, split_text};

/// `blue%20black`, or with `+`.
pub(super) fn split_at_spaces<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    split(written, shape, &["%20", "+", " "])
}

/// `blue|black`, or encoded.
pub(super) fn split_at_pipes<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    split(written, shape, &["|", "%7C", "%7c"])
}

/// `blue%09black`.
pub(super) fn split_at_tabs<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    split(written, shape, &["%09", "\t"])
}

fn split<'a>(written: &Written<'_, 'a>, shape: Shape, delimiters: &[&str]) -> Split<'a> {
    // Exploded, these styles write arrays as `form` does (OpenAPI 3.0.3, Style Values).
    if shape == Shape::Array && written.explode {
        return Ok(form::repeated(written));
    }
    let Some(text) = one(written)? else { return Ok(None) };
    split_text(text, shape, false, delimiters)
}
