//! The objects of a text: names that are known, in any order, each once.

use super::different::Different;
use super::node::{Node, Objects, Property};
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
        loop {
            // Most texts have the properties in the order of their schema, and nothing between the marks.
            let (known, is_passed) = match objects.properties.get(next) {
                Some(property) if self.text.takes_mark(&property.member) => (Some(next), true),
                _ if !self.text.takes(b'"') => return false,
                _ => (self.property(objects, next), false),
            };
            let (named, value): (&[_], _) = if let Some(index) = known {
                if !seen.add(index) {
                    return false;
                }
                next = index + 1;
                let property = &objects.properties[index];
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
            let Some(value) = value.as_ref().and_then(|link| self.node(Some(node), link)) else {
                return false;
            };
            if !is_passed && !self.text.takes(b':') {
                return false;
            }
            self.text.peek();
            let start = self.text.clone();
            let is_good = match &value.strings {
                // Most values are strings, for which it need not be called.
                Some(strings) if self.text.takes_exactly(b"\"") => strings.take(&mut self.text),
                _ => self.value(value, depth - 1),
            };
            if !is_good {
                return false;
            }
            if !named.is_empty() {
                let written = start.until(&self.text);
                if !named.iter().all(|list| list.iter().any(|known| **known == *written)) {
                    return false;
                }
            }
            count += 1;
            if !self.text.takes(b',') {
                break;
            }
        }
        self.text.takes(b'}')
            && seen.all() & objects.required == objects.required
            && count >= objects.fewest
            && count <= objects.most
    }

    /// Passes over the name of a property that is declared; most objects have them in the order of their schema.
    fn property(&mut self, objects: &Objects, next: usize) -> Option<usize> {
        let (before, behind) = objects.properties.split_at(next);
        let rest = self.text.rest();
        // Most names differ at once.
        let is_next =
            |property: &Property| property.name.first() == rest.first() && rest.starts_with(&property.name);
        let found = behind.iter().position(is_next).map(|index| next + index);
        let found = found.or_else(|| before.iter().position(is_next))?;
        self.text.pass(objects.properties[found].name.len());
        Some(found)
    }
}
