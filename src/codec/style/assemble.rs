//! Raw pieces put together to values: decoded, and read as their types.

use serde_json::{Map, Value};

use super::{Raw, Trouble, Written, deep_object};
use crate::codec::coerce::{Misfit, Reading, scalar};
use crate::codec::expect::{Expect, Types};
use crate::codec::input::decode;

/// Every value that the pieces of one shape can stand for: typed, and as text where that differs.
pub(super) fn readings(raw: &Raw<'_>, written: &Written<'_, '_>) -> Result<Vec<Value>, Trouble> {
    let typed = value(raw, written, Reading::Typed)?;
    let mut values = vec![typed];
    if written.expect.is_ambiguous() {
        let text = value(raw, written, Reading::Text)?;
        if text != values[0] {
            values.push(text);
        }
    }
    Ok(values)
}

/// Decodes the pieces and puts them together.
fn value(raw: &Raw<'_>, written: &Written<'_, '_>, reading: Reading) -> Result<Value, Trouble> {
    let expect = written.expect;
    Ok(match raw {
        Raw::One(text) => piece(text, expect, written, reading)?,
        Raw::Many(texts) => {
            let items = texts.iter().map(|text| piece(text, expect.items(), written, reading));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Raw::Pairs(pairs) => {
            let mut object = Map::new();
            for (name, text) in pairs {
                let name = decode(name, written.escapes)?.into_owned();
                add(&mut object, name, text, written, reading)?;
            }
            Value::Object(object)
        }
        Raw::Named(pairs) => {
            let mut object = Map::new();
            for pair in pairs {
                add(&mut object, pair.key.clone().into_owned(), pair.value, written, reading)?;
            }
            Value::Object(object)
        }
        Raw::Tree(branches) => deep_object::value(branches, expect, written, reading)?,
    })
}

/// Adds a property; one that is sent more than once is an array if it may be one.
fn add(
    object: &mut Map<String, Value>,
    name: String,
    text: &str,
    written: &Written<'_, '_>,
    reading: Reading,
) -> Result<(), Trouble> {
    let expect = written.expect.property(&name);
    let array = expect.allows(Types::ARRAY);
    let only_array = array && !expect.allows(Types::PRIMITIVE);
    let known = object.get_mut(&name);
    if known.is_some() && !array {
        return Err(Misfit::new(text, format!("is a second value of `{name}`")).into());
    }
    let item =
        piece(text, if only_array || known.is_some() { expect.items() } else { expect }, written, reading)?;
    match known {
        Some(Value::Array(items)) => items.push(item),
        Some(first) => *first = Value::Array(vec![first.take(), item]),
        None => {
            object.insert(name, if only_array { Value::Array(vec![item]) } else { item });
        }
    }
    Ok(())
}

/// Decodes and reads one piece.
pub(super) fn piece(
    text: &str,
    expect: &Expect,
    written: &Written<'_, '_>,
    reading: Reading,
) -> Result<Value, Trouble> {
    let text = decode(text, written.escapes)?;
    match scalar(&text, expect, reading) {
        Err(_) if written.keeps_text => Ok(Value::from(text.into_owned())),
        read => Ok(read?),
    }
}
