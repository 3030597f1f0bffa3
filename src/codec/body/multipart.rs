//! Multipart forms (RFC 7578), through the `multer` package: the parts as an object.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyDataStream, Full};
use indexmap::IndexMap;
use serde_json::Value;

use super::form::Objects;
use super::{Body, Unreadable, json, text};
use crate::codec::coerce::{Reading, scalar};
use crate::codec::expect::{Expect, Types};
use crate::codec::input::{Escapes, Pair};
use crate::codec::style::{self, Written};
use crate::contract::{Content, Style};
use crate::media_type::{Kind, MediaType};
use crate::text::{harmless, shortened};

/// How many parts are read; more are unreadable.
const MOST_PARTS: usize = 1_000;

struct Part {
    media_type: Option<MediaType>,
    is_file: bool,
    headers: HeaderMap,
    bytes: Bytes,
}

/// What stands above one part.
#[derive(Debug)]
pub struct PartHead {
    /// The part's name.
    pub name: String,
    /// Its header fields.
    pub headers: HeaderMap,
}

/// The heads of the parts that have names; none of what is no multipart.
pub fn heads(media_type: &MediaType, bytes: &[u8]) -> Vec<PartHead> {
    let read = boundary(media_type).and_then(|boundary| parts(boundary, bytes, false));
    let named = read.ok().flatten().unwrap_or_default().into_iter();
    let heads = named.flat_map(|(name, parts)| {
        parts.into_iter().map(move |part| PartHead { name: name.clone(), headers: part.headers })
    });
    heads.collect()
}

/// Reads the parts by name. A part is read by its own media type, else by the one its `encoding` names, else as JSON
/// where its schema wants an object, else as text; what is no text becomes a string with replacement characters.
pub(super) fn decode(
    content: &Content,
    media_type: &MediaType,
    bytes: &[u8],
    expect: &Expect,
) -> Result<Body, Unreadable> {
    let named = media_type.sub == "form-data";
    let Some(mut parts) = parts(boundary(media_type)?, bytes, named)? else { return Ok(Body::Opaque) };
    let mut objects = Objects::default();
    bracketed(&mut parts, content, expect, &mut objects)?;
    for (name, parts) in &parts {
        objects.add(name, field(name, parts, content, expect.property(name))?);
    }
    Ok(Body::from(objects.into_values()))
}

/// RFC 2046 5.1.1: 1 to 70 characters.
fn boundary(media_type: &MediaType) -> Result<&str, Unreadable> {
    let mut named = media_type.parameters.iter().filter(|(name, _)| name == "boundary");
    match (named.next(), named.next()) {
        (Some((_, boundary)), None) if (1..=70).contains(&boundary.len()) => Ok(boundary),
        (Some((_, boundary)), None) if boundary.len() > 70 => {
            Err(Unreadable::new("has a `boundary` of more than 70 characters"))
        }
        (Some(_), Some(_)) => Err(Unreadable::new("has several `boundary` in its media type")),
        (Some(_) | None, None) | (None, Some(_)) => {
            Err(Unreadable::new("has no `boundary` in its media type"))
        }
    }
}

/// Takes the parts whose names go on in brackets, as many clients write arrays and objects: `tags[]`, `home[zip]`.
fn bracketed(
    parts: &mut IndexMap<String, Vec<Part>>,
    content: &Content,
    expect: &Expect,
    objects: &mut Objects,
) -> Result<(), Unreadable> {
    let named: Vec<&str> = expect.properties().keys().map(String::as_str).collect();
    for (name, property) in expect.properties() {
        let structured = property.allows(Types::ARRAY) || property.allows(Types::OBJECT);
        if property.is_untyped() || !structured || parts.contains_key(name) {
            continue;
        }
        let listed = format!("{name}[]");
        if is_array(property)
            && style::belongs(name, &named, &listed)
            && let Some(items) = parts.shift_remove(&listed)
        {
            objects.add(name, self::items(name, &items, content, property)?);
            continue;
        }
        let ours = |key: &String| style::belongs(name, &named, key);
        let texts = parts.iter().filter(|(key, _)| ours(key)).flat_map(|(key, parts)| {
            let texts = parts.iter().filter_map(|part| str::from_utf8(&part.bytes).ok());
            texts.map(|value| Pair { key: key.as_str().into(), value })
        });
        let pairs: Vec<Pair<'_>> = texts.collect();
        if pairs.is_empty() {
            continue;
        }
        let read = style::read(&Written {
            name,
            style: Style::DeepObject,
            explode: true,
            expect: property,
            texts: Vec::new(),
            pairs: &pairs,
            declared: &named,
            escapes: Escapes::Plain,
            keeps_text: true,
        });
        if let Ok(values) = read {
            objects.add(name, values);
            parts.retain(|key, _| !ours(key));
        }
    }
    Ok(())
}

