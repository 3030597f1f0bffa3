//! A document read a second time, by nothing but its text: own references, own lowering, own lookup of responses.
//!
//! Only the YAML parser is shared with the program. Replies are read by the letter: in 3.0 `nullable` needs `type`, what
//! stands beside `$ref` is ignored before 3.1, a required property that is writeOnly may be missing.

mod lowering;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, PatternOptions, Registry, Validator};
use lowering::Lowering;
use serde_json::{Value, json};

const BASE: &str = "urn:oracle";

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
    /// As declared: a media type or a range.
    pub media_type: String,
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
        let mut lowering = Lowering::default();
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
        if let Some(items) = items(&essence, given.body) {
            // A schema beside a stream of events speaks of all its text, which is no JSON.
            let whole = content.schema.as_ref().filter(|_| essence != "text/event-stream");
            let item = content.item_schema.as_ref().or(whole);
            for text in items {
                verdict = verdict.and(self.judge_json(&text, item)?);
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

/// The items of a sequential media type as JSON (OpenAPI 3.2 4.14.3); `None` if it is none.
fn items(essence: &str, body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let split =
        |at: u8| body.split(move |byte| *byte == at).filter(|text| !text.is_empty()).map(<[u8]>::to_vec);
    match essence {
        "application/json-seq" => Some(split(0x1e).collect()),
        "text/event-stream" => Some(events(&String::from_utf8_lossy(body))),
        lines if lines.ends_with("ndjson") || lines.ends_with("jsonl") => Some(split(b'\n').collect()),
        _ => None,
    }
}

/// Server-sent events as objects of their fields; several `data` lines are one text.
fn events(body: &str) -> Vec<Vec<u8>> {
    let mut events = Vec::new();
    for block in body.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let mut event = serde_json::Map::new();
        for line in block.lines().filter(|line| !line.starts_with(':')) {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            let before = event.get(name).and_then(Value::as_str).filter(|_| name == "data");
            let text = before.map_or_else(|| value.to_owned(), |before| format!("{before}\n{value}"));
            event.insert(
                name.to_owned(),
                if name == "retry" { json!(text.parse::<u64>().ok()) } else { json!(text) },
            );
        }
        events.push(Value::Object(event).to_string().into_bytes());
    }
    events
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(600).collect()
}

/// Counts of what was judged, by what came of it.
#[derive(Debug, Default, Clone)]
pub struct Tally(pub BTreeMap<&'static str, usize>);

impl Tally {
    pub fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }
}
