//! JSON texts one after the other: lines (NDJSON) or records (RFC 7464).

use super::{Body, Item, Position, Unreadable, json, text};
use crate::media_type::MediaType;

/// The record separator of `application/json-seq`.
const RECORD: char = '\u{1e}';

pub(super) fn decode(media_type: &MediaType, bytes: &[u8]) -> Result<Body, Unreadable> {
    let text = text::read(media_type, bytes)?;
    let mut items = Vec::new();
    let mut line = 1;
    for (record, alone) in records(&text) {
        if !alone.is_empty() {
            let read = json::parse_exactly(alone);
            let (value, digits) = read.map_err(|unreadable| behind(line, record, unreadable))?;
            items.push(Item { values: vec![value], digits, line: Some(line + skipped(record)) });
        }
        line += record.matches('\n').count();
    }
    Ok(Body::Items(items))
}

/// The records of a text, each as it stands there and alone; those that are blank are none.
pub fn records(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let all = text.split_inclusive(if text.contains(RECORD) { RECORD } else { '\n' });
    all.map(|record| (record, record.trim_matches([RECORD, '\n', '\r', ' ', '\t', '\u{feff}'])))
}

/// The trouble with a record that starts at a line, told for the whole.
fn behind(line: usize, record: &str, unreadable: Unreadable) -> Unreadable {
    let position = unreadable.position;
    let position = position.map(|place| Position { line: line + skipped(record) + place.line - 1, ..place });
    Unreadable { position, ..unreadable }
}

/// How many lines end before a record has begun.
fn skipped(record: &str) -> usize {
    record.chars().take_while(|c| c.is_whitespace()).filter(|c| *c == '\n').count()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{content, told};
    use serde_json::json;

    #[test]
    fn every_line_or_record_is_an_item() {
        let table = [
            ("application/x-ndjson", "{\"a\":1}\r\n\n2\n", r#"items 1: [{"a":1}] 3: [2]"#),
            ("application/x-ndjson", "", "items"),
            ("application/jsonl", "1\n\n{\n", "error: is not JSON: ends too early (line 3, column 1)"),
            ("application/json-seq", "\u{1e}{\n\"a\":1}\n\u{1e}2\n", r#"items 1: [{"a":1}] 3: [2]"#),
        ];
        for (media_type, text, expected) in table {
            assert_eq!(told(&content(media_type, &[]), text.as_bytes(), json!({})), expected, "{text:?}");
        }
    }
}
