//! A document read a second time, by nothing but its text: own references, own lowering, own lookup of responses.
//!
//! Only the YAML parser is shared with the program. Replies are read by the letter: in 3.0 `nullable` needs `type`, what
//! stands beside `$ref` is ignored before 3.1, a required property that is writeOnly may be missing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, PatternOptions, Registry, Validator};
use serde_json::{Map, Value, json};
use standin::document::SourceFile;

const BASE: &str = "urn:oracle";
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

/// A document as the oracle reads it.
pub struct Reading {
    /// Its operations, in the document's order.
    pub operations: Vec<Operation>,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

/// An operation, and what it may answer.
pub struct Operation {
    /// Its `operationId`, else `get /pets/{id}`.
    pub id: String,
    /// In upper case.
    pub method: String,
    /// The path template as written.
    pub template: String,
    /// By key: `200`, `4XX`, `default`.
    pub responses: Vec<(String, Response)>,
}

/// A declared response.
pub struct Response {
    /// Each media type with the name of its schema, if it has one, and that of its items.
    pub content: Vec<Content>,
    /// Name, whether it is required, and its schema's name.
    headers: Vec<(String, bool, Option<String>)>,
}

/// What is declared for one media type.
pub struct Content {
    media_type: String,
    schema: Option<String>,
    item_schema: Option<String>,
}

/// What came of holding a reply against the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it was judged.
    Judged,
    /// It has content that is not JSON, or a schema that can't be compiled: only status, media type and header fields were.
    InPart,
}

/// A reply as the oracle needs it.
pub struct Given<'a> {
    pub status: u16,
    pub header: &'a dyn Fn(&str) -> Option<String>,
    pub body: &'a [u8],
    pub is_head: bool,
}

impl Reading {
    /// Reads a file and all that it refers to.
    pub fn of_file(path: &Path) -> Self {
        Self::of_some(path, usize::MAX).0
    }

    /// Reads a file for at most `most` of its operations: every nth. Also tells n, and how many operations there are.
    pub fn of_some(path: &Path, most: usize) -> (Self, usize, usize) {
        let root = path.canonicalize().unwrap();
        let mut lowering = Lowering {
            files: HashMap::new(),
            version: 0,
            names: HashMap::new(),
            waiting: Vec::new(),
            definitions: Map::new(),
        };
        lowering.read(&root);
        lowering.run(&root, most)
    }

    /// Reads a text.
    pub fn of_text(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document.yaml");
        std::fs::write(&path, text).unwrap();
        Self::of_file(&path)
    }

    /// The operation of this id.
    pub fn operation(&self, id: &str) -> &Operation {
        let found = self.operations.iter().find(|operation| operation.id == id);
        found.unwrap_or_else(|| panic!("the document has no operation `{id}`"))
    }

    /// Holds a reply against what the operation declares for its status.
    pub fn judge(&self, operation: &Operation, given: &Given<'_>) -> Result<Verdict, String> {
        let Some(response) = operation.response(given.status) else {
            return Err(format!("{} is not declared for `{}`", given.status, operation.id));
        };
        let mut verdict = Verdict::Judged;
        for (name, is_required, schema) in &response.headers {
            match ((given.header)(name), schema) {
                (None, _) if *is_required => return Err(format!("the header `{name}` is missing")),
                (Some(text), Some(schema)) => self.judge_header(name, &text, schema)?,
                (Some(_), None) | (None, _) => {}
            }
        }
        if given.is_head || matches!(given.status, 204 | 205 | 304) {
            return if given.body.is_empty() {
                Ok(verdict)
            } else {
                Err("there is content where none can be".into())
            };
        }
        if response.content.is_empty() {
            return if given.body.is_empty() {
                Ok(verdict)
            } else {
                Err("there is content and none is declared".into())
            };
        }
        let sent = (given.header)("content-type").ok_or("`Content-Type` is missing")?;
        let content = response.content.iter().max_by_key(|content| content.fit(&sent)).unwrap();
        if content.fit(&sent) == 0 {
            return Err(format!("the media type `{sent}` is not declared"));
        }
        let essence = essence(&sent);
        if essence.ends_with("ndjson") || essence.ends_with("jsonl") {
            for line in given.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let item = content.item_schema.as_ref().or(content.schema.as_ref());
                verdict = verdict.and(self.judge_json(line, item)?);
            }
        } else if essence == "application/json" || essence.ends_with("+json") {
            verdict = verdict.and(self.judge_json(given.body, content.schema.as_ref())?);
        } else {
            verdict = Verdict::InPart;
        }
        Ok(verdict)
    }

    fn judge_json(&self, body: &[u8], schema: Option<&String>) -> Result<Verdict, String> {
        let value: Value =
            serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}: {}", shown(body)))?;
        let Some(schema) = schema else { return Ok(Verdict::Judged) };
        let Some(validator) = self.validator(schema) else { return Ok(Verdict::InPart) };
        if validator.is_valid(&value) {
            return Ok(Verdict::Judged);
        }
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .take(3)
            .map(|error| format!("{error} at `{}`", error.instance_path()))
            .collect();
        Err(format!("invalid by {schema}: {}\n    {}", errors.join("; "), shown(body)))
    }

    /// A header's text is valid if it is so as a number, a boolean or a string; lists and objects are left alone.
    fn judge_header(&self, name: &str, text: &str, schema: &str) -> Result<(), String> {
        let Some(validator) = self.validator(schema) else { return Ok(()) };
        let readings = [serde_json::from_str(text).ok(), Some(json!(text))];
        let listed = json!(text.split(',').map(str::trim).collect::<Vec<_>>());
        let valid = readings.iter().flatten().chain([&listed]).any(|value| validator.is_valid(value));
        if valid || text.contains(['=', ',']) {
            Ok(())
        } else {
            Err(format!("the header `{name}: {text}` is invalid"))
        }
    }

    fn validator(&self, name: &str) -> Option<Arc<Validator>> {
        let mut validators = self.validators.lock().unwrap();
        let compile = || {
            jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(&self.registry)
                .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(10_000))
                .offline()
                .should_validate_formats(true)
                .should_ignore_unknown_formats(true)
                .with_format("byte", |text: &str| {
                    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte))
                })
                .build(&json!({ "$ref": format!("{BASE}#/$defs/{name}") }))
                .ok()
                .map(Arc::new)
        };
        validators.entry(name.to_owned()).or_insert_with(compile).clone()
    }
}

