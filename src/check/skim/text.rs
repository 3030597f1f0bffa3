//! The marks, strings and numbers of a JSON text (RFC 8259), where there is no doubt about them.

use super::set::plain;

/// So many characters of a number are looked at.
const LONGEST_NUMBER: usize = 100;
/// So many digits of an integer are sure to fit 64 bits.
const SAFE_DIGITS: usize = 18;
/// So many bytes are compared at once.
const FIRST: usize = 16;
/// So many characters of a number are sure to hold no more digits than 64 bits of floating point keep.
const KEPT: usize = 15;

/// A JSON text, as far as it is read.
#[derive(Clone)]
pub(in crate::check) struct Text<'t> {
    /// What is not read, in UTF-8.
    rest: &'t [u8],
    /// Whether each byte of it is a character.
    is_ascii: bool,
}

/// Bytes that are looked for in many texts.
#[derive(Debug)]
pub(super) struct Mark {
    whole: Box<[u8]>,
    /// The first of them, as a number, and which bits of a number they are.
    first: u128,
    mask: u128,
}

impl Mark {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut first = [0; FIRST];
        let count = bytes.len().min(FIRST);
        first[..count].copy_from_slice(&bytes[..count]);
        let mask = std::array::from_fn(|at| if at < count { u8::MAX } else { 0 });
        Self { whole: bytes.into(), first: u128::from_le_bytes(first), mask: u128::from_le_bytes(mask) }
    }

    /// Whether a text starts with them.
    #[inline]
    fn starts(&self, text: &[u8]) -> bool {
        // Compared as numbers, the few bytes of most need no loop.
        match text.first_chunk() {
            Some(first) => {
                u128::from_le_bytes(*first) & self.mask == self.first
                    && (self.whole.len() <= FIRST || text.starts_with(&self.whole))
            }
            None => text.starts_with(&self.whole),
        }
    }
}

/// A string as it stands between its quotation marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'t> {
    /// UTF-8.
    pub(super) text: &'t [u8],
    /// Whether it holds no escapes, so that it is what it says.
    pub(super) is_plain: bool,
}

