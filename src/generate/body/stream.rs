//! Streams of items: JSON texts line by line (RFC 7464 for `json-seq`) and server-sent events.

use serde_json::Value;

use crate::codec::plain;
use crate::generate::Draw;
use crate::generate::body::{Body, Notation};
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

/// The items of a stream.
pub(super) fn items(body: &Body, draw: &mut Draw<'_>) -> Vec<Value> {
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

/// Writes one event by the format of the WHATWG (HTML 9.2.5); an item with the fields of an event is taken for one
/// (`OpenAPI` 3.2 4.14.4).
fn event(item: &Value, out: &mut Vec<u8>) {
    const FIELDS: [&str; 4] = ["event", "id", "retry", "data"];
    let fields = item.as_object().filter(|object| {
        object.contains_key("data") && object.keys().all(|key| FIELDS.contains(&key.as_str()))
    });
    match fields {
        Some(fields) => {
            for name in FIELDS {
                match fields.get(name) {
                    None | Some(Value::Null) => {}
                    Some(value) if name == "data" => data(&plain(value), out),
                    Some(value) => line(name, &plain(value).replace(['\n', '\r', '\0'], " "), out),
                }
            }
        }
        None => data(&plain(item), out),
    }
    out.push(b'\n');
}

/// Each line of the data is a field of its own; who reads them puts the line ends back.
fn data(text: &str, out: &mut Vec<u8>) {
    text.replace("\r\n", "\n").split(['\n', '\r']).for_each(|text| line("data", text, out));
}

fn line(name: &str, text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{name}: {text}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::generate::body::tests::written;

    #[test]
    fn events_are_well_formed_whatever_they_say() {
        let items = json!([
            { "event": "price\nchanged", "id": 7, "data": "a\r\nb\n", "retry": null },
            { "data": { "b": 1 } },
            { "id": 1, "other": 2 },
            "plain"
        ]);
        let expected = "event: price changed\nid: 7\ndata: a\ndata: b\ndata: \n\n\
            data: {\"b\":1}\n\ndata: {\"id\":1,\"other\":2}\n\ndata: plain\n\n";
        assert_eq!(written("text/event-stream", &json!({}), &items), expected);
    }

    #[test]
    fn items_are_lines_or_records() {
        let items = json!([{ "a": "x\ny" }, 2]);
        assert_eq!(written("application/jsonl", &json!({}), &items), "{\"a\":\"x\\ny\"}\n2\n");
        assert_eq!(written("application/json-seq", &json!({}), &items), "\u{1e}{\"a\":\"x\\ny\"}\n\u{1e}2\n");
    }
}
