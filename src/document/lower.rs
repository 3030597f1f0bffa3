//! Schemas of every version as JSON Schema 2020-12, in place, in the two readings that `schema` tells apart.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::structure::{ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP};
use super::version::Version;
use super::walk::{Spot, Walk};
use crate::pointer::Pointer;

/// Where the files beside the root are kept in the tree.
pub(super) const FILES: &str = "x-standin-files";

/// Which reading a tree is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
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

/// The file, and the pointer in it, of a pointer into the tree of all files.
pub(super) fn source_spot(pointer: &Pointer) -> Spot {
    let files = Pointer::root().join(FILES);
    let Some(rest) = pointer.strip_prefix(&files) else { return (0, pointer.clone()) };
    let mut tokens = rest.as_str().splitn(3, '/').skip(1);
    let file = tokens.next().and_then(|token| token.parse::<usize>().ok()).map_or(0, |index| index + 1);
    let inside = tokens.next().map_or_else(Pointer::root, |rest| Pointer::from_escaped(format!("/{rest}")));
    (file, inside)
}

/// The trees of all files for replies and for requests; the same one where they do not differ.
pub(super) fn trees(walk: &mut Walk<'_>, added: &[(Pointer, Value)]) -> (Arc<Value>, Arc<Value>) {
    // Inner schemas first: an outer one may move them.
    let mut schemas: Vec<Spot> = walk.schemas.clone();
    schemas.sort_by(|one, other| {
        let depth = |spot: &Spot| spot.1.as_str().matches('/').count();
        depth(other).cmp(&depth(one)).then_with(|| one.cmp(other))
    });
    break_circles(walk, &schemas);
    let (reply, differs) = tree(walk, &schemas, added, Reading::Reply);
    let reply = Arc::new(reply);
    if !differs {
        return (Arc::clone(&reply), reply);
    }
    let (request, _) = tree(walk, &schemas, added, Reading::Request);
    (reply, Arc::new(request))
}

/// Takes out one reference of every chain that only refers to itself.
fn break_circles(walk: &mut Walk<'_>, schemas: &[Spot]) {
    for spot in schemas {
        let mut next = walk.references.get(spot);
        for _ in 0..64 {
            match next {
                Some(target) if target == spot => break,
                Some(target) if bare(walk, spot) && bare(walk, target) => next = walk.references.get(target),
                Some(_) | None => {
                    next = None;
                    break;
                }
            }
        }
        if next.is_some() {
            let diagnostic =
                crate::diagnostic::Diagnostic::error("endless-reference", "this `$ref` leads back to itself")
                    .help("it says nothing about the value, so anything is taken and given here");
            let place = (spot.0, spot.1.join("$ref"));
            walk.report(diagnostic, &place);
            walk.references.remove(spot);
            walk.unusable.insert(place);
        }
    }
}

fn bare(walk: &Walk<'_>, spot: &Spot) -> bool {
    walk.value(spot).get("$ref").is_some()
}

fn tree(walk: &Walk<'_>, schemas: &[Spot], added: &[(Pointer, Value)], reading: Reading) -> (Value, bool) {
    let mut root = walk.files.all[0].value.clone();
    let others: Vec<Value> = walk.files.all[1..].iter().map(|file| file.value.clone()).collect();
    if let (Value::Object(map), false) = (&mut root, others.is_empty()) {
        map.insert(FILES.into(), Value::Array(others));
    }
    let mut lowering = Lowering { walk, reading, differs: false };
    for spot in schemas {
        let Some(place) = root.pointer_mut(normal_pointer(spot).as_str()) else { continue };
        if let Value::Object(schema) = place {
            let lowered = lowering.schema(std::mem::take(schema), spot);
            *place = lowered;
        }
    }
    for (pointer, schema) in added {
        add(&mut root, pointer, schema.clone());
    }
    (root, lowering.differs)
}

/// Puts a value at a pointer whose parent is there.
fn add(root: &mut Value, pointer: &Pointer, value: Value) {
    let (Some(parent), Some(name)) = (pointer.parent(), pointer.last()) else { return };
    if let Some(Value::Object(map)) = root.pointer_mut(parent.as_str()) {
        map.insert(name, value);
    }
}

struct Lowering<'a, 'w> {
    walk: &'a Walk<'w>,
    reading: Reading,
    /// Whether the other reading would give something else somewhere.
    differs: bool,
}

