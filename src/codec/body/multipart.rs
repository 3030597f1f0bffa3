//! Multipart forms (RFC 7578), through the `multer` package: the parts as an object.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::{BodyDataStream, Full};
use indexmap::IndexMap;
use serde_json::Value;

use super::form::{self, Form, Objects};
use super::{Body, Unreadable, json, text, xml};
use crate::codec::coerce::{Reading, scalar};
use crate::codec::expect::{Expect, Types};
use crate::codec::input::{Escapes, Pair};
use crate::contract::{Content, Encoding};
use crate::media_type::{Kind, MediaType};
use crate::text::{harmless, shortened};

/// How many parts are read; more are unreadable.
const MOST_PARTS: usize = 1_000;

struct Part {
    media_type: Option<MediaType>,
    file: bool,
    bytes: Bytes,
}

impl Part {
    /// Whether it is a text of which no more is said.
    fn is_text(&self) -> bool {
        self.media_type.is_none() && !self.file
    }
}

/// Reads the parts by name. A part is read by its own media type, else by the one its `encoding` names, else as JSON
/// where its schema wants an object, else as text; what is no text becomes a string with replacement characters.
pub(super) fn decode(
    content: &Content,
    media_type: &MediaType,
    bytes: &[u8],
    expect: &Expect,
) -> Result<Body, Unreadable> {
    let boundary = media_type.parameter("boundary").filter(|boundary| !boundary.is_empty());
    let boundary = boundary.ok_or_else(|| Unreadable::new("has no `boundary` in its media type"))?;
    let named = media_type.sub == "form-data";
    let mut parts = parts(boundary, bytes, named)?;
    if parts.contains_key(ANONYMOUS) {
        let parts = parts.swap_remove(ANONYMOUS).filter(|_| parts.is_empty());
        return parts.map_or(Ok(Body::Opaque), |parts| list(&parts, content, expect));
    }
    let mut objects = Objects::default();
    spread(&mut parts, content, expect, &mut objects)?;
    for (name, parts) in &parts {
        let encoding = content.encoding.get(name);
        objects.add(name, field(name, parts, encoding, expect.property(name))?);
    }
    Ok(Body::from(objects.into_values()))
}

/// What parts without names are kept under; no form field has an empty name.
const ANONYMOUS: &str = "";

/// Parts without names, by their place.
fn list(parts: &[Part], content: &Content, expect: &Expect) -> Result<Body, Unreadable> {
    let is_stream = content.schema.is_none() && content.item_schema.is_some();
    if !is_stream && (!expect.allows(Types::ARRAY) || expect.is_untyped() && !expect.names_items()) {
        return Ok(Body::Opaque);
    }
    let (mut typed, mut text) = (Vec::new(), Vec::new());
    for (at, part) in parts.iter().enumerate() {
        let values = value(&at.to_string(), part, content.encoding_of_item(at), expect.item(at))?;
        text.extend(values.last().cloned());
        typed.extend(values.into_iter().next());
    }
    if is_stream {
        return Ok(Body::Items(text));
    }
    let same = typed == text;
    let readings: Vec<Value> = [typed, text].into_iter().map(Value::Array).collect();
    Ok(Body::from(if same { readings.into_iter().take(1).collect() } else { readings }))
}

/// Reads the properties that are spread over parts by a style, and takes their parts away.
fn spread(
    parts: &mut IndexMap<String, Vec<Part>>,
    content: &Content,
    expect: &Expect,
    objects: &mut Objects,
) -> Result<(), Unreadable> {
    if content.encoding.values().all(|encoding| encoding.serialization.is_none()) {
        return Ok(());
    }
    let texts: Vec<(String, String)> = parts
        .iter()
        .flat_map(|(name, parts)| parts.iter().map(move |part| (name, part)))
        .filter(|(_, part)| part.is_text())
        .map(|(name, part)| (name.clone(), String::from_utf8_lossy(&part.bytes).into_owned()))
        .collect();
    let pairs: Vec<Pair<'_>> =
        texts.iter().map(|(name, text)| Pair { key: name.as_str().into(), value: text }).collect();
    let mut fields: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (name, text) in &texts {
        fields.entry(name).or_default().push(text);
    }
    let named: Vec<&str> = expect.properties().keys().map(String::as_str).collect();
    let form = Form { pairs: &pairs, named: &named, encoding: &content.encoding, escapes: Escapes::Plain };
    let mut left = fields.clone();
    for (name, property) in expect.properties() {
        let is_structured = property.allows(Types::ARRAY) || property.allows(Types::OBJECT);
        let encoding = content.encoding.get(name).filter(|encoding| encoding.serialization.is_some());
        let is_text = parts.get(name.as_str()).is_none_or(|parts| parts.iter().all(Part::is_text));
        if encoding.is_none() || !is_structured || property.is_untyped() || !is_text {
            continue;
        }
        let (style, explode) = form.style(name, property);
        objects.add(name, form.field(name, style, explode, property, fields.get(name.as_str()))?);
        form.forget(name, style, explode, property, &mut left);
    }
    let taken: Vec<String> =
        fields.keys().filter(|name| !left.contains_key(*name)).map(|name| (*name).to_owned()).collect();
    parts.retain(|name, _| !taken.contains(name));
    Ok(())
}

/// The boundary of what is written already: what follows `--` in its first line.
pub(in crate::codec) fn boundary(bytes: &[u8]) -> Option<&str> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let boundary = str::from_utf8(line).ok()?.trim_ascii_end().strip_prefix("--")?;
    let is_only_line = line.len() + 2 > bytes.len();
    let boundary = boundary.strip_suffix("--").filter(|_| is_only_line).unwrap_or(boundary);
    // RFC 2046 5.1.1: at most 70 characters.
    (!boundary.is_empty() && boundary.len() <= 70).then_some(boundary)
}

