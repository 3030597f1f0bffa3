//! The objects of a text: names that are known, in any order, each once.

use super::different::Different;
use super::node::{Link, Node, Objects, Property};
use super::run::Run;

/// So many properties of one object can be told apart by a bit each.
pub(super) const MOST_PROPERTIES: usize = 128;

/// The members of an object, as far as they are read.
#[derive(Default)]
struct Members<'t> {
    /// A bit for each property that was there, by its place.
    seen: [u64; 2],
    /// How many of them there were; more than bits if one was there twice.
    declared: u32,
    /// The place of the property that stands behind the last one in the schema.
    next: usize,
    /// The names that no property has.
    others: Option<Different<'t>>,
}

impl Members<'_> {
    /// Notes the property at a place.
    #[inline]
    fn add(&mut self, place: usize) {
        self.seen[usize::from(place >= 64)] |= 1 << (place % 64);
        self.declared += 1;
        self.next = place + 1;
    }

    /// Whether each was there once, and all that have to be and not too few or many.
    fn are_right(&self, objects: &Objects) -> bool {
        let seen = u128::from(self.seen[1]) << 64 | u128::from(self.seen[0]);
        let count = self.declared as usize + self.others.as_ref().map_or(0, Different::count);
        seen.count_ones() == self.declared
            && seen & objects.required == objects.required
            && count >= objects.fewest
            && count <= objects.most
    }
}

impl<'a, 't> Run<'a, 't> {
    // Apart from `value`, whose other values need none of its room.
    #[inline(never)]
    pub(super) fn object(&mut self, node: &'a Node, objects: &'a Objects, depth: usize) -> bool {
        self.text.takes(b'{');
        let mut members = Members::default();
        if !self.text.takes(b'}') {
            if !self.member(node, objects, depth, &mut members) {
                return false;
            }
            loop {
                // Most texts have the properties in the order of their schema, and nothing between the marks.
                let next = objects.properties.get(members.next);
                let next = next.filter(|property| self.text.takes_mark(&property.following));
                let is_good = match next {
                    Some(property) => {
                        members.add(members.next);
                        match property.strings() {
                            // Most values are strings, for which nothing else need be looked at.
                            Some(strings) if self.text.takes_exactly(b"\"") => strings.take(&mut self.text),
                            _ => self.property(node, property, depth),
                        }
                    }
                    None if self.text.takes(b',') => self.member(node, objects, depth, &mut members),
                    None => break,
                };
                if !is_good {
                    return false;
                }
            }
            if !self.text.takes(b'}') {
                return false;
            }
        }
        members.are_right(objects)
    }

    /// Whether nothing is to be found in a member of an object.
    #[inline(never)]
    fn member(
        &mut self,
        node: &'a Node,
        objects: &'a Objects,
        depth: usize,
        members: &mut Members<'t>,
    ) -> bool {
        if !self.text.takes(b'"') {
            return false;
        }
        if let Some((place, property)) = self.name(objects, members.next) {
            members.add(place);
            return self.text.takes(b':') && self.property(node, property, depth);
        }
        let name = self.text.string().filter(|name| name.is_plain);
        let (Some(name), Some(link)) = (name, &objects.others) else { return false };
        members.others.get_or_insert_with(Different::default).add(name.text)
            && self.text.takes(b':')
            && self.member_value(node, link, depth)
    }

    /// Whether nothing is to be found in the value of a property that is declared.
    #[inline(never)]
    fn property(&mut self, node: &'a Node, property: &'a Property, depth: usize) -> bool {
        let Some(link) = &property.value else { return false };
        if property.named.is_empty() {
            return self.member_value(node, link, depth);
        }
        self.text.peek();
        let start = self.text.clone();
        let is_good = self.member_value(node, link, depth);
        let written = start.until(&self.text);
        is_good && property.named.iter().all(|list| list.iter().any(|known| **known == *written))
    }

    fn member_value(&mut self, around: &'a Node, link: &'a Link, depth: usize) -> bool {
        self.node(Some(around), link).is_some_and(|node| self.value(node, depth - 1))
    }

    /// Passes over the name of a property that is declared; most objects have them in the order of their schema.
    fn name(&mut self, objects: &'a Objects, next: usize) -> Option<(usize, &'a Property)> {
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
