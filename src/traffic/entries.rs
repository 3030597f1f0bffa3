//! The entries of traffic as raw JSON, one after the other: lines, or the elements of a HAR's `log.entries`. Only the entry
//! at hand is held.

use std::io::{self, BufRead};

use super::source::told;

/// The largest entry in bytes; of larger ones nothing is held.
pub(super) const LARGEST_ENTRY: usize = 32 * 1024 * 1024;

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// An entry: it is in the buffer.
    Entry,
    /// An entry larger than [`LARGEST_ENTRY`].
    TooLarge,
    /// The end.
    End,
}

/// Reads entries one by one, and knows where they stand.
pub(super) struct Entries<R> {
    reader: R,
    /// How many bytes were read.
    offset: u64,
}

impl<R: BufRead> Entries<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, offset: 0 }
    }

    /// Where reading stands, in bytes from the start (behind gzip).
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Appends the next line, without its line feed.
    pub(super) fn line(&mut self, into: &mut Vec<u8>) -> Result<Next, String> {
        let start = into.len();
        let (mut is_large, mut length) = (false, 0_usize);
        loop {
            let buffer = filled(&mut self.reader)?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(buffer.len());
            if buffer.is_empty() && length == 0 {
                return Ok(Next::End);
            }
            length += taken;
            is_large |= length > LARGEST_ENTRY;
            if is_large {
                into.truncate(start);
            } else {
                into.extend_from_slice(&buffer[..taken]);
            }
            let is_last = buffer.is_empty() || end.is_some();
            self.take(taken + usize::from(end.is_some()));
            if is_last {
                return Ok(if is_large { Next::TooLarge } else { Next::Entry });
            }
        }
    }

    /// Goes to the first element of `log.entries`. Whether there is such a list.
    pub(super) fn enter_har(&mut self) -> Result<bool, String> {
        self.expect(b'{')?;
        Ok(self.find("log")?
            && {
                self.expect(b'{')?;
                self.find("entries")?
            }
            && {
                self.expect(b'[')?;
                true
            })
    }

    /// Appends the next element of the list that was entered.
    pub(super) fn element(&mut self, into: &mut Vec<u8>) -> Result<Next, String> {
        loop {
            match self.peek()? {
                b',' => self.take(1),
                b']' => {
                    self.take(1);
                    return Ok(Next::End);
                }
                _ => {
                    let is_whole = self.value(Some(into))?;
                    return Ok(if is_whole { Next::Entry } else { Next::TooLarge });
                }
            }
        }
    }

    /// Reads over what follows the list of a HAR, to its end, to know that it is whole.
    pub(super) fn leave_har(&mut self) -> Result<(), String> {
        for _ in 0..2 {
            // No key is called so, so this goes behind the object.
            self.find("\0")?;
        }
        loop {
            let buffer = filled(&mut self.reader)?;
            if buffer.is_empty() {
                return Ok(());
            }
            if let Some(at) = buffer.iter().position(|byte| !byte.is_ascii_whitespace()) {
                let found = buffer[at];
                self.take(at);
                return Err(self.unexpected(found, "its end"));
            }
            let all = buffer.len();
            self.take(all);
        }
    }

    /// Goes to the value of a key of the object that reading stands in, or behind the object if there is no such key.
    fn find(&mut self, wanted: &str) -> Result<bool, String> {
        loop {
            match self.peek()? {
                b',' => self.take(1),
                b'}' => {
                    self.take(1);
                    return Ok(false);
                }
                b'"' => {
                    let mut key = Vec::new();
                    self.value(Some(&mut key))?;
                    self.expect(b':')?;
                    if key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\""))
                        == Some(wanted.as_bytes())
                    {
                        return Ok(true);
                    }
                    self.value(None)?;
                }
                other => return Err(self.unexpected(other, "a key")),
            }
        }
    }

    fn expect(&mut self, wanted: u8) -> Result<(), String> {
        let found = self.peek()?;
        if found != wanted {
            return Err(self.unexpected(found, &format!("`{}`", char::from(wanted))));
        }
        self.take(1);
        Ok(())
    }

    fn unexpected(&self, found: u8, expected: &str) -> String {
        let found = char::from(found).escape_default();
        format!("at byte {} there is `{found}`, expected {expected}", self.offset)
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Result<u8, String> {
        loop {
            let buffer = filled(&mut self.reader)?;
            if buffer.is_empty() {
                return Err(self.cut());
            }
            match buffer.iter().position(|byte| !byte.is_ascii_whitespace()) {
                Some(at) => {
                    let found = buffer[at];
                    self.take(at);
                    return Ok(found);
                }
                None => {
                    let all = buffer.len();
                    self.take(all);
                }
            }
        }
    }

    fn cut(&self) -> String {
        format!("it ends too early, at byte {}", self.offset)
    }

    fn take(&mut self, count: usize) {
        self.reader.consume(count);
        self.offset += count as u64;
    }

    /// Reads over a value and appends its bytes, if they are wanted. Whether they are all there: of a value larger than
    /// [`LARGEST_ENTRY`] nothing is kept.
    fn value(&mut self, mut into: Option<&mut Vec<u8>>) -> Result<bool, String> {
        let start = into.as_ref().map_or(0, |into| into.len());
        let (mut scan, mut length, mut is_large) = (Scan::default(), 0_usize, false);
        loop {
            let buffer = filled(&mut self.reader)?;
            if buffer.is_empty() {
                return Err(self.cut());
            }
            let (taken, is_done) = scan.step(buffer);
            length += taken;
            is_large |= length > LARGEST_ENTRY;
            if let Some(into) = &mut into {
                if is_large {
                    into.truncate(start);
                } else {
                    into.extend_from_slice(&buffer[..taken]);
                }
            }
            self.take(taken);
            if is_done {
                return Ok(!is_large);
            }
        }
    }
}

