//! Where each value of a file stands: byte ranges by pointer, found by one more pass over the text when first asked.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, Span as Marked};

use crate::pointer::Pointer;

/// The byte ranges of all values of one file.
#[derive(Debug, Default)]
pub(super) struct Places {
    nodes: Vec<Node>,
}

/// One value. Children are a linked list in the order of the text.
#[derive(Debug)]
struct Node {
    /// The key's text as written; empty for items of a list and for the root.
    key: Range<u32>,
    value: Range<u32>,
    first: u32,
    next: u32,
}

const NONE: u32 = u32::MAX;

impl Places {
    /// Finds the ranges; what can't be read is left out, and nothing is reported twice.
    pub(super) fn of(text: &str) -> Self {
        let mut builder = Builder { places: Self::default(), anchors: HashMap::new(), open: Vec::new() };
        for next in Parser::new_from_str(text) {
            let Ok((event, span)) = next else { break };
            builder.take(&event, &span);
        }
        builder.places
    }

    /// The range of the value at `pointer`, or of the nearest value above it that the text has. Tokens that the text does
    /// not have, which the normal form put in, are stepped over. Also gives the pointer that was found.
    pub(super) fn find(&self, text: &str, pointer: &Pointer) -> (Range<usize>, Pointer) {
        let mut current = 0;
        let mut found = Pointer::root();
        let mut key_range = None;
        for token in pointer.tokens() {
            let Some((child, by_key)) = self.child(text, current, &token) else { continue };
            current = child;
            key_range = by_key.then(|| self.nodes[child as usize].key.clone());
            found = found.join(&token);
        }
        let Some(node) = self.nodes.get(current as usize) else { return (0..0, found) };
        // A keyword is best shown by its value where that is short, and by its key where it is a block.
        let value = node.value.start as usize..node.value.end as usize;
        let is_block = text.get(value.clone()).is_none_or(|shown| shown.contains('\n'));
        match key_range {
            Some(key) if is_block || value.is_empty() => (key.start as usize..key.end as usize, found),
            _ => (value, found),
        }
    }

    fn child(&self, text: &str, parent: u32, token: &str) -> Option<(u32, bool)> {
        let mut at = self.nodes.get(parent as usize)?.first;
        let mut index = 0_usize;
        let mut merged = None;
        let mut last = None;
        while let Some(node) = self.nodes.get(at as usize) {
            if node.key.is_empty() {
                if token.parse() == Ok(index) {
                    return Some((at, false));
                }
            } else {
                let key = &text[node.key.start as usize..node.key.end as usize];
                if key_is(key, token) {
                    last = Some((at, true));
                } else if key == "<<" {
                    merged = Some(at);
                }
            }
            index += 1;
            at = node.next;
        }
        last.or_else(|| self.child(text, merged?, token))
    }
}

fn key_is(written: &str, token: &str) -> bool {
    if written == token {
        return true;
    }
    if written.starts_with('"') {
        return serde_json::from_str::<String>(written).is_ok_and(|key| key == token);
    }
    written
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
        .is_some_and(|inner| inner.replace("''", "'") == token)
}

struct Builder {
    places: Places,
    anchors: HashMap<usize, u32>,
    open: Vec<Open>,
}

struct Open {
    node: u32,
    last_child: u32,
    is_mapping: bool,
    key: Option<Range<u32>>,
}

impl Builder {
    fn take(&mut self, event: &Event<'_>, marked: &Marked) {
        let range = marked.byte_range().map_or(0..0, |range| range.start as u32..range.end as u32);
        match event {
            Event::Scalar(..) | Event::Alias(_) if self.take_key(&range) => {}
            Event::Scalar(_, _, anchor, _) => {
                self.add(range, *anchor, NONE);
            }
            Event::SequenceStart(_, anchor, _) => self.begin(range, *anchor, false),
            Event::MappingStart(_, anchor, _) => self.begin(range, *anchor, true),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let value = &mut self.places.nodes[open.node as usize].value;
                    value.end = value.end.max(range.end);
                }
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(anchor).copied();
                let first = target.map_or(NONE, |node| self.places.nodes[node as usize].first);
                self.add(range, 0, first);
            }
            _ => {}
        }
    }

    fn take_key(&mut self, range: &Range<u32>) -> bool {
        match self.open.last_mut() {
            Some(open) if open.is_mapping && open.key.is_none() => {
                open.key = Some(range.clone());
                true
            }
            _ => false,
        }
    }

    fn begin(&mut self, range: Range<u32>, anchor: usize, is_mapping: bool) {
        let node = self.add(range, anchor, NONE);
        self.open.push(Open { node, last_child: NONE, is_mapping, key: None });
    }

    fn add(&mut self, value: Range<u32>, anchor: usize, first: u32) -> u32 {
        let node = self.places.nodes.len() as u32;
        let mut key = 0..0;
        if let Some(open) = self.open.last_mut() {
            key = open.key.take().unwrap_or(0..0);
            let nodes = &mut self.places.nodes;
            match open.last_child {
                NONE => nodes[open.node as usize].first = node,
                last => nodes[last as usize].next = node,
            }
            open.last_child = node;
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
        self.places.nodes.push(Node { key, value, first, next: NONE });
        node
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_finds_its_value_its_block_and_what_it_is_an_alias_of() {
        let text = "a: &x\n  - b: 1\n  - \"c d\": {e: 22}\nz: *x\n";
        let places = Places::of(text);
        let table = [
            ("/a/0/b", "1", "/a/0/b"),
            ("/a/1/c d/e", "22", "/a/1/c d/e"),
            ("/z/1/c d/e", "22", "/z/1/c d/e"),
            ("/a", "a", "/a"),
            ("/a/1/schema/c d/e", "22", "/a/1/c d/e"),
            ("/a/1/nothing", "c d", "/a/1"),
        ];
        for (pointer, shown, found) in table {
            let (range, at) = places.find(text, &Pointer::from_escaped(pointer));
            assert!(text[range].contains(shown), "{pointer}");
            assert_eq!(at.as_str(), found);
        }
    }
}
