//! Proposed changes: applied to the document, they let the same traffic pass.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use standin::check::Received;
use standin::clock::Moment;
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source, SourceFile};
use standin::drift::{Drift, Ledger, overlays};
use standin::engine::{Engine, Options};
use standin::exchange::Exchange;
use standin::message::Request;
use standin::violation::{Policy, Rule, Severity};

/// Method, target, header fields and content of a request; status, header fields and content of its reply.
type Row = (&'static str, &'static str, Fields, &'static str, u16, Fields, &'static str);
type Fields = &'static [(&'static str, &'static str)];

const JSON: (&str, &str) = ("content-type", "application/json");
const LEFT: (&str, &str) = ("x-left", "1");

const DOCUMENT: &str = r##"
openapi: VERSION
info: { title: t, version: "1" }
paths:
  /pets:
    get:
      operationId: list
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: sort, in: query, schema: { enum: [up, down] } }
        - { name: tag, in: query, schema: { type: string, maxLength: 3, pattern: "^[a-z]+$" } }
        - { name: page, in: query, required: true, schema: {} }
      responses:
        "200":
          description: all
          headers: { X-Left: { required: true, schema: { type: integer } } }
          content:
            application/json:
              schema: { type: array, items: { $ref: "#/components/schemas/Pet" } }
    post:
      operationId: create
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
      responses: { "201": { description: made } }
  /plain:
    get: { operationId: plain, responses: { "204": { description: none } } }
components:
  schemas:
    Pet:
      type: object
      required: [id, name]
      additionalProperties: false
      properties:
        id: { type: integer, BELOW }
        name: { type: string, minLength: 2 }
        kind: { enum: [cat, dog] }
        tags: { type: array, maxItems: 1, uniqueItems: true, items: { type: string } }
        owner: { type: object, properties: { name: { type: string } } }
        it's: { type: string, format: date }
"##;

const PET: &str = r#"{"id":1,"name":"Rex"}"#;

