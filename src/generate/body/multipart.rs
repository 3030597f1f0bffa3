//! `multipart/*`: one part per property or item; `form-data` names them (RFC 7578 4.2, RFC 2046 5.1).

use serde_json::Value;

use crate::generate::body::{Notation, binary, concrete, text::plain};
use crate::media_type::{Kind, MediaType};
use crate::seed::Random;

/// Parts are parted by this where the media type names nothing else.
pub(super) const BOUNDARY: &str = "standin-part-6f1a9c04d7";

pub(super) fn write(notation: &Notation, value: &Value, random: &mut Random, out: &mut Vec<u8>) {
    let boundary = notation.media_type.parameter("boundary").unwrap_or(BOUNDARY);
    let mut part = |name: Option<&str>, value: &Value| {
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        write_part(notation, name, value, random, out);
        out.extend_from_slice(b"\r\n");
    };
    match value {
        Value::Array(items) => items.iter().for_each(|item| part(None, item)),
        value => {
            for (name, value) in value.as_object().into_iter().flatten() {
                match value {
                    Value::Array(items) => items.iter().for_each(|item| part(Some(name), item)),
                    value => part(Some(name), value),
                }
            }
        }
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
}

fn write_part(
    notation: &Notation,
    name: Option<&str>,
    value: &Value,
    random: &mut Random,
    out: &mut Vec<u8>,
) {
    let media_type = name.and_then(|name| declared(notation, name)).or_else(|| usual(value));
    let is_file = media_type.as_ref().is_some_and(|media_type| media_type.kind() == Kind::Binary);
    if let Some(name) = name {
        let name = name.replace('"', "%22").replace(['\r', '\n'], " ");
        let file = if is_file { format!("; filename=\"{name}\"") } else { String::new() };
        let line = format!("Content-Disposition: form-data; name=\"{name}\"{file}\r\n");
        out.extend_from_slice(line.as_bytes());
    }
    if let Some(media_type) = &media_type {
        out.extend_from_slice(format!("Content-Type: {media_type}\r\n").as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    match media_type {
        Some(media_type) if is_file => binary::write(&media_type, random, out),
        Some(media_type) if media_type.kind() == Kind::Json => {
            out.extend_from_slice(value.to_string().as_bytes());
        }
        Some(_) | None => out.extend_from_slice(plain(value).as_bytes()),
    }
}

/// The media type of a part: by its encoding, else by what its schema says of bytes.
fn declared(notation: &Notation, name: &str) -> Option<MediaType> {
    let encoding = notation.content.encoding.get(name).and_then(|encoding| encoding.content_types.first());
    if let Some(media_type) = encoding {
        return Some(concrete(media_type));
    }
    let (whole, _) = notation.schemas.resolve(notation.content.schema.as_ref()?, notation.direction)?;
    let place = whole.join("properties").join(name);
    let (place, mut schema) = notation.schemas.resolve(&place, notation.direction)?;
    if schema.get("items").is_some() {
        schema = notation.schemas.resolve(&place.join("items"), notation.direction)?.1;
    }
    match schema.get("contentMediaType").and_then(Value::as_str) {
        Some(name) => MediaType::parse(name).map(|media_type| concrete(&media_type)),
        None if schema.get("format").is_some_and(|format| format == "binary") => {
            MediaType::parse("application/octet-stream")
        }
        None => None,
    }
}

/// Records are JSON where nothing else is said (OpenAPI 3.1 4.8.15.1).
fn usual(value: &Value) -> Option<MediaType> {
    if value.is_object() { MediaType::parse("application/json") } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::generate::body::tests::written;

    #[test]
    fn a_part_has_the_media_type_of_its_property() {
        let schema = json!({ "properties": {
            "note": { "type": "string" },
            "scan": { "type": "string", "format": "binary" },
            "page": { "type": "string", "contentMediaType": "text/html" },
            "meta": { "type": "object" }
        } });
        let value = json!({ "note": "a", "page": "<p>", "meta": { "b": 1 } });
        insta::assert_snapshot!(written("multipart/form-data", &schema, &value).replace("\r\n", "\n"));
        let file = written("multipart/form-data", &schema, &json!({ "scan": "" }));
        assert!(
            file.contains("name=\"scan\"; filename=\"scan\"\r\nContent-Type: application/octet-stream\r\n")
        );
    }

    #[test]
    fn items_of_a_list_are_parts_without_names() {
        let text = written("multipart/mixed", &json!({}), &json!([{ "a": 1 }, "b"]));
        assert!(!text.contains("Content-Disposition"));
        assert!(text.contains("Content-Type: application/json\r\n\r\n{\"a\":1}\r\n"), "{text}");
    }
}
