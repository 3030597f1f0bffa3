//! `form`: `color=blue&color=black` or `color=blue,black`, in queries, cookies and forms (RFC 6570 3.2.8).

use super::pieces::{one, repeated, split_text};
use super::{Raw, Shape, Split, Written};
use crate::codec::coerce::Misfit;
use crate::codec::expect::Expect;

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    match shape {
        Shape::Array if written.explode => Ok(repeated(written)),
        Shape::Object if written.explode => gathered(written),
        Shape::Primitive | Shape::Array | Shape::Object => {
            let Some(text) = one(written)? else { return Ok(None) };
            split_text(text, shape, false, &[","])
        }
    }
}

/// Whether an exploded object takes what is sent under this name: a property that its schema names or, where it is open
/// to any, a name that belongs to nothing else.
pub(in crate::codec) fn gathers(expect: &Expect, declared: &[&str], key: &str) -> bool {
    let free = expect.takes_more() && !key.starts_with("__");
    (free || expect.properties().contains_key(key)) && !declared.contains(&key)
}

fn gathered<'a>(written: &Written<'_, 'a>) -> Split<'a> {
    let named = written.expect.properties().contains_key(written.name);
    let ours = written.pairs.iter().filter(|pair| {
        gathers(written.expect, written.declared, &pair.key) || (named && pair.key == written.name)
    });
    let pairs: Vec<_> = ours.cloned().collect();
    match written.texts.first() {
        _ if !pairs.is_empty() => Ok(Some(Raw::Named(pairs))),
        Some(text) => {
            Err(Misfit::new(text, "is not written as `property=value`, one pair a property").into())
        }
        None => Ok(None),
    }
}