/// What clients and servers do that the document does not allow.
const TRAFFIC: &[Row] = &[
    ("GET", "/pets?page=1&limit=500", &[], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/pets?page=1&limit=7000", &[], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/pets?page=1&limit=-3", &[], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/pets?page=1&sort=left", &[], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/pets?page=1&sort=right", &[], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/pets?page=1&tag=Abcd9", &[], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/pets", &[], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/pets?page=1&x=1&y=2", &[("x-mine", "1"), ("cookie", "c=1")], "", 200, &[JSON, LEFT], "[]"),
    ("GET", "/plain?z=1", &[], "", 204, &[("x-new", "1")], ""),
    ("GET", "/pets?page=1", &[], "", 418, &[JSON], "{}"),
    ("GET", "/pets?page=1", &[], "", 200, &[JSON], "[]"),
    ("GET", "/pets?page=1", &[], "", 200, &[("content-type", "text/csv; charset=utf-8"), LEFT], "a,b"),
    ("GET", "/pets?page=1", &[], "", 200, &[JSON, LEFT], r#"[{"id":1,"name":"Rex","owner":{"nick":1}}]"#),
    ("POST", "/pets", &[], "", 201, &[], ""),
    ("POST", "/pets", &[("content-type", "text/plain")], "x", 201, &[], ""),
    ("POST", "/pets", &[JSON], PET, 201, &[JSON], "{}"),
    ("POST", "/pets", &[JSON], r#"{"name":"Rex"}"#, 201, &[], ""),
    ("POST", "/pets", &[JSON], r#"{"id":0,"name":"R"}"#, 201, &[], ""),
    ("POST", "/pets", &[JSON], r#"{"id":1,"name":null}"#, 201, &[], ""),
    ("POST", "/pets", &[JSON], r#"{"id":1,"name":"Rex","kind":"bird"}"#, 201, &[], ""),
    ("POST", "/pets", &[JSON], r#"{"id":1,"name":"Rex","tags":["a","a","b"]}"#, 201, &[], ""),
    ("POST", "/pets", &[JSON], r#"{"id":1,"name":"Rex","tags":[7]}"#, 201, &[], ""),
    ("POST", "/pets", &[JSON], r#"{"id":1,"name":"Rex","color":"red"}"#, 201, &[], ""),
    ("POST", "/pets", &[JSON], r#"{"id":1,"name":"Rex","it's":"soon"}"#, 201, &[], ""),
    ("PATCH", "/plain", &[JSON], "{}", 200, &[JSON], "{}"),
];

fn fields(lines: Fields) -> HeaderMap {
    let field = |(name, value): &(&str, &str)| {
        (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    lines.iter().map(field).collect()
}

/// The drifts of the traffic by a document.
fn drifts(file: &Path, traffic: &[Row]) -> Vec<Drift> {
    let loaded = Document::load(&Source::File(file.to_owned()), LoadOptions::default());
    let (contract, found) = Contract::build("t", loaded.value.unwrap());
    assert!(found.is_empty() && loaded.diagnostics.is_empty(), "{found:?} {:?}", loaded.diagnostics);
    let mut policy = Policy::default();
    policy.set(Rule::ReplyHeaderUndeclared, Some(Severity::Info));
    policy.set(Rule::CookieUndeclared, Some(Severity::Info));
    let engine = Engine::new(vec![Arc::new(contract)], Vec::new(), Options { policy, ..Options::default() });
    let ledger = Ledger::default();
    for (id, (method, target, headers, body, status, reply_headers, reply)) in (1..).zip(traffic) {
        let mut request = Request::new(Method::from_bytes(method.as_bytes()).unwrap(), target);
        request.headers = fields(headers);
        request.body = Bytes::from_static(body.as_bytes());
        let (reply_headers, reply) = (fields(reply_headers), Bytes::from_static(reply.as_bytes()));
        let received = Received { status: *status, headers: &reply_headers, body: Some(&reply) };
        let judged = engine.judge(&request, received);
        ledger.enter(&Exchange {
            id,
            at: Moment(0),
            document: judged.document,
            operation: judged.operation,
            request,
            status: *status,
            reply,
            violations: judged.violations,
            expected: judged.expected,
            rules: Vec::new(),
            retry_after: None,
            ended: None,
            replay: None,
        });
    }
    ledger.drifts()
}

fn read(file: &str) -> Option<Value> {
    SourceFile::read(Path::new(file), file, &mut Vec::new()).map(|file| file.value)
}

/// Applies an overlay as its standard says it (OpenAPI Overlay 1.0 4.4.3), by paths of names and places in lists.
fn apply(document: &mut Value, overlay: &Value) {
    for action in overlay["actions"].as_array().unwrap() {
        let mut path = tokens(action["target"].as_str().unwrap());
        if action["remove"] == true {
            match (path.pop().unwrap(), find(document, &path)) {
                (Token::Name(name), Value::Object(object)) => {
                    assert!(object.remove(&name).is_some(), "{action}");
                }
                (Token::Index(index), Value::Array(list)) => drop(list.remove(index)),
                (_, other) => panic!("{action} {other}"),
            }
            continue;
        }
        match find(document, &path) {
            Value::Array(list) => list.push(action["update"].clone()),
            object => merge(object, &action["update"]),
        }
    }
}

enum Token {
    Name(String),
    Index(usize),
}

fn tokens(path: &str) -> Vec<Token> {
    let mut rest = path.strip_prefix('$').unwrap();
    let mut tokens = Vec::new();
    while let Some(inner) = rest.strip_prefix('[') {
        let Some(quoted) = inner.strip_prefix('\'') else {
            let (index, behind) = inner.split_once(']').unwrap();
            tokens.push(Token::Index(index.parse().unwrap()));
            rest = behind;
            continue;
        };
        let (mut name, mut is_escaped) = (String::new(), false);
        for (at, character) in quoted.char_indices() {
            match character {
                '\\' if !is_escaped => is_escaped = true,
                '\'' if !is_escaped => {
                    rest = quoted[at + 1..].strip_prefix(']').unwrap();
                    break;
                }
                other => {
                    is_escaped = false;
                    name.push(other);
                }
            }
        }
        tokens.push(Token::Name(name));
    }
    assert_eq!(rest, "", "{path}");
    tokens
}

fn find<'a>(document: &'a mut Value, path: &[Token]) -> &'a mut Value {
    path.iter().fold(document, |value, token| match token {
        Token::Name(name) => value.as_object_mut().unwrap().get_mut(name).unwrap(),
        Token::Index(index) => value.get_mut(index).unwrap(),
    })
}

fn merge(known: &mut Value, update: &Value) {
    match (known, update) {
        (Value::Object(known), Value::Object(update)) => {
            for (name, value) in update {
                merge(known.entry(name).or_insert(Value::Null), value);
            }
        }
        (known, update) => *known = update.clone(),
    }
}

#[test]
fn changes_that_are_proposed_let_the_same_traffic_pass() {
    let versions = [("3.0.3", "minimum: 0, exclusiveMinimum: true"), ("3.1.0", "exclusiveMinimum: 0")];
    for (version, below) in versions {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.yaml");
        std::fs::write(&file, DOCUMENT.replace("VERSION", version).replace("BELOW", below)).unwrap();
        let found = drifts(&file, TRAFFIC);
        assert!(found.len() >= 26, "{}", found.len());
        let proposed = overlays(&found, read);
        assert_eq!(proposed.len(), 1);
        let overlay = &proposed[0].document;
        assert_eq!(overlay["extends"], json!(file.display().to_string()));
        assert_eq!(overlay.get("x-standin-not-changed"), None, "{version}");
        let mut document = read(&file.display().to_string()).unwrap();
        apply(&mut document, overlay);
        std::fs::write(&file, document.to_string()).unwrap();
        let left = drifts(&file, TRAFFIC);
        let told: Vec<&String> = left.iter().map(|drift| &drift.message).collect();
        assert!(left.is_empty(), "{version}: {told:#?}\n{overlay:#}");
        let shown = overlay.to_string().replace(&file.display().to_string(), "t.yaml");
        let shown: Value = serde_json::from_str(&shown).unwrap();
        insta::assert_snapshot!(format!("overlay-{version}"), format!("{shown:#}"));
    }
}

#[test]
fn where_the_document_is_right_the_fix_of_the_client_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.yaml");
    std::fs::write(&file, DOCUMENT.replace("VERSION", "3.1.0").replace("BELOW", "minimum: 0")).unwrap();
    let rows: &[Row] = &[
        ("GET", "/pets?page=1&limit=many", &[], "", 200, &[JSON, LEFT], "[]"),
        ("POST", "/pets", &[JSON], "{", 201, &[], ""),
        ("GET", "/pts", &[], "", 404, &[], ""),
    ];
    let found = drifts(&file, rows);
    let proposed = overlays(&found, read);
    assert_eq!((proposed[0].mended, proposed[0].document["actions"].as_array().unwrap().len()), (0, 0));
    let left = proposed[0].document["x-standin-not-changed"].as_array().unwrap();
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|one| one["fix"].is_string()), "{left:#?}");
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.yaml");
    let document = DOCUMENT.replace("VERSION", "3.1.0").replace("BELOW", "exclusiveMinimum: 0");
    std::fs::write(&file, &document).unwrap();
    let before = drifts(&file, TRAFFIC);
    std::fs::write(&file, document.replace("\npaths:", "\n\n# something new\ntags: [{ name: a }]\npaths:"))
        .unwrap();
    let after = drifts(&file, TRAFFIC);
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.fingerprint, after.fingerprint);
        assert_eq!(before.line + 3, after.line, "{}", before.message);
    }
}
