//! Where each value of a file stands: byte ranges by pointer, found by one more pass over the text.
//!
//! A place is asked for while a request waits, and the places of all values would take as much memory as their text. So
//! of JSON only what lies near the root is kept, and the rest is looked for within it; the text of YAML means nothing
//! out of its context, so of YAML all is kept.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, Span as Marked};

use super::scan::{Scan, Token};
use crate::pointer::Pointer;

/// The byte ranges of the values of one file.
///
/// Invariant: a value that holds others and has no children here is empty, or it is deeper than `deepest`.
#[derive(Debug, Default)]
pub(super) struct Places {
    nodes: Vec<Node>,
    /// Objects and lists nested deeper than this are to be looked into when asked.
    deepest: usize,
}

/// How deep JSON is looked into at first: in an OpenAPI document, down to the members of operations and components.
const SHALLOW: usize = 4;

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
    /// Finds the ranges in YAML; what can't be read is left out, and nothing is reported twice.
    pub(super) fn of_yaml(text: &str) -> Self {
        let mut builder = Builder::default();
        for next in Parser::new_from_str(text) {
            let Ok((event, span)) = next else { break };
            builder.take(&event, &span);
        }
        Self { deepest: usize::MAX, ..builder.places }
    }

    /// Finds the ranges near the root of a JSON text.
    pub(super) fn of_json(text: &str) -> Self {
        Self::within(text, 0..text.len(), SHALLOW)
    }

    /// Finds the ranges in the part of a text that is a JSON value.
    fn within(text: &str, range: Range<usize>, deepest: usize) -> Self {
        let mut builder = Builder::default();
        let mut scan = Scan::new(text.as_bytes(), range);
        while let Some(token) = scan.next() {
            let (at, end) = (token.range.start as u32, token.range.end as u32);
            match token.kind {
                Token::Plain if builder.take_key(&(at..end)) => {}
                Token::Plain => {
                    builder.add(at..end, 0, NONE);
                }
                Token::Begin { is_object } => {
                    builder.begin(at..end, 0, is_object);
                    if builder.open.len() > deepest {
                        scan.pass_over();
                    }
                }
                Token::End => builder.end(end),
            }
        }
        Self { deepest, ..builder.places }
    }

    /// The range of the value at `pointer`, or of the nearest value above it that the text has. Tokens that the text does
    /// not have, which the normal form put in, are stepped over. Also gives the pointer that was found.
    pub(super) fn find(&self, text: &str, pointer: &Pointer) -> (Range<usize>, Pointer) {
        let (mut current, mut depth) = (0, 0);
        let mut found = Pointer::root();
        let mut key_range = None;
        let mut value = self.range(0);
        let mut closer: Option<Self> = None;
        for token in pointer.tokens() {
            if depth == self.deepest && closer.is_none() {
                closer = Some(Self::within(text, value.clone(), usize::MAX));
                current = 0;
            }
            let places = closer.as_ref().unwrap_or(self);
            let Some((child, by_key)) = places.child(text, current, &token) else { continue };
            (current, depth) = (child, depth + 1);
            let key = &places.nodes[child as usize].key;
            key_range = by_key.then_some(key.start as usize..key.end as usize);
            value = places.range(child);
            found = found.join(&token);
        }
        // A keyword is best shown by its value where that is short, and by its key where it is a block.
        let is_block = text.get(value.clone()).is_none_or(|shown| shown.contains('\n'));
        match key_range {
            Some(key) if is_block || value.is_empty() => (key, found),
            _ => (value, found),
        }
    }

    /// The range of a value; empty where nothing could be read.
    fn range(&self, node: u32) -> Range<usize> {
        let value =
            self.nodes.get(node as usize).map(|node| node.value.start as usize..node.value.end as usize);
        value.unwrap_or_default()
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

#[derive(Default)]
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
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end),
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

    fn end(&mut self, end: u32) {
        if let Some(open) = self.open.pop() {
            let value = &mut self.places.nodes[open.node as usize].value;
            value.end = value.end.max(end);
        }
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
        let places = Places::of_yaml(text);
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

    #[test]
    fn json_looked_into_when_asked_has_the_places_that_yaml_has() {
        let text = r#" {"a": [1, {"b": {"c/d": [true, {"\u0065": {"f": [[], {}, "x\"]", -1.5e3]}}]}}], "a2": {"l
": null},
            "deep": {"1": {"2": {"3": {"4": {"5": {"6": [0]}}}}}}} "#;
        let text = &text.replace("l\n", "l");
        let (json, yaml) = (Places::of_json(text), Places::of_yaml(text));
        let pointers = [
            "",
            "/a",
            "/a/0",
            "/a/1/b",
            "/a/1/b/c~1d/0",
            "/a/1/b/c~1d/1/e/f/0",
            "/a/1/b/c~1d/1/e/f/2",
            "/a2/l",
            "/a/1/b/c~1d/1/e/f/3",
            "/a/1/b/schema/c~1d/1/e/f",
            "/deep/1/2/3/4/5/6/0",
            "/deep/1/2/3/4/5/6/1",
            "/deep/1/2/3",
            "/deep/1/2/nothing/3/4/nothing",
            "/nothing/a",
        ];
        for pointer in pointers.map(Pointer::from_escaped) {
            assert_eq!(json.find(text, &pointer), yaml.find(text, &pointer), "{pointer}");
        }
    }
}
