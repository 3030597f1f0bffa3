//! The shortest and the longest texts of a pattern: a walk that takes the least, or all that there is room for.

use regex_syntax::hir::{Hir, HirKind};

use crate::generate::pattern::{Pattern, draw};
use crate::generate::string::Limits;
use crate::seed::Random;

/// A text that has as few characters as the pattern lets it, and at least `least`.
pub(super) fn shortest(pattern: &Pattern, least: usize, random: &mut Random) -> String {
    made(pattern, least, random)
}

/// A text that has as many characters as the pattern lets it, and at most `most`.
pub(super) fn longest(pattern: &Pattern, most: usize, random: &mut Random) -> String {
    made(pattern, most, random)
}

/// How many characters texts have at least and at most, as far as bounds and patterns tell.
pub(super) fn bounds(limits: &Limits<'_>) -> (usize, usize) {
    let (mut low, mut high) = (limits.shortest, limits.longest);
    for pattern in limits.patterns.iter().filter_map(|pattern| Pattern::parse(pattern, 0)) {
        low = low.max(least(&pattern.hir));
        if !pattern.open {
            high = high.min(most(&pattern.hir));
        }
    }
    (low, high)
}

/// A text of so many characters, or the nearest number that the pattern takes.
fn made(pattern: &Pattern, length: usize, random: &mut Random) -> String {
    let mut walk = Walk {
        room: length.saturating_sub(least(&pattern.hir)),
        loose: pattern.loose,
        random,
        text: String::new(),
    };
    walk.visit(&pattern.hir);
    let mut text = walk.text;
    let missing = if pattern.open { length.saturating_sub(text.chars().count()) } else { 0 };
    text.extend(std::iter::repeat_n('a', missing));
    text
}

/// Bytes rather than characters: the same wherever a class has letters or digits.
fn least(hir: &Hir) -> usize {
    hir.properties().minimum_len().unwrap_or(0)
}

fn most(hir: &Hir) -> usize {
    hir.properties().maximum_len().unwrap_or(usize::MAX)
}

struct Walk<'r> {
    /// How many characters may still be added to the least that the rest needs.
    room: usize,
    loose: bool,
    random: &'r mut Random,
    text: String,
}

impl Walk<'_> {
    fn visit(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.text.push_str(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(class) => self.text.extend(draw(class, self.random, self.loose)),
            HirKind::Capture(capture) => self.visit(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.visit(part)),
            HirKind::Alternation(branches) => {
                let base = least(hir);
                let possible = branches.iter().filter(|branch| least(branch) - base <= self.room);
                let reach = |branch: &&Hir| most(branch).min(base + self.room);
                if let Some(branch) = possible.max_by_key(reach) {
                    self.room -= least(branch) - base;
                    self.visit(branch);
                }
            }
            HirKind::Repetition(repetition) => {
                for _ in 0..repetition.min {
                    self.visit(&repetition.sub);
                }
                let each = least(&repetition.sub);
                let more = repetition.max.unwrap_or(u32::MAX).saturating_sub(repetition.min);
                for _ in 0..more {
                    let before = self.text.len();
                    if self.room == 0 || self.room < each {
                        return;
                    }
                    self.room -= each;
                    self.visit(&repetition.sub);
                    // What repeats may be empty, and then there is no end of it.
                    if self.text.len() == before {
                        return;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn texts_are_as_short_and_as_long_as_they_can_be() {
        let table = [
            (r"^[A-Z]{3}-[0-9]{4}$", 8, 8),
            (r"^[a-z]{2,10}$", 2, 10),
            (r"^[a-z0-9]+(?:-[a-z0-9]+)*$", 1, 40),
            (r"^(a|bcd|efghij)$", 1, 6),
            (r"^#(?:[0-9a-f]{3}){1,2}$", 4, 7),
            (r"^x?$", 0, 1),
            (r"^v", 1, 40),
            (r"^(a*)*$", 0, 40),
        ];
        for (text, least, most) in table {
            let pattern = Pattern::parse(text, 0).unwrap();
            let expression = fancy_regex::Regex::new(text).unwrap();
            let mut random = Seed(1).random();
            let (short, long) = (shortest(&pattern, 0, &mut random), longest(&pattern, 40, &mut random));
            assert_eq!(
                (short.chars().count(), long.chars().count()),
                (least, most),
                "{text}: {short} {long}"
            );
            assert!(expression.is_match(&short).unwrap() && expression.is_match(&long).unwrap(), "{text}");
        }
    }
}
