//! Strings: from the record's persona, a pool, a format, a pattern or plain words, whichever fits the constraints.

use std::sync::Arc;

use serde_json::Value;

use crate::generate::conjunction::Flat;
use crate::generate::format::encoded::letters;
use crate::generate::format::{self, identifier};
use crate::generate::hint::Hint;
use crate::generate::pattern::Pattern;
use crate::generate::people::Locale;
use crate::generate::persona::{Field, Persona};
use crate::generate::phrase::{lengthened, sample, write_number, write_words};
use crate::generate::pool::{Texts, escape};
use crate::generate::stretch;
use crate::schema::ANNOTATIONS;
use crate::seed::{Random, Seed};

/// A string node: where its texts come from.
pub(super) struct TextNode {
    source: Source,
    /// Valid examples of the document, mixed in where the name says nothing.
    examples: Option<Texts>,
    /// How many characters a text may have, where nothing else is asked of it.
    permitted: Option<(usize, usize)>,
}

enum Source {
    /// What of the record it tells. `longest` bounds its characters; where a value is longer, `instead` is taken.
    Field {
        field: Field,
        longest: usize,
        instead: Texts,
    },
    /// Any of some texts as JSON: all of them valid.
    Texts(Texts),
    Format(format::Writer),
    Id {
        prefix: Box<str>,
        length: usize,
    },
    Words {
        shortest: usize,
        longest: usize,
    },
}

/// What the keywords of a string say.
pub(super) struct Limits<'s> {
    pub shortest: usize,
    pub longest: usize,
    pub patterns: Vec<&'s str>,
    pub formats: Vec<&'s str>,
    /// Whether keywords other than these have a say.
    pub strange: bool,
}

/// Longer strings are not made.
const LONGEST: usize = 256 * 1024;
/// How many texts are kept where each had to be found by trying.
const KEPT: usize = 48;

/// Compiles the string constraints; `fits` is the judge of one text. `None` if no text was found.
pub(super) fn compile(
    flat: &Flat<'_>,
    hints: &[Hint],
    locale: Locale,
    fits: &dyn Fn(&str) -> bool,
) -> Option<TextNode> {
    let limits = Limits::of(flat);
    if limits.shortest > limits.longest || limits.shortest > LONGEST {
        return None;
    }
    let free = limits.patterns.is_empty() && limits.formats.is_empty() && !limits.strange;
    let examples: Vec<String> = examples(flat).into_iter().filter(|text| fits(text)).collect();
    let hinted = hints.iter().find_map(|hint| limits.hinted(hint, locale, free, fits));
    let known = hinted.is_some();
    let source = hinted
        .or_else(|| limits.plain(free, fits))
        .or_else(|| (!examples.is_empty()).then(|| Source::Texts(escape(&examples))))?;
    // An example that the document gives beats plain words, and what was found by trying.
    let examples = (!known && !examples.is_empty()).then(|| escape(&examples));
    Some(TextNode { source, examples, permitted: free.then_some((limits.shortest, limits.longest)) })
}

fn examples(flat: &Flat<'_>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for constraint in &flat.constraints {
        let listed = constraint.get("examples").and_then(Value::as_array).into_iter().flatten();
        let single = ["example", "default"].iter().filter_map(|keyword| constraint.get(keyword));
        for text in single.chain(listed).filter_map(Value::as_str) {
            if texts.len() < 16 && !text.is_empty() && text != "string" {
                texts.push(text.to_owned());
            }
        }
    }
    texts
}

/// The bounds of the length, where they and the type are all that is asked of a text: then no validator is needed to
/// judge one, and making those of a large graph takes longer than all else of it.
pub(super) fn bounds(flat: &Flat<'_>) -> Option<(usize, usize)> {
    let known = |key: &str| {
        ["type", "minLength", "maxLength", "$ref", "allOf"].contains(&key)
            || ANNOTATIONS.contains(&key)
            || key.starts_with("x-")
    };
    let is_plain = flat.constraints.iter().all(|constraint| constraint.object.keys().all(|key| known(key)));
    let limits = Limits::of(flat);
    (is_plain && !limits.strange).then_some((limits.shortest, limits.longest))
}

impl<'s> Limits<'s> {
    pub fn of(flat: &Flat<'s>) -> Self {
        let mut limits = Self {
            shortest: 0,
            longest: usize::MAX,
            patterns: Vec::new(),
            formats: Vec::new(),
            strange: flat.strange,
        };
        for constraint in &flat.constraints {
            let number = |keyword: &str| constraint.get(keyword).and_then(Value::as_f64);
            if let Some(length) = number("minLength") {
                limits.shortest = limits.shortest.max(length as usize);
            }
            if let Some(length) = number("maxLength") {
                limits.longest = limits.longest.min(length as usize);
            }
            limits.patterns.extend(constraint.get("pattern").and_then(Value::as_str));
            let format = constraint.get("format").and_then(Value::as_str);
            limits.formats.extend(format.filter(|format| format::writer(format).is_some()));
            limits.strange |= constraint.get("contentEncoding").is_some();
        }
        limits
    }

