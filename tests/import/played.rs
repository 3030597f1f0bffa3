//! What was imported, played: the status, content, delay and fault that `WireMock`'s documentation promises.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use standin::delivery::{Act, End, Point};
use standin::engine::Engine;
use standin::message::{Reply, Request};

use super::{import_stubs, play, shop, shown};

fn engine(stubs: &Value) -> Engine {
    let contracts = shop();
    play(&import_stubs(stubs, &contracts), &contracts)
}

fn get(target: &str) -> Request {
    Request::new(Method::GET, target)
}

fn post(target: &str, media_type: &'static str, body: &str) -> Request {
    let mut request = Request::new(Method::POST, target);
    request.headers.insert("content-type", HeaderValue::from_static(media_type));
    request.body = body.to_owned().into();
    request
}

fn with(mut request: Request, name: &'static str, value: &str) -> Request {
    request.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    request
}

fn text(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).unwrap()
}

/// A status that only the stub answers with.
const HIT: u16 = 418;

#[test]
fn a_stub_is_hit_by_the_requests_that_its_matchers_fit() {
    let json_post = |body: &str| post("/v1/users", "application/json", body);
    let users = |key: &str, matcher: Value| json!({ "method": "GET", "urlPath": "/v1/users", key: matcher });
    let created = |pattern: Value| json!({ "method": "POST", "url": "/v1/users", "bodyPatterns": [pattern] });
    let table: Vec<(Value, Request, Request)> = vec![
        (json!({ "method": "GET", "url": "/v1/users/7" }), get("/v1/users/7"), get("/v1/users/17")),
        (
            json!({ "method": "GET", "url": "/v1/users?page=2" }),
            get("/v1/users?page=2"),
            get("/v1/users?page=1"),
        ),
        (
            json!({ "method": "GET", "urlPathPattern": "/v1/users/[0-9]+" }),
            get("/v1/users/7"),
            get("/v1/users/7a"),
        ),
        (
            json!({ "method": "GET", "urlPattern": "/v1/users\\?page=[0-9]" }),
            get("/v1/users?page=3"),
            get("/v1/users?page=33"),
        ),
        (
            json!({ "method": "GET", "urlPathTemplate": "/v1/users/{id}", "pathParameters": { "id": { "contains": "x" } } }),
            get("/v1/users/axb"),
            get("/v1/users/ab"),
        ),
        (
            json!({ "urlPath": "/v1/users/7" }),
            Request::new(Method::DELETE, "/v1/users/7"),
            get("/v1/users/8"),
        ),
        (
            users("headers", json!({ "X-Tenant": { "equalTo": "A", "caseInsensitive": true } })),
            with(get("/v1/users"), "x-tenant", "a"),
            with(get("/v1/users"), "x-tenant", "b"),
        ),
        (
            users("headers", json!({ "X-Tenant": { "absent": true } })),
            get("/v1/users"),
            with(get("/v1/users"), "x-tenant", "b"),
        ),
        (
            users("headers", json!({ "X-Tenant": { "doesNotMatch": "b.*" } })),
            get("/v1/users"),
            with(get("/v1/users"), "x-tenant", "bc"),
        ),
        (
            users("cookies", json!({ "theme": { "matches": "dark|dim" } })),
            with(get("/v1/users"), "cookie", "a=b; theme=dim"),
            with(get("/v1/users"), "cookie", "theme=dimmer"),
        ),
        (
            users("basicAuth", json!({ "username": "jeff", "password": "teeny" })),
            with(get("/v1/users"), "authorization", "Basic amVmZjp0ZWVueQ=="),
            get("/v1/users"),
        ),
        (
            users(
                "queryParameters",
                json!({ "tag": { "includes": [{ "equalTo": "a" }, { "equalTo": "b" }] } }),
            ),
            get("/v1/users?tag=b&tag=a"),
            get("/v1/users?tag=b"),
        ),
        (
            created(json!({ "equalToJson": "{\"a\": [1, 2.0]}" })),
            json_post("{ \"a\" : [1,2] }"),
            json_post("{\"a\":[2,1]}"),
        ),
        (
            created(json!({ "equalToJson": { "a": 1 }, "ignoreExtraElements": true })),
            json_post("{\"a\":1,\"b\":2}"),
            json_post("{\"b\":2}"),
        ),
        (created(json!({ "matchesJsonPath": "$.a" })), json_post("{\"a\":0}"), json_post("{\"a\":[]}")),
        (
            created(json!({ "matchesJsonPath": { "expression": "$.a.b", "equalTo": "7" } })),
            json_post("{\"a\":{\"b\":7}}"),
            json_post("{\"a\":{\"b\":8}}"),
        ),
        (
            created(json!({ "matchesJsonPath": { "expression": "$.a", "equalToJson": "{\"b\":1}" } })),
            json_post("{\"a\":{\"b\":1}}"),
            json_post("{\"a\":{\"b\":2}}"),
        ),
        (
            json!({ "method": "POST", "url": "/v1/notes", "bodyPatterns": [{ "matches": "buy .*" }] }),
            post("/v1/notes", "text/plain", "buy milk"),
            post("/v1/notes", "text/plain", "do buy milk"),
        ),
        (
            json!({ "method": "POST", "url": "/v1/login", "formParameters": { "age": { "equalTo": "7" } } }),
            post("/v1/login", "application/x-www-form-urlencoded", "age=7"),
            post("/v1/login", "application/x-www-form-urlencoded", "age=8"),
        ),
    ];
    for (request, fitting, other) in table {
        let engine = engine(&json!([{ "request": request, "response": { "status": HIT } }]));
        assert_eq!(engine.answer(fitting).status, HIT, "{request}: should fit");
        assert_ne!(engine.answer(other).status, HIT, "{request}: should not fit");
    }
}