impl Operation {
    /// The response declared for a status: exact, then its range, then `default`.
    pub fn response(&self, status: u16) -> Option<&Response> {
        let find = |wanted: &str| self.responses.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
        let range = format!("{}XX", status / 100);
        find(&status.to_string()).or_else(|| find(&range)).or_else(|| find("default")).map(|(_, found)| found)
    }

    /// One status for each declared response that can be asked for.
    pub fn statuses(&self) -> Vec<u16> {
        let declares = |status: u16| self.responses.iter().any(|(key, _)| *key == status.to_string());
        let of_key = |key: &str| match key {
            "default" => (500..600).find(|status| self.response(*status).is_some() && !declares(*status)),
            key if key.to_ascii_uppercase().ends_with("XX") => {
                let hundred: u16 = key[..1].parse().ok()?;
                (hundred * 100..hundred * 100 + 100).find(|status| !declares(*status))
            }
            key => key.parse().ok(),
        };
        let statuses: BTreeSet<u16> = self.responses.iter().filter_map(|(key, _)| of_key(key)).collect();
        statuses.into_iter().filter(|status| (200..600).contains(status)).collect()
    }
}

impl Content {
    /// How specifically it takes a media type: 0 not at all.
    fn fit(&self, sent: &str) -> usize {
        let (declared, sent) = (essence(&self.media_type), essence(sent));
        let main = declared.split('/').next().unwrap_or_default();
        match declared.as_str() {
            "*/*" => 1,
            range if range.ends_with("/*") && sent.starts_with(&format!("{main}/")) => 2,
            exact if exact == sent => 3,
            _ => 0,
        }
    }
}

impl Verdict {
    fn and(self, other: Self) -> Self {
        if self == Self::Judged { other } else { self }
    }
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(600).collect()
}

/// A place in one of the files.
type Spot = (PathBuf, String);

struct Lowering {
    files: HashMap<PathBuf, Arc<Value>>,
    /// 20, 30, 31, 32.
    version: u32,
    names: HashMap<String, String>,
    /// Named and not lowered yet: a list, because recursion would go as deep as references lead.
    waiting: Vec<(String, Spot, BTreeSet<String>)>,
    definitions: Map<String, Value>,
}

impl Lowering {
    fn read(&mut self, path: &Path) -> Option<Arc<Value>> {
        if let Some(known) = self.files.get(path) {
            return Some(Arc::clone(known));
        }
        let mut ignored = Vec::new();
        let file = SourceFile::read(path, &path.display().to_string(), &mut ignored)?;
        let value = Arc::new(file.value);
        self.files.insert(path.to_owned(), Arc::clone(&value));
        Some(value)
    }

    fn run(mut self, root: &Path, most: usize) -> (Reading, usize, usize) {
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
        let registry =
            Registry::new().draft(Draft::Draft202012).add(BASE, Arc::new(tree)).unwrap().prepare().unwrap();
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

/// Counts of what was judged, by what came of it.
#[derive(Debug, Default, Clone)]
pub struct Tally(pub BTreeMap<&'static str, usize>);

impl Tally {
    pub fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }
}
