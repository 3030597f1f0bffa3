//! Every operation of the reserved prefix: good and bad content, other methods, unknown names, each kind of session; and
//! every reply is one that our own document declares.

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use standin::check::Received;
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};
use standin::violation::Severity;

use super::{ASKED, Server};

/// A good request of each operation: its id, its target, its content.
const GOOD: &[(&str, &str, &str)] = &[
    ("getHealth", "/health", ""),
    ("listSpecs", "/specs", ""),
    ("listRoutes", "/routes", ""),
    ("listErrors", "/errors?document=katapult", ""),
    ("listExchanges", "/exchanges?operation=findOrganizations&limit=3", ""),
    ("countExchanges", "/exchanges/count?min=1&timeout=1s&status=503", ""),
    ("getExchange", "/exchanges/EXCHANGE", ""),
    ("listNearMisses", "/near-misses", ""),
    ("getCoverage", "/coverage", ""),
    ("getMetrics", "/metrics", ""),
    ("getDrift", "/drift", ""),
    ("listScenarios", "/scenarios", ""),
    ("loadScenario", "/scenarios", SCENARIO),
    ("unloadScenario", "/scenarios/a%20door", ""),
    ("setState", "/scenarios/a%20door/state", r#"{"state": "closed"}"#),
    ("listRules", "/rules", ""),
    ("addRule", "/rules", r#"{"name": "r", "respond": {"status": 503}, "times": 3, "ttl": "1m"}"#),
    ("removeRule", "/rules/r%2f1", ""),
    ("listFaults", "/faults", ""),
    ("addFault", "/faults", r#"{"operation": "findOrganizations", "delay": "1ms", "chance": 0.5}"#),
    ("removeFault", "/faults/f", ""),
    ("listSessions", "/sessions", ""),
    ("createSession", "/sessions", r#"{"id": "two", "seed": 3, "scenario": "a door"}"#),
    ("deleteSession", "/sessions/one", ""),
    ("reset", "/reset", ""),
    ("getOpenapi", "/openapi.json", ""),
];

const SCENARIO: &str = r#"{"name": "a door", "rules": [
    {"when": {"state": "closed"}, "limit": {"rate": "3/m"}, "goto": "start"}]}"#;

/// A server with something of everything in the default session and in `one`, and what judges its replies.
struct Walk {
    server: Server,
    judge: Engine,
    document: Value,
}

impl Walk {
    fn start() -> Self {
        let server = Server::start();
        let document = server.told("GET", "/openapi.json", "");
        let source = Source::Text { name: "standin.json".into(), text: document.to_string() };
        let loaded = Document::load(&source, LoadOptions::default());
        let (contract, found) = Contract::build("standin", loaded.value.unwrap());
        assert!(found.is_empty() && loaded.diagnostics.is_empty(), "{found:?} {:?}", loaded.diagnostics);
        let judge = Engine::new(vec![Arc::new(contract)], Vec::new(), Options::default());
        Self { server, judge, document }
    }

    /// Each operation of the document: its id, its method, itself.
    fn operations(&self) -> Vec<(String, String, Value)> {
        let paths = self.document["paths"].as_object().unwrap().values();
        let methods = paths.flat_map(|item| item.as_object().unwrap());
        let named = methods.map(|(method, operation)| {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            (id, method.to_uppercase(), operation.clone())
        });
        named.collect()
    }

    fn prepare(&self) {
        self.server.told("POST", "/reset?session=*", "");
        self.server.told("POST", "/sessions", r#"{"id": "one"}"#);
        for session in ["default", "one"] {
            let query = if session == "one" { "?session=one" } else { "" };
            self.server.told("POST", &format!("/scenarios{query}"), SCENARIO);
            self.server.told("POST", &format!("/faults{query}"), r#"{"name": "f", "status": 500}"#);
            self.server.told(
                "POST",
                &format!("/rules{query}"),
                r#"{"name": "r/1", "respond": {"status": 503}}"#,
            );
            self.server.status(if session == "one" { "one" } else { "" });
        }
    }

    /// Sends a request when everything is there; the reply is one that the document declares.
    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.prepare();
        let session = if target.contains("session=one") || !headers.is_empty() && headers[0].1 == "one" {
            "?session=one"
        } else {
            ""
        };
        let exchange = self.server.told("GET", &format!("/exchanges{session}"), "")[0]["id"].to_string();
        let target = format!("/_standin{}", target.replace("EXCHANGE", &exchange));
        let reply = self.server.send(method, &target, headers, body);
        let request = Request::new(Method::from_bytes(method.as_bytes()).unwrap(), &target);
        let received = Received { status: reply.status, headers: &reply.headers, body: Some(&reply.body) };
        let judged = self.judge.judge(&request, received);
        let wrong: Vec<String> = judged
            .violations
            .iter()
            .filter(|found| found.location[0] == "response" && found.severity >= Severity::Warning)
            .map(|found| format!("{}: {}", found.rule, found.message))
            .collect();
        let text = String::from_utf8_lossy(&reply.body);
        // A method that is not declared has no replies that are.
        assert!(reply.status == 405 || wrong.is_empty(), "{method} {target}: {wrong:?} {text}");
        if reply.status >= 400 {
            let problem: Value = serde_json::from_slice(&reply.body).unwrap();
            assert!(!problem["detail"].as_str().unwrap().is_empty(), "{method} {target}");
        }
        reply
    }
}

fn with(target: &str, more: &str) -> String {
    format!("{target}{}{more}", if target.contains('?') { '&' } else { '?' })
}

#[test]
fn every_operation_answers_as_our_own_document_declares() {
    let walk = Walk::start();
    for (id, method, operation) in walk.operations() {
        let row = GOOD.iter().find(|(known, ..)| *known == id);
        let (_, target, body) = row.unwrap_or_else(|| panic!("`{id}` has no good request in this test"));
        let status = |target: &str, headers: &[(&str, &str)], body: &str| {
            walk.send(&method, target, headers, body).status
        };
        let good = if operation["responses"]["200"].is_object() { 200 } else { 204 };
        assert_eq!(status(target, &[], body), good, "{id}");
        assert_eq!(status(&with(target, "colour=red"), &[], body), 400, "{id}: an undeclared parameter");
        let other = walk.send("PATCH", target, &[], "");
        assert_eq!(other.status, 405, "{id}");
        assert!(other.headers["allow"].to_str().unwrap().contains(&method), "{id}");

        if body.is_empty() {
            assert!(operation["requestBody"].is_null(), "`{id}` has no good content in this test");
        } else {
            for bad in [r#"{"nonsense": 1}"#, "{", "[]", "", "7"] {
                assert_eq!(status(target, &[], bad), 400, "{id}: {bad}");
            }
            assert_eq!(status(target, &[("content-type", "text/plain")], body), 400, "{id}");
            assert_eq!(status(target, &[("content-type", "application/yaml")], body), good, "{id}");
            assert_eq!(status(target, &[("content-type", "text/yaml")], "a: [b"), 400, "{id}");
        }
        if let Some((_, last)) =
            target.rsplit_once('/').filter(|_| operation.to_string().contains(r#""in":"path""#))
        {
            let unknown = match last {
                "state" => "/scenarios/nothing/state".to_owned(),
                _ => target.replace(last, "nothing"),
            };
            assert_eq!(status(&unknown, &[], body), 404, "{id}: an unknown name");
        }

        let parameters = operation["parameters"].as_array().unwrap();
        let session = parameters.iter().find(|parameter| parameter["name"] == "session");
        let (one, nobody, all) = match session.map(|session| session["description"].as_str().unwrap()) {
            None => (400, 400, 400),
            Some(description) if description.contains("`*`") => (good, 404, good),
            Some(_) => (good, 404, 404),
        };
        assert_eq!(status(&with(target, "session=one"), &[], body), one, "{id} of one session");
        assert_eq!(status(&with(target, "session=nobody"), &[], body), nobody, "{id} of no session");
        assert_eq!(status(&with(target, "session=*"), &[], body), all, "{id} of all sessions");
        let by_header = if session.is_some() { one } else { good };
        assert_eq!(status(target, &[("standin-session", "one")], body), by_header, "{id} by header");
    }
}

#[test]
fn the_table_of_good_requests_names_nothing_that_is_not_there() {
    let walk = Walk::start();
    let known: Vec<String> = walk.operations().into_iter().map(|(id, ..)| id).collect();
    let gone: Vec<&str> =
        GOOD.iter().map(|(id, ..)| *id).filter(|id| !known.iter().any(|known| known == id)).collect();
    assert!(gone.is_empty(), "{gone:?}");
    let reply = walk.server.send("GET", ASKED, &[("host", "evil.example")], "");
    assert_eq!(reply.status, 200, "the host is of no matter outside of the prefix");
    let foreign = walk.server.send("GET", "/_standin/rules", &[("host", "evil.example")], "");
    assert_eq!((foreign.status, json!(foreign.body.is_empty())), (403, json!(false)));
}
