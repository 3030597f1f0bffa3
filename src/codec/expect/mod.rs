//! What text may turn out to be: the JSON types that a schema allows, compiled for decoding.

mod compile;
mod types;
mod xml;

use std::sync::LazyLock;

use indexmap::IndexMap;

use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
pub(super) use types::Types;
pub use xml::element_name;
pub(super) use xml::{Node, Xml};

/// What decoding needs to know of a schema. It allows at least what the schema allows; the schema itself judges later.
///
/// Invariants: some type is allowed; nested at most eight levels deep, behind which anything goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Expect {
    types: Types,
    items: Option<Box<Expect>>,
    /// What the first items may be, by their place.
    prefix: Vec<Expect>,
    properties: IndexMap<String, Expect>,
    additional: Option<Box<Expect>>,
    /// Whether other properties than those named are forbidden.
    closed: bool,
    ambiguous: bool,
    /// Whether the schema says more than could be kept here.
    cut: bool,
    xml: Option<Box<Xml>>,
    /// What separates its items where it is an array inside of a text (2.0).
    delimiter: Option<char>,
}

static ANY: LazyLock<Expect> = LazyLock::new(Expect::any);

impl Expect {
    /// Expects anything.
    pub fn any() -> Self {
        Self {
            types: Types::ALL,
            items: None,
            prefix: Vec::new(),
            properties: IndexMap::new(),
            additional: None,
            closed: false,
            ambiguous: true,
            cut: false,
            xml: None,
            delimiter: None,
        }
    }

