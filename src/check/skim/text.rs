//! The marks, strings and numbers of a JSON text (RFC 8259), where there is no doubt about them.

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
pub(super) struct Text<'t> {
    /// UTF-8.
    bytes: &'t [u8],
    at: usize,
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
        Self { bytes: text.as_bytes(), at: 0 }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The next byte that is not white space, which is left there; 0 at the end.
    pub(super) fn peek(&mut self) -> u8 {
        loop {
            match self.byte(self.at) {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Passes over a mark if it is the next.
    pub(super) fn takes(&mut self, mark: u8) -> bool {
        // Few texts have white space between their marks.
        let is_next = self.byte(self.at) == mark || self.peek() == mark;
        self.at += usize::from(is_next);
        is_next
    }

    /// All that is not read.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes over so many bytes, which have been looked at.
    pub(super) fn pass(&mut self, count: usize) {
        self.at += count;
    }

    /// Passes over so many bytes and the quotation mark behind them, if there is one.
    #[inline]
    pub(super) fn passes_end(&mut self, count: usize) -> bool {
        let is_end = self.byte(self.at + count) == b'"';
        self.at += if is_end { count + 1 } else { 0 };
        is_end
    }

    /// Passes over exactly these bytes if they are the next.
    pub(super) fn takes_exactly(&mut self, bytes: &[u8]) -> bool {
        let is_next = self.rest().starts_with(bytes);
        self.at += if is_next { bytes.len() } else { 0 };
        is_next
    }

    /// Passes over a mark of several bytes if it is the next.
    #[inline]
    pub(super) fn takes_mark(&mut self, mark: &Mark) -> bool {
        let is_next = mark.starts(self.rest());
        self.at += if is_next { mark.whole.len() } else { 0 };
        is_next
    }

    /// Whether nothing but white space is left.
    pub(super) fn ends(&mut self) -> bool {
        self.peek() == 0 && self.at >= self.bytes.len()
    }

    /// The rest of a string, behind its first quotation mark.
    pub(super) fn string(&mut self) -> Option<Written<'t>> {
        let rest = self.rest();
        let (text, behind) = rest.split_at(plain(rest));
        if behind.first() == Some(&b'"') {
            self.at += text.len() + 1;
            return Some(Written { text, is_plain: true });
        }
        self.escaped(rest, text.len())
    }

    /// As `string`, where the first so many bytes of what is not read stand for themselves, and others follow.
    #[cold]
    fn escaped(&mut self, rest: &'t [u8], mut at: usize) -> Option<Written<'t>> {
        loop {
            match rest.get(at)? {
                b'"' => break,
                b'\\' => at += escape(&rest[at + 1..])?,
                // Control characters have to be escaped.
                _ => return None,
            }
            at += plain(rest.get(at..)?);
        }
        self.at += at + 1;
        Some(Written { text: &rest[..at], is_plain: false })
    }

    /// A number, from its first character.
    pub(super) fn number(&mut self) -> Option<Numeral> {
        let start = self.at;
        let is_negative = self.takes_exactly(b"-");
        let first = self.at;
        let mut value = 0_i64;
        while self.byte(self.at).is_ascii_digit() {
            value = value.wrapping_mul(10).wrapping_add(i64::from(self.byte(self.at) - b'0'));
            self.at += 1;
        }
        let count = self.at - first;
        if count == 0 || count > 1 && self.byte(first) == b'0' {
            return None;
        }
        let is_integer = !matches!(self.byte(self.at), b'.' | b'e' | b'E');
        // Zero below zero is read as floating point.
        if is_integer && count <= SAFE_DIGITS && !(is_negative && value == 0) {
            return Some(Numeral::Integer(if is_negative { -value } else { value }));
        }
        if self.takes_exactly(b".") && self.digits() == 0 {
            return None;
        }
        let has_exponent = matches!(self.byte(self.at), b'e' | b'E');
        if has_exponent {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(self.at), b'+' | b'-'));
            // More would lead to where numbers end.
            if !(1..=2).contains(&self.digits()) {
                return None;
            }
        }
        match self.at - start {
            0..=KEPT if !is_integer && !has_exponent => {
                let written = str::from_utf8(self.bytes.get(start..self.at)?).ok()?;
                written.parse().ok().map(Numeral::Decimal)
            }
            0..=LONGEST_NUMBER => Some(Numeral::Other),
            _ => None,
        }
    }

    /// What stands between here and a place behind it.
    pub(super) fn until(&self, end: &Self) -> &'t [u8] {
        self.bytes.get(self.at..end.at).unwrap_or_default()
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
            let start = self.at;
            self.skip()?;
            if is_it {
                return self.bytes.get(start..self.at);
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
                    self.at += 1;
                    self.string()?;
                }
                b'{' | b'[' => {
                    self.at += 1;
                    depth += 1;
                }
                b'}' | b']' if depth > 0 => {
                    self.at += 1;
                    depth -= 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'+' | b'.' => {
                    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-+.".contains(byte);
                    self.at += self.rest().iter().take_while(is_word).count();
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
        let start = self.at;
        while self.byte(self.at).is_ascii_digit() {
            self.at += 1;
        }
        self.at - start
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

/// How many of the first bytes stand for themselves in a string.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHEST: u64 = ONES << 7;
    const LONG: usize = 32;
    let (mut at, mut rest) = (0, bytes);
    // Eight at once: the highest bit of each byte says whether it is special; of those that are, the first is told rightly.
    while let Some((eight, behind)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*eight);
        // Flipped so, control characters and the quotation mark are the lowest.
        let marks = (word ^ (ONES * 2)).wrapping_sub(ONES * 33);
        let backslashes = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
        let special = (marks | backslashes) & !word & HIGHEST;
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        (at, rest) = (at + 8, behind);
        // Of a long text many at once, as long as none is special: that takes a few steps for all of them together.
        while at >= LONG
            && let Some((many, behind)) = rest.split_first_chunk::<LONG>()
        {
            let is_special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
            if many.iter().fold(false, |any, byte| any | is_special(byte)) {
                break;
            }
            (at, rest) = (at + LONG, behind);
        }
    }
    at + rest.iter().take_while(|byte| **byte >= b' ' && !b"\"\\".contains(byte)).count()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_bytes_end_at_the_first_special_one() {
        for special in [0, 1, 0x1f, b'"', b'\\'] {
            for place in 0..80 {
                for other in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                    let mut bytes = [other; 80];
                    assert_eq!(plain(&bytes[..place]), place, "{other}");
                    bytes[place..].fill(special);
                    assert_eq!(plain(&bytes), place, "{other} {special}");
                    bytes[place + 1..].fill(b'a');
                    assert_eq!(plain(&bytes), place, "{other} {special}");
                }
            }
        }
    }
}
