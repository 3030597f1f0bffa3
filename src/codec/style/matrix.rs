//! `matrix`: `;color=blue,black`, in paths (RFC 6570 3.2.7).

use super::pieces::{assigned, list, one, split_text};
use super::{Raw, Shape, Split, Trouble, Written};
use crate::codec::coerce::Misfit;
use crate::codec::input::{Escapes, decode};

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    let Some(text) = one(written)? else { return Ok(None) };
    let wrong = || Misfit::new(text, format!("does not start with `;{}`", written.name));
    let assignments = text.strip_prefix(';').ok_or_else(wrong)?;
    if written.explode && shape == Shape::Object {
        return Ok(Some(assigned(&list(assignments, &[";"]))?));
    }
    let values = assignments.split(';').map(|assignment| {
        let (name, value) = assignment.split_once('=').unwrap_or((assignment, ""));
        let ours = decode(name, Escapes::Percent).is_ok_and(|name| name == written.name);
        if ours { Ok(value) } else { Err(wrong()) }
    });
    if written.explode && shape == Shape::Array {
        return Ok(Some(Raw::Many(values.collect::<Result<_, _>>()?)));
    }
    let values: Vec<&str> = values.collect::<Result<_, _>>()?;
    let [value] = values.as_slice() else { return Err(Trouble::Repeated(values.len())) };
    split_text(value, shape, false, &[","])
}
