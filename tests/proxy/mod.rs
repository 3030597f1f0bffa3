//! `standin proxy` over real sockets: what reaches an upstream, what comes back, and what is found in passing.

mod connections;
mod onward;
mod place;
mod protocols;
mod streams;
mod traps;
mod upstream;

use std::sync::Arc;
use std::time::Duration;

use http::Response;
use serde_json::Value;
use standin::contract::Contract;
use standin::engine::Mode;
use standin::scenario;
use standin::server::Origins;
use standin::traffic::{Format, Recorded, Recorder};

use crate::support::{contract, inline};
use place::{Setup, run};
use upstream::{Seen, Upstream, reply};

/// Things, as a list, one by one, and as streams.
const THINGS: &str = r#"openapi: 3.2.0
info: { title: Things, version: "1" }
servers: [{ url: https://api.example.com/v1 }]
paths:
  /things:
    get:
      operationId: listThings
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
      responses:
        "200":
          description: things
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Thing' } } } }
        "404": { description: none, content: { application/json: { schema: { type: object } } } }
    post:
      operationId: makeThing
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
      responses:
        "201": { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        "200": { description: one, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
        "204": { description: nothing }
        "302": { description: elsewhere }
  /events:
    get:
      operationId: events
      responses:
        "200": { description: events, content: { text/event-stream: { itemSchema: { type: object, properties: { data: { type: string, maxLength: 3 } } } } } }
  /lines:
    get:
      operationId: lines
      responses:
        "200": { description: lines, content: { application/x-ndjson: { itemSchema: { type: integer } } } }
  /files:
    get:
      operationId: getFile
      responses:
        "200": { description: bytes, content: { application/octet-stream: {} } }
    put:
      operationId: putFile
      requestBody: { content: { application/octet-stream: {} } }
      responses:
        "204": { description: stored }
components:
  schemas:
    Thing:
      type: object
      required: [name]
      properties: { name: { type: string }, note: { type: string } }
"#;

/// Method, target, header lines, content; then status and codes.
type Judged = (&'static str, &'static str, &'static str, &'static str, u16, &'static [&'static str]);
/// Method, target, header lines, content; then status, who answered, how many requests arrived.
type Refused = (&'static str, &'static str, &'static str, &'static str, u16, &'static str, usize);
/// The upstream, what is taken for a lack, the target; then status, who answered.
type Lacking<'a> = (&'a str, &'static [&'static str], &'static str, u16, &'static str);
/// The target; then status, who answered, how many requests arrived, and a field of the reply.
type OnTop = (&'static str, u16, &'static str, usize, &'static str, &'static str);

fn things() -> Arc<Contract> {
    contract("things", &inline("things", THINGS))
}

/// A JSON reply with a told length.
fn json(status: u16, content: &str) -> Response<upstream::Frames> {
    let builder = Response::builder().status(status).header("content-type", "application/json");
    reply(builder.header("content-length", content.len()), content.to_owned())
}

/// Answers by the path.
#[expect(clippy::needless_pass_by_value, reason = "an answer owns its request")]
fn usual(seen: Seen) -> Response<upstream::Frames> {
    let path = seen.target.split('?').next().unwrap_or_default();
    match path.strip_prefix("/v1").unwrap_or(path) {
        "/things" if seen.method == "POST" => json(201, r#"{"name":"made"}"#),
        "/things" => json(200, r#"[{"name":"one"}]"#),
        "/things/bad" => json(200, r#"{"name":7}"#),
        "/things/none" => reply(Response::builder().status(204), ""),
        "/things/moved" => reply(
            Response::builder().status(302).header("location", "https://api.example.com/v1/things/one"),
            "",
        ),
        "/things/teapot" => json(418, "{}"),
        "/things/gone" => json(404, r#"{"gone":true}"#),
        "/things/folded" => {
            // `{"name":7}` in gzip.
            let folded: &[u8] = &[
                31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 75, 204, 77, 85, 178, 50, 175, 5, 0, 27, 7,
                72, 209, 10, 0, 0, 0,
            ];
            let builder = Response::builder().header("content-type", "application/json");
            reply(builder.header("content-encoding", "gzip"), folded.to_vec())
        }
        "/things/own" => reply(
            Response::builder()
                .header("content-type", "application/json")
                .header("connection", "x-hop")
                .header("x-hop", "1")
                .header("standin-violations", "[]")
                .header("set-cookie", "a=1")
                .header("x-kept", "yes"),
            r#"{"name":"own"}"#,
        ),
        _ => json(200, r#"{"name":"one"}"#),
    }
}

#[test]
fn replies_are_judged_and_passed_on_as_they_came() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let place = Setup::of(things(), format!("http://{}", upstream.address)).start().await;
        let table: &[Judged] = &[
            ("GET", "/things", "", "", 200, &[]),
            ("GET", "/things?limit=500", "", "", 200, &["parameter-invalid"]),
            ("GET", "/things/bad", "", "", 200, &["reply-body-invalid"]),
            ("GET", "/things/bad", "prefer: expect=reply-body-invalid\r\n", "", 200, &["reply-body-invalid"]),
            ("GET", "/things/folded", "accept-encoding: gzip\r\n", "", 200, &["reply-body-invalid"]),
            ("GET", "/things/teapot", "", "", 418, &["status-undeclared"]),
            ("GET", "/things/none", "", "", 204, &[]),
            ("GET", "/things/moved", "", "", 302, &[]),
            ("HEAD", "/things", "", "", 200, &[]),
            ("POST", "/things", "", r#"{"name":"a"}"#, 201, &[]),
            ("POST", "/things", "", r#"{"name":1}"#, 201, &["body-invalid"]),
            ("POST", "/things", "expect: 100-continue\r\n", r#"{"name":"a"}"#, 100, &[]),
            ("DELETE", "/things", "", "", 200, &["method-unknown"]),
            ("GET", "/nowhere", "", "", 200, &["path-unknown"]),
        ];
        for (method, target, lines, content, status, codes) in table {
            let answer = place.ask(method, target, lines, content).await;
            assert_eq!(answer.status, *status, "{method} {target}: {answer:?}");
            assert_eq!(answer.codes(), *codes, "{method} {target}");
        }
        let moved = place.get("/things/moved", "").await;
        assert_eq!(moved.header("location"), "https://api.example.com/v1/things/one");
        let head = place.ask("HEAD", "/things", "", "").await;
        assert_eq!((head.header("content-length"), head.text().as_str()), ("16", ""));
        let folded = place.get("/things/folded", "accept-encoding: gzip\r\n").await;
        assert_eq!(folded.header("content-encoding"), "gzip");
        let drifts = place.drifts();
        let of_bad = drifts.iter().filter(|(rule, ..)| rule == "reply-body-invalid");
        assert_eq!(
            of_bad.map(|(.., count)| *count).collect::<Vec<_>>(),
            [3],
            "the announced one is no drift"
        );
    });
}

#[test]
fn what_breaks_the_contract_is_refused_if_that_is_wished_for() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let setup = Setup::of(things(), format!("http://{}", upstream.address));
        let place = Setup { on_violation: Mode::Refuse, ..setup }.start().await;
        let table: &[Refused] = &[
            ("GET", "/things", "", "", 200, "upstream", 1),
            ("GET", "/things?limit=500", "", "", 422, "mock", 0),
            ("POST", "/things", "", r#"{"name":1}"#, 422, "mock", 0),
            ("GET", "/nowhere", "", "", 404, "mock", 0),
            ("DELETE", "/things", "", "", 405, "mock", 0),
            ("GET", "/things?limit=500", "prefer: handling=lenient\r\n", "", 200, "upstream", 1),
            ("GET", "/things/bad", "", "", 502, "proxy", 1),
            ("GET", "/things/teapot", "", "", 502, "proxy", 1),
            ("GET", "/things/bad", "prefer: handling=lenient\r\n", "", 200, "upstream", 1),
        ];
        for (method, target, lines, content, status, source, arrived) in table {
            let answer = place.ask(method, target, lines, content).await;
            let told = (answer.status, answer.header("standin-source"), upstream.seen().len());
            assert_eq!(told, (*status, *source, *arrived), "{method} {target} {lines}");
        }
        let refused = place.get("/things/bad", "").await;
        let problem: Value = serde_json::from_str(&refused.text()).unwrap();
        assert_eq!(problem["errors"][0]["code"], "reply-body-invalid");
        assert_eq!(problem["type"], "urn:standin:reply-body-invalid");
    });
}

#[test]
fn the_stand_in_answers_for_what_an_upstream_lacks() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let nobody = "http://127.0.0.1:1";
        let here = format!("http://{}", upstream.address);
        let slow = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = format!("http://{}", slow.local_addr().unwrap());
        let table: &[Lacking<'_>] = &[
            (&here, &["404"], "/things/gone", 200, "mock"),
            (&here, &["4XX"], "/things/gone", 200, "mock"),
            (&here, &["501", "refused"], "/things/gone", 404, "upstream"),
            (&here, &["4XX"], "/nowhere/gone", 200, "upstream"),
            (nobody, &["refused"], "/things/one", 200, "mock"),
            (nobody, &["404"], "/things/one", 502, "proxy"),
            (nobody, &["refused"], "/nowhere", 502, "proxy"),
            (&silent, &[], "/things/one", 504, "proxy"),
            (&silent, &["timeout"], "/things/one", 200, "mock"),
        ];
        for (url, lacks, target, status, source) in table {
            let setup = Setup {
                fallback: lacks.iter().map(|lack| lack.parse().unwrap()).collect(),
                timeout: Duration::from_millis(if *url == silent { 100 } else { 30_000 }),
                ..Setup::of(things(), *url)
            };
            let answer = setup.start().await.get(target, "").await;
            let told = (answer.status, answer.header("standin-source"));
            assert_eq!(told, (*status, *source), "{url} {lacks:?} {target}: {}", answer.text());
        }
    });
}

#[test]
fn faults_wishes_and_scenarios_lie_on_top_and_are_never_drift() {
    const SCENARIO: &str = "name: s
rules:
  - name: fails
    when: { operation: listThings }
    respond: { status: 404 }
  - name: marked
    when: { operation: getThing, path: /things/marked }
    respond: { headers: { x-mark: 'yes' } }
    delay: 1ms
";
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let contract = things();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.yaml");
        std::fs::write(&path, SCENARIO).unwrap();
        let script = scenario::load(&path, &[Arc::clone(&contract)]);
        assert!(script.diagnostics.is_empty(), "{:?}", script.diagnostics);
        let setup = Setup::of(contract, format!("http://{}", upstream.address));
        let place = Setup { scripts: script.value.into_iter().collect(), ..setup }.start().await;
        let table: &[OnTop] = &[
            ("/things", 404, "mock", 0, "standin-rule", "s/fails"),
            ("/things/marked", 200, "upstream", 1, "x-mark", "yes"),
            ("/things/marked", 200, "upstream", 1, "standin-fault", "delay"),
            ("/things/a?__delay=1ms", 200, "upstream", 1, "standin-fault", "delay"),
            ("/things/a?__fault=wrong_media_type", 200, "upstream", 1, "standin-fault", "wrong_media_type"),
            ("/things/a?__fault=reset", 0, "", 1, "", ""),
            ("/things/a?__code=302", 302, "mock", 0, "", ""),
            ("/things/a?__break=required", 200, "mock", 0, "standin-broke", "required #/name"),
            ("/things/a?__code=abc", 400, "mock", 0, "", ""),
        ];
        for (target, status, source, arrived, field, value) in table {
            let answer = place.get(target, "").await;
            let told = (answer.status, answer.header("standin-source"), upstream.seen().len());
            assert_eq!(told, (*status, *source, *arrived), "{target}: {answer:?}");
            assert!(answer.header(field).starts_with(value), "{target}: {answer:?}");
        }
        assert_eq!(place.drifts(), []);
    });
}