    fn hinted(&self, hint: &Hint, locale: Locale, free: bool, fits: &dyn Fn(&str) -> bool) -> Option<Source> {
        let bounded = self.shortest > 1 || self.longest < 64;
        match hint {
            Hint::Field(field) => {
                let suits = self.patterns.is_empty()
                    && !self.strange
                    && self.formats.iter().all(|format| field.is_format(format));
                if suits && self.shortest <= 1 && self.longest >= field.longest() {
                    return Some(Source::Field {
                        field: *field,
                        longest: usize::MAX,
                        instead: Arc::from([]),
                    });
                }
                let surely =
                    |field: &&Field| field.every().is_some_and(|texts| texts.iter().all(|text| fits(text)));
                if let Some(field) = std::iter::once(field).chain(field.others()).find(surely) {
                    let instead = Arc::from([]);
                    return Some(Source::Field { field: *field, longest: usize::MAX, instead });
                }
                let mut texts = sample(|random, out| {
                    let persona = Persona::draw(locale, random);
                    field.write(&persona, out);
                });
                let all = texts.len();
                texts.retain(|text| fits(text));
                let most = texts.len() == all || self.longest < 64;
                if texts.len() < 4 {
                    return None;
                }
                texts.truncate(KEPT);
                let instead = escape(&texts);
                if suits
                    && most
                    && self.shortest <= 1
                    && (self.longest >= 20 || field.longest() <= self.longest)
                {
                    return Some(Source::Field { field: *field, longest: self.longest, instead });
                }
                Some(Source::Texts(instead))
            }
            Hint::Pool(pool) if free && !bounded => Some(Source::Texts(pool.escaped())),
            Hint::Pool(pool) => {
                let mut texts = pool.texts();
                if pool.is_prose() && free {
                    texts = lengthened(&texts, self.shortest);
                }
                texts.retain(|text| fits(text));
                (texts.len() >= 3).then(|| Source::Texts(escape(&texts)))
            }
            Hint::Id(prefix)
                if free && self.longest >= prefix.len() + 12 && self.shortest <= prefix.len() + 16 =>
            {
                let length = 16.min(self.longest - prefix.len());
                Some(Source::Id { prefix: prefix.as_str().into(), length })
            }
            Hint::Uuid if self.longest >= 36 && self.shortest <= 36 && free => {
                Some(Source::Format(identifier::uuid))
            }
            Hint::Token if free && self.longest >= 20 && self.shortest <= 24 => {
                Some(Source::Id { prefix: "".into(), length: 24.min(self.longest) })
            }
            Hint::One(texts) => listed(texts.iter().copied(), fits),
            Hint::Listed(values) => listed(values.iter().filter_map(Value::as_str), fits),
            Hint::Number { low, high, scale } => {
                let mut texts = sample(|random, out| write_number(random, (*low, *high, *scale), out));
                texts.retain(|text| fits(text));
                texts.truncate(KEPT);
                (!texts.is_empty()).then(|| Source::Texts(escape(&texts)))
            }
            Hint::Id(_) | Hint::Uuid | Hint::Token => None,
        }
    }

    fn plain(&self, free: bool, fits: &dyn Fn(&str) -> bool) -> Option<Source> {
        if free {
            return Some(Source::Words { shortest: self.shortest, longest: self.longest });
        }
        let bounded = self.shortest > 0 || self.longest < 64;
        if let ([format], false, false) = (self.formats.as_slice(), self.strange, bounded)
            && self.patterns.is_empty()
        {
            return format::writer(format).map(Source::Format);
        }
        let texts = self.found(fits);
        (!texts.is_empty()).then(|| Source::Texts(escape(&texts)))
    }

