//! Finds the keywords that hold at each place of a value: a walk through value and schemas together.

use serde_json::{Map, Value};

use super::site::Site;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas, reference};

/// No walk goes deeper than this many objects and arrays.
const DEEPEST: usize = 12;
/// More keywords than these are not looked at.
const MOST_SITES: usize = 5000;
/// So many schemas hold at one place at most.
const MOST_SCHEMAS: usize = 200;
/// Of lists, the first items: one for each schema of a tuple, and one of those behind.
const MOST_ITEMS: usize = 8;

/// The keywords that hold at each place of a valid value, in the order of the value and of the schemas.
pub(super) fn sites<'a>(
    schemas: &'a Schemas,
    schema: &Pointer,
    direction: Direction,
    value: &'a Value,
    place: Option<&Pointer>,
) -> Vec<Site<'a>> {
    let root = schemas.root(direction);
    let mut walk = Walk { schemas, direction, root, place, sites: Vec::new() };
    walk.visit(&Pointer::root(), value, std::slice::from_ref(schema), 0);
    walk.sites
}

struct Walk<'a, 'p> {
    schemas: &'a Schemas,
    direction: Direction,
    root: &'a Value,
    /// A place that is visited whatever is left out.
    place: Option<&'p Pointer>,
    sites: Vec<Site<'a>>,
}

/// A schema that holds, and where it is.
type Holding<'a> = (Pointer, &'a Map<String, Value>);

impl<'a> Walk<'a, '_> {
    fn visit(&mut self, instance: &Pointer, value: &'a Value, schemas: &[Pointer], depth: usize) {
        if depth > DEEPEST || self.sites.len() > MOST_SITES {
            return;
        }
        let mut holding = Vec::new();
        for schema in schemas {
            self.gather(schema, value, &mut holding);
        }
        for (pointer, schema) in &holding {
            for (name, limit) in *schema {
                let keyword = pointer.join(name);
                let instance = instance.clone();
                self.sites.push(Site { instance, value, schema, name, keyword, limit, root: self.root });
            }
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let inside = of_property(&holding, name);
                    self.visit(&instance.join(name), member, &inside, depth + 1);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let here = instance.index(index);
                    if self.is_looked_at(&holding, index, &here) {
                        self.visit(&here, item, &of_item(&holding, index), depth + 1);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn is_looked_at(&self, holding: &[Holding<'_>], index: usize, here: &Pointer) -> bool {
        let tuple = |(_, schema): &Holding<'_>| schema.get("prefixItems")?.as_array().map(Vec::len);
        let first = holding.iter().filter_map(tuple).max().unwrap_or(0).min(MOST_ITEMS);
        index <= first || self.place.is_some_and(|place| place.strip_prefix(here).is_some())
    }

    /// Adds a schema and all that hold with it at the same place: what it refers to, `allOf`, the alternatives that the
    /// value takes.
    fn gather(&self, pointer: &Pointer, value: &Value, holding: &mut Vec<Holding<'a>>) {
        let Some(Value::Object(schema)) = pointer.find(self.root) else { return };
        if holding.len() >= MOST_SCHEMAS || holding.iter().any(|(known, _)| known == pointer) {
            return;
        }
        holding.push((pointer.clone(), schema));
        if let Some(target) = schema.get("$ref").and_then(reference) {
            self.gather(&target, value, holding);
        }
        let is_taken = |branch: &Pointer| {
            self.schemas.validator(branch, self.direction).is_ok_and(|branch| branch.is_valid(value))
        };
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let count = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..count {
                let branch = pointer.join(keyword).index(index);
                if keyword == "allOf" || is_taken(&branch) {
                    self.gather(&branch, value, holding);
                }
            }
        }
        if schema.contains_key("if") {
            let keyword = if is_taken(&pointer.join("if")) { "then" } else { "else" };
            self.gather(&pointer.join(keyword), value, holding);
        }
        let dependent = schema.get("dependentSchemas").and_then(Value::as_object);
        for name in dependent.into_iter().flat_map(Map::keys).filter(|name| value.get(*name).is_some()) {
            self.gather(&pointer.join("dependentSchemas").join(name), value, holding);
        }
    }
}

/// The schemas of a property's value.
fn of_property(holding: &[Holding<'_>], name: &str) -> Vec<Pointer> {
    let mut inside = Vec::new();
    for (pointer, schema) in holding {
        let mut is_named = false;
        if schema.get("properties").is_some_and(|properties| properties.get(name).is_some()) {
            inside.push(pointer.join("properties").join(name));
            is_named = true;
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        for pattern in patterns.into_iter().flat_map(Map::keys) {
            if fancy_regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(name).unwrap_or(false)) {
                inside.push(pointer.join("patternProperties").join(pattern));
                is_named = true;
            }
        }
        if !is_named && schema.contains_key("additionalProperties") {
            inside.push(pointer.join("additionalProperties"));
        }
    }
    inside
}

/// The schemas of an item.
fn of_item(holding: &[Holding<'_>], index: usize) -> Vec<Pointer> {
    let mut inside = Vec::new();
    for (pointer, schema) in holding {
        let tuple = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
        if index < tuple {
            inside.push(pointer.join("prefixItems").index(index));
        } else if schema.contains_key("items") {
            inside.push(pointer.join("items"));
        }
    }
    inside
}
