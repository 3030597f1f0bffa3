//! The tokens of a text that is known to be JSON, with their places: one pass over its bytes that makes no values.

use std::ops::Range;

/// A token and where it stands.
pub(super) struct Scanned {
    pub(super) kind: Token,
    pub(super) range: Range<usize>,
}

/// What JSON consists of, as far as places go. A key is a plain value before its own.
pub(super) enum Token {
    /// A string, number, boolean or null.
    Plain,
    /// An object or list begins.
    Begin { is_object: bool },
    /// The innermost object or list ends.
    End,
}

/// A pass over a part of a text. What is no JSON ends it, or gives tokens without meaning; it never panics.
pub(super) struct Scan<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Scan<'t> {
    /// A pass over the bytes in a range.
    pub(super) fn new(text: &'t [u8], range: Range<usize>) -> Self {
        Self { text: text.get(..range.end).unwrap_or(text), at: range.start }
    }

    /// Goes on to just before the end of the innermost object or list.
    pub(super) fn pass_over(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'"' => {
                    self.at = self.behind_string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Where the string ends that begins here.
    fn behind_string(&self) -> usize {
        let mut at = self.at + 1;
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'"' => return at + 1,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.text.len()
    }

    fn behind_word(&self) -> usize {
        let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
        let rest = self.text[self.at..].iter().position(ends);
        rest.map_or(self.text.len(), |length| self.at + length)
    }
}

impl Iterator for Scan<'_> {
    type Item = Scanned;

    fn next(&mut self) -> Option<Scanned> {
        let between = |byte: &u8| matches!(byte, b',' | b':' | b' ' | b'\t' | b'\r' | b'\n');
        while self.text.get(self.at).is_some_and(between) {
            self.at += 1;
        }
        let (kind, end) = match self.text.get(self.at)? {
            b'{' => (Token::Begin { is_object: true }, self.at + 1),
            b'[' => (Token::Begin { is_object: false }, self.at + 1),
            b'}' | b']' => (Token::End, self.at + 1),
            b'"' => (Token::Plain, self.behind_string()),
            _ => (Token::Plain, self.behind_word()),
        };
        let start = std::mem::replace(&mut self.at, end);
        Some(Scanned { kind, range: start..end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_comes_to_an_end() {
        for text in ["", "\"", "\"\\", "{\"a", "]", "}}", "[1,", "tru", "{\"a\":\"\\u00", "\u{e9}[\u{1f600}"]
        {
            for start in 0..=text.len() {
                assert!(Scan::new(text.as_bytes(), start..text.len() + 1).count() <= text.len());
                Scan::new(text.as_bytes(), start..text.len()).pass_over();
            }
        }
    }
}
