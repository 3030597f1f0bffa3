//! Tabs between values, `blue%09black`, in queries: 2.0's `collectionFormat: tsv`.

use super::pieces::split_delimited;
use super::{Shape, Split, Written};

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    split_delimited(written, shape, &["%09", "\t"])
}
