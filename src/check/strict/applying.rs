//! All schemas that hold for one place of a value, and what they say together.

use indexmap::IndexSet;
use serde_json::{Map, Value};

use crate::document::{NULL_MEANT, NULL_UNLISTED};
use crate::pointer::Pointer;
use crate::schema::reference;

/// Keywords that say what properties there may be beside the named ones.
const OPENING: [&str; 4] =
    ["additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames"];
/// Keywords that say what a value may be: where one is, the schema is not without a type.
const SAYING: [&str; 8] =
    ["type", "enum", "const", "items", "prefixItems", "minimum", "maxLength", "pattern"];

/// The schemas that hold for a value: the given ones, what they refer to, and what holds with them. Conditions count
/// whatever they decide.
pub(super) struct Applying<'a> {
    root: &'a Value,
    schemas: Vec<(Pointer, &'a Map<String, Value>)>,
}

impl<'a> Applying<'a> {
    pub(super) fn of(root: &'a Value, entries: Vec<Pointer>) -> Self {
        let mut applying = Self { root, schemas: Vec::new() };
        for entry in entries {
            applying.add(entry);
        }
        applying
    }

    /// Adds a schema and what holds with it.
    pub(super) fn add(&mut self, entry: Pointer) {
        let mut queue = vec![entry];
        while let Some(pointer) = queue.pop() {
            let Some(Value::Object(schema)) = pointer.find(self.root) else { continue };
            if self.schemas.iter().any(|(_, known)| std::ptr::eq(*known, schema)) {
                continue;
            }
            queue.extend(schema.get("$ref").and_then(reference));
            let count = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
            queue.extend((0..count).map(|index| pointer.join("allOf").index(index)));
            for keyword in ["if", "then", "else"] {
                queue.extend(schema.contains_key(keyword).then(|| pointer.join(keyword)));
            }
            let dependent = schema.get("dependentSchemas").and_then(Value::as_object);
            queue.extend(
                dependent
                    .into_iter()
                    .flat_map(Map::keys)
                    .map(|name| pointer.join("dependentSchemas").join(name)),
            );
            self.schemas.push((pointer, schema));
        }
    }

    /// The nth schema, and where it is.
    pub(super) fn schema(&self, index: usize) -> Option<(&Pointer, &'a Map<String, Value>)> {
        self.schemas.get(index).map(|(pointer, schema)| (pointer, *schema))
    }

    /// Whether the schema at a place is among them.
    pub(super) fn holds(&self, place: &Pointer) -> bool {
        let schema = place.find(self.root).and_then(Value::as_object);
        schema.is_some_and(|schema| self.schemas.iter().any(|(_, known)| std::ptr::eq(*known, schema)))
    }

    /// The first schema that names properties.
    pub(super) fn naming(&self) -> Option<&Pointer> {
        let found = self.schemas.iter().find(|(_, schema)| named(schema).next().is_some());
        found.map(|(pointer, _)| pointer)
    }

    /// The names that any of the schemas gives to properties, each once.
    pub(super) fn names(&self) -> IndexSet<&'a str> {
        self.schemas.iter().flat_map(|(_, schema)| named(schema)).collect()
    }

    /// Whether any of the schemas names a property.
    pub(super) fn names_property(&self, name: &str) -> bool {
        let mut maps = self.schemas.iter().filter_map(|(_, schema)| schema.get("properties"));
        maps.any(|map| map.get(name).is_some())
    }

    /// Whether other properties than the named ones are meant to be there.
    pub(super) fn is_open(&self) -> bool {
        let opens = |value: &Value| *value != Value::Bool(false);
        self.schemas
            .iter()
            .any(|(_, schema)| OPENING.iter().any(|keyword| schema.get(*keyword).is_some_and(opens)))
    }

    /// Whether nothing says what kind of value it is but the names of properties.
    pub(super) fn is_untyped(&self) -> bool {
        self.schemas.iter().all(|(_, schema)| SAYING.iter().all(|keyword| !schema.contains_key(*keyword)))
    }

    /// Whether some property has to be there.
    pub(super) fn requires(&self) -> bool {
        let lists = |schema: &Map<String, Value>| {
            schema.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty())
        };
        self.schemas.iter().any(|(_, schema)| lists(schema) || schema.contains_key("minProperties"))
    }

    /// Whether null is meant to be allowed, though by the letter it is not.
    pub(super) fn means_null(&self) -> bool {
        let marks = [NULL_MEANT, NULL_UNLISTED];
        self.schemas.iter().any(|(_, schema)| marks.iter().any(|mark| schema.contains_key(*mark)))
    }

    /// The schemas of a property: those that name it, else those of all others.
    pub(super) fn of_property(&self, name: &str) -> Vec<Pointer> {
        let named = self
            .schemas
            .iter()
            .filter(|(_, schema)| schema.get("properties").is_some_and(|map| map.get(name).is_some()));
        let found: Vec<Pointer> = named.map(|(pointer, _)| pointer.join("properties").join(name)).collect();
        if found.is_empty() { self.under("additionalProperties") } else { found }
    }

    /// The schemas of an item.
    pub(super) fn of_item(&self, index: usize) -> Vec<Pointer> {
        let mut found = Vec::new();
        for (pointer, schema) in &self.schemas {
            let count = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
            if index < count {
                found.push(pointer.join("prefixItems").index(index));
            } else if schema.contains_key("items") {
                found.push(pointer.join("items"));
            }
        }
        found
    }

    fn under(&self, keyword: &str) -> Vec<Pointer> {
        let having = self.schemas.iter().filter(|(_, schema)| schema.contains_key(keyword));
        having.map(|(pointer, _)| pointer.join(keyword)).collect()
    }
}

fn named(schema: &Map<String, Value>) -> impl Iterator<Item = &str> {
    schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str)
}
