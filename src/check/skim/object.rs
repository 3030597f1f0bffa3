//! The objects of a text: names that are known, in any order, each once.

use super::different::Different;
use super::node::{Node, Objects, Property};
use super::run::Run;

/// So many properties of one object can be told apart by a bit each.
pub(super) const MOST_PROPERTIES: usize = 128;

impl<'a> Run<'a, '_> {
    pub(super) fn object(&mut self, node: &'a Node, objects: &'a Objects, depth: usize) -> bool {
        self.text.takes(b'{');
        let (mut seen, mut count, mut next) = (0_u128, 0, 0);
        let mut others = None;
        if self.text.takes(b'}') {
            return objects.required == 0 && objects.fewest == 0;
        }
        loop {
            if !self.text.takes(b'"') {
                return false;
            }
            let (named, value): (&[_], _) = if let Some(index) = self.property(objects, next) {
                let bit = 1 << index;
                if seen & bit != 0 {
                    return false;
                }
                seen |= bit;
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
            if !self.text.takes(b':') {
                return false;
            }
            self.text.peek();
            let start = self.text.clone();
            if !self.value(value, depth - 1) {
                return false;
            }
            if !named.is_empty() {
                let written = start.until(&self.text).as_bytes();
                if !named.iter().all(|list| list.iter().any(|known| **known == *written)) {
                    return false;
                }
            }
            count += 1;
            if self.text.takes(b'}') {
                break;
            }
            if !self.text.takes(b',') {
                return false;
            }
        }
        seen & objects.required == objects.required && count >= objects.fewest && count <= objects.most
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
