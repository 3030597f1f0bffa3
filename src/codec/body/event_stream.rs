//! Server-sent events (HTML 9.2.6), each an item: its fields as an object, or its data as JSON (OpenAPI 3.2 4.14.4.4).

use serde_json::{Map, Value};

use super::{Body, Item, Unreadable, json, text};
use crate::media_type::MediaType;
use crate::schema::Digits;

pub(super) fn decode(media_type: &MediaType, bytes: &[u8]) -> Result<Body, Unreadable> {
    let text = text::read(media_type, bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n").replace('\r', "\n");
    let mut items = Vec::new();
    let mut event = Event::default();
    for (index, line) in text.split('\n').enumerate() {
        if line.is_empty() {
            items.extend(std::mem::take(&mut event).finish());
        } else {
            event.take(line, index + 1);
        }
    }
    // A browser drops what no empty line ends; a sender most likely meant it.
    items.extend(event.finish());
    Ok(Body::Items(items))
}

#[derive(Default)]
struct Event {
    line: Option<usize>,
    data: Vec<String>,
    fields: Map<String, Value>,
}

impl Event {
    fn take(&mut self, line: &str, number: usize) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            // A comment.
            "" => return,
            "data" => self.data.push(value.to_owned()),
            "event" | "id" => {
                self.fields.insert(name.to_owned(), Value::from(value));
            }
            "retry" => {
                // What is no number is passed over.
                if let Some(time) = value.parse::<u64>().ok().filter(|_| !value.starts_with('+')) {
                    self.fields.insert(name.to_owned(), Value::from(time));
                }
            }
            _ => {}
        }
        self.line.get_or_insert(number);
    }

    /// The event; `None` without data, for then there is none.
    fn finish(mut self) -> Option<Item> {
        if self.data.is_empty() {
            return None;
        }
        let data = self.data.join("\n");
        let parsed = json::parse(&data).ok();
        self.fields.insert("data".to_owned(), Value::from(data));
        let fields = Value::Object(self.fields);
        let values = std::iter::once(fields).chain(parsed).collect();
        Some(Item { values, digits: Digits::default(), line: self.line })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use crate::pointer::Pointer;
    use serde_json::json;

    #[test]
    fn events_are_items() {
        let mut stream = content("text/event-stream", &[]);
        assert_eq!(told(&stream, b"data: a\n\n", json!({ "type": "string" })), r#""data: a\n\n""#);
        stream.item_schema = Some(Pointer::root());
        let table = [
            ("", "items"),
            (": nothing\n\nid: 1\n\n", "items"),
            ("data: a\ndata:b\n\n", r#"items 1: [{"data":"a\nb"}]"#),
            (
                "\nevent: x\r\nid: 1\r\nretry: 5\r\ndata: y\r\n\r\n",
                r#"items 2: [{"event":"x","id":"1","retry":5,"data":"y"}]"#,
            ),
            ("retry: soon\nodd: 1\ndata\n\n", r#"items 1: [{"data":""}]"#),
            ("data: {\"a\":1}", r#"items 1: [{"data":"{\"a\":1}"},{"a":1}]"#),
            ("data: 1\n\ndata: 2\n\n", r#"items 1: [{"data":"1"},1] 3: [{"data":"2"},2]"#),
        ];
        for (text, expected) in table {
            assert_eq!(told(&stream, text.as_bytes(), json!({})), expected, "{text:?}");
        }
    }
}
