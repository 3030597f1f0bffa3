//! Text cut at delimiters: what the styles share.

use super::{Raw, Shape, Split, Trouble, Written};
use crate::codec::coerce::Misfit;

/// The one text that was sent, if any.
pub(super) fn one<'a>(written: &Written<'_, 'a>) -> Result<Option<&'a str>, Trouble> {
    match written.texts.as_slice() {
        [] => Ok(None),
        [text] => Ok(Some(text)),
        texts => Err(Trouble::Repeated(texts.len())),
    }
}

/// The pieces between delimiters; none for an empty text.
pub(super) fn list<'a>(text: &'a str, delimiters: &[&str]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        match delimiters.iter().find(|delimiter| text.as_bytes()[at..].starts_with(delimiter.as_bytes())) {
            Some(delimiter) => {
                pieces.push(&text[start..at]);
                at += delimiter.len();
                start = at;
            }
            None => at += 1,
        }
    }
    if !text.is_empty() {
        pieces.push(&text[start..]);
    }
    pieces
}

/// `R,100,G,200`: names and values by turns.
pub(super) fn by_turns<'a>(pieces: &[&'a str], text: &str) -> Result<Raw<'a>, Trouble> {
    if pieces.len() % 2 == 1 {
        return Err(Misfit::new(text, "is not a list of names and values by turns").into());
    }
    Ok(Raw::Pairs(pieces.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()))
}

/// `R=100`: a name and its value.
pub(super) fn assigned<'a>(pieces: &[&'a str]) -> Result<Raw<'a>, Trouble> {
    let pairs = pieces.iter().map(|piece| {
        piece.split_once('=').ok_or_else(|| Misfit::new(piece, "is not written as `name=value`").into())
    });
    Ok(Raw::Pairs(pairs.collect::<Result<_, Trouble>>()?))
}

/// Takes text apart for a shape: the part that the styles with one delimiter share.
pub(super) fn split_text<'a>(text: &'a str, shape: Shape, explode: bool, delimiters: &[&str]) -> Split<'a> {
    Ok(Some(match shape {
        Shape::Primitive => Raw::One(text),
        Shape::Array => Raw::Many(list(text, delimiters)),
        Shape::Object if explode => assigned(&list(text, delimiters))?,
        Shape::Object => by_turns(&list(text, delimiters), text)?,
    }))
}

/// Takes a query's value apart at delimiters; exploded arrays are written as `form` writes them (OpenAPI 3.0.3, Style
/// Values).
pub(super) fn split_delimited<'a>(written: &Written<'_, 'a>, shape: Shape, delimiters: &[&str]) -> Split<'a> {
    if shape == Shape::Array && written.explode {
        return Ok(repeated(written));
    }
    let Some(text) = one(written)? else { return Ok(None) };
    split_text(text, shape, false, delimiters)
}

/// Each value is an item; a single empty one is the empty array.
pub(super) fn repeated<'a>(written: &Written<'_, 'a>) -> Option<Raw<'a>> {
    match written.texts.as_slice() {
        [] => None,
        [""] => Some(Raw::Many(Vec::new())),
        texts => Some(Raw::Many(texts.to_vec())),
    }
}
