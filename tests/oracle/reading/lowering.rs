//! The oracle's own lowering: references across files, and schemas of every version as JSON Schema 2020-12.

mod identified;
mod native;

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Registry};
use serde_json::{Map, Value, json};
use standin::document::SourceFile;

use super::{BASE, Content, Operation, Reading, Response};

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
/// The keywords of a schema before 3.1; everything else says nothing about validity.
const OLD_KEYWORDS: [&str; 24] = [
    "type",
    "enum",
    "properties",
    "required",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "additionalProperties",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// A place in one of the files.
type Spot = (PathBuf, String);

/// One document being read and lowered.
#[derive(Default)]
pub(super) struct Lowering {
    files: HashMap<PathBuf, Arc<Value>>,
    /// 20, 30, 31, 32.
    version: u32,
    names: HashMap<String, String>,
    /// Named and not lowered yet: a list, because recursion would go as deep as references lead.
    waiting: Vec<(String, Spot, BTreeSet<String>)>,
    definitions: Map<String, Value>,
    resources: native::Resources,
}

impl Lowering {
    pub(super) fn read(&mut self, path: &Path) -> Option<Arc<Value>> {
        if let Some(known) = self.files.get(path) {
            return Some(Arc::clone(known));
        }
        let mut ignored = Vec::new();
        let file = SourceFile::read(path, &path.display().to_string(), &mut ignored)?;
        let value = Arc::new(file.value);
        self.files.insert(path.to_owned(), Arc::clone(&value));
        Some(value)
    }

    pub(super) fn run(mut self, root: &Path, most: usize) -> (Reading, usize, usize) {
        let document = self.read(root).unwrap();
        let stated = document.get("openapi").or_else(|| document.get("swagger"));
        let stated = stated.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        self.version =
            stated.unwrap().chars().filter(char::is_ascii_digit).take(2).collect::<String>().parse().unwrap();
        let found = self.places(root, &document);
        let every = found.len().div_ceil(most).max(1);
        let operations = found
            .iter()
            .step_by(every)
            .map(|(spot, method, template)| self.operation(&document, spot, method, template))
            .collect();
        while let Some((name, spot, excused)) = self.waiting.pop() {
            let lowered = self.lower(&spot, &excused);
            self.definitions.insert(name, lowered);
        }
        let tree = json!({ "$defs": self.definitions });
        let mut registry = Registry::new().draft(Draft::Draft202012).add(BASE, Arc::new(tree)).unwrap();
        for (identifier, schema) in self.resources.0 {
            registry = registry.add(identifier, Arc::new(schema)).unwrap();
        }
        let registry = registry.prepare().unwrap();
        (Reading { operations, registry, validators: Mutex::default() }, every, found.len())
    }

    /// Every operation's place, method and template.
    fn places(&mut self, root: &Path, document: &Value) -> Vec<(Spot, String, String)> {
        let mut found = Vec::new();
        let paths = document.get("paths").and_then(Value::as_object);
        for template in paths.into_iter().flat_map(Map::keys).filter(|template| template.starts_with('/')) {
            let Some((spot, item)) = self.follow((root.to_owned(), join("/paths", template))) else {
                continue;
            };
            let additional = item.get("additionalOperations").and_then(Value::as_object);
            let additional = additional.into_iter().flat_map(Map::keys);
            let further =
                additional.map(|key| (key.clone(), join(&join(&spot.1, "additionalOperations"), key)));
            let members = METHODS.iter().filter(|method| item.get(**method).is_some());
            let members = members.map(|method| ((*method).to_owned(), join(&spot.1, method)));
            found.extend(
                members.chain(further).map(|(method, at)| ((spot.0.clone(), at), method, template.clone())),
            );
        }
        found
    }

    fn operation(&mut self, document: &Value, spot: &Spot, method: &str, template: &str) -> Operation {
        let (spot, object) = self.follow(spot.clone()).unwrap();
        let id = object.get("operationId").and_then(Value::as_str);
        let id = id.map_or_else(|| format!("{} {template}", method.to_ascii_lowercase()), str::to_owned);
        let produces = object.get("produces").or_else(|| document.get("produces")).and_then(Value::as_array);
        let produces: Vec<String> =
            produces.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let mut responses = Vec::new();
        for key in object.get("responses").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let at = (spot.0.clone(), join(&join(&spot.1, "responses"), key));
            if key.starts_with("x-") {
                continue;
            }
            let Some((at, response)) = self.follow(at) else { continue };
            let response = self.response(&at, &response, &produces);
            responses.push((key.clone(), response));
        }
        Operation { id, method: method.to_ascii_uppercase(), template: template.to_owned(), responses }
    }

    fn response(&mut self, at: &Spot, response: &Value, produces: &[String]) -> Response {
        let mut headers = Vec::new();
        for name in response.get("headers").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let spot = (at.0.clone(), join(&join(&at.1, "headers"), name));
            let Some((spot, header)) = self.follow(spot) else { continue };
            let is_required = header.get("required") == Some(&Value::Bool(true));
            let schema = if self.version == 20 {
                Some(self.name(spot, &BTreeSet::new()))
            } else {
                header.get("schema").map(|_| self.name((spot.0, join(&spot.1, "schema")), &BTreeSet::new()))
            };
            if !name.eq_ignore_ascii_case("content-type") {
                headers.push((name.clone(), is_required, schema));
            }
        }
        let mut content = Vec::new();
        if self.version == 20 {
            let schema = response.get("schema").map(|schema| (schema, join(&at.1, "schema")));
            for media_type in
                schema.iter().flat_map(|_| produces.iter().cloned().chain(["application/json".to_owned()]))
            {
                let (value, pointer) = schema.as_ref().unwrap();
                let is_file = value.get("type").and_then(Value::as_str) == Some("file");
                let schema = (!is_file).then(|| self.name((at.0.clone(), pointer.clone()), &BTreeSet::new()));
                content.push(Content { media_type, schema, item_schema: None });
            }
        }
        for key in response.get("content").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let spot = (at.0.clone(), join(&join(&at.1, "content"), key));
            let Some((spot, value)) = self.follow(spot) else { continue };
            let mut schema = |member: &str| {
                value
                    .get(member)
                    .map(|_| self.name((spot.0.clone(), join(&spot.1, member)), &BTreeSet::new()))
            };
            let (whole, item) = (schema("schema"), schema("itemSchema"));
            content.push(Content { media_type: key.clone(), schema: whole, item_schema: item });
        }
        Response { content, headers }
    }

    /// What stands at a place, behind any chain of `$ref`s.
    fn follow(&mut self, mut spot: Spot) -> Option<(Spot, Value)> {
        for _ in 0..40 {
            let value = self.read(&spot.0)?.pointer(&spot.1)?.clone();
            match value.get("$ref").and_then(Value::as_str) {
                Some(reference) => spot = self.target(&spot, reference)?,
                None => return Some((spot, value)),
            }
        }
        None
    }

    /// The place that a `$ref` names; through further `$ref`s where a token lies behind one.
    fn target(&mut self, from: &Spot, reference: &str) -> Option<Spot> {
        let (location, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let root = self.read(&from.0)?;
        if let Some(pointer) = identified::find(&root, &from.1, location, fragment) {
            return Some((from.0.clone(), pointer));
        }
        let file = if location.is_empty() { from.0.clone() } else { beside(&from.0, &decoded(location)) };
        let fragment = decoded(fragment);
        let whole = self.read(&file)?;
        if whole.pointer(&fragment).is_some() {
            return Some((file, fragment));
        }
        let mut spot = (file, String::new());
        for token in fragment.split('/').skip(1) {
            (spot, _) = self.follow(spot)?;
            spot.1 = format!("{}/{token}", spot.1);
        }
        self.read(&spot.0)?.pointer(&spot.1).is_some().then_some(spot)
    }

    /// The name under which a schema is lowered; `excused` are the writeOnly properties of the schemas around it.
    fn name(&mut self, spot: Spot, excused: &BTreeSet<String>) -> String {
        let key = format!("{}#{}|{excused:?}", spot.0.display(), spot.1);
        if let Some(known) = self.names.get(&key) {
            return known.clone();
        }
        let name = format!("s{}", self.names.len());
        self.names.insert(key, name.clone());
        self.waiting.push((name.clone(), spot, excused.clone()));
        name
    }

    fn reference(&mut self, spot: Spot, excused: &BTreeSet<String>) -> Value {
        Value::String(format!("#/$defs/{}", self.name(spot, excused)))
    }

    fn lower(&mut self, spot: &Spot, excused: &BTreeSet<String>) -> Value {
        let Some(value) = self.read(&spot.0).and_then(|file| file.pointer(&spot.1).cloned()) else {
            return json!(true);
        };
        let Value::Object(schema) = value else { return value };
        if let Some(file) = self.read(&spot.0).filter(|file| native::is_meant(file)) {
            return self.resources.refer(&file, spot);
        }
        let is_old = self.version < 31;
        let mut lowered = Map::new();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            // A reference that can't be followed leaves the schema open: the oracle then accepts too much, never too little.
            if let Some(target) = self.target(spot, reference) {
                lowered.insert("$ref".into(), self.reference(target, excused));
            }
            if is_old {
                return Value::Object(lowered);
            }
        }
        let mut excused = excused.clone();
        excused.extend(self.write_only(spot, 0));
        for (keyword, value) in &schema {
            let inner = (spot.0.clone(), join(&spot.1, keyword));
            let keyword = keyword.as_str();
            if is_old && !OLD_KEYWORDS.contains(&keyword) {
                continue;
            }
            let made = match keyword {
                "$ref" | "$id" | "$schema" | "$anchor" | "$dynamicAnchor" | "$dynamicRef" | "$defs"
                | "$vocabulary" | "definitions" | "example" | "examples" | "default" => continue,
                "allOf" | "oneOf" | "anyOf" | "prefixItems" => {
                    let excused = if keyword == "prefixItems" { BTreeSet::new() } else { excused.clone() };
                    let count = value.as_array().map_or(0, Vec::len);
                    let branch = |index: usize| (inner.0.clone(), format!("{}/{index}", inner.1));
                    Value::Array((0..count).map(|index| self.inline(branch(index), &excused)).collect())
                }
                "properties" | "patternProperties" | "dependentSchemas" => {
                    let mut members = Map::new();
                    for key in value.as_object().into_iter().flat_map(Map::keys) {
                        let at = (inner.0.clone(), join(&inner.1, key));
                        members.insert(key.clone(), self.inline(at, &BTreeSet::new()));
                    }
                    Value::Object(members)
                }
                "not" | "if" | "then" | "else" => self.inline(inner, &excused),
                "items"
                | "additionalProperties"
                | "contains"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "contentSchema" => self.inline(inner, &BTreeSet::new()),
                "required" => {
                    let names = value.as_array().into_iter().flatten();
                    names
                        .filter(|name| !name.as_str().is_some_and(|name| excused.contains(name)))
                        .cloned()
                        .collect()
                }
                _ => value.clone(),
            };
            lowered.insert(keyword.to_owned(), made);
        }
        if is_old {
            self.raise(&schema, &mut lowered);
        }
        bound_integers(&schema, &mut lowered);
        Value::Object(lowered)
    }

    fn inline(&mut self, spot: Spot, excused: &BTreeSet<String>) -> Value {
        json!({ "$ref": self.reference(spot, excused) })
    }

    /// What 2.0 and 3.0 say otherwise than JSON Schema 2020-12.
    fn raise(&self, schema: &Map<String, Value>, lowered: &mut Map<String, Value>) {
        if self.version == 30
            && schema.get("nullable") == Some(&Value::Bool(true))
            && let Some(Value::String(of)) = schema.get("type")
        {
            lowered.insert("type".into(), json!([of, "null"]));
        }
        if schema.get("type").and_then(Value::as_str) == Some("file") {
            lowered.clear();
        }
        for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if let Some(Value::Bool(is_exclusive)) = schema.get(flag) {
                lowered.remove(flag);
                if let (true, Some(value)) = (is_exclusive, schema.get(bound)) {
                    lowered.remove(bound);
                    lowered.insert(flag.into(), value.clone());
                }
            }
        }
    }

    /// The properties that a schema, or a part of it, declares writeOnly.
    fn write_only(&mut self, spot: &Spot, depth: usize) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let Some((spot, schema)) = self.follow(spot.clone()) else { return found };
        if depth > 6 {
            return found;
        }
        for name in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let at = (spot.0.clone(), join(&join(&spot.1, "properties"), name));
            if self.follow(at).is_some_and(|(_, found)| found.get("writeOnly") == Some(&Value::Bool(true))) {
                found.insert(name.clone());
            }
        }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for index in 0..schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len) {
                found.extend(
                    self.write_only(&(spot.0.clone(), format!("{}/{keyword}/{index}", spot.1)), depth + 1),
                );
            }
        }
        found
    }
}

/// `int32` and `int64` bound integers.
fn bound_integers(schema: &Map<String, Value>, lowered: &mut Map<String, Value>) {
    let is_integer = schema.get("type").is_some_and(|of| of == "integer");
    let (least, most) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") if is_integer => (json!(i32::MIN), json!(i32::MAX)),
        Some("int64") if is_integer => (json!(i64::MIN), json!(i64::MAX)),
        _ => return,
    };
    let bounds = json!({ "anyOf": [{ "type": "null" }, { "minimum": least, "maximum": most }] });
    match lowered.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(parts) => parts.push(bounds),
        None => {
            lowered.insert("allOf".into(), json!([bounds]));
        }
    }
}

fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn beside(file: &Path, location: &str) -> PathBuf {
    let mut path = file.parent().unwrap().to_owned();
    for part in Path::new(location).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}
