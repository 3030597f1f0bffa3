//! Schemas of every version as JSON Schema 2020-12, one by one, in the two readings that `schema` tells apart.

use serde_json::{Map, Value, json};

use super::facts::Facts;
use super::structure::{ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP};
use super::version::Version;
use super::walk::Spot;
use super::{NULL_MEANT, NULL_UNLISTED};
use crate::pointer::Pointer;

/// Where the files beside the root are kept in the tree.
pub(super) const FILES: &str = "x-standin-files";

/// Where schemas are kept that were copied for other bindings of their dynamic references.
pub(super) const BOUND: &str = "x-standin-bound";

/// Which reading a tree is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// By the letter, for what is sent in replies: writeOnly properties are not required.
    Reply,
    /// As the author meant it, for what comes in requests: readOnly properties are not required.
    Request,
}

/// The pointer of a value of a file in the tree of all files.
pub(super) fn normal_pointer(spot: &Spot) -> Pointer {
    match spot.0 {
        0 => spot.1.clone(),
        file => Pointer::root().join(FILES).index(file - 1).concat(&spot.1),
    }
}

/// The file, and the pointer in it, of a pointer into the tree of all files. A copy is told to be where its original is.
pub(super) fn source_spot(pointer: &Pointer) -> Spot {
    let files = Pointer::root().join(FILES);
    let copied = pointer.strip_prefix(&Pointer::root().join(BOUND)).map(|rest| {
        let inside = rest.as_str().splitn(3, '/').nth(2);
        inside.map_or_else(Pointer::root, |inside| Pointer::from_escaped(format!("/{inside}")))
    });
    let pointer = copied.as_ref().unwrap_or(pointer);
    let Some(rest) = pointer.strip_prefix(&files) else { return (0, pointer.clone()) };
    let mut tokens = rest.as_str().splitn(3, '/').skip(1);
    let file = tokens.next().and_then(|token| token.parse::<usize>().ok()).map_or(0, |index| index + 1);
    let inside = tokens.next().map_or_else(Pointer::root, |rest| Pointer::from_escaped(format!("/{rest}")));
    (file, inside)
}

/// Lowers schemas for one reading.
pub(super) struct Lowering {
    version: Version,
    reading: Reading,
    /// Whether the other reading would give something else somewhere.
    pub(super) differs: bool,
}

impl Lowering {
    pub(super) fn new(version: Version, reading: Reading) -> Self {
        Self { version, reading, differs: false }
    }

    /// A schema as written, whose inner schemas have been lowered, in JSON Schema 2020-12.
    pub(super) fn schema(&mut self, mut schema: Map<String, Value>, facts: Option<&Facts>) -> Value {
        if let Some(facts) = facts {
            schema.retain(|keyword, _| !facts.unusable.contains(keyword));
        }
        only_schemas(&mut schema);
        reference(&mut schema, facts);
        if !self.version.has_json_schema() && schema.contains_key("$ref") {
            // 2.0 and 3.0: what stands beside a `$ref` is ignored (3.0.3 4.7.23.3); but `nullable` is meant.
            let nullable = is_nullable(&schema);
            schema.retain(|keyword, _| keyword == "$ref");
            return self.with_null(schema, nullable, false);
        }
        schema.retain(|keyword, value| {
            !LEFT_OUT.contains(&keyword.as_str()) || !(value.is_string() || value.is_boolean())
        });
        bounds(&mut schema);
        older_drafts(&mut schema);
        integer_formats(&mut schema);
        self.required(&mut schema, facts);
        mapping(&mut schema, facts);
        if schema.get("type").is_some_and(|name| name == "file") {
            schema.remove("type");
        }
        let nullable = is_nullable(&schema);
        // 2.0 knows no null at all: `x-nullable` is only what the author meant.
        let by_letter = self.version == Version::OpenApi30
            && schema.contains_key("type")
            && schema.get("nullable") == Some(&Value::Bool(true));
        schema.remove("nullable");
        schema.remove("x-nullable");
        self.with_null(schema, nullable, by_letter)
    }

    /// Adds null to what a schema takes: by the letter in both readings where `type` stands beside `nullable` (3.0.3
    /// 4.7.24.1 and the proposal that clarified it), else only as the author meant it.
    fn with_null(&mut self, mut schema: Map<String, Value>, nullable: bool, by_letter: bool) -> Value {
        if !nullable {
            return Value::Object(schema);
        }
        let has_null = |list: &Value| list.as_array().is_some_and(|list| list.contains(&Value::Null));
        let enum_without_null = schema.get("enum").is_some_and(|list| !has_null(list));
        if by_letter {
            if let Some(name) = schema.get("type").filter(|name| name.is_string()).cloned() {
                schema.insert("type".into(), json!([name, "null"]));
            }
            if enum_without_null {
                self.differs = true;
                schema.insert(NULL_UNLISTED.into(), Value::Bool(true));
                if self.reading == Reading::Request
                    && let Some(Value::Array(list)) = schema.get_mut("enum")
                {
                    list.push(Value::Null);
                }
            }
            let combined = ["allOf", "anyOf", "oneOf"].iter().any(|keyword| schema.contains_key(*keyword));
            if !combined {
                return Value::Object(schema);
            }
        }
        self.differs = true;
        match self.reading {
            Reading::Reply => {
                schema.insert(NULL_MEANT.into(), Value::Bool(true));
                Value::Object(schema)
            }
            Reading::Request => json!({ "anyOf": [{ "type": "null" }, schema] }),
        }
    }