    /// Texts that are known to fit, found by trying.
    fn found(&self, fits: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut random = Seed(0x7465_7874).random();
        let mut texts: Vec<String> = Vec::new();
        let patterns: Vec<Pattern> =
            self.patterns.iter().filter_map(|pattern| Pattern::parse(pattern, self.shortest)).collect();
        for attempt in 0..600 {
            if texts.len() >= KEPT || (attempt > 200 && !texts.is_empty() && texts.len() * 8 < attempt) {
                break;
            }
            let mut text = String::new();
            if patterns.len() > 1 && attempt % 2 == 0 {
                // All in a row, from any of them on: what one asks of the start and another of the end is met.
                let first = random.below(patterns.len() as u64) as usize;
                for step in 0..patterns.len() {
                    patterns[(first + step) % patterns.len()].write(&mut random, 0, self.longest, &mut text);
                }
            } else if let Some(format) =
                random.pick(&self.formats).filter(|_| patterns.is_empty() || attempt % 3 == 1)
            {
                text = stretch::within(format, self.shortest, self.longest, &mut random);
            } else if let Some(pattern) = random.pick(&patterns) {
                pattern.write(&mut random, self.shortest, self.longest, &mut text);
            } else {
                let mut out = Vec::new();
                write_words(&mut random, self.shortest, self.longest, &mut out);
                text = String::from_utf8(out).unwrap_or_default();
            }
            let length = text.chars().count();
            if length >= self.shortest && length <= self.longest && !texts.contains(&text) && fits(&text) {
                texts.push(text);
            }
        }
        if texts.is_empty() {
            let shelf = [
                "",
                "a",
                "A",
                "1",
                "0",
                "aa",
                "Aa1!",
                "true",
                "example",
                "2023-04-05",
                "12:30:00Z",
                "https://example.com",
                "user@example.com",
                "12:30",
                "00:00",
                "1.0",
                "192.0.2.1",
                "en",
                "US",
                "USD",
            ];
            texts.extend(shelf.iter().map(|text| (*text).to_owned()).filter(|text| fits(text)));
        }
        texts
    }
}

/// Those of some texts that fit.
fn listed<'t>(texts: impl Iterator<Item = &'t str>, fits: &dyn Fn(&str) -> bool) -> Option<Source> {
    let texts: Vec<String> = texts.filter(|text| fits(text)).map(str::to_owned).collect();
    (!texts.is_empty()).then(|| Source::Texts(escape(&texts)))
}

impl TextNode {
    /// Any of some texts.
    pub fn of(texts: &[String]) -> Self {
        Self { source: Source::Texts(escape(texts)), examples: None, permitted: None }
    }

    /// Whether it takes a text, as far as the structure tells.
    pub fn takes(&self, text: &str) -> bool {
        self.permitted.is_some_and(|(shortest, longest)| {
            // No text has more characters than bytes, and none fewer than a quarter of them.
            let bytes = text.len();
            (bytes / 4 >= shortest || text.chars().count() >= shortest)
                && (bytes <= longest || text.chars().count() <= longest)
        })
    }

    /// How many different texts it has, where they are few.
    pub fn domain(&self) -> usize {
        match &self.source {
            Source::Texts(texts) => texts.len(),
            Source::Field { .. } => 24,
            Source::Words { longest: 0, .. } => 1,
            Source::Words { .. } | Source::Format(_) | Source::Id { .. } => usize::MAX,
        }
    }

    pub fn write(&self, random: &mut Random, persona: &Persona, out: &mut Vec<u8>) {
        if let Some(examples) = &self.examples
            && random.bits() & 1 == 0
            && let Some(text) = random.pick(examples)
        {
            out.extend_from_slice(text);
            return;
        }
        match &self.source {
            Source::Texts(texts) => {
                if let Some(text) = random.pick(texts) {
                    out.extend_from_slice(text);
                }
            }
            Source::Field { field, longest, instead } => {
                out.push(b'"');
                let start = out.len();
                field.write(persona, out);
                // Bytes are at least as many as characters.
                if out.len() - start > *longest
                    && let Some(text) = random.pick(instead)
                {
                    out.truncate(start - 1);
                    out.extend_from_slice(text);
                    return;
                }
                out.push(b'"');
            }
            Source::Format(writer) => {
                out.push(b'"');
                writer(random, out);
                out.push(b'"');
            }
            Source::Id { prefix, length } => {
                out.push(b'"');
                out.extend_from_slice(prefix.as_bytes());
                letters(random, *length, out);
                out.push(b'"');
            }
            Source::Words { shortest, longest } => {
                out.push(b'"');
                write_words(random, *shortest, *longest, out);
                out.push(b'"');
            }
        }
    }

    /// Some of its texts, each once: all of them where they are listed and no more than `most`.
    pub fn sample(&self, most: usize) -> Vec<String> {
        let listed = match &self.source {
            Source::Texts(texts) => texts.iter().take(most).cloned().collect(),
            Source::Field { .. } | Source::Format(_) | Source::Id { .. } | Source::Words { .. } => Vec::new(),
        };
        let mut texts: Vec<String> = Vec::new();
        let mut random = Seed(0x6e61_6d65).random();
        for at in 0..most {
            let persona = Persona::draw(Locale::default(), &mut random);
            let mut out = Vec::new();
            match listed.get(at) {
                Some(text) => out.extend_from_slice(text),
                None if listed.is_empty() => self.write(&mut random, &persona, &mut out),
                None => break,
            }
            texts.extend(serde_json::from_slice::<String>(&out).ok().filter(|text| !texts.contains(text)));
        }
        texts
    }
}
