//! Sets of bytes, and how many of the first bytes of a text are in one.
//!
//! Several bytes are looked at together, each against all that is in the set: that takes fewer steps than to go from byte to
//! byte, and none of them depends on where the text leaves the set, which no processor can foretell.

/// So many bytes are looked at together.
pub(super) const TOGETHER: usize = 16;

type Block = [u8; TOGETHER];

/// The bytes from one to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    /// The first, once for each byte that it is held against.
    first: Block,
    /// How far it is from there to the last, likewise.
    span: Block,
}

impl Range {
    /// The bytes from `first` to `last`, both included.
    pub(super) const fn new(first: u8, last: u8) -> Self {
        Self { first: [first; TOGETHER], span: [last - first; TOGETHER] }
    }

    /// The ranges of the characters of ASCII that have a bit in `set`.
    pub(super) fn all_of(mut set: u128) -> Box<[Self]> {
        let mut ranges = Vec::new();
        while set != 0 {
            let first = set.trailing_zeros();
            let last = first + (set >> first).trailing_ones() - 1;
            ranges.push(Self::new(first as u8, last as u8));
            set &= u128::MAX.checked_shl(last + 1).unwrap_or(0);
        }
        ranges.into()
    }
}

/// How many of the first bytes of a text are in one of the ranges.
pub(super) fn leading(text: &[u8], ranges: &[Range]) -> usize {
    let mut rest = text;
    while let Some((block, behind)) = rest.split_first_chunk::<TOGETHER>() {
        let mut outside = [u8::MAX; TOGETHER];
        for Range { first, span } in ranges {
            for ((outside, byte), (first, span)) in outside.iter_mut().zip(block).zip(first.iter().zip(span))
            {
                *outside &= flag(byte.wrapping_sub(*first) > *span);
            }
        }
        if let Some(inside) = first_of(outside) {
            return text.len() - rest.len() + inside;
        }
        rest = behind;
    }
    text.len() - rest.len() + rest.iter().take_while(|byte| is_in(**byte, ranges)).count()
}

/// Whether a byte is in one of the ranges.
pub(super) fn is_in(byte: u8, ranges: &[Range]) -> bool {
    ranges.iter().any(|range| byte.wrapping_sub(range.first[0]) <= range.span[0])
}

/// How many of the first bytes of a text stand for themselves in a string of JSON (RFC 8259 7).
#[inline]
pub(super) fn plain(text: &[u8]) -> usize {
    leading_by(text, |byte| !(from(byte, 0, b' ' - 1) | is(byte, b'"') | is(byte, b'\\')))
}

/// How many of the first bytes of a text are in the set for which `inside` yields all bits, and none for others.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "with the set that is told, several bytes are looked at together; without, none"
)]
pub(super) fn leading_by(text: &[u8], inside: impl Fn(u8) -> u8) -> usize {
    let mut rest = text;
    while let Some((block, behind)) = rest.split_first_chunk::<TOGETHER>() {
        if let Some(inside) = first_of(block.map(|byte| !inside(byte))) {
            return text.len() - rest.len() + inside;
        }
        rest = behind;
    }
    text.len() - rest.len() + rest.iter().take_while(|byte| inside(**byte) != 0).count()
}

/// All bits for a byte from `first` to `last`, both included. To put such answers together takes no branch.
#[inline]
pub(super) fn from(byte: u8, first: u8, last: u8) -> u8 {
    flag(byte.wrapping_sub(first) <= last - first)
}

/// All bits for one byte.
#[inline]
pub(super) fn is(byte: u8, one: u8) -> u8 {
    flag(byte == one)
}

/// All bits for what holds.
fn flag(holds: bool) -> u8 {
    if holds { u8::MAX } else { 0 }
}

/// The place of the first flag.
fn first_of(flags: Block) -> Option<usize> {
    let flags = u128::from_le_bytes(flags);
    (flags != 0).then(|| flags.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leading_bytes_are_those_before_the_first_outside_of_the_set() {
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let ranges: u128 = (0..128).filter(|byte| is_word(*byte)).map(|byte| 1 << byte).sum();
        let ranges = Range::all_of(ranges);
        assert_eq!(ranges.len(), 4);
        let leading = |text: &[u8]| {
            let by = leading_by(text, |byte| flag(is_word(byte)));
            assert_eq!(by, leading(text, &ranges));
            by
        };
        for byte in 0..=u8::MAX {
            for place in 0..40 {
                let mut text = [b'a'; 40];
                assert_eq!([plain(&text[..place]), leading(&text[..place])], [place; 2]);
                text[place] = byte;
                let expected = [is_plain(byte), is_word(byte)].map(|is_in| if is_in { 40 } else { place });
                assert_eq!([plain(&text), leading(&text)], expected, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn a_set_of_ascii_is_a_few_ranges() {
        for (set, expected) in
            [(0, vec![]), (1, vec![(0, 0)]), (u128::MAX, vec![(0, 127)]), (0b1101, vec![(0, 0), (2, 3)])]
        {
            let told = Range::all_of(set);
            let told: Vec<_> =
                told.iter().map(|range| (range.first[0], range.first[0] + range.span[0])).collect();
            assert_eq!(told, expected, "{set:b}");
        }
        assert_eq!(Range::all_of(1 << 127).len(), 1);
    }
}