#[test]
fn a_stub_answers_its_status_header_fields_and_content() {
    let engine = engine(&json!([
        { "request": { "method": "GET", "url": "/v1/users/7" }, "response": {
            "status": 200, "headers": { "Content-Type": "application/vnd.shop+json", "X-A": ["1", "2"] }, "body": "{ \"id\": \"7\", \"name\": \"{{A}}\" }" } },
        { "request": { "method": "GET", "url": "/v1/users" }, "response": { "status": 200, "jsonBody": [{ "broken": true }] } },
        { "request": { "method": "DELETE", "url": "/v1/users/7" }, "response": { "status": 204 } },
        { "request": { "method": "POST", "url": "/v1/users" }, "response": { "status": 503 } },
        { "request": { "method": "POST", "urlPath": "/v1/notes" }, "response": { "transformers": ["response-template"],
            "body": "{{request.method}} {{request.url}} {{request.path.[1]}} {{request.body}} {{request.headers.User-Agent}}" } },
    ]));
    let one = engine.answer(get("/v1/users/7"));
    assert_eq!((one.status, text(&one)), (200, "{ \"id\": \"7\", \"name\": \"{{A}}\" }"));
    assert_eq!(one.headers["content-type"], "application/vnd.shop+json");
    assert_eq!(one.headers["x-a"], "1, 2");
    let broken = engine.answer(get("/v1/users"));
    assert_eq!((broken.status, text(&broken)), (200, "[{\"broken\":true}]"));
    assert_eq!(broken.headers["standin-undeclared"], "body");
    let gone = engine.answer(Request::new(Method::DELETE, "/v1/users/7"));
    assert_eq!((gone.status, text(&gone)), (204, ""));
    let none = engine.answer(post("/v1/users", "application/json", "{}"));
    assert_eq!((none.status, text(&none)), (503, ""));
    let note = with(post("/v1/notes?a=b", "text/plain", "milk"), "user-agent", "fox");
    assert_eq!(text(&engine.answer(note)), "POST /v1/notes?a=b notes milk fox");
}

#[test]
fn a_stub_answers_though_the_request_breaks_the_contract() {
    let engine = engine(
        &json!([{ "request": { "method": "GET", "urlPath": "/v1/users" }, "response": { "jsonBody": [] } }]),
    );
    let reply = engine.answer(get("/v1/users?page=many"));
    assert_eq!((reply.status, text(&reply)), (200, "[]"));
    assert!(reply.headers.contains_key("standin-violations"));
}

