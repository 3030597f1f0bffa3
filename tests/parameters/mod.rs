//! Plays the tables beside this file: how each text of a parameter is read, and which are refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};
use standin::check::{Areas, Checked, Checker, Credentials, Standards, Strictness};
use standin::contract::Contract;
use standin::message::Request;
use standin::router::{Route, Router};

use crate::support::{self, repository};

/// How the parameter of a group is declared.
#[derive(Debug, Clone, Default)]
struct Declared {
    location: String,
    /// A style, or a media type.
    style: String,
    words: Vec<String>,
}

/// One line of a table.
#[derive(Debug)]
struct Cell {
    line: usize,
    declared: Declared,
    schema: String,
    sent: String,
    read: String,
}

impl Declared {
    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word)
    }

    /// The document that declares the parameter and nothing else.
    fn document(&self, schema: Value) -> Value {
        let path = if self.location == "path" { "/colors/{color}" } else { "/colors" };
        let mut parameter = Map::new();
        parameter.insert("name".into(), json!("color"));
        parameter.insert("in".into(), json!(self.location));
        parameter.insert("required".into(), json!(!self.has("optional")));
        let responses = json!({ "200": { "description": "fine" } });
        let info = json!({ "title": "one parameter", "version": "1" });
        let format = self.words.iter().find_map(|word| word.strip_prefix("2.0 "));
        if let Some(format) = format {
            parameter.insert("collectionFormat".into(), json!(format));
            parameter.extend(schema.as_object().cloned().unwrap());
            return json!({ "swagger": "2.0", "info": info, "paths": {
                path: { "get": { "parameters": [parameter], "responses": responses } } } });
        }
        for word in ["allowEmptyValue", "allowReserved"].into_iter().filter(|word| self.has(word)) {
            parameter.insert(word.into(), json!(true));
        }
        if self.style.contains('/') {
            parameter.insert("content".into(), json!({ &self.style: { "schema": schema } }));
        } else {
            parameter.insert("style".into(), json!(self.style));
            parameter.insert("explode".into(), json!(self.has("explode")));
            parameter.insert("schema".into(), schema);
        }
        json!({ "openapi": "3.2.0", "info": info, "paths": {
            path: { "get": { "parameters": [parameter], "responses": responses } } } })
    }

    fn request(&self, sent: &str) -> Request {
        let mut headers = HeaderMap::new();
        let name = match self.location.as_str() {
            "header" => Some("color"),
            "cookie" => Some("cookie"),
            _ => None,
        };
        let lines = sent.split('⏎').map(str::trim).filter(|_| !sent.is_empty() || self.location == "header");
        for (name, line) in name.into_iter().flat_map(|name| lines.clone().map(move |line| (name, line))) {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let query = matches!(self.location.as_str(), "query" | "querystring").then(|| sent.to_owned());
        let path = if self.location == "path" { format!("/colors/{sent}") } else { "/colors".to_owned() };
        Request { headers, query, ..Request::new(Method::GET, &path) }
    }
}

/// What the request is found to say, as a table has it.
fn told(contract: &Arc<Contract>, request: &Request) -> String {
    let operation = &contract.operations[0];
    let router = Router::new([(operation.template.as_str(), Method::GET, 0)]);
    let Route::Found { parameters, .. } = router.route(&request.method, &request.path) else {
        return "path-unknown".to_owned();
    };
    let standards = Standards {
        areas: Areas { security: true, parameters: true, body: true },
        credentials: &Credentials::Any,
        strictness: Strictness::default(),
    };
    let checker = Checker::compile(operation);
    let query = request.query.as_deref().filter(|query| !query.is_empty());
    let Checked { mut violations, parameters, .. } =
        checker.check(contract, operation, request, &parameters, query, standards);
    // Rules that are off unless they are switched on: other cookies are nobody's.
    violations.retain(|violation| violation.rule.definition().severity.is_some());
    let mut told = match parameters.first() {
        // A value that is refused is of no interest.
        Some((_, value)) if violations.iter().all(|violation| !violation.is_error()) => value.to_string(),
        None if violations.is_empty() => "absent".to_owned(),
        Some(_) | None => String::new(),
    };
    for violation in violations {
        write!(told, " {}", violation.rule).unwrap();
    }
    told.trim().to_owned()
}

