//! Forms (`application/x-www-form-urlencoded`): the fields as an object, by the Encoding Object (OpenAPI 3.1 4.8.15).

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{Body, Unreadable, json, text};
use crate::codec::coerce::Misfit;
use crate::codec::expect::{Expect, Types};
use crate::codec::input::{Escapes, Pair, decode as decode_text, pairs};
use crate::codec::style::{self, Trouble, Written};
use crate::contract::{Content, Encoding, Serialization, Style};
use crate::media_type::{Kind, MediaType};
use crate::redact;

pub(super) fn decode(
    content: &Content,
    media_type: &MediaType,
    bytes: &[u8],
    expect: &Expect,
) -> Result<Body, Unreadable> {
    let text = text::read(media_type, bytes)?;
    read(&text, expect, &content.encoding).map(Body::from)
}

/// Every object that a form can stand for, at least one and at most two: numbers read as numbers, or as text, where
/// they may be either. A field that can't be read as its type is kept as text, for the schema to judge.
pub(in crate::codec) fn read(
    text: &str,
    expect: &Expect,
    encoding: &IndexMap<String, Encoding>,
) -> Result<Vec<Value>, Unreadable> {
    let pairs = pairs(text);
    let mut fields: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for pair in &pairs {
        fields.entry(&pair.key).or_default().push(pair.value);
    }
    let named: Vec<&str> = expect.properties().keys().map(String::as_str).collect();
    let form = Form { pairs: &pairs, named: &named, encoding, escapes: Escapes::PercentAndPlus };
    let mut objects = Objects::default();
    for (name, expect) in expect.properties() {
        let (style, explode) = form.style(name, expect);
        objects.add(name, form.field(name, style, explode, expect, fields.get(name.as_str()))?);
        form.forget(name, style, explode, expect, &mut fields);
    }
    for (name, texts) in &fields {
        let expect = expect.property(name);
        let (style, explode) = form.style(name, expect);
        objects.add(name, form.field(name, style, explode, expect, Some(texts))?);
    }
    Ok(objects.into_values())
}

/// The typed and the textual reading of all fields.
#[derive(Default)]
pub(super) struct Objects {
    typed: Map<String, Value>,
    text: Map<String, Value>,
}

impl Objects {
    /// Adds what a field can be, the likeliest first; nothing if it was not sent.
    pub(super) fn add(&mut self, name: &str, values: Vec<Value>) {
        let mut values = values.into_iter();
        if let Some(typed) = values.next() {
            self.text.insert(name.to_owned(), values.next_back().unwrap_or_else(|| typed.clone()));
            self.typed.insert(name.to_owned(), typed);
        }
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        if self.typed == self.text {
            vec![Value::Object(self.typed)]
        } else {
            vec![Value::Object(self.typed), Value::Object(self.text)]
        }
    }
}

/// The fields of a form, or the parts that are texts.
pub(super) struct Form<'f> {
    pub(super) pairs: &'f [Pair<'f>],
    pub(super) named: &'f [&'f str],
    pub(super) encoding: &'f IndexMap<String, Encoding>,
    pub(super) escapes: Escapes,
}

/// How a field is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Manner {
    Style(Style),
    /// As JSON in one text.
    Json,
}

impl Form<'_> {
    /// By the Encoding Object, else objects as JSON, or in brackets if that is what was sent, and the rest by `form`.
    pub(super) fn style(&self, name: &str, expect: &Expect) -> (Manner, bool) {
        if let Some(encoding) = self.encoding.get(name) {
            if let Some(Serialization::Style { style, explode }) = encoding.serialization {
                return (Manner::Style(style), explode);
            }
            if encoding.content_types.first().is_some_and(|media_type| media_type.kind() == Kind::Json) {
                return (Manner::Json, true);
            }
        }
        let structured = expect.allows(Types::OBJECT) && !expect.is_untyped();
        let array = expect.allows(Types::ARRAY) && !expect.is_untyped();
        let bracketed = || self.pairs.iter().any(|pair| style::belongs(name, self.named, &pair.key));
        if (structured || array) && bracketed() {
            return (Manner::Style(Style::DeepObject), true);
        }
        (if structured { Manner::Json } else { Manner::Style(Style::Form) }, true)
    }

    /// What a field can be, the likeliest first; empty if it was not sent.
    pub(super) fn field(
        &self,
        name: &str,
        manner: Manner,
        explode: bool,
        expect: &Expect,
        texts: Option<&Vec<&str>>,
    ) -> Result<Vec<Value>, Unreadable> {
        let written = Written {
            name,
            style: if let Manner::Style(style) = manner { style } else { Style::Form },
            explode,
            expect,
            texts: texts.cloned().unwrap_or_default(),
            pairs: self.pairs,
            declared: self.named,
            escapes: self.escapes,
            keeps_text: true,
        };
        let read = match manner {
            Manner::Style(_) => style::read(&written),
            Manner::Json if expect.is_untyped() || expect.allows(Types::PRIMITIVE) => {
                return json_or_text(&written);
            }
            Manner::Json => style::read_whole(&written),
        };
        match read {
            Ok(values) => Ok(values),
            // One value was expected: the schema tells that best of an array.
            Err(Trouble::Repeated(_)) => Ok(vec![Value::Array(decoded(&written)?)]),
            Err(Trouble::Misfit(misfit)) => Err(unreadable(name, &misfit)),
        }
    }

    /// Leaves the fields that a named property has read out of the others.
    pub(super) fn forget(
        &self,
        name: &str,
        manner: Manner,
        explode: bool,
        expect: &Expect,
        fields: &mut IndexMap<&str, Vec<&str>>,
    ) {
        match manner {
            Manner::Style(Style::DeepObject) => {
                fields.retain(|key, _| *key != name && !style::belongs(name, self.named, key));
            }
            Manner::Style(Style::Form) if explode && style::takes_objects(expect) => {
                fields.retain(|key, _| *key != name && !style::gathers(expect, self.named, key));
            }
            Manner::Style(_) | Manner::Json => {
                fields.swap_remove(name);
            }
        }
    }
}