/// What the reader has at hand, which is nothing only at its end.
fn filled(reader: &mut impl BufRead) -> Result<&[u8], String> {
    loop {
        match reader.fill_buf() {
            // Asked twice: the borrow checker takes a reader that is asked in a loop for lent already.
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(told(&error)),
        }
    }
    reader.fill_buf().map_err(|error| told(&error))
}

/// How far a value has been read.
#[derive(Default)]
struct Scan {
    depth: usize,
    is_string: bool,
    is_escaped: bool,
    /// Whether a number or a word has begun.
    is_scalar: bool,
}

impl Scan {
    /// How many of the bytes belong to the value, and whether it ends with them.
    fn step(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            if self.is_string {
                if self.is_escaped {
                    self.is_escaped = false;
                    at += 1;
                    continue;
                }
                match bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\\')) {
                    None => return (bytes.len(), false),
                    Some(found) => {
                        at += found + 1;
                        if bytes[at - 1] == b'\\' {
                            self.is_escaped = true;
                            continue;
                        }
                        self.is_string = false;
                        if self.depth == 0 {
                            return (at, true);
                        }
                    }
                }
                continue;
            }
            match bytes[at] {
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.is_scalar => {
                    return (at, true);
                }
                b'"' => self.is_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => self.is_scalar = self.depth == 0,
            }
            at += 1;
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The entries of a text, read a few bytes at a time.
    fn entries(text: &str, room: usize) -> Result<Vec<String>, String> {
        let mut entries = Entries::new(BufReader::with_capacity(room, text.as_bytes()));
        let mut found = Vec::new();
        if !entries.enter_har()? {
            return Ok(found);
        }
        loop {
            let mut bytes = Vec::new();
            if entries.element(&mut bytes)? == Next::End {
                break;
            }
            found.push(String::from_utf8(bytes).unwrap());
        }
        entries.leave_har()?;
        Ok(found)
    }

    #[test]
    fn the_entries_of_a_har_are_found_wherever_the_reader_stops() {
        let text = r#" { "x": [{"log":1}, "}\"]"], "log" : { "pages": [ "\\" ], "version":"1.2", "entries":
            [ {"a":"]}\\\"","b":[{}]} ,{}, 17 ] , "comment": "" } , "y": null } "#;
        for room in 1..40 {
            let found = entries(text, room).unwrap();
            assert_eq!(found, [r#"{"a":"]}\\\"","b":[{}]}"#, "{}", "17"], "{room}");
        }
        assert_eq!(entries(r#"{"log":{"entries":[]}}"#, 8).unwrap(), [""; 0]);
        assert_eq!(entries(r#"{"log":{}}"#, 8).unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_cut_or_no_har_is_told_with_its_place() {
        let whole = r#"{"log":{"entries":[{"a":1}]}}"#;
        for length in 0..whole.len() {
            assert_eq!(
                entries(&whole[..length], 7),
                Err(format!("it ends too early, at byte {length}")),
                "{length}"
            );
        }
        assert_eq!(entries(r#"{"log":[]}"#, 7), Err("at byte 7 there is `[`, expected `{`".to_owned()));
        assert_eq!(entries("{log:1}", 7), Err("at byte 1 there is `l`, expected a key".to_owned()));
    }

    #[test]
    fn lines_are_taken_without_their_ends() {
        let mut entries = Entries::new(BufReader::with_capacity(2, &b"abc\n\nd"[..]));
        let mut lines = Vec::new();
        loop {
            let (mut line, offset) = (Vec::new(), entries.offset());
            match entries.line(&mut line).unwrap() {
                Next::Entry => lines.push((offset, String::from_utf8(line).unwrap())),
                Next::End => break,
                Next::TooLarge => panic!("{offset}"),
            }
        }
        assert_eq!(lines, [(0, "abc".to_owned()), (4, String::new()), (5, "d".to_owned())]);
    }
}