/// The parts by name; `None` if they need no names and some have none.
fn parts(
    boundary: &str,
    bytes: &[u8],
    named: bool,
) -> Result<Option<IndexMap<String, Vec<Part>>>, Unreadable> {
    let stream = BodyDataStream::new(Full::new(Bytes::copy_from_slice(bytes)));
    let mut multipart = multer::Multipart::new(stream, boundary);
    let mut parts: IndexMap<String, Vec<Part>> = IndexMap::new();
    let mut anonymous = false;
    for number in 1..=MOST_PARTS {
        let Some(field) = ready(multipart.next_field())? else {
            return Ok((!anonymous).then_some(parts));
        };
        let name = field.name().map(str::to_owned);
        let text = |name: &str| str::from_utf8(field.headers().get(name)?.as_bytes()).ok();
        let part = Part {
            media_type: text("content-type").and_then(MediaType::parse),
            // `multer` 3.1 does not read `filename*`, which browsers no longer send (RFC 7578 4.2).
            is_file: field.file_name().is_some()
                || text("content-disposition").is_some_and(|text| text.contains("filename*=")),
            headers: field.headers().clone(),
            bytes: ready(field.bytes())?,
        };
        match name {
            Some(name) => parts.entry(name).or_default().push(part),
            None if named => return Err(Unreadable::new(format!("has no name in its part {number}"))),
            None => anonymous = true,
        }
    }
    Err(Unreadable::new(format!("has more than {MOST_PARTS} parts")))
}

/// The outcome of a future whose data is there already.
fn ready<T>(future: impl Future<Output = multer::Result<T>>) -> Result<T, Unreadable> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    // `multer` 3.1 answers `Pending` now and then though its stream has ended; asking again moves it on.
    for _ in 0..64 {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
            return outcome.map_err(|error| {
                let told = harmless(&shortened(&error.to_string(), 120));
                Unreadable::new(format!("is not well-formed multipart: {told}"))
            });
        }
    }
    Err(Unreadable::new("is not well-formed multipart: ends too early"))
}

fn field(name: &str, parts: &[Part], content: &Content, expect: &Expect) -> Result<Vec<Value>, Unreadable> {
    let [part] = parts else { return items(name, parts, content, expect) };
    let whole = value(name, part, content, expect)?;
    // A single part of an array is its only item, unless it is the array itself, as JSON.
    if !is_array(expect) || expect.allows(Types::PRIMITIVE) || whole.iter().any(Value::is_array) {
        return Ok(whole);
    }
    items(name, parts, content, expect)
}

fn is_array(expect: &Expect) -> bool {
    expect.allows(Types::ARRAY) && (!expect.is_untyped() || expect.names_items())
}

fn items(name: &str, parts: &[Part], content: &Content, expect: &Expect) -> Result<Vec<Value>, Unreadable> {
    let (mut typed, mut text) = (Vec::new(), Vec::new());
    for part in parts {
        let values = value(name, part, content, expect.items())?;
        text.extend(values.last().cloned());
        typed.extend(values.into_iter().next());
    }
    let same = typed == text;
    let arrays = [typed, text].into_iter().map(Value::Array);
    Ok(arrays.take(if same { 1 } else { 2 }).collect())
}