fn cells(file: &str) -> Vec<Cell> {
    let text = std::fs::read_to_string(repository(&format!("tests/parameters/{file}"))).unwrap();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut declared: Option<Declared> = None;
    let (mut cells, mut fenced) = (Vec::new(), false);
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if let Some(heading) = line.strip_prefix("## ") {
            let mut words = heading.split(", ").map(str::to_owned);
            let (location, style) = (words.next().unwrap(), words.next().unwrap());
            declared = Some(Declared { location, style, words: words.collect() });
        } else if fenced && !line.is_empty() {
            let Some(declared) = &declared else {
                let (name, schema) = line.split_once(": ").unwrap();
                names.insert(name.to_owned(), schema.trim().to_owned());
                continue;
            };
            let (sending, read) = line.split_once(" =>").expect(line);
            let (schema, sent) = sending.split_once("  ").unwrap_or((sending, ""));
            cells.push(Cell {
                line: at + 1,
                declared: declared.clone(),
                schema: names.get(schema).map_or(schema, String::as_str).to_owned(),
                sent: sent.trim().to_owned(),
                read: read.trim().to_owned(),
            });
        }
    }
    cells
}

fn play(file: &str) -> Vec<Cell> {
    let cells = cells(file);
    let mut contracts: BTreeMap<String, Arc<Contract>> = BTreeMap::new();
    let mut failures = Vec::new();
    for cell in &cells {
        let schema: Value = serde_json::from_str(&cell.schema).expect(&cell.schema);
        let document = cell.declared.document(schema).to_string();
        let contract = contracts
            .entry(document)
            .or_insert_with_key(|document| support::contract("colors", &support::inline("colors", document)));
        let found = told(contract, &cell.declared.request(&cell.sent));
        if found != cell.read {
            let (line, schema, sent) = (cell.line, &cell.schema, &cell.sent);
            failures.push(format!(
                "{file}:{line}: {schema}  `{sent}` is read as\n    {found}\n    {}",
                cell.read
            ));
        }
    }
    assert!(failures.is_empty(), "{} of {} cells:\n{}", failures.len(), cells.len(), failures.join("\n"));
    cells
}

#[test]
fn every_cell_of_the_standards_table_is_read_and_has_a_neighbor_that_is_refused() {
    let cells = play("styles.md");
    let styles = [
        ("path", "matrix"),
        ("path", "label"),
        ("path", "simple"),
        ("header", "simple"),
        ("query", "form"),
        ("cookie", "form"),
        ("cookie", "cookie"),
        ("query", "spaceDelimited"),
        ("query", "pipeDelimited"),
        ("query", "deepObject"),
    ];
    let mut missing = Vec::new();
    for (location, style) in styles {
        for manner in ["explode", "joined"] {
            for kind in ["integer", "array", "object"] {
                let here = |refused: bool| {
                    cells.iter().any(|cell| {
                        let declared = &cell.declared;
                        declared.location == location
                            && declared.style == style
                            && declared.has(manner)
                            && cell.schema.starts_with(&format!("{{\"type\": \"{kind}\""))
                            && cell.read.starts_with("parameter-") == refused
                    })
                };
                if !here(false) || !here(true) {
                    missing.push(format!("{location} {style} {manner} {kind}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "these cells lack a value or a refusal: {missing:#?}");
}

#[test]
fn text_is_read_as_the_schema_leads() {
    play("values.md");
}

#[test]
fn what_clients_send_is_read_as_they_mean_it() {
    play("custom.md");
}
