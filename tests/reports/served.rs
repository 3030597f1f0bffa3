//! What a server tells of its traffic below the reserved prefix: drift and coverage in all formats, metrics, near misses.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method};
use serde_json::Value;
use standin::admin::{Access, Admin};
use standin::check::Received;
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::drift::coverage::PointKind;
use standin::engine::{Engine, MOST_SESSIONS, Options};
use standin::message::{Reply, Request};
use standin::report::{COVERAGE_FORMATS, COVERAGE_NAMES, FORMATS, NAMES, Report};

const DOCUMENT: &str = r#"
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /pets:
    get:
      operationId: list
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: tag, in: query, schema: { type: string } }
      responses:
        "200":
          description: all
          content:
            application/json: { schema: { type: array, items: { type: string } } }
            text/csv: { schema: { type: string } }
        "400": { description: wrong }
    post:
      operationId: create
      requestBody:
        content:
          application/json:
            schema:
              oneOf:
                - { type: object, required: [name] }
                - { type: string }
                - { type: boolean }
      responses:
        "201":
          description: made
          content:
            application/json: { schema: { anyOf: [{ type: integer }, { type: string, maxLength: 0 }] } }
  /stores:
    get: { operationId: stores, responses: { "200": { description: all } } }
"#;

struct Served {
    engine: Arc<Engine>,
    admin: Admin,
}

/// Alternatives below the top of what is sent and answered.
const NESTED: &str = r#"
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /pets:
    put:
      operationId: replace
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses:
        "200":
          description: all
          content:
            application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Pet' } } }
components:
  schemas:
    Pet:
      type: object
      properties:
        owner: { anyOf: [{ type: string }, { type: integer }] }
        mother: { $ref: '#/components/schemas/Pet' }
"#;

impl Served {
    fn new() -> Self {
        Self::of(DOCUMENT)
    }

    fn of(document: &str) -> Self {
        let source = Source::Text { name: "t.yaml".into(), text: document.into() };
        let loaded = Document::load(&source, LoadOptions::default());
        let (contract, found) = Contract::build("t", loaded.value.unwrap());
        assert!(found.is_empty(), "{found:?}");
        let engine = Arc::new(Engine::new(vec![Arc::new(contract)], Vec::new(), Options::default()));
        Self { admin: Admin::new(Arc::clone(&engine), Access::default()), engine }
    }

    fn ask(&self, method: &str, target: &str, body: &'static str) -> Reply {
        let mut request = Request::new(Method::from_bytes(method.as_bytes()).unwrap(), target);
        request.headers.insert("user-agent", HeaderValue::from_static("app"));
        if !body.is_empty() {
            request.headers.insert("content-type", HeaderValue::from_static("application/json"));
            request.body = Bytes::from_static(body.as_bytes());
        }
        self.engine.answer(request)
    }

    fn told(&self, target: &str) -> Reply {
        let mut request = Request::new(Method::GET, target);
        request.headers.insert("host", HeaderValue::from_static("localhost"));
        self.admin.answer(&request).unwrap()
    }

    fn text(&self, target: &str) -> String {
        let reply = self.told(target);
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        assert_eq!(reply.status, 200, "{target} {text}");
        text
    }
}