/// What one part can be: a typed reading and a textual one where they differ.
fn value(name: &str, part: &Part, content: &Content, expect: &Expect) -> Result<Vec<Value>, Unreadable> {
    let encoding = content.encoding.get(name).and_then(|encoding| encoding.content_types.first());
    let media_type =
        part.media_type.as_ref().or_else(|| encoding.filter(|media_type| !media_type.is_range()));
    let kind = media_type.map(MediaType::kind);
    let within = |unreadable: Unreadable| Unreadable {
        reason: format!("has a part `{}` that {}", harmless(&shortened(name, 80)), unreadable.reason),
        ..unreadable
    };
    if kind == Some(Kind::Json) {
        let parsed = str::from_utf8(&part.bytes).map_err(|_| Unreadable::new("is not UTF-8"));
        return parsed.and_then(json::parse).map(|value| vec![value]).map_err(within);
    }
    let textual = matches!(kind, None | Some(Kind::Text)) && !part.is_file;
    let decoded = match &part.media_type {
        Some(media_type) if textual => text::read(media_type, &part.bytes).map_err(within)?,
        _ => String::from_utf8_lossy(&part.bytes),
    };
    if !textual {
        return Ok(vec![Value::from(decoded.into_owned())]);
    }
    // What can't be read as its type stays text, for the schema to judge.
    let read = |reading| scalar(&decoded, expect, reading).unwrap_or_else(|_| Value::from(&*decoded));
    let (typed, text) = (read(Reading::Typed), read(Reading::Text));
    Ok(if typed == text { vec![typed] } else { vec![typed, text] })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use serde_json::json;

    /// A multipart body of parts, each its header fields and its content.
    fn body(parts: &[(&str, &str)]) -> Vec<u8> {
        let written = parts.iter().map(|(head, content)| format!("--b\r\n{head}\r\n\r\n{content}\r\n"));
        format!("{}--b--\r\n", written.collect::<String>()).into_bytes()
    }

    #[test]
    fn parts_become_the_properties_of_an_object() {
        let schema = json!({ "type": "object", "properties": {
            "n": { "type": "integer" },
            "file": { "type": "string", "format": "binary" },
            "files": { "type": "array", "items": { "type": "string", "format": "binary" } },
            "meta": { "type": "object" },
            "list": { "type": "array", "items": { "type": "integer" } },
            "encoded": { "type": ["string", "object"] },
            "home": { "type": "object", "properties": { "zip": { "type": "integer" } } }
        } });
        let form = content("multipart/form-data; boundary=b", &[("encoded", None, Some("application/json"))]);
        let head = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");
        let file = |name: &str| format!("{}; filename=\"x.json\"\r\nContent-Type: image/png", head(name));
        let typed = format!("{}\r\nContent-Type: application/json", head("meta"));
        let latin = format!("{}\r\nContent-Type: text/plain; charset=iso-8859-1", head("file"));
        let extended = "Content-Disposition: form-data; name=\"free\"; filename*=UTF-8''x.txt";
        let table: [(&[(&str, &str)], &str); 19] = [
            (&[], "{}"),
            (&[(&head("n"), "5")], r#"{"n":5}"#),
            (&[(&head("n"), "x")], r#"{"n":"x"}"#),
            (&[(&head("n"), "1"), (&head("n"), "2")], r#"one of [{"n":[1,2]},{"n":["1","2"]}]"#),
            (&[(&file("file"), "{1}")], r#"{"file":"{1}"}"#),
            (&[(&file("files"), "a"), (&file("files"), "b")], r#"{"files":["a","b"]}"#),
            (&[(&file("files"), "a")], r#"{"files":["a"]}"#),
            (&[(&typed, "{\"a\":1}")], r#"{"meta":{"a":1}}"#),
            (&[(&head("meta"), "{\"a\":1}")], r#"{"meta":{"a":1}}"#),
            (
                &[(&typed, "{\n")],
                "error: has a part `meta` that is not JSON: ends too early (line 2, column 0)",
            ),
            (&[(&head("list"), "[1,2]")], r#"{"list":[1,2]}"#),
            (&[(&head("encoded"), "{}")], r#"{"encoded":{}}"#),
            (&[(&head("files[]"), "a"), (&head("files[]"), "b")], r#"{"files":["a","b"]}"#),
            (&[(&file("files[]"), "a")], r#"{"files":["a"]}"#),
            (&[(&head("home[zip]"), "1")], r#"{"home":{"zip":1}}"#),
            (&[(&head("home[zip"), "1")], r#"one of [{"home[zip":1},{"home[zip":"1"}]"#),
            (&[(&latin, "\u{e9}")], "{\"file\":\"\u{c3}\u{a9}\"}"),
            (&[(extended, "5")], r#"{"free":"5"}"#),
            (&[("Content-Type: text/plain", "5")], "error: has no name in its part 1"),
        ];
        for (parts, expected) in table {
            assert_eq!(told(&form, &body(parts), schema.clone()), expected, "{parts:?}");
        }
    }

    #[test]
    fn what_is_no_multipart_says_so() {
        let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
        let table: [(&str, &[u8], &str); 9] = [
            ("multipart/form-data", b"x", "error: has no `boundary` in its media type"),
            ("multipart/form-data; boundary=\"\"", b"x", "error: has no `boundary` in its media type"),
            (
                "multipart/form-data; boundary=a; boundary=b",
                b"x",
                "error: has several `boundary` in its media type",
            ),
            (&long, b"x", "error: has a `boundary` of more than 70 characters"),
            (
                "multipart/form-data; boundary=b",
                b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n5\r\n--b--",
                "error: has a part `a` that is in charset `koi8-r`, and only utf-8, us-ascii and iso-8859-1 are read",
            ),
            (
                "multipart/form-data; boundary=b",
                b"",
                "error: is not well-formed multipart: incomplete multipart stream",
            ),
            (
                "multipart/form-data; boundary=b",
                b"{}",
                "error: is not well-formed multipart: incomplete multipart stream",
            ),
            (
                "multipart/form-data; boundary=b",
                b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n5",
                "error: is not well-formed multipart: field \"a\" received with incomplete data",
            ),
            ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", "opaque"),
        ];
        for (media_type, bytes, expected) in table {
            assert_eq!(told(&content(media_type, &[]), bytes, json!({})), expected, "{media_type}");
        }
    }
}
