//! Servers that break the contract by hand: each rule is raised by one and near by not, with the smallest request that
//! shows it.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use standin::contract::Contract;
use standin::engine::Engine;
use standin::message::{Reply, Request};
use standin::report::Report;
use standin::verify::{self, Asked, Credential, Outcome, Unconfirmed};
use standin::violation::{Area, Rule};

use super::{Server, at_once, cases, everything, judge, run, told, verified};
use crate::support::{self, inline};

const THINGS: &str = r##"openapi: 3.0.3
info: { title: Things, version: "1" }
security: [{ token: [] }]
paths:
  /things:
    get:
      operationId: listThings
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: sort, in: query, schema: { type: string, enum: [up, down] } }
      responses:
        "200":
          description: all
          content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Thing" } } } }
        "401": { description: who }
        "422": { description: wrong }
    post:
      operationId: makeThing
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } }
      responses:
        "201": { description: made }
        "401": { description: who }
        4XX: { description: wrong }
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 1, maximum: 1000 } }]
      responses:
        "200": { description: one, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }
        "401": { description: who }
        "404": { description: none }
        4XX: { description: wrong }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, minLength: 1, maxLength: 20 }
        note: { type: string, maxLength: 200 }
        size: { type: integer, minimum: 0, maximum: 10 }
        tags: { type: array, items: { type: string }, maxItems: 5 }
"##;

fn things() -> Arc<Contract> {
    support::contract("things", &inline("things", THINGS))
}

/// How a server differs from the stand-in that it asks.
type Answer = fn(&Engine, &Request) -> Reply;

fn wishing(engine: &Engine, request: &Request, wish: &'static str) -> Reply {
    let mut request = request.clone();
    request.headers.insert("prefer", wish.parse().unwrap());
    engine.answer(request)
}

fn good(engine: &Engine, request: &Request) -> Reply {
    engine.answer(request.clone())
}

/// Takes more than there is.
fn accepting(engine: &Engine, request: &Request) -> Reply {
    wishing(engine, request, "handling=lenient")
}

/// Refuses the greatest number that is allowed.
fn narrow(engine: &Engine, request: &Request) -> Reply {
    if request.query.as_deref().is_some_and(|query| query.contains("limit=100")) {
        return Reply::new(422);
    }
    engine.answer(request.clone())
}

/// Falls over things of the greatest size.
fn falling(engine: &Engine, request: &Request) -> Reply {
    let content: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if content["size"] == 10 { Reply::new(500) } else { engine.answer(request.clone()) }
}

/// Cuts the connection where a thing has a note.
fn silent(engine: &Engine, request: &Request) -> Reply {
    let content: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if content.get("note").is_some() {
        wishing(engine, request, "fault=reset")
    } else {
        engine.answer(request.clone())
    }
}

/// Refuses what is wrong by a status of its own.
fn odd(engine: &Engine, request: &Request) -> Reply {
    let reply = engine.answer(request.clone());
    if reply.status == 422 { Reply::new(418) } else { reply }
}

async fn outcome_of(answer: Answer, asked: &Asked) -> (Outcome, String) {
    let stand_in = judge(&things());
    let server = Server::start(move |request| answer(&stand_in, &request)).await;
    let engine = judge(&things());
    let plan = cases(&engine, asked);
    let outcome = verified(&engine, asked, plan, server.address, at_once()).await;
    (outcome, server.address.to_string())
}

#[test]
fn each_rule_of_what_a_server_makes_of_requests_is_raised_and_near_by_it_is_not() {
    let table: BTreeMap<Rule, (Answer, &str)> = BTreeMap::from([
        (Rule::InvalidRequestAccepted, (accepting as Answer, "listThings request.query.limit")),
        (Rule::ValidRequestRefused, (narrow, "listThings request.query.limit")),
        (Rule::ServerError, (falling, "makeThing request.body.size")),
        (Rule::NoReply, (silent, "makeThing request")),
        (Rule::RefusalUndeclared, (odd, "listThings response.status")),
    ]);
    let is_ours = |rule: &&Rule| rule.definition().area == Area::Server;
    let missing: Vec<&Rule> =
        Rule::ALL.iter().filter(is_ours).filter(|rule| !table.contains_key(rule)).collect();
    assert!(missing.is_empty(), "{missing:?} have no pair");
    run(async {
        let (clean, _) = outcome_of(good, &everything()).await;
        assert_eq!(told(&clean), [""; 0], "{clean}");
        for (rule, (answer, place)) in table {
            let (outcome, _) = outcome_of(answer, &everything()).await;
            let expected = format!("{} {place}", rule.code());
            let found = told(&outcome);
            assert!(found.iter().any(|line| line.ends_with(&expected)), "{expected}: {found:#?}");
        }
    });
}