    /// `required` does not hold for properties that are not sent in this direction (3.1 4.8.24.4, readOnly and writeOnly).
    fn required(&mut self, schema: &mut Map<String, Value>, facts: Option<&Facts>) {
        let Some(required) = schema.get_mut("required") else { return };
        if let Value::Array(names) = required {
            let one_way = facts.map(|facts| &facts.one_way[..]).unwrap_or_default();
            self.differs |= !one_way.is_empty();
            names.retain(|name| {
                let Some(name) = name.as_str() else { return false };
                let Some(told) = one_way.iter().find(|told| told.name == name) else { return true };
                match self.reading {
                    Reading::Reply => !told.write_only,
                    Reading::Request => !told.read_only,
                }
            });
        }
        if required.as_array().is_none_or(Vec::is_empty) {
            schema.remove("required");
        }
    }
}

/// Keywords that name schemas, or say how they are written: references are followed already.
const LEFT_OUT: [&str; 8] =
    ["$id", "id", "$schema", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment"];

fn reference(schema: &mut Map<String, Value>, facts: Option<&Facts>) {
    let target = facts.and_then(|facts| facts.reference.clone());
    if let (Some(written), Some(target)) = (schema.get_mut("$ref"), target) {
        *written = Value::String(target);
    }
    let is_dynamic = ["$dynamicRef", "$recursiveRef"].iter().any(|name| schema.remove(*name).is_some());
    if is_dynamic && let Some(target) = facts.and_then(|facts| facts.anchored.clone()) {
        if !schema.contains_key("$ref") {
            schema.insert("$ref".into(), Value::String(target));
        } else if let Value::Array(parts) = schema.entry("allOf").or_insert_with(|| json!([])) {
            parts.push(json!({ "$ref": target }));
        }
    }
}

fn mapping(schema: &mut Map<String, Value>, facts: Option<&Facts>) {
    // 2.0 names only the property.
    if let Some(Value::String(name)) = schema.get("discriminator").cloned() {
        schema.insert("discriminator".into(), json!({ "propertyName": name }));
    }
    let (Some(facts), Some(Value::Object(discriminator))) = (facts, schema.get_mut("discriminator")) else {
        return;
    };
    if let Some(target) = &facts.default_mapping {
        discriminator.insert("defaultMapping".into(), Value::String(target.clone()));
    }
    if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
        for (name, target) in &facts.mapping {
            mapping.insert(name.clone(), Value::String(target.clone()));
        }
    }
}

/// Leaves out what stands in the place of a schema and is none; it has been reported.
fn only_schemas(schema: &mut Map<String, Value>) {
    let is_schema = |value: &Value| value.is_object() || value.is_boolean();
    for keyword in SCHEMA_LIST {
        if let Some(Value::Array(list)) = schema.get_mut(*keyword) {
            list.retain(is_schema);
        }
    }
    for keyword in SCHEMA_MAP {
        if let Some(Value::Object(map)) = schema.get_mut(*keyword) {
            map.retain(|_, member| is_schema(member) || (*keyword == "dependencies" && member.is_array()));
        }
    }
    for keyword in ONE_SCHEMA {
        if schema.get(*keyword).is_some_and(|value| !is_schema(value) && !value.is_array()) {
            schema.remove(*keyword);
        }
    }
}

fn is_nullable(schema: &Map<String, Value>) -> bool {
    ["nullable", "x-nullable"].iter().any(|keyword| schema.get(*keyword) == Some(&Value::Bool(true)))
}

/// Boolean `exclusiveMinimum` and `exclusiveMaximum` (draft 4) as numbers.
fn bounds(schema: &mut Map<String, Value>) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let Some(Value::Bool(is_exclusive)) = schema.get(exclusive) else { continue };
        let is_exclusive = *is_exclusive;
        schema.remove(exclusive);
        if is_exclusive && let Some(value) = schema.remove(bound) {
            schema.insert(exclusive.into(), value);
        }
    }
}

/// The ranges of `int32` and `int64` as bounds, which the validators know.
fn integer_formats(schema: &mut Map<String, Value>) {
    let range = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => return,
    };
    let numeric = |name: &Value| name == "integer" || name == "number";
    let is_numeric = match schema.get("type") {
        Some(Value::Array(names)) => names.iter().any(numeric),
        Some(name) => numeric(name),
        None => false,
    };
    for (bound, exclusive, limit) in
        [("minimum", "exclusiveMinimum", range.0), ("maximum", "exclusiveMaximum", range.1)]
    {
        if is_numeric && !schema.contains_key(bound) && !schema.contains_key(exclusive) {
            schema.insert(bound.into(), json!(limit));
        }
    }
}

/// Keywords of older drafts, which `$schema` or `jsonSchemaDialect` may ask for, by their 2020-12 names.
fn older_drafts(schema: &mut Map<String, Value>) {
    if schema.get("items").is_some_and(Value::is_array) {
        let rest = schema.remove("additionalItems");
        if let Some(prefix) = schema.remove("items") {
            schema.insert("prefixItems".into(), prefix);
        }
        if let Some(rest) = rest {
            schema.insert("items".into(), rest);
        }
    }
    let Some(Value::Object(dependencies)) = schema.remove("dependencies") else { return };
    for (name, needed) in dependencies {
        let keyword = if needed.is_array() { "dependentRequired" } else { "dependentSchemas" };
        if let Value::Object(map) = schema.entry(keyword).or_insert_with(|| json!({})) {
            map.insert(name, needed);
        }
    }
}