    /// What expects anything.
    pub fn anything() -> &'static Self {
        &ANY
    }

    /// What stands for a schema that is not looked into.
    fn unseen() -> Self {
        Self { cut: true, ..Self::any() }
    }

    /// What the schema at a pointer lets expect; anything if there is none. References are followed, `allOf` narrows,
    /// `anyOf` and `oneOf` widen, `enum` and `const` count by their values' types; no `type` means any type.
    pub fn compile(schemas: &Schemas, pointer: Option<&Pointer>, direction: Direction) -> Self {
        let root = schemas.root(direction);
        let Some(schema) = pointer.and_then(|pointer| pointer.find(root)) else { return Self::any() };
        let mut expect = compile::compile(root, schema);
        expect.settle();
        expect
    }

    /// Whether one of these types is allowed.
    pub(super) fn allows(&self, types: Types) -> bool {
        self.types.meets(types)
    }

    /// Whether nothing is known about the type.
    pub(super) fn is_untyped(&self) -> bool {
        self.types == Types::ALL
    }

    /// Whether the same text may be read as a string and as something else.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// Whether the schema was not looked into, because it is nested too deep or refers to itself.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// How the value is written as XML, where the schema says so.
    pub(super) fn xml(&self) -> Option<&Xml> {
        self.xml.as_deref()
    }

    /// What separates its items where it is an array inside of a text, and the schema says so.
    pub(super) fn delimiter(&self) -> Option<char> {
        self.delimiter
    }

    /// What each item may be.
    pub(super) fn items(&self) -> &Expect {
        self.items.as_deref().unwrap_or(&ANY)
    }

    /// What the item of this place may be.
    pub(super) fn item(&self, at: usize) -> &Expect {
        self.prefix.get(at).unwrap_or_else(|| self.items())
    }

    /// Whether the schema says something about items.
    pub(super) fn names_items(&self) -> bool {
        self.items.is_some() || !self.prefix.is_empty()
    }

    /// What the property of this name may be.
    pub(super) fn property(&self, name: &str) -> &Expect {
        self.properties.get(name).or(self.additional.as_deref()).unwrap_or(&ANY)
    }

    /// The properties that the schema names, in its order.
    pub(super) fn properties(&self) -> &IndexMap<String, Expect> {
        &self.properties
    }

    /// Whether other properties than the named ones are meant to be sent: the schema describes them or names none.
    pub(super) fn takes_more(&self) -> bool {
        self.additional.is_some() || (self.properties.is_empty() && !self.closed)
    }

    /// Narrows it to what `other` allows too.
    fn meet(mut self, other: Self) -> Self {
        self.types = self.types.meet(other.types);
        self.closed |= other.closed;
        self.cut |= other.cut;
        self.xml = self.xml.or(other.xml);
        self.delimiter = self.delimiter.or(other.delimiter);
        self.items = both(self.items, other.items);
        // What one of the two says of a place is enough to read it by.
        if self.prefix.is_empty() {
            self.prefix = other.prefix;
        }
        self.additional = both(self.additional, other.additional);
        for (name, expect) in other.properties {
            let met = match self.properties.get_mut(&name) {
                Some(known) => std::mem::replace(known, Self::any()).meet(expect),
                None => expect,
            };
            self.properties.insert(name, met);
        }
        self
    }

    /// Widens it to what `other` allows.
    fn join(mut self, mut other: Self) -> Self {
        let types = self.types.join(other.types);
        let cut = self.cut | other.cut;
        if self.prefix != other.prefix {
            (self.prefix, other.prefix) = (Vec::new(), Vec::new());
            (self.items, other.items) = (None, None);
        }
        let xml = self.xml.take().or(other.xml.take());
        let (self_array, other_array) = (self.allows(Types::ARRAY), other.allows(Types::ARRAY));
        let items = match (self.items.take(), other.items.take()) {
            (Some(one), Some(two)) => Some(Box::new(one.join(*two))),
            (one, two) => one.filter(|_| !other_array).or(two.filter(|_| !self_array)),
        };
        if !other.allows(Types::OBJECT) {
            return Self { types, items, cut, xml, ..self };
        }
        if !self.allows(Types::OBJECT) {
            return Self { types, items, cut, xml, ..other };
        }
        let mut properties = IndexMap::new();
        for (name, expect) in std::mem::take(&mut self.properties) {
            let joined = match other.properties.shift_remove(&name) {
                Some(twin) => expect.join(twin),
                None => expect.join_unnamed(&other),
            };
            properties.insert(name, joined);
        }
        for (name, expect) in std::mem::take(&mut other.properties) {
            properties.insert(name, expect.join_unnamed(&self));
        }
        let additional = match (self.additional, other.additional) {
            (Some(one), Some(two)) => Some(Box::new(one.join(*two))),
            (one, two) => one.filter(|_| other.closed).or(two.filter(|_| self.closed)),
        };
        let closed = self.closed && other.closed;
        let prefix = self.prefix;
        let ambiguous = true;
        Self { types, items, prefix, properties, additional, closed, ambiguous, cut, xml, delimiter: None }
    }

    /// Widens the expectation of a property that another branch does not name.
    fn join_unnamed(self, branch: &Self) -> Self {
        match &branch.additional {
            Some(additional) => self.join((**additional).clone()),
            None if branch.closed => self,
            None => self.join(Self::any()),
        }
    }

    /// Makes what can't be satisfied any type, for the schema to judge, and works out what is ambiguous.
    fn settle(&mut self) -> bool {
        if self.types == Types::NONE {
            self.types = Types::ALL;
        }
        let mut ambiguous = self.allows(Types::STRING) && self.allows(Types::READABLE);
        for item in &mut self.prefix {
            ambiguous |= item.settle();
        }
        ambiguous |= self.allows(Types::ARRAY) && self.items.as_deref_mut().is_none_or(Self::settle);
        let mut named = false;
        for property in self.properties.values_mut() {
            named |= property.settle();
        }
        named |= match self.additional.as_deref_mut() {
            Some(additional) => additional.settle(),
            None => !self.closed,
        };
        ambiguous |= self.allows(Types::OBJECT) && named;
        self.ambiguous = ambiguous;
        ambiguous
    }
}