#[test]
fn pages_of_other_origins_and_other_protocols_are_turned_away() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let setup = Setup::of(things(), format!("http://{}", upstream.address));
        let origins = Origins::Some(vec!["http://app.example".to_owned()]);
        let place = Setup { origins, ..setup }.start().await;
        let table = [
            ("GET", "origin: http://evil.example\r\n", 403, 0),
            ("OPTIONS", "origin: http://evil.example\r\naccess-control-request-method: GET\r\n", 403, 0),
            ("GET", "host: evil.example\r\n", 421, 0),
            ("GET", "host: api.example.com\r\n", 200, 1),
            ("GET", "origin: http://app.example\r\n", 200, 1),
            ("OPTIONS", "origin: http://app.example\r\naccess-control-request-method: GET\r\n", 204, 0),
            ("GET", "upgrade: websocket\r\n", 501, 0),
            ("GET", "upgrade: h2c\r\n", 200, 1),
        ];
        for (method, lines, status, arrived) in table {
            let answer = place.ask(method, "/things", lines, "").await;
            assert_eq!((answer.status, upstream.seen().len()), (status, arrived), "{method} {lines}");
        }
        let visited = place.get("/things", "origin: http://app.example\r\n").await;
        assert_eq!(visited.header("access-control-allow-origin"), "http://app.example");
        let plain = place.get("/things", "").await;
        assert_eq!(plain.header("access-control-allow-origin"), "", "nothing is opened unasked");
        let health = place.get("/_standin/health", "").await;
        assert_eq!((health.status, upstream.seen().len()), (200, 2), "the reserved prefix is ours");
    });
}

#[test]
fn what_passes_is_recorded_without_secrets_and_counted() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.ndjson");
        let recorder = Arc::new(Recorder::start(&path, Format::Ndjson).unwrap());
        let setup = Setup::of(things(), format!("http://{}", upstream.address));
        let place = Setup { recorders: vec![Arc::clone(&recorder)], ..setup }.start().await;
        place.get("/things/a?token=hush", "authorization: Bearer hush\r\n").await;
        place.ask("POST", "/things", "", r#"{"name":"a","password":"hush"}"#).await;
        place.get("/things/a?__code=302", "").await;
        let outcome = recorder.finish();
        assert_eq!((outcome.written, outcome.lost), (2, 0), "what went nowhere is not recorded");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("hush"), "{text}");
        let lines: Vec<Recorded> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0].request.url, format!("http://{}/v1/things/a?token=[redacted]", upstream.address));
        assert_eq!(lines[0].left_out, ["request.query.token"]);
        assert_eq!(lines[1].left_out, ["request.body.password"]);
        let statuses: Vec<u16> = lines.iter().map(|line| line.reply.as_ref().unwrap().status).collect();
        assert_eq!(statuses, [200, 201]);
    });
}