#[test]
fn every_constraint_that_a_server_does_not_check_is_found() {
    run(async {
        let (outcome, _) = outcome_of(accepting, &everything()).await;
        let report = Report::of(&outcome.ledger);
        let of_rule = report.drifts.iter().filter(|drift| drift.rule == "invalid-request-accepted");
        let found: Vec<String> = of_rule
            .map(|drift| {
                let keyword = drift.pointer.rsplit('/').next().unwrap_or_default();
                format!("{} {} {keyword}", drift.operation, drift.location.trim_start_matches("request."))
            })
            .collect();
        for expected in [
            "listThings header.Authorization 0",
            "listThings query.limit maximum",
            "listThings query.limit minimum",
            "listThings query.limit type",
            "listThings query.sort enum",
            "makeThing body type",
            "makeThing body.name maxLength",
            "makeThing body.name minLength",
            "makeThing body.size maximum",
            "makeThing body.tags maxItems",
            "makeThing header.content-type content",
            "getThing path.id maximum",
        ] {
            assert!(found.iter().any(|line| line.starts_with(expected)), "{expected}: {found:#?}");
        }
    });
}

/// The commands of a rule, in order.
fn commands(outcome: &Outcome, rule: &str) -> Vec<String> {
    let report = Report::of(&outcome.ledger);
    let of_rule = report.drifts.iter().filter(|drift| drift.rule == rule);
    of_rule.map(|drift| outcome.commands[&drift.fingerprint].clone()).collect()
}

#[test]
fn the_smallest_request_of_a_finding_is_a_command_without_secrets() {
    let secret = Asked { credential: Some(Credential::Value("s3cret".to_owned())), ..everything() };
    run(async {
        let (outcome, address) = outcome_of(narrow, &secret).await;
        let authorization = r#"-H 'authorization: Bearer '"$STANDIN_CREDENTIALS""#;
        let expected = format!("curl 'http://{address}/things?limit=100' {authorization}");
        assert_eq!(commands(&outcome, "valid-request-refused"), [expected]);

        let (outcome, _) = outcome_of(falling, &secret).await;
        let found = commands(&outcome, "server-error");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(!found[0].contains("s3cret"), "{}", found[0]);
        let content = found[0].split_once("--data-raw '").unwrap().1.trim_end_matches('\'');
        let content: Value = serde_json::from_str(content).unwrap();
        let names: Vec<&str> = content.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((names, &content["size"]), (vec!["name", "size"], &json!(10)), "all else is left out");
    });
}

#[test]
fn a_command_sends_the_request_again() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    run(async {
        let stand_in = judge(&things());
        let server = Server::start(move |request| falling(&stand_in, &request)).await;
        let (engine, asked) = (judge(&things()), everything());
        let plan = cases(&engine, &asked);
        let outcome = verified(&engine, &asked, plan, server.address, at_once()).await;
        let command = commands(&outcome, "server-error").remove(0);
        server.seen.lock().unwrap().clear();
        let script = format!("{command} --silent --output /dev/null --write-out '%{{http_code}}'");
        let output = tokio::task::spawn_blocking(move || {
            Command::new("bash").args(["-c", &script]).env("STANDIN_CREDENTIALS", "s3cret").output().unwrap()
        });
        let output = output.await.unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "500", "{command}: {output:?}");
        let seen = server.seen.lock().unwrap();
        assert_eq!((seen[0].method.clone(), seen[0].target()), (Method::POST, "/things".to_owned()));
        assert_eq!(seen[0].header("content-type"), Some("application/json"));
    });
}

/// Holds two things.
fn holding(engine: &Engine, request: &Request) -> Reply {
    let thing = |id: u64| json!({ "id": id, "name": "a" });
    let reply = engine.answer(request.clone());
    let json = |value: Value| Reply::new(200).with_body("application/json", value.to_string());
    match (reply.status, request.path.strip_prefix("/things")) {
        (200, Some("")) => json(json!([thing(41), thing(42)])),
        (200, Some("/41")) => json(thing(41)),
        (200, Some("/42")) => json(thing(42)),
        (200, _) => Reply::new(404),
        _ => reply,
    }
}

/// Lists what is not there.
fn forgetful(engine: &Engine, request: &Request) -> Reply {
    let is_one = request.path != "/things";
    let reply = holding(engine, request);
    if is_one && reply.status == 200 { Reply::new(404) } else { reply }
}

#[test]
fn ids_are_taken_from_earlier_replies_and_made_up_ones_tell_nothing() {
    run(async {
        let stand_in = judge(&things());
        let server = Server::start(move |request| holding(&stand_in, &request)).await;
        let (engine, asked) = (judge(&things()), Asked { allows_unsafe: false, ..everything() });
        let plan = cases(&engine, &asked);
        let is_edge = |case: &&verify::Case| case.name.starts_with("valid/edge/path.id/");
        let edges = plan.cases.iter().filter(is_edge).count() as u64;
        let outcome = verified(&engine, &asked, plan, server.address, at_once()).await;
        assert_eq!(told(&outcome), [""; 0], "{outcome}");
        let targets = server.targets();
        for expected in ["GET /things/41", "GET /things/42"] {
            assert!(targets.iter().any(|target| target == expected), "{targets:?}");
        }
        assert!(edges > 0);
        assert_eq!(outcome.unconfirmed, BTreeMap::from([(Unconfirmed::MadeUpIds, edges)]), "{outcome}");
        assert_eq!(outcome.judged(), outcome.sent - edges);

        let (outcome, _) = outcome_of(forgetful, &asked).await;
        assert_eq!(told(&outcome), ["error valid-request-refused getThing response.status"]);
    });
}