fn both(one: Option<Box<Expect>>, other: Option<Box<Expect>>) -> Option<Box<Expect>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Box::new(one.meet(*other))),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::sync::Arc;

    /// What a schema lets expect; `$ref`s point into the schema itself.
    pub(crate) fn expect(schema: Value) -> Expect {
        let root = Arc::new(schema);
        let schemas = Schemas::new(Arc::clone(&root), root);
        Expect::compile(&schemas, Some(&Pointer::root()), Direction::Request)
    }

    fn told(expect: &Expect) -> String {
        let names = ["null", "boolean", "integer", "fraction", "string", "array", "object"];
        let allowed = names.iter().enumerate().filter(|(bit, _)| expect.types.has_bit(*bit));
        allowed.map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn types_are_narrowed_by_all_of_and_widened_by_any_of() {
        let everything = "null boolean integer fraction string array object";
        let table = [
            (json!({}), everything),
            (json!(true), everything),
            (json!({ "type": "integer" }), "integer"),
            (json!({ "type": "number" }), "integer fraction"),
            (json!({ "type": ["string", "null"] }), "null string"),
            (json!({ "enum": ["a", 1, null] }), "null integer fraction string"),
            (json!({ "const": 1.5 }), "fraction"),
            (json!({ "type": "integer", "enum": [1, 2] }), "integer"),
            (json!({ "allOf": [{ "type": "number" }, { "type": "integer" }] }), "integer"),
            (json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] }), everything),
            (json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }), "integer string"),
            (
                json!({ "anyOf": [{ "$ref": "#/$defs/a" }, { "type": "null" }], "$defs": { "a": { "type": "boolean" } } }),
                "null boolean",
            ),
            (json!({ "$ref": "#/missing" }), everything),
            (json!({ "$ref": "#", "type": "array" }), "array"),
        ];
        for (schema, expected) in table {
            assert_eq!(told(&expect(schema.clone())), expected, "{schema}");
        }
    }

    #[test]
    fn properties_and_items_are_found_behind_references_and_branches() {
        let expect = expect(json!({
            "allOf": [
                { "type": "object", "properties": { "a": { "type": "integer" } } },
                { "$ref": "#/$defs/more" }
            ],
            "$defs": { "more": {
                "properties": { "list": { "type": "array", "items": { "type": "boolean" } }, "self": { "$ref": "#/$defs/more" } },
                "additionalProperties": { "type": "number" }
            } }
        }));
        assert_eq!(told(expect.property("a")), "integer");
        assert_eq!(told(expect.property("list").items()), "boolean");
        assert_eq!(told(expect.property("other")), "integer fraction");
        assert!(expect.property("self").is_untyped());
    }

    #[test]
    fn a_property_that_one_branch_leaves_open_may_be_anything() {
        let open = json!({ "anyOf": [{ "type": "object", "properties": { "x": { "type": "integer" } } }, { "type": "object" }] });
        assert!(expect(open).property("x").is_untyped());
        let closed = json!({ "anyOf": [
            { "type": "object", "properties": { "x": { "type": "integer" } } },
            { "type": "object", "additionalProperties": false },
            { "type": "string" }
        ] });
        assert_eq!(told(expect(closed).property("x")), "integer");
    }

    #[test]
    fn schemas_that_grow_without_end_are_cut() {
        let mut definitions = serde_json::Map::new();
        for at in 0..40 {
            let properties: serde_json::Map<String, Value> =
                (0..40).map(|to| (format!("p{to}"), json!({ "$ref": format!("#/$defs/d{to}") }))).collect();
            definitions.insert(format!("d{at}"), json!({ "type": "object", "properties": properties }));
        }
        let wide = expect(json!({ "$ref": "#/$defs/d0", "$defs": definitions }));
        assert_eq!(told(wide.property("p1")), "object");
        let mut nested = json!({ "type": "string" });
        for _ in 0..400 {
            nested = json!({ "allOf": [nested] });
        }
        assert!(expect(nested).is_untyped());
    }
}
