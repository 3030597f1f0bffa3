//! One run through the text of a reply.

use super::Skim;
use super::compile;
use super::different::Different;
use super::node::{Arrays, End, Link, Node, Numbers, Objects, Tagged};
use super::text::{Numeral, Text};
use crate::check::names::Names;

/// So deep is looked; a reader of JSON goes deeper.
const DEEPEST: usize = 100;

/// Larger numbers may be divided as floating point, with a loss.
const MOST_DIVIDED: u64 = 1 << 53;

/// One run. Whoever finds that nothing is to be found in something yields what is behind that.
pub(super) struct Run<'a> {
    pub(super) skim: &'a Skim,
    pub(super) names: Option<&'a Names>,
}

impl<'a> Run<'a> {
    /// Whether nothing is to be found in the whole text.
    pub(super) fn whole(&self, first: &'a Link, text: Text<'_>) -> bool {
        let behind = self.node(None, first).and_then(|node| self.value(node, text, DEEPEST));
        behind.is_some_and(Text::ends)
    }

    /// The node of a place in that of another one.
    #[inline]
    pub(super) fn node(&self, around: Option<&Node>, link: &'a Link) -> Option<&'a Node> {
        match link.end.get() {
            Some(End::Leaf(node)) => Some(node),
            Some(End::Place(place)) => self.skim.nodes.get(*place).map(|node| &**node),
            None => self.made(around, link),
        }
    }

    /// The node at the end of a link that no text has come by before.
    #[cold]
    fn made(&self, around: Option<&Node>, link: &Link) -> Option<&'a Node> {
        let place = compile::place(self.skim, self.names, around, link)?;
        let node = self.skim.nodes.get(place)?;
        link.end.get_or_init(|| node.as_end(place));
        Some(node)
    }

    /// Passes over the value that comes next.
    #[inline]
    pub(super) fn value<'t>(&self, node: &'a Node, text: Text<'t>, depth: usize) -> Option<Text<'t>> {
        match text.first() {
            b'{' => {
                let objects = node.objects.as_deref().or_else(|| meant(node.tagged.as_deref()?, text))?;
                self.object(node, objects, text, depth.checked_sub(1)?)
            }
            b'[' => self.array(node, node.arrays.as_deref()?, text, depth.checked_sub(1)?),
            b'"' => node.strings.as_deref()?.take(text.behind(1)),
            b't' => text.past_exactly(b"true").filter(|_| node.booleans[1]),
            b'f' => text.past_exactly(b"false").filter(|_| node.booleans[0]),
            b'n' => text.past_exactly(b"null").filter(|_| node.null),
            // Few texts have white space between their marks.
            b' ' | b'\n' | b'\r' | b'\t' => self.value(node, text.trimmed(), depth),
            _ => {
                let (numeral, behind) = text.number()?;
                node.numbers.as_ref()?.take(numeral).then_some(behind)
            }
        }
    }

    #[inline(never)]
    fn array<'t>(
        &self,
        node: &'a Node,
        arrays: &'a Arrays,
        text: Text<'t>,
        depth: usize,
    ) -> Option<Text<'t>> {
        let mut text = text.past(b'[')?;
        let (mut count, mut different) = (0, None);
        if text.past(b']').is_none() {
            let items = self.node(Some(node), &arrays.items)?;
            loop {
                let behind = self.value(items, text, depth)?;
                if arrays.are_unique {
                    let written = text.trimmed().until(behind);
                    let different = different.get_or_insert_with(Different::default);
                    if !is_told_by_text(written) || !different.add(written) {
                        return None;
                    }
                }
                count += 1;
                text = behind;
                match text.past(b',') {
                    Some(behind) => text = behind,
                    None => break,
                }
            }
        }
        text.past(b']').filter(|_| count >= arrays.fewest && count <= arrays.most)
    }
}

/// What is asked of the object that comes next, by the value of one of its properties.
fn meant<'a>(tagged: &'a Tagged, text: Text<'_>) -> Option<&'a Objects> {
    let value = text.value_of(&tagged.name)?;
    let (_, place) = tagged.values.iter().find(|(known, _)| **known == *value)?;
    tagged.shapes.get(*place)
}

impl Numbers {
    /// Whether a number is sure to be allowed.
    fn take(&self, numeral: Numeral) -> bool {
        match numeral {
            Numeral::Integer(value) => {
                self.least.is_none_or(|least| value >= least)
                    && self.most.is_none_or(|most| value <= most)
                    && self.divisors.iter().all(|divisor| value % divisor == 0)
                    && (self.divisors.is_empty() || value.unsigned_abs() < MOST_DIVIDED)
                    && self.listed.as_ref().is_none_or(|listed| listed.contains(&value))
            }
            Numeral::Decimal(value) => {
                !self.is_for_integers && self.bounds.iter().all(|bound| (bound.keeps)(&value, &bound.limit))
            }
            Numeral::Other => !self.is_for_integers && self.bounds.is_empty(),
        }
    }
}

/// Whether a value is another one than any that is written in another way.
fn is_told_by_text(written: &[u8]) -> bool {
    let is_digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    match written.first() {
        Some(b'"') => !written.contains(&b'\\'),
        Some(b'[' | b'{') => false,
        Some(b't' | b'f' | b'n') => true,
        // Zero may be below zero; what has more digits may be kept as the same number.
        _ => {
            written.len() <= 18
                && written != b"-0"
                && is_digits(written.strip_prefix(b"-").unwrap_or(written))
        }
    }
}
