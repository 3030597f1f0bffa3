//! Whole items out of content that comes in pieces: lines, records, events.

use bytes::{Bytes, BytesMut};

use crate::media_type::Kind;
use crate::message::LARGEST_BODY;

/// Where JSON texts are told apart in `application/json-seq` (RFC 7464).
const RECORD: u8 = 0x1e;

/// Cuts content into whole items.
#[derive(Debug)]
pub(super) struct Items {
    kind: Kind,
    waiting: BytesMut,
    /// How many lines went out.
    lines: usize,
    /// Whether an item was too large to be kept: from then on nothing is cut.
    is_over: bool,
}

/// Some whole items, and how many lines came before them.
pub(super) type Cut = (Bytes, usize);

impl Items {
    /// For content that comes item by item.
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, waiting: BytesMut::new(), lines: 0, is_over: false }
    }

    /// Takes a piece, and yields the items that are whole with it.
    pub(super) fn take(&mut self, piece: &[u8]) -> Option<Cut> {
        if self.is_over {
            return None;
        }
        // An end can begin in what waits.
        let from = self.waiting.len().saturating_sub(3);
        self.waiting.extend_from_slice(piece);
        if let Some(end) = self.end(from) {
            return Some(self.cut(end));
        }
        if self.waiting.len() > LARGEST_BODY {
            self.waiting = BytesMut::new();
            self.is_over = true;
        }
        None
    }

    /// What is left when the content has ended.
    pub(super) fn rest(&mut self) -> Option<Cut> {
        (!self.waiting.is_empty()).then(|| self.cut(self.waiting.len()))
    }

    fn cut(&mut self, end: usize) -> Cut {
        let items = self.waiting.split_to(end).freeze();
        let before = self.lines;
        self.lines += items.split(|byte| *byte == b'\n').count() - 1;
        (items, before)
    }

    /// Where the last whole item ends, if one ends behind `from`.
    fn end(&self, from: usize) -> Option<usize> {
        let new = &self.waiting[from..];
        if self.kind == Kind::EventStream {
            let ends: [&[u8]; 3] = [b"\n\n", b"\r\n\r\n", b"\r\r"];
            let last =
                |end: &[u8]| Some(new.windows(end.len()).rposition(|window| window == end)? + end.len());
            return ends.iter().filter_map(|end| last(end)).max().map(|at| from + at);
        }
        if self.waiting.contains(&RECORD) {
            let last = self.waiting.iter().rposition(|byte| *byte == RECORD)?;
            return (last > 0).then_some(last);
        }
        new.iter().rposition(|byte| *byte == b'\n').map(|at| from + at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is cut of the pieces, and what is left.
    fn cut(kind: Kind, pieces: &[&str]) -> Vec<(String, usize)> {
        let mut items = Items::new(kind);
        let mut cut: Vec<Cut> = pieces.iter().filter_map(|piece| items.take(piece.as_bytes())).collect();
        cut.extend(items.rest());
        cut.into_iter().map(|(bytes, lines)| (String::from_utf8_lossy(&bytes).into_owned(), lines)).collect()
    }

    /// What comes, in pieces, and what is cut of it, each with the lines before it.
    type Row = (Kind, &'static [&'static str], &'static [(&'static str, usize)]);

    #[test]
    fn items_are_cut_where_they_end_however_they_come() {
        let table: &[Row] = &[
            (Kind::JsonLines, &["{}", "\n{\"a\"", ":1}\n"], &[("{}\n", 0), ("{\"a\":1}\n", 1)]),
            (Kind::JsonLines, &["1\n2\n3"], &[("1\n2\n", 0), ("3", 2)]),
            (Kind::JsonLines, &["\u{1e}{\n}\n", "\u{1e}2\n"], &[("\u{1e}{\n}\n", 0), ("\u{1e}2\n", 2)]),
            (Kind::EventStream, &["data: a\n", "\ndata: b\n\n"], &[("data: a\n\ndata: b\n\n", 0)]),
            (Kind::EventStream, &["data: a\r\n\r", "\ndata: b"], &[("data: a\r\n\r\n", 0), ("data: b", 2)]),
            (Kind::EventStream, &["data: a\n\nda"], &[("data: a\n\n", 0), ("da", 2)]),
            (Kind::JsonLines, &[], &[]),
        ];
        for (kind, pieces, expected) in table {
            let expected: Vec<(String, usize)> =
                expected.iter().map(|(text, lines)| ((*text).to_owned(), *lines)).collect();
            assert_eq!(cut(*kind, pieces), expected, "{pieces:?}");
        }
    }

    #[test]
    fn an_item_that_is_too_large_is_let_go() {
        let mut items = Items::new(Kind::JsonLines);
        let piece = vec![b' '; LARGEST_BODY / 2];
        for _ in 0..3 {
            assert_eq!(items.take(&piece), None);
        }
        assert_eq!((items.take(b"1\n"), items.rest()), (None, None));
    }
}
