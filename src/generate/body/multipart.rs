//! `multipart/*`: one part per property, one per item of an array (RFC 7578 4.3).

use serde_json::Value;

use crate::generate::body::{Notation, binary, concrete, text::plain};
use crate::media_type::{Kind, MediaType};
use crate::seed::Random;

/// Parts are parted by this where the media type names nothing else.
pub(super) const BOUNDARY: &str = "standin-part-6f1a9c04d7";

pub(super) fn write(notation: &Notation, value: &Value, random: &mut Random, out: &mut Vec<u8>) {
    let boundary = notation.media_type.parameter("boundary").unwrap_or(BOUNDARY).to_owned();
    for (name, value) in value.as_object().into_iter().flatten() {
        let declared = notation
            .content
            .encoding
            .get(name)
            .and_then(|encoding| encoding.content_types.first())
            .map(concrete);
        let items = match value {
            Value::Array(items) => items.iter().collect(),
            value => vec![value],
        };
        for item in items {
            out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            part(name, item, declared.as_ref(), random, out);
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
}

fn part(name: &str, value: &Value, declared: Option<&MediaType>, random: &mut Random, out: &mut Vec<u8>) {
    let name = name.replace('"', "%22").replace(['\r', '\n'], " ");
    let disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
    match declared {
        Some(media_type) if media_type.kind() == Kind::Binary => {
            let head = format!("{disposition}; filename=\"{name}\"\r\nContent-Type: {media_type}\r\n\r\n");
            out.extend_from_slice(head.as_bytes());
            binary::write(media_type, random, out);
        }
        Some(media_type) => {
            out.extend_from_slice(format!("{disposition}\r\nContent-Type: {media_type}\r\n\r\n").as_bytes());
            let is_json = media_type.kind() == Kind::Json;
            out.extend_from_slice(if is_json { value.to_string() } else { plain(value) }.as_bytes());
        }
        None if value.is_object() => {
            out.extend_from_slice(
                format!("{disposition}\r\nContent-Type: application/json\r\n\r\n").as_bytes(),
            );
            out.extend_from_slice(value.to_string().as_bytes());
        }
        None => {
            out.extend_from_slice(format!("{disposition}\r\n\r\n").as_bytes());
            out.extend_from_slice(plain(value).as_bytes());
        }
    }
}