/// A number, as far as it is sure what it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Numeral {
    Integer(i64),
    /// Not an integer by how it is written, and of so few digits that none is lost.
    Decimal(f64),
    /// Any number that can be read.
    Other,
}

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text.as_bytes(), is_ascii: text.is_ascii() }
    }

    /// Of bytes; `None` if they are no UTF-8.
    pub(super) fn of(bytes: &'t [u8]) -> Option<Self> {
        let is_ascii = bytes.is_ascii();
        (is_ascii || str::from_utf8(bytes).is_ok()).then_some(Self { rest: bytes, is_ascii })
    }

    /// Whether each byte of it is a character.
    pub(super) fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// The next byte; 0 at the end.
    fn first(&self) -> u8 {
        self.rest.first().copied().unwrap_or(0)
    }

    /// The next byte that is not white space, which is left there; 0 at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        loop {
            match self.rest {
                [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] => self.rest = rest,
                [byte, ..] => return *byte,
                [] => return 0,
            }
        }
    }

    /// Passes over a mark if it is the next.
    #[inline]
    pub(super) fn takes(&mut self, mark: u8) -> bool {
        // Few texts have white space between their marks.
        if self.first() != mark && self.peek() != mark {
            return false;
        }
        self.pass(1);
        true
    }

    /// All that is not read.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.rest
    }

    /// Passes over so many bytes, which have been looked at.
    pub(super) fn pass(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Passes over so many bytes and the quotation mark behind them, if there is one.
    #[inline]
    pub(super) fn passes_end(&mut self, count: usize) -> bool {
        let Some([b'"', behind @ ..]) = self.rest.get(count..) else { return false };
        self.rest = behind;
        true
    }

    /// Passes over exactly these bytes if they are the next.
    #[inline]
    pub(super) fn takes_exactly(&mut self, bytes: &[u8]) -> bool {
        let Some(behind) = self.rest.strip_prefix(bytes) else { return false };
        self.rest = behind;
        true
    }

    /// Passes over a mark of several bytes if it is the next.
    #[inline]
    pub(super) fn takes_mark(&mut self, mark: &Mark) -> bool {
        let is_next = mark.starts(self.rest);
        if is_next {
            self.pass(mark.whole.len());
        }
        is_next
    }

    /// Whether nothing but white space is left.
    pub(super) fn ends(&mut self) -> bool {
        self.peek() == 0 && self.rest.is_empty()
    }

    /// The rest of a string, behind its first quotation mark.
    #[inline]
    pub(super) fn string(&mut self) -> Option<Written<'t>> {
        let count = plain(self.rest);
        let (text, behind) = self.rest.split_at(count);
        if let [b'"', behind @ ..] = behind {
            self.rest = behind;
            return Some(Written { text, is_plain: true });
        }
        self.escaped(count)
    }

    /// As `string`, where the first so many bytes of what is not read stand for themselves, and others follow.
    #[cold]
    fn escaped(&mut self, mut at: usize) -> Option<Written<'t>> {
        let rest = self.rest;
        loop {
            match rest.get(at)? {
                b'"' => break,
                b'\\' => at += escape(&rest[at + 1..])?,
                // Control characters have to be escaped.
                _ => return None,
            }
            at += plain(rest.get(at..)?);
        }
        self.pass(at + 1);
        Some(Written { text: &rest[..at], is_plain: false })
    }

    /// A number, from its first character.
    pub(super) fn number(&mut self) -> Option<Numeral> {
        let start = self.clone();
        let is_negative = self.takes_exactly(b"-");
        let first = self.first();
        let (mut value, mut count) = (0_i64, 0);
        while let [digit @ b'0'..=b'9', behind @ ..] = self.rest {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            count += 1;
            self.rest = behind;
        }
        if count == 0 || count > 1 && first == b'0' {
            return None;
        }
        let is_integer = !matches!(self.first(), b'.' | b'e' | b'E');
        // Zero below zero is read as floating point.
        if is_integer && count <= SAFE_DIGITS && !(is_negative && value == 0) {
            return Some(Numeral::Integer(if is_negative { -value } else { value }));
        }
        if self.takes_exactly(b".") && self.digits() == 0 {
            return None;
        }
        let has_exponent = matches!(self.first(), b'e' | b'E');
        if has_exponent {
            self.pass(1);
            self.pass(usize::from(matches!(self.first(), b'+' | b'-')));
            // More would lead to where numbers end.
            if !(1..=2).contains(&self.digits()) {
                return None;
            }
        }
        let written = start.until(self);
        match written.len() {
            0..=KEPT if !is_integer && !has_exponent => {
                str::from_utf8(written).ok()?.parse().ok().map(Numeral::Decimal)
            }
            0..=LONGEST_NUMBER => Some(Numeral::Other),
            _ => None,
        }
    }

    /// What stands between here and a place behind it.
    pub(super) fn until(&self, end: &Self) -> &'t [u8] {
        self.rest.get(..self.rest.len() - end.rest.len()).unwrap_or_default()
    }

    /// What stands for the value of a property of the object that comes next, if that is a string or a number; `name` as
    /// it stands behind the first quotation mark. Whether the object is well-formed is not looked at.
    pub(super) fn value_of(&mut self, name: &[u8]) -> Option<&'t [u8]> {
        self.takes(b'{');
        while self.takes(b'"') {
            let is_it = self.takes_exactly(name);
            if !is_it {
                self.string()?;
            }
            if !self.takes(b':') {
                return None;
            }
            self.peek();
            let start = self.clone();
            self.skip()?;
            if is_it {
                return Some(start.until(self));
            }
            if !self.takes(b',') {
                return None;
            }
        }
        None
    }

    /// Passes over a value, which need not be well-formed.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.pass(1);
                    self.string()?;
                }
                b'{' | b'[' => {
                    self.pass(1);
                    depth += 1;
                }
                b'}' | b']' if depth > 0 => {
                    self.pass(1);
                    depth -= 1;
                }
                b',' | b':' if depth > 0 => self.pass(1),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'+' | b'.' => {
                    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-+.".contains(byte);
                    self.pass(self.rest.iter().take_while(is_word).count());
                }
                _ => return None,
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Passes over digits and counts them.
    fn digits(&mut self) -> usize {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.pass(count);
        count
    }
}

impl Written<'_> {
    /// How many characters it has.
    pub(super) fn length(&self) -> usize {
        let (mut rest, mut count) = (self.text, 0);
        if !self.is_plain {
            while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
                count += characters(&rest[..at]) + 1;
                let width = escape(&rest[at + 1..]).unwrap_or(1);
                rest = rest.get(at + width..).unwrap_or_default();
            }
        }
        count + characters(rest)
    }
}

/// How many characters UTF-8 has.
fn characters(text: &[u8]) -> usize {
    let is_first = |byte: &u8| byte & 0b1100_0000 != 0b1000_0000;
    if text.is_ascii() { text.len() } else { text.iter().filter(|byte| is_first(byte)).count() }
}

/// How many bytes an escape has that goes on with these behind its backslash; one half of a pair is not looked at.
fn escape(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = rest.get(1..5)?;
            let is_half = digits[0].eq_ignore_ascii_case(&b'd') && !(b'0'..=b'7').contains(&digits[1]);
            (digits.iter().all(u8::is_ascii_hexdigit) && !is_half).then_some(6)
        }
        _ => None,
    }
}
