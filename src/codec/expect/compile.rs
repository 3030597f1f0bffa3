//! Expectations from schemas: references followed, branches joined, growth bounded.

use serde_json::Value;

use super::{Expect, Types, Xml};
use crate::document::DELIMITER;
use crate::schema::reference;

/// How many schemas may be visited for one expectation before it is made less deep.
const BUDGET: usize = 5_000;
/// How deep references and `allOf`, `anyOf`, `oneOf` may nest, all levels together.
const MOST_NESTED: usize = 150;

/// What a schema in the tree `root` lets expect; still to be settled.
pub(super) fn compile(root: &Value, schema: &Value) -> Expect {
    let mut expect = Expect::any();
    // Wide schemas that refer to one another would grow without end: they are seen less deep.
    for deepest in [8, 4, 2, 1] {
        let mut compiler = Compiler { root, trail: Vec::new(), left: BUDGET, nested: 0, deepest };
        expect = compiler.compile(schema, 0);
        if compiler.left > 0 {
            break;
        }
    }
    expect
}

struct Compiler<'a> {
    root: &'a Value,
    /// The references that are being followed.
    trail: Vec<&'a str>,
    /// How many schemas may still be visited.
    left: usize,
    nested: usize,
    deepest: usize,
}

impl<'a> Compiler<'a> {
    fn compile(&mut self, schema: &'a Value, depth: usize) -> Expect {
        let mut expect = Expect::any();
        let Some(object) = schema.as_object() else { return expect };
        if depth > self.deepest || self.left == 0 || self.nested > MOST_NESTED {
            return Expect::unseen();
        }
        self.left -= 1;
        self.nested += 1;
        expect.types = types(object);
        expect.xml = object.get("xml").and_then(Xml::read).map(Box::new);
        expect.delimiter = object.get(DELIMITER).and_then(Value::as_str).and_then(|text| text.chars().next());
        if let Some(items) = object.get("items").filter(|items| items.is_object()) {
            expect.items = Some(Box::new(self.compile(items, depth + 1)));
        }
        let prefix = object.get("prefixItems").and_then(Value::as_array).into_iter().flatten();
        expect.prefix = prefix.map(|item| self.compile(item, depth + 1)).collect();
        for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let compiled = self.compile(property, depth + 1);
            expect.properties.insert(name.clone(), compiled);
        }
        match object.get("additionalProperties") {
            Some(Value::Bool(allowed)) => expect.closed = !allowed,
            Some(additional) => expect.additional = Some(Box::new(self.compile(additional, depth + 1))),
            None => {}
        }
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            let mut followed = self.follow(target, depth);
            expect.xml = expect.xml.or(followed.xml.take());
            expect = expect.meet(followed);
        }
        for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            expect = expect.meet(self.compile_part(part, depth));
        }
        for keyword in ["anyOf", "oneOf"] {
            let branches = object.get(keyword).and_then(Value::as_array).into_iter().flatten();
            let joined = branches.map(|branch| self.compile_part(branch, depth)).reduce(Expect::join);
            if let Some(joined) = joined {
                expect = expect.meet(joined);
            }
        }
        self.nested -= 1;
        expect
    }

    /// A part of a schema; what it says of its name holds where it stands alone.
    fn compile_part(&mut self, part: &'a Value, depth: usize) -> Expect {
        Expect { xml: None, ..self.compile(part, depth) }
    }

    fn follow(&mut self, target: &'a str, depth: usize) -> Expect {
        let pointer = reference(&Value::from(target));
        let Some(schema) = pointer.and_then(|pointer| pointer.find(self.root)) else { return Expect::any() };
        if self.trail.contains(&target) {
            return Expect::unseen();
        }
        self.trail.push(target);
        let expect = self.compile(schema, depth);
        self.trail.pop();
        expect
    }
}

fn types(schema: &serde_json::Map<String, Value>) -> Types {
    let union = |types: &mut dyn Iterator<Item = Types>| types.fold(Types::NONE, Types::join);
    let named = match schema.get("type") {
        Some(Value::String(name)) => Types::from_name(name),
        Some(Value::Array(names)) => union(&mut names.iter().filter_map(Value::as_str).map(Types::from_name)),
        _ => Types::ALL,
    };
    let valued = match (schema.get("const"), schema.get("enum").and_then(Value::as_array)) {
        (Some(value), _) => Types::of(value),
        (None, Some(values)) => union(&mut values.iter().map(Types::of)),
        (None, None) => Types::ALL,
    };
    named.meet(valued)
}
