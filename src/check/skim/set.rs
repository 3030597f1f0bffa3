//! Sets of bytes, and how many of the first bytes of a text are in one.
//!
//! Several bytes are looked at together, each against all that is in the set: that takes fewer steps than to go from byte to
//! byte, and none of them depends on where the text leaves the set, which no processor can foretell.

use wide::u8x16;

/// So many bytes are looked at together.
pub(super) const TOGETHER: usize = 16;
/// A bit for each of them.
const ALL: u32 = (1 << TOGETHER) - 1;

/// Bytes that are looked at together; or, for each of them, all bits if something holds and none if not.
pub(super) type Block = u8x16;

/// The bytes from one to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    /// The first, for each byte that it is held against.
    first: Block,
    /// How far it is from there to the last, likewise.
    span: Block,
}

impl Range {
    /// The bytes from `first` to `last`, both included.
    #[inline]
    pub(super) fn new(first: u8, last: u8) -> Self {
        Self::between(Block::splat(first), Block::splat(last))
    }

    /// The bytes of one place after another, each from that of `least` to that of `most`.
    #[inline]
    pub(super) fn between(least: Block, most: Block) -> Self {
        Self { first: least, span: most - least }
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

    /// Which bytes are in it.
    #[inline]
    pub(super) fn holds(self, bytes: Block) -> Block {
        let above = bytes - self.first;
        above.min(self.span).simd_eq(above)
    }
}

/// Which bytes are in one of the ranges.
#[inline]
pub(super) fn any_of(ranges: &[Range], bytes: Block) -> Block {
    ranges.iter().fold(Block::ZERO, |inside, range| inside | range.holds(bytes))
}

/// Which bytes are from `first` to `last`, both included.
#[inline]
pub(super) fn from(bytes: Block, first: u8, last: u8) -> Block {
    Range::new(first, last).holds(bytes)
}

/// Which bytes are this one.
#[inline]
pub(super) fn is(bytes: Block, one: u8) -> Block {
    bytes.simd_eq(Block::splat(one))
}

/// How many of the first bytes of a text are in the set that `inside` tells of.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is told of a set takes a step or two, a call more than those")]
pub(super) fn leading(text: &[u8], inside: impl Fn(Block) -> Block) -> usize {
    let mut rest = text;
    while let Some((block, behind)) = rest.split_first_chunk() {
        let outside = bits(!inside(Block::from(*block)));
        if outside != 0 {
            return text.len() - rest.len() + outside.trailing_zeros() as usize;
        }
        rest = behind;
    }
    let (block, beyond) = last(rest);
    let outside = bits(!inside(block)) | beyond;
    text.len() - rest.len() + outside.trailing_zeros() as usize
}

/// As [`leading`], where some of the bytes are marks, of which none may stand first, last or beside another one; `None` if
/// one does, and if there is no byte.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
pub(super) fn leading_between(
    text: &[u8],
    inside: impl Fn(Block) -> Block,
    mark: impl Fn(Block) -> Block,
) -> Option<usize> {
    // What is outside is like a mark, and so is what is before the text.
    let (mut rest, mut before) = (text, 1);
    // What is outside, which marks stand beside one, and whether one stands before the next block.
    let found = |block, beyond, before| {
        let outside = bits(!inside(block)) | beyond;
        let marks = bits(mark(block)) | outside;
        (outside, marks & (marks << 1 | before), marks >> (TOGETHER - 1))
    };
    let end = |rest: &[u8], outside: u32, beside: u32| {
        let end = outside.trailing_zeros();
        (beside.trailing_zeros() > end).then_some(text.len() - rest.len() + end as usize)
    };
    while let Some((block, behind)) = rest.split_first_chunk() {
        let (outside, beside, after) = found(Block::from(*block), 0, before);
        if outside != 0 {
            return end(rest, outside, beside);
        }
        if beside != 0 {
            return None;
        }
        (rest, before) = (behind, after);
    }
    let (block, beyond) = last(rest);
    let (outside, beside, _) = found(block, beyond, before);
    end(rest, outside, beside)
}

/// The bytes at the end of a text, fewer than are looked at together, and a bit for each place beyond it.
#[cold]
fn last(text: &[u8]) -> (Block, u32) {
    (block(text), ALL & ALL << text.len())
}

/// So few bytes that they can be looked at together, and zeros behind them.
#[inline]
pub(super) fn block(bytes: &[u8]) -> Block {
    let mut block = [0; TOGETHER];
    block[..bytes.len()].copy_from_slice(bytes);
    block.into()
}

/// A bit for each byte for which something holds.
#[inline]
fn bits(flags: Block) -> u32 {
    flags.to_bitmask() & ALL
}

/// How many of the first bytes of a text stand for themselves in a string of JSON (RFC 8259 7), and are of ASCII.
#[inline]
pub(super) fn plain(text: &[u8]) -> usize {
    leading(text, |bytes| unescaped_to(bytes, 0x7f))
}

/// How many of the first bytes of a text stand for themselves in a string of JSON, or are parts of such characters.
pub(super) fn unescaped(text: &[u8]) -> usize {
    leading(text, |bytes| unescaped_to(bytes, 0xff))
}

/// Which bytes need no escape, of those up to `last`.
#[inline]
fn unescaped_to(bytes: Block, last: u8) -> Block {
    from(bytes, b' ', last) & !(is(bytes, b'"') | is(bytes, b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What holds for each byte.
    fn each(bytes: Block, holds: impl Fn(u8) -> bool) -> Block {
        bytes.to_array().map(|byte| if holds(byte) { u8::MAX } else { 0 }).into()
    }

    #[test]
    fn the_leading_bytes_are_those_before_the_first_outside_of_the_set() {
        let is_unescaped = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        let is_plain = |byte: u8| byte.is_ascii() && is_unescaped(byte);
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let ranges: u128 = (0..128).filter(|byte| is_word(*byte)).map(|byte| 1 << byte).sum();
        let ranges = Range::all_of(ranges);
        assert_eq!(ranges.len(), 4);
        let leading = |text: &[u8]| {
            let by = leading(text, |bytes| each(bytes, is_word));
            assert_eq!(by, leading(text, |bytes| any_of(&ranges, bytes)));
            by
        };
        for byte in 0..=u8::MAX {
            for place in 0..40 {
                let mut text = [b'a'; 40];
                let told = |text: &[u8]| [plain(text), unescaped(text), leading(text)];
                assert_eq!(told(&text[..place]), [place; 3]);
                text[place] = byte;
                let expected = [is_plain(byte), is_unescaped(byte), is_word(byte)];
                let expected = expected.map(|is_in| if is_in { 40 } else { place });
                assert_eq!(told(&text), expected, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn marks_stand_between_other_bytes() {
        let is_mark = |byte: u8| byte == b'.' || byte == b'-';
        let expected = |text: &[u8]| {
            let is_inside = |byte: &&u8| byte.is_ascii_lowercase() || is_mark(**byte);
            let inside = &text[..text.iter().take_while(is_inside).count()];
            let is_right =
                !inside.is_empty() && inside.split(|byte| is_mark(*byte)).all(|part| !part.is_empty());
            is_right.then_some(inside.len())
        };
        let told = |text: &[u8]| {
            let is_inside = |byte: u8| byte.is_ascii_lowercase() || is_mark(byte);
            leading_between(text, |bytes| each(bytes, is_inside), |bytes| each(bytes, is_mark))
        };
        for length in 0..40 {
            for first in 0..length {
                for second in first..length {
                    for byte in *b".-/" {
                        let mut text = vec![b'a'; length];
                        (text[first], text[second]) = (b'.', byte);
                        assert_eq!(told(&text), expected(&text), "{}", text.escape_ascii());
                    }
                }
            }
            let plain = vec![b'a'; length];
            assert_eq!(told(&plain), (length > 0).then_some(length));
        }
    }

    #[test]
    fn a_set_of_ascii_is_a_few_ranges() {
        for (set, expected) in
            [(0, vec![]), (1, vec![(0, 0)]), (u128::MAX, vec![(0, 127)]), (0b1101, vec![(0, 0), (2, 3)])]
        {
            let told = Range::all_of(set);
            let ends = |range: &Range| [range.first, range.span].map(|bytes| bytes.to_array()[0]);
            let told: Vec<_> = told.iter().map(ends).map(|[first, span]| (first, first + span)).collect();
            assert_eq!(told, expected, "{set:b}");
        }
        assert_eq!(Range::all_of(1 << 127).len(), 1);
    }
}
