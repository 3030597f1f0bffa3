//! Texts of a pattern that have a certain length: the characters beyond the least are shared out among its parts.

use regex_syntax::hir::{Hir, HirKind};

use crate::seed::Random;

/// How many characters the texts of a part have; no more than what is ever made, so that sums stay small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub least: usize,
    pub most: usize,
}

/// What stands for a length without bound.
const UNBOUNDED: usize = 1 << 32;

impl Span {
    /// The span of a whole pattern or a part.
    pub fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self { least: 0, most: 0 },
            HirKind::Literal(literal) => {
                let length = String::from_utf8_lossy(&literal.0).chars().count();
                Self { least: length, most: length }
            }
            HirKind::Class(_) => Self { least: 1, most: 1 },
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Repetition(repetition) => {
                let one = Self::of(&repetition.sub);
                let most = repetition.max.map_or(UNBOUNDED, |most| most as usize);
                Self { least: times(one.least, repetition.min as usize), most: times(one.most, most) }
            }
            HirKind::Concat(parts) => {
                parts.iter().map(Self::of).fold(Self { least: 0, most: 0 }, |sum, part| Self {
                    least: (sum.least + part.least).min(UNBOUNDED),
                    most: (sum.most + part.most).min(UNBOUNDED),
                })
            }
            HirKind::Alternation(branches) => {
                let spans = branches.iter().map(Self::of);
                spans
                    .reduce(|one, other| Self {
                        least: one.least.min(other.least),
                        most: one.most.max(other.most),
                    })
                    .unwrap_or(Self { least: 0, most: 0 })
            }
        }
    }
}

fn times(length: usize, count: usize) -> usize {
    length.saturating_mul(count).min(UNBOUNDED)
}

/// Writes a text of `length` characters as far as the parts allow it; `leaf` writes literals and classes.
pub(super) fn write(
    hir: &Hir,
    length: usize,
    random: &mut Random,
    leaf: &dyn Fn(&Hir, &mut Random, &mut String),
    text: &mut String,
) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(_) | HirKind::Class(_) => leaf(hir, random, text),
        HirKind::Capture(capture) => write(&capture.sub, length, random, leaf, text),
        HirKind::Repetition(repetition) => {
            let one = Span::of(&repetition.sub);
            let least = repetition.min as usize;
            let most = repetition.max.map_or(UNBOUNDED, |most| most as usize);
            // So many times that the length can be met, each as short as that allows.
            let longest = one.most.max(1);
            let fewest = length.div_ceil(longest).clamp(least, most.max(least));
            let further = length.checked_div(one.least).unwrap_or(most);
            let further = further.clamp(fewest, most.max(fewest)).min(fewest + MORE);
            let count = fewest + random.below((further - fewest) as u64 + 1) as usize;
            let spans = vec![one; count.min(length.max(least))];
            for share in shared(&spans, length, random) {
                write(&repetition.sub, share, random, leaf, text);
            }
        }
        HirKind::Concat(parts) => {
            let spans: Vec<Span> = parts.iter().map(Span::of).collect();
            for (part, share) in parts.iter().zip(shared(&spans, length, random)) {
                write(part, share, random, leaf, text);
            }
        }
        HirKind::Alternation(branches) => {
            let spans: Vec<Span> = branches.iter().map(Span::of).collect();
            let fits = |at: &usize| (spans[*at].least..=spans[*at].most).contains(&length);
            let mut fitting: Vec<usize> = (0..branches.len()).filter(fits).collect();
            if fitting.is_empty() {
                fitting = (0..branches.len()).collect();
            }
            if let Some(at) = random.pick(&fitting) {
                write(&branches[*at], length, random, leaf, text);
            }
        }
    }
}

/// A repetition is not repeated much more often than the length needs.
const MORE: usize = 64;

/// A length for each part, which together make `length` if the spans allow it.
fn shared(spans: &[Span], length: usize, random: &mut Random) -> Vec<usize> {
    let mut shares: Vec<usize> = spans.iter().map(|span| span.least).collect();
    let mut left = length.saturating_sub(shares.iter().sum());
    if spans.is_empty() {
        return shares;
    }
    // From any part on: each takes some of what is left, and in the second round all that it can.
    let first = random.below(spans.len() as u64) as usize;
    for round in 0..2 {
        for step in 0..spans.len() {
            let at = (first + step) % spans.len();
            let room = (spans[at].most - shares[at]).min(left);
            let taken = if round == 0 { random.below(room as u64 + 1) as usize } else { room };
            shares[at] += taken;
            left -= taken;
        }
    }
    shares
}
