//! The objects of a text: names that are known, in any order, each once.

use super::different::Different;
use super::node::{End, Link, Node, Objects, Property};
use super::run::Run;

/// So many properties of one object can be told apart by a bit each.
pub(super) const MOST_PROPERTIES: usize = 128;

/// Which properties of an object were there, by their places.
#[derive(Default)]
struct Seen {
    low: u64,
    high: u64,
}

impl Seen {
    /// Adds one; `false` if it was there.
    fn add(&mut self, index: usize) -> bool {
        let half = if index < 64 { &mut self.low } else { &mut self.high };
        let bit = 1 << (index % 64);
        let is_new = *half & bit == 0;
        *half |= bit;
        is_new
    }

    fn all(&self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }
}

impl<'a> Run<'a, '_> {
    // Apart from `value`, whose other values need none of its room.
    #[inline(never)]
    pub(super) fn object(&mut self, node: &'a Node, objects: &'a Objects, depth: usize) -> bool {
        self.text.takes(b'{');
        let (mut seen, mut count, mut next) = (Seen::default(), 0, 0);
        let mut others = None;
        if self.text.takes(b'}') {
            return objects.required == 0 && objects.fewest == 0;
        }
        let mut is_begun = false;
        loop {
            // Most texts have the properties in the order of their schema, and nothing between the marks.
            let following = objects.properties.get(next);
            let passed = following.filter(|property| is_begun && self.text.takes_mark(&property.following));
            if passed.is_none() {
                if is_begun && !self.text.takes(b',') {
                    break;
                }
                if !self.text.takes(b'"') {
                    return false;
                }
            }
            is_begun = true;
            let known = match passed {
                Some(property) => Some((next, property)),
                None => self.property(objects, next),
            };
            let (named, value): (&[_], _) = if let Some((index, property)) = known {
                if !seen.add(index) {
                    return false;
                }
                next = index + 1;
                (&property.named, &property.value)
            } else {
                let name = self.text.string().filter(|name| name.is_plain);
                if objects.others.is_none()
                    || !name.is_some_and(|name| others.get_or_insert_with(Different::default).add(name.text))
                {
                    return false;
                }
                (&[], &objects.others)
            };
            let Some(link) = value else { return false };
            if passed.is_none() && !self.text.takes(b':') {
                return false;
            }
            let is_good = if named.is_empty() {
                self.member(node, link, depth)
            } else {
                self.text.peek();
                let start = self.text.clone();
                let is_good = self.member(node, link, depth);
                let written = start.until(&self.text);
                is_good && named.iter().all(|list| list.iter().any(|known| **known == *written))
            };
            if !is_good {
                return false;
            }
            count += 1;
        }
        self.text.takes(b'}')
            && seen.all() & objects.required == objects.required
            && count >= objects.fewest
            && count <= objects.most
    }

    /// Whether nothing is to be found in the value of a member of an object.
    #[inline]
    fn member(&mut self, around: &'a Node, link: &'a Link, depth: usize) -> bool {
        match link.end.get() {
            // Most values are strings, for which nothing else need be looked at.
            Some(End::Text(strings, _)) if self.text.takes_exactly(b"\"") => strings.take(&mut self.text),
            _ => self.node(Some(around), link).is_some_and(|node| self.value(node, depth - 1)),
        }
    }

    /// Passes over the name of a property that is declared; most objects have them in the order of their schema.
    fn property(&mut self, objects: &'a Objects, next: usize) -> Option<(usize, &'a Property)> {
        let (before, behind) = objects.properties.split_at(next);
        let rest = self.text.rest();
        // Most names differ at once.
        let is_next =
            |property: &Property| property.name.first() == rest.first() && rest.starts_with(&property.name);
        let found = behind.iter().position(is_next).map(|index| next + index);
        let found = found.or_else(|| before.iter().position(is_next))?;
        let property = &objects.properties[found];
        self.text.pass(property.name.len());
        Some((found, property))
    }
}
