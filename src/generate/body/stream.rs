//! Streams of items: JSON texts line by line (RFC 7464 for `json-seq`) and server-sent events.

use serde_json::Value;

use crate::generate::Draw;
use crate::generate::body::{Body, Notation, text::plain};
use crate::media_type::Kind;

pub(super) fn write(body: &Body, draw: &mut Draw<'_>, out: &mut Vec<u8>) {
    for item in items(body, draw) {
        write_item(&body.notation, &item, out);
    }
}

/// Writes a value that stands for all items, if it is a list, or else for the only one.
pub(super) fn write_items(notation: &Notation, value: &Value, out: &mut Vec<u8>) {
    for item in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
        write_item(notation, item, out);
    }
}

fn write_item(notation: &Notation, item: &Value, out: &mut Vec<u8>) {
    if notation.media_type.kind() == Kind::EventStream {
        return event(item, out);
    }
    if notation.media_type.sub == "json-seq" {
        out.push(0x1e);
    }
    out.extend_from_slice(item.to_string().as_bytes());
    out.push(b'\n');
}

fn items(body: &Body, draw: &mut Draw<'_>) -> Vec<Value> {
    let count = draw.items.unwrap_or_else(|| draw.random.between(3, 6) as usize).min(1000);
    if let Some(item) = &body.item {
        return (0..count).map(|_| item.value(draw)).collect();
    }
    let Some(plan) = &body.plan else { return vec![Value::Object(serde_json::Map::new()); count] };
    // A schema of an array is most likely meant for all items together.
    match plan.value(draw) {
        Value::Array(items) => items,
        first => std::iter::once(first).chain((1..count).map(|_| plan.value(draw))).take(count).collect(),
    }
}

/// Writes one event; an item with the fields of an event is taken for one (OpenAPI 3.2 4.14.4).
fn event(item: &Value, out: &mut Vec<u8>) {
    const FIELDS: [&str; 4] = ["event", "id", "retry", "data"];
    let fields = item.as_object().filter(|object| {
        object.contains_key("data") && object.keys().all(|key| FIELDS.contains(&key.as_str()))
    });
    match fields {
        Some(fields) => {
            for name in FIELDS {
                if let Some(value) = fields.get(name) {
                    lines(name, &plain(value), out);
                }
            }
        }
        None => lines("data", &plain(item), out),
    }
    out.push(b'\n');
}

fn lines(name: &str, text: &str, out: &mut Vec<u8>) {
    for line in text.split(['\n', '\r']) {
        out.extend_from_slice(format!("{name}: {line}\n").as_bytes());
    }
}