/// JSON where it is, else the text itself.
fn json_or_text(written: &Written<'_, '_>) -> Result<Vec<Value>, Unreadable> {
    let texts = decoded(written)?;
    if texts.len() > 1 {
        return Ok(vec![Value::Array(texts)]);
    }
    let parsed = texts.first().and_then(Value::as_str).and_then(|text| json::parse(text).ok());
    Ok(parsed.into_iter().chain(texts).collect())
}

fn unreadable(name: &str, misfit: &Misfit) -> Unreadable {
    let found = if redact::is_secret_name(name) {
        redact::HIDDEN.to_owned()
    } else {
        format!("`{}`", redact::shown(&misfit.found, 120))
    };
    Unreadable::new(format!("has a field `{}`: {found} {}", redact::shown(name, 80), misfit.reason))
}

fn decoded(written: &Written<'_, '_>) -> Result<Vec<Value>, Unreadable> {
    let texts = written.texts.iter().map(|text| match decode_text(text, written.escapes) {
        Ok(text) => Ok(Value::from(text.into_owned())),
        Err(misfit) => Err(unreadable(written.name, &misfit)),
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_read_by_their_schemas_and_encoding() {
        let schema = json!({ "type": "object", "additionalProperties": { "type": "string" }, "properties": {
            "n": { "type": "integer" },
            "name": { "type": "string" },
            "maybe": { "type": ["array", "null"], "items": { "type": "integer" } },
            "tags": { "type": "array", "items": { "type": "string" } },
            "sizes": { "type": "array", "items": { "type": "integer" } },
            "address": { "type": "object", "additionalProperties": false, "properties": { "zip": { "type": "integer" } } },
            "deep": { "type": "object", "additionalProperties": false, "properties": { "a": { "type": "boolean" } } }
        } });
        let encoding = [
            ("sizes", Some((Style::PipeDelimited, false)), None),
            ("deep", Some((Style::DeepObject, true)), None),
        ];
        let form = content("application/x-www-form-urlencoded", &encoding);
        let table = [
            ("", "{}"),
            ("n=5&name=5", r#"{"n":5,"name":"5"}"#),
            ("n=ten", r#"{"n":"ten"}"#),
            ("maybe=1&n=", r#"{"n":"","maybe":[1]}"#),
            ("maybe=x", r#"one of [{"maybe":"x"},{"maybe":["x"]}]"#),
            ("n=1&n=2", r#"{"n":["1","2"]}"#),
            ("name=a+b%2B&tags=x&tags=y", r#"{"name":"a b+","tags":["x","y"]}"#),
            ("tags[]=x&tags[]=y", r#"{"tags":["x","y"]}"#),
            ("sizes=1|2", r#"{"sizes":[1,2]}"#),
            (r#"address={"zip":1}"#, r#"{"address":{"zip":1}}"#),
            ("address[zip]=1", r#"{"address":{"zip":1}}"#),
            ("address=x", r#"{"address":"x"}"#),
            ("deep[a]=true&other=1", r#"{"deep":{"a":true},"other":"1"}"#),
            (
                "name=%zz",
                "error: has a field `name`: `%zz` has a `%` that two hexadecimal digits do not follow",
            ),
            (
                "password=%zz",
                "error: has a field `password`: [redacted] has a `%` that two hexadecimal digits do not follow",
            ),
            (
                "a\r\nb=%zz",
                "error: has a field `a\\r\\nb`: `%zz` has a `%` that two hexadecimal digits do not follow",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(told(&form, text.as_bytes(), schema.clone()), expected, "{text}");
        }
    }

    #[test]
    fn fields_without_a_schema_may_be_numbers_or_text() {
        let form = content("application/x-www-form-urlencoded", &[]);
        assert_eq!(
            told(&form, b"a=5&b=x&b=y", json!({})),
            r#"one of [{"a":5,"b":["x","y"]},{"a":"5","b":["x","y"]}]"#
        );
    }
}
