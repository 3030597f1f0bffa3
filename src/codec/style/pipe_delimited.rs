//! `pipeDelimited`: `blue|black`, or with `%7C`, in queries.

use super::pieces::split_delimited;
use super::{Shape, Split, Written};

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    split_delimited(written, shape, &["|", "%7C", "%7c"])
}
