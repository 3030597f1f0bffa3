//! A path template (OpenAPI 3.1 4.8.8) taken apart into segments that a request's path can be held against.

use std::ops::Range;

use percent_encoding::percent_decode_str;

/// A path template taken apart; what follows `?` or `#` in the document's key is left out.
#[derive(Debug, Clone)]
pub(super) struct Template {
    /// The segments between the slashes; one empty segment for `/`.
    pub(super) segments: Vec<Segment>,
    /// The names of its parameters, left to right.
    pub(super) names: Vec<String>,
}

/// One segment of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Without parameters: its percent-decoded bytes.
    Literal(Box<[u8]>),
    /// Literals and parameters mixed, such as `{base}...{head}`.
    Pattern(Pattern),
    /// Nothing but one parameter.
    Parameter,
}

/// A segment that mixes literals with parameters: a literal, then each parameter with the literal behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    prefix: Box<[u8]>,
    /// What stands behind each parameter; may be empty. Never an empty list.
    behind: Vec<Box<[u8]>>,
}

impl Template {
    /// Takes a template apart. A brace without its partner is a literal.
    pub(super) fn parse(text: &str) -> Self {
        let path = text.strip_prefix('/').unwrap_or(text);
        let mut template = Self { segments: Vec::new(), names: Vec::new() };
        let mut segment = Pattern { prefix: Box::default(), behind: Vec::new() };
        let mut literal = String::new();
        let mut rest = path;
        while let Some(character) = rest.chars().next() {
            if character == '?' || character == '#' {
                break;
            }
            if character == '{'
                && let Some(end) = rest.find('}')
            {
                segment.end_literal(&literal);
                literal.clear();
                segment.behind.push(Box::default());
                template.names.push(rest[1..end].to_owned());
                rest = &rest[end + 1..];
                continue;
            }
            rest = &rest[character.len_utf8()..];
            if character != '/' {
                literal.push(character);
                continue;
            }
            segment.end_literal(&literal);
            literal.clear();
            template.segments.push(segment.into_segment());
            segment = Pattern { prefix: Box::default(), behind: Vec::new() };
        }
        segment.end_literal(&literal);
        template.segments.push(segment.into_segment());
        template
    }
}

impl Pattern {
    /// How many bytes are literal: patterns with more are tried first.
    pub(super) fn weight(&self) -> usize {
        self.prefix.len() + self.behind.iter().map(|literal| literal.len()).sum::<usize>()
    }

    /// Holds a segment of a path against it and appends the raw values of the parameters, each as short as the ones
    /// behind it allow and none empty. Leaves `values` alone if the segment does not fit.
    ///
    /// Taking the first place where a literal fits is enough: whatever fits further on fits behind it too.
    pub(super) fn capture<'p>(&self, segment: &'p str, values: &mut Vec<&'p str>) -> bool {
        let kept = values.len();
        let identity = |at: usize| at;
        if self.split(segment.as_bytes(), |range| push(segment, &range, identity, values)) {
            return true;
        }
        values.truncate(kept);
        if !segment.contains('%') {
            return false;
        }
        let (decoded, places) = decode_with_places(segment);
        if self.split(&decoded, |range| push(segment, &range, |at| places[at], values)) {
            return true;
        }
        values.truncate(kept);
        false
    }

    fn split(&self, text: &[u8], mut take: impl FnMut(Range<usize>) -> bool) -> bool {
        if !text.starts_with(&self.prefix) {
            return false;
        }
        let mut at = self.prefix.len();
        for (number, literal) in self.behind.iter().enumerate() {
            let end = if number + 1 == self.behind.len() {
                text.ends_with(literal).then(|| text.len() - literal.len())
            } else {
                find(text, literal, at + 1)
            };
            let Some(end) = end else { return false };
            if end <= at || !take(at..end) {
                return false;
            }
            at = end + literal.len();
        }
        true
    }

    fn end_literal(&mut self, literal: &str) {
        let decoded: Box<[u8]> = percent_decode_str(literal).collect();
        match self.behind.last_mut() {
            Some(last) => *last = decoded,
            None => self.prefix = decoded,
        }
    }

    fn into_segment(self) -> Segment {
        match self.behind.as_slice() {
            [] => Segment::Literal(self.prefix),
            [only] if only.is_empty() && self.prefix.is_empty() => Segment::Parameter,
            _ => Segment::Pattern(self),
        }
    }
}

