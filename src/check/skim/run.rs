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

/// A text that is being looked through.
pub(super) struct Run<'a, 't> {
    pub(super) skim: &'a Skim,
    pub(super) names: Option<&'a Names>,
    pub(super) text: Text<'t>,
}

impl<'a> Run<'a, '_> {
    /// Whether nothing is to be found in the whole text.
    pub(super) fn whole(&mut self, first: &'a Link) -> bool {
        let Some(node) = self.node(None, first) else { return false };
        self.value(node, DEEPEST) && self.text.ends()
    }

    /// The node of a place in that of another one.
    #[inline]
    pub(super) fn node(&self, around: Option<&Node>, link: &'a Link) -> Option<&'a Node> {
        match link.end.get() {
            Some(End::Leaf(node) | End::Text(_, node)) => Some(node),
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

    /// Whether nothing is to be found in the value that comes next.
    #[inline]
    pub(super) fn value(&mut self, node: &'a Node, depth: usize) -> bool {
        match self.text.peek() {
            b'{' => {
                let objects = node.objects.as_deref().or_else(|| self.meant(node.tagged.as_deref()?));
                objects.is_some_and(|objects| depth > 0 && self.object(node, objects, depth))
            }
            b'[' => node.arrays.as_ref().is_some_and(|arrays| depth > 0 && self.array(node, arrays, depth)),
            b'"' => node
                .strings
                .as_ref()
                .is_some_and(|strings| self.text.takes(b'"') && strings.take(&mut self.text)),
            b't' => node.booleans[1] && self.text.takes_exactly(b"true"),
            b'f' => node.booleans[0] && self.text.takes_exactly(b"false"),
            b'n' => node.null && self.text.takes_exactly(b"null"),
            _ => node
                .numbers
                .as_ref()
                .is_some_and(|numbers| self.text.number().is_some_and(|numeral| numbers.take(numeral))),
        }
    }

    /// What is asked of the object that comes next, by the value of one of its properties.
    fn meant(&self, tagged: &'a Tagged) -> Option<&'a Objects> {
        let value = self.text.clone().value_of(&tagged.name)?;
        let (_, place) = tagged.values.iter().find(|(known, _)| **known == *value)?;
        tagged.shapes.get(*place)
    }

    #[inline(never)]
    fn array(&mut self, node: &'a Node, arrays: &'a Arrays, depth: usize) -> bool {
        self.text.takes(b'[');
        let (mut count, mut different) = (0, None);
        if !self.text.takes(b']') {
            let Some(items) = self.node(Some(node), &arrays.items) else { return false };
            loop {
                self.text.peek();
                let start = self.text.clone();
                if !self.value(items, depth - 1) {
                    return false;
                }
                if arrays.are_unique {
                    let written = start.until(&self.text);
                    let different = different.get_or_insert_with(Different::default);
                    if !is_told_by_text(written) || !different.add(written) {
                        return false;
                    }
                }
                count += 1;
                if !self.text.takes(b',') {
                    break;
                }
            }
            if !self.text.takes(b']') {
                return false;
            }
        }
        count >= arrays.fewest && count <= arrays.most
    }
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
