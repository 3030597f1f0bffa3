//! The marks, strings and numbers of a JSON text (RFC 8259), where there is no doubt about them.

use super::set::{Block, TOGETHER, block, plain, unescaped};

/// So many characters of a number are looked at.
const LONGEST_NUMBER: usize = 100;
/// So many digits of an integer are sure to fit 64 bits.
const SAFE_DIGITS: usize = 18;
/// So many characters of a number are sure to hold no more digits than 64 bits of floating point keep.
const KEPT: usize = 15;

/// What is not read yet of a JSON text. Whoever passes over something gets what is behind that, or `None` if it
/// is not there.
#[derive(Clone, Copy)]
pub(super) struct Text<'t>(pub(super) &'t [u8]);

/// Bytes that are looked for in many texts.
#[derive(Debug)]
pub(super) struct Mark {
    whole: Box<[u8]>,
    /// The first of them, and which bits they are of those that are looked at together.
    first: Block,
    mask: Block,
}

impl Mark {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let first = &bytes[..bytes.len().min(TOGETHER)];
        let mask = &[u8::MAX; TOGETHER][..first.len()];
        Self { whole: bytes.into(), first: block(first), mask: block(mask) }
    }

    /// Whether a text starts with them.
    #[inline]
    fn starts(&self, text: &[u8]) -> bool {
        // Looked at together, the few bytes of most need no loop.
        match text.first_chunk() {
            Some(first) => {
                (Block::from(*first) & self.mask).simd_eq(self.first).all()
                    && (self.whole.len() <= TOGETHER || text.starts_with(&self.whole))
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
    /// The next byte; 0 at the end.
    #[inline]
    pub(super) fn first(self) -> u8 {
        self.0.first().copied().unwrap_or(0)
    }

    /// What is behind white space.
    #[inline]
    pub(super) fn trimmed(mut self) -> Self {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.0 {
            self = Self(rest);
        }
        self
    }

    /// What is behind so many bytes, which have been looked at.
    #[inline]
    pub(super) fn behind(self, count: usize) -> Self {
        Self(self.0.get(count..).unwrap_or_default())
    }

    /// What is behind a mark, before which there may be white space.
    #[inline]
    pub(super) fn past(self, mark: u8) -> Option<Self> {
        match self.0 {
            // Few texts have white space between their marks.
            [first, rest @ ..] if *first == mark => Some(Self(rest)),
            [first, ..] if *first <= b' ' => self.trimmed().past_exactly(&[mark]),
            _ => None,
        }
    }

    /// What is behind exactly these bytes.
    #[inline]
    pub(super) fn past_exactly(self, bytes: &[u8]) -> Option<Self> {
        self.0.strip_prefix(bytes).map(Self)
    }

    /// What is behind a mark of several bytes.
    #[inline]
    pub(super) fn past_mark(self, mark: &Mark) -> Option<Self> {
        mark.starts(self.0).then(|| self.behind(mark.whole.len()))
    }

    /// What is behind so many bytes and the quotation mark behind them.
    #[inline]
    pub(super) fn past_end(self, count: usize) -> Option<Self> {
        match self.0.get(count..) {
            Some([b'"', behind @ ..]) => Some(Self(behind)),
            _ => None,
        }
    }

    /// Whether nothing but white space is left.
    pub(super) fn ends(self) -> bool {
        self.trimmed().0.is_empty()
    }

    /// The rest of a string, behind its first quotation mark.
    #[inline]
    pub(super) fn string(self) -> Option<(Written<'t>, Self)> {
        let count = plain(self.0);
        let (text, behind) = self.0.split_at(count);
        match behind {
            [b'"', behind @ ..] => Some((Written { text, is_plain: true }, Self(behind))),
            _ => self.unusual(count),
        }
    }

    /// As `string`, where the first so many bytes are plain, and what follows is escaped or not of ASCII.
    #[cold]
    fn unusual(self, mut at: usize) -> Option<(Written<'t>, Self)> {
        let mut is_plain = true;
        loop {
            at += unescaped(self.0.get(at..)?);
            match self.0.get(at)? {
                b'"' => break,
                b'\\' => {
                    is_plain = false;
                    at += escape(&self.0[at + 1..])?;
                }
                // Control characters have to be escaped.
                _ => return None,
            }
        }
        let text = &self.0[..at];
        str::from_utf8(text).ok()?;
        Some((Written { text, is_plain }, self.behind(at + 1)))
    }

    /// A number, from its first character.
    pub(super) fn number(self) -> Option<(Numeral, Self)> {
        let negative = self.past_exactly(b"-");
        let mut text = negative.unwrap_or(self);
        let first = text.first();
        let (mut value, mut count) = (0_i64, 0);
        while let [digit @ b'0'..=b'9', behind @ ..] = text.0 {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            count += 1;
            text = Self(behind);
        }
        if count == 0 || count > 1 && first == b'0' {
            return None;
        }
        let is_integer = !matches!(text.first(), b'.' | b'e' | b'E');
        // Zero below zero is read as floating point.
        if is_integer && count <= SAFE_DIGITS && !(negative.is_some() && value == 0) {
            return Some((Numeral::Integer(if negative.is_some() { -value } else { value }), text));
        }
        if let Some(fraction) = text.past_exactly(b".") {
            text = fraction.behind(fraction.digits());
            if fraction.digits() == 0 {
                return None;
            }
        }
        let has_exponent = matches!(text.first(), b'e' | b'E');
        if has_exponent {
            text = text.behind(1);
            text = text.behind(usize::from(matches!(text.first(), b'+' | b'-')));
            // More would lead to where numbers end.
            if !(1..=2).contains(&text.digits()) {
                return None;
            }
            text = text.behind(text.digits());
        }
        let written = self.until(text);
        let numeral = match written.len() {
            0..=KEPT if !is_integer && !has_exponent => {
                Numeral::Decimal(str::from_utf8(written).ok()?.parse().ok()?)
            }
            0..=LONGEST_NUMBER => Numeral::Other,
            _ => return None,
        };
        Some((numeral, text))
    }

    /// What stands between here and a place behind it.
    pub(super) fn until(self, end: Self) -> &'t [u8] {
        self.0.get(..self.0.len() - end.0.len()).unwrap_or_default()
    }

    /// What stands for the value of a property of the object that comes next, if that is a string or a number; `name` as
    /// it stands behind the first quotation mark. Whether the object is well-formed is not looked at.
    pub(super) fn value_of(self, name: &[u8]) -> Option<&'t [u8]> {
        let mut text = self.past(b'{')?;
        loop {
            text = text.past(b'"')?;
            let known = text.past_exactly(name);
            let behind = match known {
                Some(behind) => behind,
                None => text.string()?.1,
            };
            let value = behind.past(b':')?.trimmed();
            text = value.skipped()?;
            if known.is_some() {
                return Some(value.until(text));
            }
            text = text.past(b',')?;
        }
    }

    /// What is behind a value, which need not be well-formed.
    fn skipped(self) -> Option<Self> {
        let (mut text, mut depth) = (self, 0_usize);
        loop {
            text = text.trimmed();
            text = match text.first() {
                b'"' => text.behind(1).string()?.1,
                b'{' | b'[' => {
                    depth += 1;
                    text.behind(1)
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    text.behind(1)
                }
                b',' | b':' if depth > 0 => text.behind(1),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'+' | b'.' => {
                    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-+.".contains(byte);
                    text.behind(text.0.iter().take_while(is_word).count())
                }
                _ => return None,
            };
            if depth == 0 {
                return Some(text);
            }
        }
    }

    /// How many digits are the next.
    fn digits(self) -> usize {
        self.0.iter().take_while(|byte| byte.is_ascii_digit()).count()
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
