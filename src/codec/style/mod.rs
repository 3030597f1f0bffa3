//! Text apart into raw pieces, by style (OpenAPI 3.1 4.8.12.3 and the table in 4.8.12.4): one style a file.

mod assemble;
mod cookie;
mod deep_object;
mod form;
mod label;
mod matrix;
mod pieces;
mod pipe_delimited;
mod simple;
mod space_delimited;
mod tab_delimited;

use serde_json::Value;

use super::coerce::Misfit;
use super::expect::{Expect, Types};
use super::input::{Escapes, Pair};
use crate::contract::Style;
use assemble::readings;
pub(super) use deep_object::{Branches, belongs};
pub(super) use form::gathers;
use pieces::one;

/// A value as it was written: under a name, by a style.
pub(super) struct Written<'w, 'a> {
    /// The parameter's or property's name.
    pub(super) name: &'w str,
    pub(super) style: Style,
    pub(super) explode: bool,
    pub(super) expect: &'w Expect,
    /// What was sent under the name, in order; for a path the one segment, for a header field its lines joined.
    pub(super) texts: Vec<&'a str>,
    /// Everything that was sent in the same place, for styles that spread over several names.
    pub(super) pairs: &'w [Pair<'a>],
    /// Names that belong to other parameters.
    pub(super) declared: &'w [&'w str],
    pub(super) escapes: Escapes,
    /// Whether what can't be read as its type is kept as a string, for the schema to judge: form bodies.
    pub(super) keeps_text: bool,
}

/// The shape that a text is taken apart for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Primitive,
    Array,
    Object,
}

/// A value taken apart, its pieces still encoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw<'a> {
    One(&'a str),
    Many(Vec<&'a str>),
    Pairs(Vec<(&'a str, &'a str)>),
    /// Pairs with names that are decoded already.
    Named(Vec<Pair<'a>>),
    Tree(Branches<'a>),
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    Misfit(Misfit),
    /// One value was expected, and more were sent.
    Repeated(usize),
}

impl From<Misfit> for Trouble {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

type Split<'a> = Result<Option<Raw<'a>>, Trouble>;

/// The table of the family: what takes a text apart.
fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    match written.style {
        Style::Matrix => matrix::split(written, shape),
        Style::Label => label::split(written, shape),
        Style::Simple => simple::split(written, shape),
        Style::Form => form::split(written, shape),
        Style::SpaceDelimited => space_delimited::split(written, shape),
        Style::PipeDelimited => pipe_delimited::split(written, shape),
        Style::TabDelimited => tab_delimited::split(written, shape),
        Style::DeepObject => deep_object::split(written, shape),
        Style::Cookie => cookie::split(written, shape),
    }
}

/// Whether a text is taken apart as an object, be it first or only if nothing else fits.
pub(super) fn takes_objects(expect: &Expect) -> bool {
    if expect.is_untyped() { !expect.properties().is_empty() } else { expect.allows(Types::OBJECT) }
}

/// Every value that the text can stand for, the likeliest first: shape by shape, typed before text. Empty if nothing
/// was sent.
pub(super) fn read(written: &Written<'_, '_>) -> Result<Vec<Value>, Trouble> {
    if written.keeps_text {
        // Text is kept only where no shape fits: `null` or an array must not become a string for it.
        let strict = Written { keeps_text: false, texts: written.texts.clone(), ..*written };
        if let Ok(values) = read_by_letter_and_custom(&strict) {
            return Ok(values);
        }
        return read_shapes(written);
    }
    read_by_letter_and_custom(written)
}

/// Reads the commas between values as RFC 6570 writes them, as they are, and as most clients do, `%2C`: a comma inside
/// of a value looks the same there, so that reading comes second.
fn read_by_letter_and_custom(written: &Written<'_, '_>) -> Result<Vec<Value>, Trouble> {
    let by_letter = read_shapes(written);
    let Some(texts) = with_plain_commas(written) else { return by_letter };
    let texts = texts.iter().map(String::as_str).collect();
    let by_custom = read_shapes(&Written { texts, ..*written });
    match (by_letter, by_custom) {
        (Ok(mut values), Ok(others)) => {
            for other in others {
                if !values.contains(&other) {
                    values.push(other);
                }
            }
            Ok(values)
        }
        (Err(_), Ok(others)) => Ok(others),
        (by_letter, Err(_)) => by_letter,
    }
}

/// The texts with plain commas, if they have encoded ones where their style separates values by commas.
fn with_plain_commas(written: &Written<'_, '_>) -> Option<Vec<String>> {
    let by_commas = match written.style {
        Style::Simple => true,
        Style::Form | Style::Matrix | Style::Label => !written.explode,
        Style::SpaceDelimited
        | Style::PipeDelimited
        | Style::TabDelimited
        | Style::DeepObject
        | Style::Cookie => false,
    };
    let escaped = written.escapes != Escapes::Plain;
    let has_encoded = |text: &&str| text.contains("%2C") || text.contains("%2c");
    let structured = written.expect.allows(Types::ARRAY) || written.expect.allows(Types::OBJECT);
    if !(by_commas && escaped && structured && written.texts.iter().any(has_encoded)) {
        return None;
    }
    Some(written.texts.iter().map(|text| text.replace("%2C", ",").replace("%2c", ",")).collect())
}

fn read_shapes(written: &Written<'_, '_>) -> Result<Vec<Value>, Trouble> {
    let mut values = Vec::new();
    let mut trouble = None;
    for &shape in shapes(written) {
        match read_shape(written, shape) {
            Ok(found) if found.is_empty() => {}
            Ok(found) => {
                values.extend(found);
                // Without a type, the first shape that fits is as good as any.
                if written.expect.is_untyped() {
                    break;
                }
            }
            // The last shape is the richest, and its trouble says most.
            Err(found) => trouble = Some(found),
        }
    }
    match trouble {
        Some(trouble) if values.is_empty() => Err(trouble),
        _ => Ok(values),
    }
}

/// As [`read`], of a text that is one piece whatever its type: a structure is written as JSON.
pub(super) fn read_whole(written: &Written<'_, '_>) -> Result<Vec<Value>, Trouble> {
    match one(written)? {
        None => Ok(Vec::new()),
        Some(text) => readings(&Raw::One(text), written),
    }
}

fn read_shape(written: &Written<'_, '_>, shape: Shape) -> Result<Vec<Value>, Trouble> {
    match split(written, shape)? {
        None => Ok(Vec::new()),
        Some(raw) => readings(&raw, written),
    }
}

fn shapes(written: &Written<'_, '_>) -> &'static [Shape] {
    let expect = written.expect;
    if expect.is_untyped() {
        return if written.style == Style::DeepObject || takes_objects(expect) {
            &[Shape::Object, Shape::Primitive]
        } else if expect.names_items() {
            &[Shape::Array]
        } else {
            &[Shape::Primitive, Shape::Array]
        };
    }
    match (expect.allows(Types::PRIMITIVE), expect.allows(Types::ARRAY), expect.allows(Types::OBJECT)) {
        (true, false, false) => &[Shape::Primitive],
        (false, true, false) => &[Shape::Array],
        (false, false, true) => &[Shape::Object],
        (true, true, false) => &[Shape::Primitive, Shape::Array],
        (true, false, true) => &[Shape::Primitive, Shape::Object],
        (false, true, true) => &[Shape::Array, Shape::Object],
        (true, true, true) | (false, false, false) => &[Shape::Primitive, Shape::Array, Shape::Object],
    }
}

#[cfg(test)]
mod tests;
