//! Texts that match a pattern: a walk through the regular expression's syntax tree.

use std::fmt::Write as _;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::generate::fitted::{self, Span};
use crate::seed::Random;

/// A pattern that texts can be drawn for.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub hir: Hir,
    span: Span,
    /// Repetitions go at most this far beyond their minimum.
    reach: u32,
    /// Whether anything may stand before a match.
    led: bool,
    /// Whether anything may follow a match.
    pub open: bool,
    /// Whether assertions were left out, which may ask for other characters than letters and digits.
    pub loose: bool,
}

/// Repetitions without a bound go this far at most beyond their minimum, unless a length asks for more.
const REACH: u32 = 6;
/// The longest text that is made.
const LONGEST: usize = 64 * 1024;

impl Pattern {
    /// Reads a pattern of ECMA-262; `None` where it can't be walked. What can't be walked but left out, such as
    /// lookaheads, is left out: texts are to be checked against the pattern itself.
    pub fn parse(pattern: &str, shortest: usize) -> Option<Self> {
        let hir = ParserBuilder::new().nest_limit(100).build().parse(&translate(pattern)).ok()?;
        let led = !hir.properties().look_set_prefix().contains(Look::Start);
        let open = !hir.properties().look_set_suffix().contains(Look::End);
        let least = hir.properties().minimum_len()?;
        if least > LONGEST {
            return None;
        }
        let reach = if shortest > least && shortest < LONGEST { (shortest as u32).max(REACH) } else { REACH };
        let loose = ["(?=", "(?!", "(?<"].iter().any(|group| pattern.contains(group));
        Some(Self { span: Span::of(&hir), hir, reach, led, open, loose })
    }

    /// Writes a text that most likely matches and has at least `shortest` and at most `longest` characters.
    pub fn write(&self, random: &mut Random, shortest: usize, longest: usize, text: &mut String) {
        // A different reach each time, so that narrow bounds of length are met by some try.
        let reach = random.below(u64::from(self.reach) + 1) as u32;
        let start = text.len();
        walk(&self.hir, random, reach, self.loose, text);
        if (shortest..=longest).contains(&text[start..].chars().count()) {
            return;
        }
        text.truncate(start);
        let (least, most) = (shortest.max(self.span.least), longest.min(self.span.most));
        let length =
            least + random.below((most.saturating_sub(least)).min(REACH as usize) as u64 + 1) as usize;
        let leaf = |hir: &Hir, random: &mut Random, text: &mut String| walk(hir, random, 0, self.loose, text);
        fitted::write(&self.hir, length.min(self.span.most).min(LONGEST), random, &leaf, text);
        // What the pattern itself can't fill stands before or behind its match.
        let missing = shortest.min(LONGEST).saturating_sub(text[start..].chars().count());
        if missing > 0 && (self.open || self.led) {
            let filling: String = (0..missing).map(|_| (b'a' + random.below(26) as u8) as char).collect();
            text.insert_str(if self.open { text.len() } else { start }, &filling);
        }
    }
}

fn walk(hir: &Hir, random: &mut Random, reach: u32, loose: bool, text: &mut String) {
    if text.len() > LONGEST {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(draw(class, random, loose)),
        HirKind::Capture(capture) => walk(&capture.sub, random, reach, loose, text),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX).saturating_sub(repetition.min);
            let extra = random.below(u64::from(most.min(reach)) + 1) as u32;
            for _ in 0..repetition.min.saturating_add(extra) {
                walk(&repetition.sub, random, reach, loose, text);
                if text.len() > LONGEST {
                    return;
                }
            }
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| walk(part, random, reach, loose, text)),
        HirKind::Alternation(branches) => {
            if let Some(branch) = random.pick(branches) {
                walk(branch, random, reach, loose, text);
            }
        }
    }
}

/// A character of a class: a letter or digit where it has one, else printable ASCII, else its first.
pub(super) fn draw(class: &Class, random: &mut Random, loose: bool) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (range.start() as char, range.end() as char)).collect()
        }
    };
    let plain = &[('a', 'z'), ('A', 'Z'), ('0', '9')][..];
    let printable = &[(' ', '~')][..];
    let odd = loose && random.below(6) == 0;
    for family in if odd { [printable, plain] } else { [plain, printable] } {
        let mut total = 0;
        let mut inside: Vec<(u32, u32)> = Vec::new();
        for (start, end) in &ranges {
            for (low, high) in family {
                let (low, high) = ((*start).max(*low) as u32, (*end).min(*high) as u32);
                if low <= high {
                    total += high - low + 1;
                    inside.push((low, high));
                }
            }
        }
        if total > 0 {
            let mut at = random.below(u64::from(total)) as u32;
            for (low, high) in inside {
                if at <= high - low {
                    return char::from_u32(low + at);
                }
                at -= high - low + 1;
            }
        }
    }
    let (start, end) = ranges.first()?;
    let width = u64::from(*end as u32 - *start as u32) + 1;
    char::from_u32(*start as u32 + random.below(width) as u32).or(Some(*start))
}

