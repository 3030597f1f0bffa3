//! `cookie`: `color=blue; color=black` or `color=blue,black`, in cookies (OpenAPI 3.2): `form` without escapes.

use super::{Shape, Split, Written, form};

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    form::split(written, shape)
}
