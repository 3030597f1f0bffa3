//! Multipart forms (RFC 7578), through the `multer` package: the parts as an object.

mod part;

use indexmap::IndexMap;
use serde_json::Value;

use super::form::{self, Form, Objects};
use super::{Body, Item, Unreadable, json, text, xml};
use crate::codec::coerce::{Reading, scalar};
use crate::codec::expect::{Expect, Types};
use crate::codec::input::{Escapes, Pair};
use crate::codec::style::{self, Written};
use crate::contract::{Content, Encoding, Style};
use crate::media_type::{Kind, MediaType};
use crate::schema::Digits;
use crate::text::{harmless, shortened};
pub(in crate::codec) use part::first_boundary;
use part::{ANONYMOUS, Part, boundary, parts};
pub use part::{PartHead, heads};

/// Reads the parts by name. A part is read by its own media type, else by the one its `encoding` names, else as JSON
/// where its schema wants an object, else as text; what is no text becomes a string with replacement characters.
pub(super) fn decode(
    content: &Content,
    media_type: &MediaType,
    bytes: &[u8],
    expect: &Expect,
) -> Result<Body, Unreadable> {
    let named = media_type.sub == "form-data";
    let mut parts = parts(boundary(media_type)?, bytes, named)?;
    if parts.contains_key(ANONYMOUS) {
        let parts = parts.swap_remove(ANONYMOUS).filter(|_| parts.is_empty());
        return parts.map_or(Ok(Body::Opaque), |parts| list(&parts, content, expect));
    }
    let mut objects = Objects::default();
    spread(&mut parts, content, expect, &mut objects)?;
    bracketed(&mut parts, content, expect, &mut objects)?;
    for (name, parts) in &parts {
        let encoding = content.encoding.get(name);
        objects.add(name, field(name, parts, encoding, expect.property(name))?);
    }
    Ok(Body::from(objects.into_values()))
}

/// Parts without names, by their place.
fn list(parts: &[Part], content: &Content, expect: &Expect) -> Result<Body, Unreadable> {
    let is_stream = content.schema.is_none() && content.item_schema.is_some();
    if !is_stream && (!expect.allows(Types::ARRAY) || expect.is_untyped() && !expect.names_items()) {
        return Ok(Body::Opaque);
    }
    let readings =
        |at: usize, part: &Part| value(&at.to_string(), part, content.encoding_of_item(at), expect.item(at));
    if is_stream {
        let items = parts.iter().enumerate().map(|(at, part)| {
            Ok(Item { values: readings(at, part)?, digits: Digits::default(), line: None })
        });
        return items.collect::<Result<_, _>>().map(Body::Items);
    }
    let (mut typed, mut text) = (Vec::new(), Vec::new());
    for (at, part) in parts.iter().enumerate() {
        let values = readings(at, part)?;
        text.extend(values.last().cloned());
        typed.extend(values.into_iter().next());
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
            objects.add(name, self::items(name, &items, content.encoding.get(name), property)?);
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

fn field(
    name: &str,
    parts: &[Part],
    encoding: Option<&Encoding>,
    expect: &Expect,
) -> Result<Vec<Value>, Unreadable> {
    let [part] = parts else { return items(name, parts, encoding, expect) };
    let whole = value(name, part, encoding, expect)?;
    // A single part of an array is its only item, unless it is the array itself, as JSON.
    if !is_array(expect) || expect.allows(Types::PRIMITIVE) || whole.iter().any(Value::is_array) {
        return Ok(whole);
    }
    items(name, parts, encoding, expect)
}

fn is_array(expect: &Expect) -> bool {
    expect.allows(Types::ARRAY) && (!expect.is_untyped() || expect.names_items())
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
fn structured(part: &Part, media_type: &MediaType, expect: &Expect) -> Result<Vec<Value>, Unreadable> {
    let read = if media_type.kind() == Kind::Xml {
        xml::decode(media_type, &part.bytes, expect)?
    } else {
        let text = text::read(media_type, &part.bytes)?;
        Body::from(form::read(&text, expect, &IndexMap::new())?)
    };
    Ok(match read {
        Body::Value(value) | Body::Digits(value, _) => vec![value],
        Body::Values(values) => values,
        Body::Items(_) | Body::Opaque => vec![Value::from(String::from_utf8_lossy(&part.bytes))],
    })
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
    let within = |unreadable: Unreadable| Unreadable {
        reason: format!("has a part `{}` that {}", harmless(&shortened(name, 80)), unreadable.reason),
        ..unreadable
    };
    if kind == Some(Kind::Json) {
        let parsed = str::from_utf8(&part.bytes).map_err(|_| Unreadable::new("is not UTF-8"));
        return parsed.and_then(json::parse).map(|value| vec![value]).map_err(within);
    }
    let is_structured = !expect.allows(Types::PRIMITIVE);
    if let (Some(Kind::Xml | Kind::Form), Some(media_type), true) = (kind, media_type, is_structured) {
        return structured(part, media_type, expect).map_err(within);
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