fn push<'p>(
    segment: &'p str,
    range: &Range<usize>,
    place: impl Fn(usize) -> usize,
    values: &mut Vec<&'p str>,
) -> bool {
    // A literal that is not UTF-8 could cut a character in two: that is no match.
    let Some(value) = segment.get(place(range.start)..place(range.end)) else { return false };
    values.push(value);
    true
}

/// The first place of `literal` at or behind `from`; an empty literal is found at the next start of a character.
fn find(text: &[u8], literal: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    if literal.is_empty() {
        let continued = rest.iter().take_while(|byte| **byte & 0xC0 == 0x80).count();
        return Some(from + continued);
    }
    rest.windows(literal.len()).position(|window| window == literal).map(|at| from + at)
}

/// The percent-decoded bytes, and for each of them, and for the end, where it starts in the text.
fn decode_with_places(text: &str) -> (Vec<u8>, Vec<usize>) {
    let bytes = text.as_bytes();
    let (mut decoded, mut places) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len() + 1));
    let mut at = 0;
    while at < bytes.len() {
        places.push(at);
        let escaped = escaped(bytes.get(at..at + 3));
        decoded.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    places.push(bytes.len());
    (decoded, places)
}

fn escaped(bytes: Option<&[u8]>) -> Option<u8> {
    let Some([b'%', high, low]) = bytes else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*high)? * 16 + digit(*low)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixed_segment_gives_each_parameter_its_part() {
        let table: [(&str, &str, Option<&[&str]>); 14] = [
            ("/{a}.{b}", "x.y", Some(&["x", "y"])),
            ("/{a}.{b}", "x.y.z", Some(&["x", "y.z"])),
            ("/{a}.{b}", "x.", None),
            ("/{id}.json", "5.json", Some(&["5"])),
            ("/{id}.json", ".json", None),
            ("/{id}.json", "a.json.json", Some(&["a.json"])),
            ("/{id}:action", "7:action", Some(&["7"])),
            ("/{id}:action", "7%3Aaction", Some(&["7"])),
            ("/{base}...{head}", "main...a%20b", Some(&["main", "a%20b"])),
            ("/{a}{b}", "éx", Some(&["é", "x"])),
            ("/{a}{b}", "é", None),
            ("/v{major}-{minor}.x", "v1-2.x", Some(&["1", "2"])),
            ("/{a}%A9", "é", None),
            ("/({a})", "(%zz)", Some(&["%zz"])),
        ];
        for (template, segment, expected) in table {
            let Segment::Pattern(pattern) = &Template::parse(template).segments[0] else {
                panic!("{template} is a pattern")
            };
            let mut values = Vec::new();
            let fits = pattern.capture(segment, &mut values);
            assert_eq!(fits.then_some(values.as_slice()), expected, "{template} {segment}");
        }
    }

    #[test]
    fn a_template_ends_at_its_query_or_fragment_and_keeps_lone_braces() {
        let template = Template::parse("/a%20b/{x/y}/{z?c=d#e");
        assert_eq!(template.names, ["x/y"]);
        assert_eq!(
            template.segments,
            [
                Segment::Literal(b"a b".as_slice().into()),
                Segment::Parameter,
                Segment::Literal(b"{z".as_slice().into())
            ]
        );
        assert_eq!(Template::parse("").segments, Template::parse("/").segments);
    }
}
