//! `multipart/*`: one part per property or item; `form-data` names them (RFC 7578 4.2, RFC 2046 5.1).

use std::fmt::Write as _;

use serde_json::Value;

use crate::codec::{Escape, plain, spread};
use crate::contract::{Content, Encoding, Serialization, Style};
use crate::generate::body::{Notation, binary, concrete};
use crate::generate::part_header::Part;
use crate::media_type::{Kind, MediaType};
use crate::pointer::Pointer;
use crate::seed::Random;

/// Parts are parted by this where the media type names nothing else.
pub(super) const BOUNDARY: &str = "standin-part-6f1a9c04d7";

pub(super) fn write(notation: &Notation, value: &Value, random: &mut Random, out: &mut Vec<u8>) {
    let boundary = notation.media_type.parameter("boundary").unwrap_or(BOUNDARY);
    let mut printer = Printer { notation, boundary, random, out };
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                printer.item(at, item);
            }
        }
        value => {
            for (name, value) in value.as_object().into_iter().flatten() {
                printer.property(name, value);
            }
        }
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
}

struct Printer<'a> {
    notation: &'a Notation,
    boundary: &'a str,
    random: &'a mut Random,
    out: &'a mut Vec<u8>,
}

impl Printer<'_> {
    fn item(&mut self, at: usize, value: &Value) {
        let encoding = self.notation.content.encoding_of_item(at);
        let place = place_of_item(self.notation, at);
        let media_type = media_type(self.notation, encoding, place.as_ref());
        self.part(Part::Placed(at), None, value, media_type, place);
    }

    fn property(&mut self, name: &str, value: &Value) {
        let encoding = self.notation.content.encoding.get(name);
        let place = place_of_property(self.notation, name);
        let of_value = media_type(self.notation, encoding, place.as_ref());
        let is_binary = of_value.as_ref().is_some_and(|media_type| media_type.kind() == Kind::Binary);
        if let Some(style) = styled(encoding, value)
            && !is_binary
        {
            for (key, text) in spread(name, value, style, Escape::Nothing) {
                self.part(Part::Named(name), Some(&key), &Value::String(text), None, None);
            }
            return;
        }
        let is_json = of_value.as_ref().is_some_and(|media_type| media_type.kind() == Kind::Json);
        match value {
            // Parts of one name are an array; what can't be told by them is written as a whole.
            Value::Array(items) if !is_json && !items.is_empty() && !items.iter().any(Value::is_array) => {
                let within = place.map(|place| place.join("items"));
                for item in items {
                    self.part(Part::Named(name), Some(name), item, of_value.clone(), within.clone());
                }
            }
            Value::Array(_) => self.part(Part::Named(name), Some(name), value, json(), place),
            value => self.part(Part::Named(name), Some(name), value, of_value, place),
        }
    }

    fn part(
        &mut self,
        part: Part<'_>,
        name: Option<&str>,
        value: &Value,
        media_type: Option<MediaType>,
        place: Option<Pointer>,
    ) {
        let media_type = media_type.or_else(|| usual(value));
        let kind = media_type.as_ref().map(MediaType::kind);
        let is_file = kind == Some(Kind::Binary);
        let mut head = format!("--{}\r\n", self.boundary);
        if let Some(name) = name {
            let name = name.replace('"', "%22").replace(['\r', '\n'], " ");
            let file = if is_file { format!("; filename=\"{name}\"") } else { String::new() };
            let _ = write!(head, "Content-Disposition: form-data; name=\"{name}\"{file}\r\n");
        }
        if let Some(media_type) = &media_type {
            let _ = write!(head, "Content-Type: {media_type}\r\n");
        }
        head += &self.notation.part_headers.lines(part, self.random);
        head += "\r\n";
        self.out.extend_from_slice(head.as_bytes());
        match media_type {
            Some(media_type) if is_file => binary::write(&media_type, self.random, self.out),
            Some(_) if kind == Some(Kind::Json) => self.out.extend_from_slice(value.to_string().as_bytes()),
            Some(media_type) if value.is_object() || value.is_array() => {
                let content = content_of(&media_type, place);
                let direction = self.notation.direction;
                Notation::new(&self.notation.schemas, &content, &media_type, direction).write(
                    value,
                    self.random,
                    self.out,
                );
            }
            Some(_) | None => self.out.extend_from_slice(plain(value).as_bytes()),
        }
        self.out.extend_from_slice(b"\r\n");
    }
}

/// How a list or a record is spread over parts, where its encoding says so.
fn styled(encoding: Option<&Encoding>, value: &Value) -> Option<(Style, bool)> {
    let is_structured = value.is_array() || value.is_object();
    match encoding?.serialization {
        Some(Serialization::Style { style, explode }) if is_structured => Some((style, explode)),
        Some(_) | None => None,
    }
}

/// What is known of a part's content: its schema.
fn content_of(media_type: &MediaType, schema: Option<Pointer>) -> Content {
    Content {
        media_type: media_type.clone(),
        pointer: Pointer::root(),
        schema,
        item_schema: None,
        examples: Vec::new(),
        encoding: indexmap::IndexMap::new(),
        prefix_encoding: Vec::new(),
        item_encoding: None,
    }
}

fn place_of_property(notation: &Notation, name: &str) -> Option<Pointer> {
    let (whole, _) = notation.schemas.resolve(notation.content.schema.as_ref()?, notation.direction)?;
    let place = whole.join("properties").join(name);
    notation.schemas.find(&place, notation.direction).map(|_| place)
}

fn place_of_item(notation: &Notation, at: usize) -> Option<Pointer> {
    let Some(schema) = &notation.content.schema else { return notation.content.item_schema.clone() };
    let (whole, _) = notation.schemas.resolve(schema, notation.direction)?;
    let places = [whole.join("prefixItems").index(at), whole.join("items")];
    places.into_iter().find(|place| notation.schemas.find(place, notation.direction).is_some())
}

/// The media type of a part: by its encoding, else by what its schema says of bytes.
fn media_type(
    notation: &Notation,
    encoding: Option<&Encoding>,
    place: Option<&Pointer>,
) -> Option<MediaType> {
    if let Some(media_type) = encoding.and_then(|encoding| encoding.content_types.first()) {
        return Some(concrete(media_type));
    }
    let (place, mut schema) = notation.schemas.resolve(place?, notation.direction)?;
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

/// Records are JSON where nothing else is said (OpenAPI 3.1 4.8.15.1), and so is what has no text of its own.
fn usual(value: &Value) -> Option<MediaType> {
    if value.is_object() || value.is_array() || value.is_null() { json() } else { None }
}

fn json() -> Option<MediaType> {
    MediaType::parse("application/json")
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