/// Writes an ECMA-262 pattern in the syntax of `regex-syntax`, without the assertions that it does not know.
fn translate(pattern: &str) -> String {
    let characters: Vec<char> = pattern.chars().collect();
    let mut text = String::with_capacity(pattern.len() + 8);
    let mut at = 0;
    let mut in_class = false;
    while at < characters.len() {
        let character = characters[at];
        let next = characters.get(at + 1).copied();
        match (character, next) {
            ('\\', Some('u')) if hexadecimal(&characters, at + 2, 4) => {
                let digits: String = characters[at + 2..at + 6].iter().collect();
                let _ = write!(text, "\\x{{{digits}}}");
                at += 6;
            }
            (
                '\\',
                Some(
                    '/' | '-' | '"' | '\'' | '@' | '%' | ',' | ':' | ';' | '=' | '!' | '<' | '>' | '_' | '`'
                    | ' ',
                ),
            ) => {
                let literal = characters[at + 1];
                if literal == '-' {
                    text.push('\\');
                }
                text.push(literal);
                at += 2;
            }
            ('\\', Some('Z')) => {
                text.push_str("\\z");
                at += 2;
            }
            ('\\', Some('c')) if at + 2 < characters.len() => at += 3,
            ('\\', Some(escaped)) => {
                text.push('\\');
                text.push(escaped);
                at += 2;
            }
            ('[', _) if in_class => {
                text.push_str("\\[");
                at += 1;
            }
            ('&' | '~', Some(second)) if in_class && second == character => {
                text.push('\\');
                text.push(character);
                at += 1;
            }
            ('[', _) => {
                in_class = true;
                text.push('[');
                at += 1;
                if characters.get(at) == Some(&'^') {
                    text.push('^');
                    at += 1;
                }
            }
            (']', _) if in_class => {
                in_class = false;
                text.push(']');
                at += 1;
            }
            ('(', Some('?')) if !in_class && is_lookaround(&characters, at) => {
                at = end_of_group(&characters, at);
            }
            _ => {
                text.push(character);
                at += 1;
            }
        }
    }
    text
}

fn hexadecimal(characters: &[char], from: usize, length: usize) -> bool {
    characters.get(from..from + length).is_some_and(|digits| digits.iter().all(char::is_ascii_hexdigit))
}

fn is_lookaround(characters: &[char], at: usize) -> bool {
    matches!(
        (characters.get(at + 2), characters.get(at + 3)),
        (Some('=' | '!'), _) | (Some('<'), Some('=' | '!'))
    )
}

/// The place behind the group that opens at `at`.
fn end_of_group(characters: &[char], at: usize) -> usize {
    let (mut depth, mut in_class, mut index) = (0_usize, false, at);
    while index < characters.len() {
        match characters[index] {
            '\\' => index += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => {
                depth -= 1;
                if depth == 0 {
                    return index + 1;
                }
            }
            _ => {}
        }
        index += 1;
    }
    characters.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn texts_have_the_length_asked_for() {
        let table = [
            ("^[a-z]+$", 40, 41),
            ("^(ab)*$", 3, 5),
            ("^[0-9]*(\\.[0-9]+)?$", 30, 30),
            ("^(a|bb|c{7,9})x?$", 9, 10),
            ("^([a-z]{2,3}-){2,4}[0-9]+$", 13, 13),
            ("y$", 9, 9),
            ("^x", 5, 5),
            ("^ä*$", 4, 4),
            ("^(a?b?){3}$", 5, 6),
        ];
        for (pattern, shortest, longest) in table {
            let parsed = Pattern::parse(pattern, shortest).unwrap();
            let check = fancy_regex::Regex::new(pattern).unwrap();
            let mut fitting = 0;
            for seed in 0..100 {
                let mut text = String::new();
                parsed.write(&mut Seed(seed).random(), shortest, longest, &mut text);
                fitting += usize::from((shortest..=longest).contains(&text.chars().count()));
                assert!(check.is_match(&text).unwrap(), "{pattern}, seed {seed}: {text:?}");
            }
            assert!(fitting >= 20, "{pattern}: {fitting} of 100 texts have the length");
        }
    }

    #[test]
    fn texts_match_their_pattern() {
        let table = [
            r"^[A-Z]{3}-[0-9]{4}$",
            r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
            r"^#(?:[0-9a-fA-F]{3}){1,2}$",
            r"^(0|[1-9]\d*)\.(0|[1-9]\d*)$",
            r"^\+?[1-9]\d{7,14}$",
            r"abc",
            r"^\w+@\w+\.\w+$",
            r"^https?:\/\/[^\s]+$",
            r"^[^[\]]+$",
            r"^\u0041[\u0042-\u0044]$",
            r"^(?!x)[a-z]{3}$",
            r"^a|b$",
            r"",
        ];
        for pattern in table {
            let parsed = Pattern::parse(pattern, 0).unwrap();
            let check = fancy_regex::Regex::new(
                pattern
                    .replace(r"\u0041", "A")
                    .replace(r"\u0042-\u0044", "B-D")
                    .as_str()
                    .replace("[^[\\]]", "[^\\[\\]]")
                    .as_str(),
            )
            .unwrap();
            for seed in 0..100 {
                let mut text = String::new();
                parsed.write(&mut Seed(seed).random(), 0, 100, &mut text);
                let lookahead = pattern.contains("(?!");
                assert!(lookahead || check.is_match(&text).unwrap(), "{pattern}, seed {seed}: {text:?}");
            }
        }
    }
}
