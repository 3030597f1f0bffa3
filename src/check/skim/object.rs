//! The objects of a text: names that are known, in any order, each once.

use std::sync::Arc;

use super::different::Different;
use super::node::{Node, Objects, Property, Token};
use super::run::Run;
use super::text::Text;

/// So many properties of one object can be told apart by a bit each.
pub(super) const MOST_PROPERTIES: usize = 128;

/// The members of an object, as far as they are read.
#[derive(Default)]
struct Members<'t> {
    /// A bit for each property that was there, by its place; but for those of the row.
    seen: u128,
    /// How many of them there were; more than bits if one was there twice.
    declared: usize,
    /// The row: from this place to before the next one, the last properties stood as they stand in the schema.
    first: usize,
    next: usize,
    /// The names that no property has.
    others: Option<Different<'t>>,
}

impl Members<'_> {
    /// Notes the property at a place.
    #[inline]
    fn add(&mut self, place: usize) {
        if place != self.next {
            self.end_row();
            self.first = place;
        }
        self.next = place + 1;
    }

    /// Notes the properties of the row.
    fn end_row(&mut self) {
        let count = self.next - self.first;
        if count > 0 {
            self.seen |= (u128::MAX >> (MOST_PROPERTIES - count)) << self.first;
            self.declared += count;
        }
    }

    /// Whether each was there once, and all that have to be and not too few or many.
    fn are_right(&mut self, objects: &Objects) -> bool {
        self.end_row();
        let count = self.declared + self.others.as_ref().map_or(0, Different::count);
        self.seen.count_ones() as usize == self.declared
            && self.seen & objects.required == objects.required
            && count >= objects.fewest
            && count <= objects.most
    }
}

impl<'a> Run<'a> {
    /// Passes over an object.
    // Apart from `value`, whose other values need none of its room.
    #[inline(never)]
    pub(super) fn object<'t>(
        &self,
        node: &'a Node,
        objects: &'a Objects,
        text: Text<'t>,
        depth: usize,
    ) -> Option<Text<'t>> {
        let mut text = text.past(b'{')?;
        let mut members = Members::default();
        if text.past(b'}').is_none() {
            text = self.member(node, objects, text, depth, &mut members)?;
            loop {
                // Most texts have the properties in the order of their schema, and nothing between the marks.
                let next = objects.properties.get(members.next);
                if let Some(property) = next
                    && let Some(value) = text.past_mark(&property.following)
                {
                    members.add(members.next);
                    text = match property.strings.get() {
                        Some(strings) if value.first() == b'"' => strings.take(value.behind(1)),
                        _ => self.property(node, property, value, depth),
                    }?;
                } else if let Some(member) = text.past(b',') {
                    text = self.member(node, objects, member, depth, &mut members)?;
                } else {
                    break;
                }
            }
        }
        text.past(b'}').filter(|_| members.are_right(objects))
    }

    /// Passes over a member of an object.
    #[inline(never)]
    fn member<'t>(
        &self,
        node: &'a Node,
        objects: &'a Objects,
        text: Text<'t>,
        depth: usize,
        members: &mut Members<'t>,
    ) -> Option<Text<'t>> {
        let text = text.past(b'"')?;
        if let Some((place, property)) = named(objects, members.next, text) {
            members.add(place);
            let value = text.behind(property.name.len()).past(b':')?;
            return self.property(node, property, value, depth);
        }
        let (name, behind) = text.string().filter(|(name, _)| name.is_plain)?;
        let link = objects.others.as_ref()?;
        let is_new = members.others.get_or_insert_with(Different::default).add(name.text);
        self.value(self.node(Some(node), link)?, behind.past(b':').filter(|_| is_new)?, depth)
    }

    /// Passes over the value of a property that is declared.
    #[inline(never)]
    fn property<'t>(
        &self,
        node: &'a Node,
        property: &'a Property,
        text: Text<'t>,
        depth: usize,
    ) -> Option<Text<'t>> {
        let node = self.node(Some(node), property.value.as_ref()?)?;
        if let Some(strings) = node.strings.as_ref().filter(|_| property.named.is_empty()) {
            property.strings.get_or_init(|| Arc::clone(strings));
        }
        let behind = self.value(node, text, depth)?;
        let written = |known: &Token| **known == *text.trimmed().until(behind);
        let is_listed = |list: &Vec<Token>| list.iter().any(written);
        property.named.iter().all(is_listed).then_some(behind)
    }
}

/// The property whose name comes next, behind its first quotation mark, and its place; most objects have them in the order
/// of their schema.
fn named<'a>(objects: &'a Objects, next: usize, text: Text<'_>) -> Option<(usize, &'a Property)> {
    let (before, behind) = objects.properties.split_at(next);
    // Most names differ at once.
    let is_it =
        |property: &Property| property.name.first() == text.0.first() && text.0.starts_with(&property.name);
    let found = behind.iter().position(is_it).map(|index| next + index);
    let found = found.or_else(|| before.iter().position(is_it))?;
    Some((found, &objects.properties[found]))
}
