//! Where the items of a stream end, so that each can be sent by itself (sequential media types, `OpenAPI` 3.2 4.14.4).

use crate::media_type::{Kind, MediaType};

/// The record separator of `application/json-seq` (RFC 7464 2.2).
const RECORD: u8 = 0x1e;

/// Where the items of content end; empty for content that is no stream.
pub(super) fn of(media_type: &MediaType, content: &[u8]) -> Vec<usize> {
    let ends_item: fn(&[u8], usize) -> bool = match media_type.kind() {
        Kind::JsonLines if media_type.sub == "json-seq" => |content, at| content.get(at) == Some(&RECORD),
        Kind::JsonLines => |content, at| content[at - 1] == b'\n',
        // An empty line ends an event (HTML 9.2.5).
        Kind::EventStream => |content, at| {
            let before = &content[..at];
            content.get(at) != Some(&b'\n')
                && [&b"\n\n"[..], b"\r\n\r\n", b"\r\r"].iter().any(|end| before.ends_with(end))
        },
        Kind::Json | Kind::Form | Kind::Multipart | Kind::Xml | Kind::Text | Kind::Binary => {
            return Vec::new();
        }
    };
    if content.is_empty() {
        return Vec::new();
    }
    let ends = (1..content.len()).filter(|at| ends_item(content, *at));
    ends.chain(std::iter::once(content.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_end_where_their_notation_says() {
        let table: [(&str, &str, &[&str]); 6] = [
            ("application/jsonl", "1\n{}\n", &["1\n", "{}\n"]),
            ("application/x-ndjson", "1\n2", &["1\n", "2"]),
            ("application/json-seq", "\u{1e}[\n1]\n\u{1e}2\n", &["\u{1e}[\n1]\n", "\u{1e}2\n"]),
            (
                "text/event-stream",
                "data: a\ndata: b\n\ndata: c\n\n",
                &["data: a\ndata: b\n\n", "data: c\n\n"],
            ),
            ("text/event-stream", "id: 1\r\n\r\nid: 2\r\n\r\n", &["id: 1\r\n\r\n", "id: 2\r\n\r\n"]),
            ("application/json", "1\n2", &[]),
        ];
        for (media_type, content, expected) in table {
            let mut start = 0;
            let ends = of(&MediaType::parse(media_type).unwrap(), content.as_bytes());
            let parts: Vec<&str> =
                ends.into_iter().map(|end| &content[std::mem::replace(&mut start, end)..end]).collect();
            assert_eq!(parts, expected, "{media_type}");
        }
    }
}