#[test]
fn delays_and_faults_happen() {
    let delivered = |response: Value| {
        let engine =
            engine(&json!([{ "request": { "method": "GET", "url": "/v1/users" }, "response": response }]));
        engine.answer(get("/v1/users")).delivery.unwrap()
    };
    let delay = |response: Value| delivered(response).delay;
    assert_eq!(delay(json!({ "jsonBody": [], "fixedDelayMilliseconds": 500 })), Duration::from_millis(500));
    let both = json!({ "jsonBody": [], "fixedDelayMilliseconds": 500, "delayDistribution": { "type": "uniform", "lower": 10, "upper": 20 } });
    assert!((510..=520).contains(&delay(both).as_millis()));
    let lognormal = json!({ "jsonBody": [], "delayDistribution": { "type": "lognormal", "median": 90, "sigma": 5, "maxValue": 91 } });
    assert!(delay(lognormal) <= Duration::from_millis(91));
    let dribble = delivered(
        json!({ "jsonBody": [{ "id": "12345", "name": "67890" }], "chunkedDribbleDelay": { "numberOfChunks": 4, "totalDuration": 1000 } }),
    );
    let pace = dribble.pace.unwrap();
    assert_eq!((pace.pause, pace.piece), (Duration::from_millis(250), 8));
    let act = |fault: &str| delivered(json!({ "fault": fault })).act;
    assert_eq!(act("EMPTY_RESPONSE"), Act::Cut { at: Point::Start, end: End::Close });
    assert!(matches!(act("RANDOM_DATA_THEN_CLOSE"), Act::Raw(_)), "{:?}", act("RANDOM_DATA_THEN_CLOSE"));
    assert!(matches!(act("MALFORMED_RESPONSE_CHUNK"), Act::BadChunk { .. }));
    assert_eq!(act("CONNECTION_RESET_BY_PEER"), Act::Cut { at: Point::Start, end: End::Reset });
}

#[test]
fn the_documented_to_do_list_goes_through_its_states() {
    let list = |state: &str, body: &str, more: Value| {
        let mut stub = json!({ "scenarioName": "To do list", "requiredScenarioState": state,
            "request": { "method": "GET", "url": "/v1/users" }, "response": { "status": 200, "body": body } });
        stub.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stub
    };
    let engine = engine(&json!([
        list("Started", "[]", json!({})),
        { "scenarioName": "To do list", "requiredScenarioState": "Started", "newScenarioState": "Cancel added",
            "request": { "method": "POST", "url": "/v1/users" }, "response": { "status": 201, "jsonBody": { "id": "1", "name": "n" } } },
        list("Cancel added", "[{\"id\":\"1\",\"name\":\"n\"}]", json!({})),
    ]));
    assert_eq!(text(&engine.answer(get("/v1/users"))), "[]");
    assert_eq!(engine.answer(post("/v1/users", "application/json", "{}")).status, 201);
    assert_eq!(text(&engine.answer(get("/v1/users"))), "[{\"id\":\"1\",\"name\":\"n\"}]");
}

#[test]
fn scenarios_with_states_of_their_own_become_files_and_do_not_disturb_one_another() {
    let step = |scenario: &str, url: &str, from: &str, to: &str, status: u16| {
        json!({ "scenarioName": scenario, "requiredScenarioState": from, "newScenarioState": to,
            "request": { "method": "GET", "url": url }, "response": { "status": status } })
    };
    let contracts = shop();
    let imported = import_stubs(
        &json!([
            step("cart & co", "/v1/users", "Started", "two", 411),
            step("cart & co", "/v1/users", "two", "Started", 412),
            step("login", "/v1/users/7", "Started", "in", 421),
            step("login", "/v1/users/7", "in", "in", 422),
            { "request": { "method": "GET", "url": "/v1/users/8" }, "response": { "status": 431 } },
            { "priority": 1, "request": { "method": "GET", "url": "/v1/users/7", "headers": { "X-Tenant": { "equalTo": "a" } } },
                "response": { "status": 441 } },
            { "priority": 9, "request": { "method": "GET", "urlPathPattern": "/v1/users.*" }, "response": { "status": 451 } },
        ]),
        &contracts,
    );
    let names: Vec<&str> = imported.scenarios.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["login", "cart-co", "stubs"], "{}", shown(&imported.diagnostics));
    let engine = play(&imported, &contracts);
    let status = |target: &str| engine.answer(get(target)).status;
    let told = [
        status("/v1/users"),
        status("/v1/users/7"),
        status("/v1/users"),
        status("/v1/users/7"),
        status("/v1/users/7"),
    ];
    assert_eq!(told, [411, 421, 412, 422, 422]);
    assert_eq!(engine.answer(with(get("/v1/users/7"), "x-tenant", "a")).status, 441);
    assert_eq!((status("/v1/users/8"), status("/v1/users/9")), (431, 451));
}
