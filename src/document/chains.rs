//! Chains of references in place: schemas that say of the same value what another says of it, and so on.
//!
//! Whoever judges a value follows such a chain by recursion, so that a long one would overflow the stack.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde_json::Value;

use super::walk::{Address, Reference, Spot, Walk, address};
use crate::diagnostic::Diagnostic;

/// From a schema that refers, no more references and keywords than this lead on in place: fewer than the 64 references
/// after which whoever looks behind a chain gives up.
pub(super) const MOST_STEPS: usize = 60;

/// Keywords that hold one schema, several, or several by name, for the same value.
const ONE: [&str; 4] = ["not", "if", "then", "else"];
const LIST: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const MAP: [&str; 2] = ["dependentSchemas", "dependencies"];

/// Takes out references so that no chain is longer than it may be. Circles are none: whoever judges a value ends where
/// they close.
pub(super) fn break_long_chains(walk: &mut Walk<'_>) {
    let references = || walk.references.iter().filter(|(address, _)| walk.schemas.contains(address));
    let mut chains = Chains::of(walk);
    references().for_each(|(address, _)| chains.follow(*address));
    if chains.too_long.is_empty() {
        return;
    }
    // Rare, so the order that makes it the same each time is only asked for here.
    let mut ordered: Vec<(&Spot, Address)> =
        references().map(|(address, reference)| (&reference.from, *address)).collect();
    ordered.sort();
    let mut chains = Chains::of(walk);
    for (_, address) in ordered {
        chains.follow(address);
    }
    for schema in chains.too_long {
        let Some(Reference { from: (file, pointer), .. }) = walk.references.remove(&schema) else { continue };
        let message =
            format!("behind this `$ref` are more than {MOST_STEPS} references, one behind the other");
        let diagnostic = Diagnostic::error("chain-too-long", message)
            .help("it is left out, so anything is taken and given here; refer to the last of them");
        walk.report(diagnostic, &(file, pointer.join("$ref")));
        walk.leave_out_at(schema, "$ref");
    }
}

struct Chains<'w, 'a> {
    walk: &'w Walk<'a>,
    /// The steps from each schema that refers; `None` while it is being followed.
    lengths: HashMap<Address, Option<usize>, RandomState>,
    too_long: Vec<Address>,
}

/// A schema that refers, and the schemas that its target leads to in place, as far as they are still to be followed.
struct Open {
    schema: Address,
    next: Vec<(Address, usize)>,
    longest: usize,
}

impl<'w, 'a> Chains<'w, 'a> {
    fn of(walk: &'w Walk<'a>) -> Self {
        Self { walk, lengths: HashMap::default(), too_long: Vec::new() }
    }

    /// Finds the length of the chain that starts with a schema, and of all those in it.
    fn follow(&mut self, schema: Address) {
        let mut open: Vec<Open> = self.open(schema).into_iter().collect();
        while let Some(last) = open.last_mut() {
            let Some((next, steps)) = last.next.last().copied() else {
                let found = (last.schema, last.longest + 1);
                open.pop();
                self.close(found);
                continue;
            };
            match self.lengths.get(&next) {
                Some(length) => {
                    last.longest = last.longest.max(length.map_or(0, |length| length + steps));
                    last.next.pop();
                }
                None => open.extend(self.open(next)),
            }
        }
    }

    fn open(&mut self, schema: Address) -> Option<Open> {
        if self.lengths.contains_key(&schema) {
            return None;
        }
        self.lengths.insert(schema, None);
        let target = self.walk.references.get(&schema).map(|reference| reference.target);
        let next = target.map_or_else(Vec::new, |target| self.in_place(target));
        Some(Open { schema, next, longest: 0 })
    }

    fn close(&mut self, (schema, length): (Address, usize)) {
        let is_too_long = length > MOST_STEPS;
        if is_too_long {
            self.too_long.push(schema);
        }
        self.lengths.insert(schema, Some(if is_too_long { 0 } else { length }));
    }

    /// The schemas in a schema that refer and are held against the same value, with the steps to them.
    fn in_place(&self, schema: &'a Value) -> Vec<(Address, usize)> {
        let mut found = Vec::new();
        let mut open = vec![(schema, 0)];
        while let Some((schema, steps)) = open.pop() {
            let Value::Object(object) = schema else { continue };
            if self.walk.references.contains_key(&address(schema)) {
                found.push((address(schema), steps));
            }
            let one = ONE.iter().filter_map(|keyword| object.get(*keyword));
            let listed = LIST.iter().filter_map(|keyword| object.get(*keyword)?.as_array()).flatten();
            let named = MAP.iter().filter_map(|keyword| object.get(*keyword)?.as_object());
            let inner = one.chain(listed).chain(named.flat_map(serde_json::Map::values));
            open.extend(inner.map(|inner| (inner, steps + 1)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::MOST_STEPS;
    use crate::document::{Document, LoadOptions, Source};

    /// What is told of `S0` to a last schema, each made from a reference to the next.
    fn told(length: usize, link: impl Fn(Value) -> Value) -> Vec<String> {
        let next = |at: usize| json!({ "$ref": format!("#/components/schemas/S{}", at + 1) });
        let links = (0..length).map(|at| (format!("S{at}"), link(next(at))));
        let end = (format!("S{length}"), json!({ "type": "integer" }));
        let schemas: Map<String, Value> = links.chain([end]).collect();
        let document = json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {},
            "components": { "schemas": schemas } });
        let source = Source::Text { name: "t.json".into(), text: document.to_string() };
        let loaded = Document::load(&source, LoadOptions::default());
        loaded.diagnostics.iter().map(|one| one.code.to_string()).collect()
    }

    #[test]
    fn chains_in_place_are_cut_where_they_are_too_long() {
        let nothing: [&str; 0] = [];
        assert_eq!(told(MOST_STEPS, |next| next), nothing);
        assert_eq!(told(MOST_STEPS + 1, |next| next), ["chain-too-long"]);
        assert_eq!(
            told(MOST_STEPS, |next| json!({ "anyOf": [next, { "type": "string" }] })),
            ["chain-too-long"]
        );
        assert_eq!(told(5 * MOST_STEPS, |next| json!({ "not": next })).len(), 9);
        assert_eq!(told(5 * MOST_STEPS, |next| json!({ "properties": { "a": next } })), nothing);
    }
}
