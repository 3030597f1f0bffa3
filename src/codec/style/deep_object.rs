//! `deepObject`: `color[R]=100&color[G]=200`, in queries and forms; nested names and arrays too, as servers take them.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::assemble::piece;
use super::{Raw, Shape, Split, Trouble, Written};
use crate::codec::coerce::{Misfit, Reading};
use crate::codec::expect::{Expect, Types};

/// How deep brackets may nest.
const MOST_BRACKETS: usize = 16;

/// What was sent under a name and the names in brackets behind it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::codec) struct Branches<'a> {
    /// The full name as sent, decoded.
    name: String,
    texts: Vec<&'a str>,
    inner: IndexMap<String, Branches<'a>>,
}

pub(super) fn split<'a>(written: &Written<'_, 'a>, shape: Shape) -> Split<'a> {
    let mut root = Branches { name: written.name.to_owned(), ..Branches::default() };
    for pair in written.pairs {
        if !belongs(written.name, written.declared, &pair.key) {
            continue;
        }
        let mut branches = &mut root;
        for part in brackets(&pair.key[written.name.len()..]).unwrap_or_default() {
            let name = format!("{}[{part}]", branches.name);
            branches = branches.inner.entry(part.to_owned()).or_default();
            branches.name = name;
        }
        branches.texts.push(pair.value);
    }
    if !root.inner.is_empty() {
        return Ok(if shape == Shape::Primitive { None } else { Some(Raw::Tree(root)) });
    }
    match written.texts.as_slice() {
        [] => Ok(None),
        [text] if shape == Shape::Primitive => Ok(Some(Raw::One(text))),
        [text, ..] => {
            Err(Misfit::new(text, format!("is not written as `{}[property]=value`", written.name)).into())
        }
    }
}

/// Whether what is sent under `key` is part of the parameter `name`: `name[…]`, if nothing else is declared so.
pub(in crate::codec) fn belongs(name: &str, declared: &[&str], key: &str) -> bool {
    let inner = key.strip_prefix(name).and_then(brackets);
    inner.is_some_and(|parts| !parts.is_empty()) && !declared.contains(&key)
}

/// The names between brackets: `[a][b]`; `None` if that is not what the text is.
fn brackets(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, behind) = rest.strip_prefix('[')?.split_once(']')?;
        parts.push(part);
        rest = behind;
    }
    (parts.len() <= MOST_BRACKETS).then_some(parts)
}

pub(super) fn value(
    branches: &Branches<'_>,
    expect: &Expect,
    written: &Written<'_, '_>,
    reading: Reading,
) -> Result<Value, Trouble> {
    if branches.inner.is_empty() {
        return leaf(branches, expect, written, reading);
    }
    if let Some(text) = branches.texts.first() {
        let reason = format!("is a value of `{}`, which has properties too", branches.name);
        return Err(Misfit::new(text, reason).into());
    }
    let numbered = branches.inner.keys().all(|key| key.bytes().all(|byte| byte.is_ascii_digit()));
    let listed = expect.allows(Types::ARRAY) && (numbered || !expect.allows(Types::OBJECT));
    let described = expect.is_untyped() && !expect.properties().is_empty();
    if listed && !described {
        return items(branches, expect, written, reading);
    }
    let mut object = Map::new();
    for (key, inner) in &branches.inner {
        object.insert(key.clone(), value(inner, expect.property(key), written, reading)?);
    }
    Ok(Value::Object(object))
}

/// `a[]=1&a[]=2` or `a[0]=1&a[1]=2`, in the order sent.
fn items(
    branches: &Branches<'_>,
    expect: &Expect,
    written: &Written<'_, '_>,
    reading: Reading,
) -> Result<Value, Trouble> {
    let mut items = Vec::new();
    for (key, inner) in &branches.inner {
        if key.is_empty() && inner.inner.is_empty() {
            for text in &inner.texts {
                items.push(piece(text, expect.items(), written, reading)?);
            }
        } else {
            items.push(value(inner, expect.items(), written, reading)?);
        }
    }
    Ok(Value::Array(items))
}

fn leaf(
    branches: &Branches<'_>,
    expect: &Expect,
    written: &Written<'_, '_>,
    reading: Reading,
) -> Result<Value, Trouble> {
    let only_array = expect.allows(Types::ARRAY) && !expect.allows(Types::PRIMITIVE);
    match branches.texts.as_slice() {
        [text] if !only_array => piece(text, expect, written, reading),
        [_, second, ..] if !expect.allows(Types::ARRAY) => {
            Err(Misfit::new(second, format!("is a second value of `{}`", branches.name)).into())
        }
        texts => {
            let items = texts.iter().map(|text| piece(text, expect.items(), written, reading));
            Ok(Value::Array(items.collect::<Result<_, _>>()?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Style, read};
    use super::*;
    use crate::codec::expect::tests::expect;
    use crate::codec::input::{Escapes, pairs};
    use serde_json::json;

    #[test]
    fn nested_names_and_arrays_are_taken() {
        let filter = expect(json!({ "type": "object", "properties": {
            "a": { "type": "object", "properties": { "b": { "type": "integer" } } },
            "tags": { "type": "array", "items": { "type": "string" } },
            "list": { "type": "array", "items": { "type": "object", "properties": { "n": { "type": "integer" } } } },
            "flag": { "type": "boolean" }
        } }));
        let table = [
            ("f[a][b]=1&f[flag]=true", json!({ "a": { "b": 1 }, "flag": true })),
            ("f[tags][]=1&f[tags][]=2", json!({ "tags": ["1", "2"] })),
            ("f[tags]=1&f[tags]=2", json!({ "tags": ["1", "2"] })),
            ("f[tags]=1", json!({ "tags": ["1"] })),
            ("f[list][0][n]=1&f[list][1][n]=2", json!({ "list": [{ "n": 1 }, { "n": 2 }] })),
            ("f%5Ba%5D%5Bb%5D=1&other=2&f[x=3", json!({ "a": { "b": 1 } })),
            ("f[own]=1&f[flag]=false", json!({ "flag": false })),
        ];
        for (text, expected) in table {
            let pairs = pairs(text);
            let found = read(&Written {
                name: "f",
                style: Style::DeepObject,
                explode: true,
                expect: &filter,
                texts: Vec::new(),
                pairs: &pairs,
                declared: &["f", "f[own]"],
                escapes: Escapes::PercentAndPlus,
                keeps_text: false,
            });
            assert_eq!(found.map(|mut values| values.swap_remove(0)), Ok(expected), "{text}");
        }
    }

    #[test]
    fn brackets_are_balanced_or_part_of_a_plain_name() {
        let table = [
            ("[a][b]", Some(vec!["a", "b"])),
            ("[]", Some(vec![""])),
            ("[a", None),
            ("[a]b", None),
            ("", Some(vec![])),
        ];
        for (text, expected) in table {
            assert_eq!(brackets(text), expected, "{text}");
        }
        assert_eq!(brackets(&"[a]".repeat(17)), None);
    }
}