impl Lowering<'_, '_> {
    fn schema(&mut self, mut schema: Map<String, Value>, spot: &Spot) -> Value {
        schema.retain(|keyword, _| !self.walk.unusable.contains(&(spot.0, spot.1.join(keyword))));
        only_schemas(&mut schema);
        self.reference(&mut schema, spot);
        if !self.walk.version.has_json_schema() && schema.contains_key("$ref") {
            // 2.0 and 3.0: what stands beside a `$ref` is ignored (3.0.3 4.7.23.3); but `nullable` is meant.
            let nullable = is_nullable(&schema);
            schema.retain(|keyword, _| keyword == "$ref");
            return self.with_null(schema, nullable, false);
        }
        for keyword in [
            "$id",
            "id",
            "$schema",
            "$anchor",
            "$dynamicAnchor",
            "$recursiveAnchor",
            "$vocabulary",
            "$comment",
        ] {
            if schema.get(keyword).is_some_and(|value| value.is_string() || value.is_boolean()) {
                schema.remove(keyword);
            }
        }
        bounds(&mut schema);
        older_drafts(&mut schema);
        integer_formats(&mut schema);
        self.required(&mut schema, spot);
        self.mapping(&mut schema, spot);
        if schema.get("type").is_some_and(|name| name == "file") {
            schema.remove("type");
        }
        let nullable = is_nullable(&schema);
        // 2.0 knows no null at all: `x-nullable` is only what the author meant.
        let by_letter = self.walk.version == Version::OpenApi30
            && schema.contains_key("type")
            && schema.get("nullable") == Some(&Value::Bool(true));
        schema.remove("nullable");
        schema.remove("x-nullable");
        self.with_null(schema, nullable, by_letter)
    }

    fn reference(&self, schema: &mut Map<String, Value>, spot: &Spot) {
        if schema.contains_key("$ref") {
            match self.walk.references.get(spot) {
                Some(target) => {
                    schema.insert("$ref".into(), Value::String(normal_pointer(target).to_fragment()));
                }
                None => {
                    schema.remove("$ref");
                }
            }
        }
        for keyword in ["$dynamicRef", "$recursiveRef"] {
            let Some(Value::String(name)) = schema.remove(keyword) else { continue };
            if let Some(pointer) = self.walk.files.anchored(spot.0, name.trim_start_matches('#')) {
                let target = normal_pointer(&(spot.0, pointer)).to_fragment();
                schema.entry("$ref").or_insert(Value::String(target));
            }
        }
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
            Reading::Reply => Value::Object(schema),
            Reading::Request => json!({ "anyOf": [{ "type": "null" }, schema] }),
        }
    }

    /// `required` does not hold for properties that are not sent in this direction (3.1 4.8.24.4, readOnly and writeOnly).
    fn required(&mut self, schema: &mut Map<String, Value>, spot: &Spot) {
        if schema.get("required").is_some_and(|value| !value.is_array()) {
            schema.remove("required");
            return;
        }
        let Some(Value::Array(required)) = schema.get("required") else { return };
        let flag = |name: &str, keyword: &str| {
            let place = (spot.0, spot.1.join("properties").join(name));
            let beside = self.walk.value(&place).get(keyword) == Some(&Value::Bool(true));
            beside
                || self
                    .walk
                    .behind(&place)
                    .is_some_and(|spot| self.walk.value(&spot).get(keyword) == Some(&Value::Bool(true)))
        };
        let mut differs = false;
        let kept: Vec<Value> = required
            .iter()
            .filter(|name| {
                let Some(name) = name.as_str() else { return false };
                let (read_only, write_only) = (flag(name, "readOnly"), flag(name, "writeOnly"));
                differs |= read_only || write_only;
                match self.reading {
                    Reading::Reply => !write_only,
                    Reading::Request => !read_only,
                }
            })
            .cloned()
            .collect();
        self.differs |= differs;
        if kept.is_empty() {
            schema.remove("required");
        } else {
            schema.insert("required".into(), Value::Array(kept));
        }
    }

    fn mapping(&self, schema: &mut Map<String, Value>, spot: &Spot) {
        // 2.0 names only the property.
        if let Some(Value::String(name)) = schema.get("discriminator").cloned() {
            schema.insert("discriminator".into(), json!({ "propertyName": name }));
        }
        let Some(Value::Object(mapping)) =
            schema.get_mut("discriminator").and_then(|found| found.get_mut("mapping"))
        else {
            return;
        };
        let place = spot.1.join("discriminator").join("mapping");
        for (name, target) in mapping.iter_mut() {
            if let Some(found) = self.walk.references.get(&(spot.0, place.join(name))) {
                *target = Value::String(normal_pointer(found).to_fragment());
            }
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