/// A server that was asked for much, but not for all.
fn served() -> Served {
    let served = Served::new();
    served.ask("GET", "/pets?limit=5", "");
    served.ask("GET", "/pets?limit=500", "");
    served.ask("GET", "/pets?__fault=reset", "");
    served.ask("POST", "/pets", r#"{"name":"Rex"}"#);
    served.ask("POST", "/pets", r#""Rex""#);
    for _ in 0..20 {
        served.ask("POST", "/pets", r#""Rex""#);
    }
    served.ask("GET", "/pet", "");
    served.ask("DELETE", "/pets", "");
    served
}

#[test]
fn what_was_exercised_is_told_and_what_was_not() {
    let served = served();
    let text = served.text("/_standin/coverage?format=text");
    insta::assert_snapshot!("coverage-text", text);
    insta::assert_snapshot!("coverage-lcov", served.text("/_standin/coverage?format=lcov"));
    insta::assert_snapshot!("coverage-markdown", served.text("/_standin/coverage?format=markdown"));
    let json: Value = serde_json::from_str(&served.text("/_standin/coverage")).unwrap();
    assert!(text.contains(&format!("{} of {} exercised", json["exercised"], json["of"])), "{json}");
    served.ask("GET", "/~other/stores", "");
    assert_eq!(served.text("/_standin/coverage?format=text"), text, "another session is another's");
    assert!(
        served.text("/_standin/coverage?format=text&session=*").contains("stores  GET /stores  1 exchange")
    );
    served.admin_reset();
    assert!(served.text("/_standin/coverage?format=text&session=*").contains("in all: 0 of "));
}

impl Served {
    fn admin_reset(&self) {
        self.engine.sessions().reset_all();
    }
}

#[test]
fn traffic_that_was_seen_elsewhere_is_counted_where_it_is_asked_for() {
    let served = Served::new();
    let (headers, coverage) = (http::HeaderMap::new(), served.engine.coverage());
    let body = Bytes::new();
    for status in [200, 200, 404] {
        let received = Received { status, headers: &headers, body: Some(&body) };
        let request = Request::new(Method::GET, "/pets?limit=5");
        served.engine.judge_and_cover(request, Some(received), &coverage);
        served.engine.judge(&Request::new(Method::GET, "/stores"), received);
    }
    let other = served.engine.coverage();
    other.absorb(&coverage);
    other.absorb(&coverage);
    let told = served.engine.told(&other);
    let list = told[0].operations.iter().find(|operation| operation.operation == "list").unwrap();
    let counts: Vec<(&str, u64)> = list
        .points
        .iter()
        .map(|point| (point.name.as_str(), point.count))
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!((list.count, counts), (6, vec![("query.limit", 6), ("200", 4)]));
    assert!(told[0].operations.iter().all(|operation| operation.operation == "list" || operation.count == 0));
}

#[test]
fn branches_within_properties_and_items_are_told_of_requests_and_replies() {
    let served = Served::of(NESTED);
    let (mut headers, coverage) = (http::HeaderMap::new(), served.engine.coverage());
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let exchange = |sent: &'static str, answered: &'static str| {
        let mut request = Request::new(Method::PUT, "/pets");
        request.headers = headers.clone();
        request.body = Bytes::from_static(sent.as_bytes());
        let received =
            Received { status: 200, headers: &headers, body: Some(&Bytes::from_static(answered.as_bytes())) };
        served.engine.judge_and_cover(request, Some(received), &coverage);
    };
    let told = || -> Vec<(String, usize, u64)> {
        let points = served.engine.told(&coverage).remove(0).operations.remove(0).points;
        let branches = points.into_iter().filter(|point| point.kind == PointKind::Branch);
        branches.map(|point| (point.name, point.line, point.count)).collect()
    };
    let row = |name: &str, count| (name.to_owned(), 19, count);
    let expected = |counts: [u64; 4]| {
        [
            row("200 application/json items/properties/owner/anyOf/0", counts[0]),
            row("200 application/json items/properties/owner/anyOf/1", counts[1]),
            row("request application/json properties/owner/anyOf/0", counts[2]),
            row("request application/json properties/owner/anyOf/1", counts[3]),
        ]
    };
    assert_eq!(told(), expected([0; 4]));
    exchange(r#"{"mother":{"owner":7}}"#, r#"[{},{"owner":"Ann"}]"#);
    assert_eq!(told(), expected([1, 0, 0, 1]));
    exchange(r#"{"owner":"Ann","mother":{"owner":true}}"#, r#"[{"owner":7,"mother":3}]"#);
    assert_eq!(told(), expected([1, 0, 0, 1]), "content that breaks its schema exercises nothing");
    exchange(r#"{"owner":"Ann"}"#, r#"[{"owner":7,"undeclared":true}]"#);
    assert_eq!(told(), expected([1; 4]));
}

#[test]
fn every_format_is_served_with_its_media_type() {
    let served = served();
    let all = FORMATS.iter().map(|format| ("drift", format));
    for (path, format) in all.chain(COVERAGE_FORMATS.iter().map(|format| ("coverage", format))) {
        let reply = served.told(&format!("/_standin/{path}?format={}", format.name));
        assert_eq!((reply.status, reply.headers["content-type"].to_str().unwrap()), (200, format.media_type));
        assert!(!reply.body.is_empty(), "{path} {}", format.name);
    }
    let names =
        |formats: &[standin::report::Format]| formats.iter().map(|format| format.name).collect::<Vec<_>>();
    assert_eq!((names(FORMATS), names(COVERAGE_FORMATS)), (NAMES.to_vec(), COVERAGE_NAMES.to_vec()));
    assert_eq!(served.told("/_standin/drift?format=pdf").status, 400);
    let junit = served.text("/_standin/drift?format=junit");
    assert!(
        junit.contains("<testcase name=\"create\" classname=\"t\"/>") && !junit.contains("name=\"stores\""),
        "{junit}"
    );
}

/// Each suite of a `JUnit` report with its cases and what became of them.
fn suites(junit: &str) -> Vec<(String, Vec<String>)> {
    let mut suites: Vec<(String, Vec<String>)> = Vec::new();
    let value = |line: &str, name: &str| {
        line.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    for line in junit.lines().map(str::trim_start) {
        if line.starts_with("<testsuite ") {
            suites.push((value(line, "name"), Vec::new()));
        } else if line.starts_with("<testcase ") {
            let case = format!("{}/{}", value(line, "classname"), value(line, "name"));
            suites.last_mut().unwrap().1.push(case);
        } else if line.starts_with("<failure ") {
            suites.last_mut().unwrap().1.last_mut().unwrap().push_str(" failed");
        }
    }
    suites
}

#[test]
fn junit_has_a_suite_for_each_session_where_several_had_traffic() {
    let served = Served::new();
    let suites_at = |target: &str| suites(&served.text(&format!("/_standin/drift?format=junit{target}")));
    let suite = |name: &str, cases: &[&str]| {
        (name.to_owned(), cases.iter().map(|case| (*case).to_owned()).collect::<Vec<_>>())
    };
    served.ask("GET", "/~one/pets?limit=500", "");
    served.ask("GET", "/~one/stores", "");
    let of_document = [suite("t", &["t/list failed", "t/stores"])];
    assert_eq!(suites_at("&session=*"), of_document, "one session is no reason to tell it apart");
    served.ask("GET", "/~two/pets?limit=5", "");
    served.ask("GET", "/pets?limit=700", "");
    served.ask("GET", "/nowhere", "");
    let of_sessions = [
        suite("(default)", &["(none)/(none) failed", "t/list failed"]),
        suite("one", &["t/list failed", "t/stores"]),
        suite("two", &["t/list"]),
    ];
    assert_eq!(suites_at("&session=*"), of_sessions);
    assert_eq!(suites_at("&session=one"), of_document);
    let report = Report::read(served.text("/_standin/drift?session=*").as_bytes()).unwrap();
    let junit = FORMATS.iter().find(|format| format.name == "junit").unwrap();
    let merged = Report::merged([report.clone(), report]);
    assert_eq!(suites(&(junit.render)(&merged)), of_sessions, "and so it is where reports were merged");
    for number in 0..MOST_SESSIONS {
        served.ask("GET", &format!("/~s{number}/stores"), "");
    }
    let told = suites_at("&session=*");
    assert_eq!(told.len(), MOST_SESSIONS + 2, "the default one, and one for all that were let go");
    assert!(told.iter().any(|(name, _)| name == "(ended)"));
}

#[test]
fn metrics_count_what_happened() {
    let served = served();
    let reply = served.told("/_standin/metrics");
    assert_eq!(reply.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    insta::assert_snapshot!("metrics", String::from_utf8(reply.body.to_vec()).unwrap());
    let document: Value = serde_json::from_str(&served.text("/_standin/openapi.json")).unwrap();
    let content = &document["paths"]["/metrics"]["get"]["responses"]["200"]["content"];
    assert!(content["text/plain"].is_object(), "{content}");
}

#[test]
fn metrics_are_told_without_the_token() {
    let engine = Arc::clone(&served().engine);
    let admin = Admin::new(engine, Access { token: Some("secret".into()), ..Access::default() });
    let status = |target: &str| {
        let mut request = Request::new(Method::GET, target);
        request.headers.insert("host", HeaderValue::from_static("localhost"));
        admin.answer(&request).unwrap().status
    };
    assert_eq!((status("/_standin/metrics"), status("/_standin/coverage")), (200, 401));
}

#[test]
fn requests_that_fit_nothing_are_told_with_what_is_near() {
    let misses: Value = serde_json::from_str(&served().text("/_standin/near-misses")).unwrap();
    for (index, (method, target)) in [("DELETE", "/pets"), ("GET", "/pet")].into_iter().enumerate() {
        let miss = &misses[index];
        assert_eq!((&miss["method"], &miss["target"]), (&method.into(), &target.into()));
        let near = serde_json::json!({ "document": "t", "template": "/pets", "methods": ["GET", "POST"] });
        assert_eq!(miss["nearest"][0], near);
    }
    assert_eq!(misses.as_array().unwrap().len(), 2);
}