/// The parts by name; those that need none and have none are together.
fn parts(boundary: &str, bytes: &[u8], named: bool) -> Result<IndexMap<String, Vec<Part>>, Unreadable> {
    let stream = BodyDataStream::new(Full::new(Bytes::copy_from_slice(bytes)));
    let mut multipart = multer::Multipart::new(stream, boundary);
    let mut parts: IndexMap<String, Vec<Part>> = IndexMap::new();
    for number in 1..=MOST_PARTS {
        let Some(field) = ready(multipart.next_field())? else {
            return Ok(parts);
        };
        let name = field.name().map(str::to_owned);
        let part = Part {
            media_type: field
                .headers()
                .get("content-type")
                .and_then(|value| MediaType::parse(value.to_str().ok()?)),
            file: field.file_name().is_some(),
            bytes: ready(field.bytes())?,
        };
        match name {
            Some(name) => parts.entry(name).or_default().push(part),
            None if named => return Err(Unreadable::new(format!("has no name in its part {number}"))),
            None => parts.entry(ANONYMOUS.to_owned()).or_default().push(part),
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

fn field(
    name: &str,
    parts: &[Part],
    encoding: Option<&Encoding>,
    expect: &Expect,
) -> Result<Vec<Value>, Unreadable> {
    let array = expect.allows(Types::ARRAY) && (!expect.is_untyped() || expect.names_items());
    let [part] = parts else { return items(name, parts, encoding, expect) };
    let whole = value(name, part, encoding, expect)?;
    // A single part of an array is its only item, unless it is the array itself, as JSON.
    if !array || expect.allows(Types::PRIMITIVE) || whole.iter().any(Value::is_array) {
        return Ok(whole);
    }
    items(name, parts, encoding, expect)
}

fn items(
    name: &str,
    parts: &[Part],
    encoding: Option<&Encoding>,
    expect: &Expect,
) -> Result<Vec<Value>, Unreadable> {
    let (mut typed, mut text) = (Vec::new(), Vec::new());
    for part in parts {
        let values = value(name, part, encoding, expect.items())?;
        text.extend(values.last().cloned());
        typed.extend(values.into_iter().next());
    }
    let same = typed == text;
    let arrays = [typed, text].into_iter().map(Value::Array);
    Ok(arrays.take(if same { 1 } else { 2 }).collect())
}

/// What one part can be that is a record or list in a notation of its own.
fn structured(
    name: &str,
    part: &Part,
    media_type: &MediaType,
    expect: &Expect,
) -> Result<Vec<Value>, Unreadable> {
    let read = if media_type.kind() == Kind::Xml {
        xml::decode(&part.bytes, expect)
    } else {
        text::read(media_type, &part.bytes)
            .and_then(|text| form::read(&text, expect, &IndexMap::new()))
            .map(Body::from)
    };
    match read {
        Ok(Body::Value(value)) => Ok(vec![value]),
        Ok(Body::Values(values) | Body::Items(values)) => Ok(values),
        Ok(Body::Opaque) => Ok(vec![Value::from(String::from_utf8_lossy(&part.bytes))]),
        Err(unreadable) => Err(of_part(name, &unreadable)),
    }
}

fn of_part(name: &str, unreadable: &Unreadable) -> Unreadable {
    let reason = format!("has a part `{}` that {}", harmless(&shortened(name, 80)), unreadable.reason);
    Unreadable { reason, position: unreadable.position }
}

/// What one part can be: a typed reading and a textual one where they differ.
fn value(
    name: &str,
    part: &Part,
    encoding: Option<&Encoding>,
    expect: &Expect,
) -> Result<Vec<Value>, Unreadable> {
    let encoding = encoding.and_then(|encoding| encoding.content_types.first());
    let media_type =
        part.media_type.as_ref().or_else(|| encoding.filter(|media_type| !media_type.is_range()));
    let kind = media_type.map(MediaType::kind);
    if kind == Some(Kind::Json) {
        let parsed = str::from_utf8(&part.bytes).map_err(|_| Unreadable::new("is not UTF-8"));
        let parsed = parsed.and_then(json::parse);
        return parsed.map(|value| vec![value]).map_err(|unreadable| of_part(name, &unreadable));
    }
    let is_structured = !expect.allows(Types::PRIMITIVE);
    if let (Some(Kind::Xml | Kind::Form), Some(media_type), true) = (kind, media_type, is_structured) {
        return structured(name, part, media_type, expect);
    }
    let textual = matches!(kind, None | Some(Kind::Text)) && !part.file;
    let decoded = match media_type {
        Some(media_type) if textual => text::read(media_type, &part.bytes).ok(),
        _ => None,
    };
    let decoded = decoded.unwrap_or_else(|| String::from_utf8_lossy(&part.bytes));
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
            "encoded": { "type": ["string", "object"] }
        } });
        let form = content("multipart/form-data; boundary=b", &[("encoded", None, Some("application/json"))]);
        let head = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");
        let file = |name: &str| format!("{}; filename=\"x.json\"\r\nContent-Type: image/png", head(name));
        let typed = format!("{}\r\nContent-Type: application/json", head("meta"));
        let table: [(&[(&str, &str)], &str); 13] = [
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
            (&[("Content-Type: text/plain", "5")], "error: has no name in its part 1"),
        ];
        for (parts, expected) in table {
            assert_eq!(told(&form, &body(parts), schema.clone()), expected, "{parts:?}");
        }
    }

    #[test]
    fn what_is_no_multipart_says_so() {
        let table: [(&str, &[u8], &str); 5] = [
            ("multipart/form-data", b"x", "error: has no `boundary` in its media type"),
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
