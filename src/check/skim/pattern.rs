//! Patterns that are a row of characters, each from a set and so many times: matched in one go, from the start of a text.
//!
//! Each takes as many characters as it can. What is matched so, a regular expression matches as well; what is not, another
//! division of the text might.

use super::set::{Range, TOGETHER, any_of, leading};

/// As often as there are characters.
const NO_END: usize = usize::MAX;

/// A pattern (ECMA-262 22.2.1) that begins with `^` and has neither groups nor alternatives.
#[derive(Debug)]
pub(super) struct Row {
    pieces: Box<[Piece]>,
    /// Whether nothing may follow (`$`).
    ends: bool,
}

/// Characters of a set, so many.
#[derive(Debug)]
struct Piece {
    /// The set: characters of ASCII, of which none is special in JSON.
    set: Box<[Range]>,
    fewest: usize,
    most: usize,
}

impl Piece {
    /// Of a set with a bit for each character of ASCII.
    fn new(set: u128, fewest: usize, most: usize) -> Self {
        let special = ((1 << b' ') - 1) | 1 << b'"' | 1 << b'\\';
        Self { set: Range::all_of(set & !special), fewest, most }
    }
}

impl Row {
    /// Reads a pattern; `None` if it is of another kind.
    pub(super) fn read(pattern: &str) -> Option<Self> {
        let mut rest = pattern.strip_prefix('^').filter(|rest| rest.is_ascii())?.as_bytes();
        // Doubled, these are operators of sets to some.
        if ["--", "&&", "~~"].iter().any(|doubled| pattern.contains(doubled)) {
            return None;
        }
        let mut pieces = Vec::new();
        while let Some((first, behind)) = rest.split_first() {
            let set = match first {
                b'$' if behind.is_empty() => return Some(Self { pieces: pieces.into(), ends: true }),
                b'[' => {
                    let (set, behind) = class(behind)?;
                    rest = behind;
                    set
                }
                b'\\' => {
                    let (escaped, behind) = behind.split_first()?;
                    rest = behind;
                    escape(*escaped)?
                }
                b'(' | b')' | b'|' | b'.' | b'*' | b'+' | b'?' | b'{' | b'}' | b']' | b'^' | b'$' => {
                    return None;
                }
                plain => {
                    rest = behind;
                    1 << plain
                }
            };
            let ((fewest, most), behind) = times(rest)?;
            rest = behind;
            pieces.push(Piece::new(set, fewest, most));
        }
        Some(Self { pieces: pieces.into(), ends: false })
    }

    /// How many of the first bytes are sure to match; as many as can be.
    #[inline(never)]
    pub(super) fn start(&self, text: &[u8]) -> Option<usize> {
        let mut end = 0;
        for piece in &self.pieces {
            // Not much farther than it can reach: many pieces may begin before a long text.
            let reach = text[end..].get(..piece.most.max(TOGETHER)).unwrap_or(&text[end..]);
            let count = leading(reach, |bytes| any_of(&piece.set, bytes)).min(piece.most);
            if count < piece.fewest {
                return None;
            }
            end += count;
        }
        Some(end)
    }

    /// Whether anything may follow.
    pub(super) fn is_open(&self) -> bool {
        !self.ends
    }
}

/// How often what comes before is repeated, and what follows that.
fn times(rest: &[u8]) -> Option<((usize, usize), &[u8])> {
    let (times, behind) = match rest.split_first() {
        Some((b'*', behind)) => ((0, NO_END), behind),
        Some((b'+', behind)) => ((1, NO_END), behind),
        Some((b'?', behind)) => ((0, 1), behind),
        Some((b'{', behind)) => {
            let end = behind.iter().position(|byte| *byte == b'}')?;
            let written = str::from_utf8(&behind[..end]).ok()?;
            let number = |text: &str| text.parse::<usize>().ok().filter(|_| !text.starts_with('+'));
            let times = match written.split_once(',') {
                None => (number(written)?, number(written)?),
                Some((fewest, "")) => (number(fewest)?, NO_END),
                Some((fewest, most)) => (number(fewest)?, number(most)?),
            };
            (times, &behind[end + 1..])
        }
        _ => return Some(((1, 1), rest)),
    };
    // A second sign says how to repeat; that of `?` may be left out by what follows.
    (!matches!(behind.first(), Some(b'*' | b'+' | b'?' | b'{'))).then_some((times, behind))
}

/// The characters of a set between brackets, and what follows it.
fn class(rest: &[u8]) -> Option<(u128, &[u8])> {
    let (is_negated, mut rest) = rest.strip_prefix(b"^").map_or((false, rest), |rest| (true, rest));
    let mut set = 0;
    loop {
        let (first, behind) = one(rest)?;
        // A range is between two characters.
        if let [b'-', end, ..] = behind
            && *end != b']'
        {
            let (last, behind) = one(&behind[1..])?;
            let is_range = first.is_power_of_two() && last.is_power_of_two() && first <= last;
            set |= is_range.then(|| (last - first) | last)?;
            rest = behind;
        } else {
            set |= first;
            rest = behind;
        }
        if let Some(behind) = rest.strip_prefix(b"]") {
            return Some((if is_negated { !set } else { set }, behind));
        }
    }
}

/// One character or escape of a set.
fn one(rest: &[u8]) -> Option<(u128, &[u8])> {
    match rest {
        [b'\\', escaped, behind @ ..] => Some((escape(*escaped)?, behind)),
        [b'[' | b']' | b'^', ..] | [] => None,
        [plain, behind @ ..] => Some((1 << plain, behind)),
    }
}

/// The characters that an escape stands for.
fn escape(escaped: u8) -> Option<u128> {
    let range = |first: u8, last: u8| (first..=last).fold(0_u128, |set, byte| set | 1 << byte);
    match escaped {
        b'd' => Some(range(b'0', b'9')),
        b'w' => Some(range(b'0', b'9') | range(b'a', b'z') | range(b'A', b'Z') | 1 << b'_'),
        _ if b"^$\\.*+?()[]{}|/-".contains(&escaped) => Some(1 << escaped),
        _ => None,
    }
}
