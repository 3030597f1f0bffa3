//! The program as a judge of replies: what the oracle calls broken it finds, and of what the oracle calls valid it is silent.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use standin::check::{Received, Strictness};
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};
use standin::pointer::Pointer;
use standin::violation::Violation;

use super::reading::{Given, Operation, Reading, Tally};
use super::{Subject, log, tell};
use crate::support::{self, BUNDLED, repository};

/// How many places of one reply are broken.
const MOST_PLACES: usize = 60;

fn subject(name: &str, path: &str) -> Subject {
    let path = repository(path);
    let contract = support::contract(name, &standin::document::Source::File(path.clone()));
    Subject::new(name, contract, Reading::of_file(&path))
}

/// The value with something else at one place, in every way that breaks some keyword of most schemas.
fn broken(value: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    places_in(value, &Pointer::root(), &mut places);
    let mut all = Vec::new();
    for place in places.iter().take(MOST_PLACES) {
        for (what, other) in [
            ("null", json!(null)),
            ("false", json!(false)),
            ("-1.5", json!(-1.5)),
            ("a huge number", json!(1e300)),
            ("an empty text", json!("")),
            ("a long text", json!("~".repeat(3000))),
            ("an empty list", json!([])),
            ("an empty object", json!({})),
            ("a full list", json!([1, 1, "a", null])),
        ] {
            let mut changed = value.clone();
            if let Some(inside) = changed.pointer_mut(place.as_str()) {
                *inside = other;
                all.push((format!("{what} at `{place}`"), changed));
            }
        }
        let (Some(parent), Some(name)) = (place.parent(), place.last()) else { continue };
        let mut without = value.clone();
        match without.pointer_mut(parent.as_str()) {
            Some(Value::Object(members)) => {
                members.remove(&name);
                all.push((format!("nothing at `{place}`"), without));
            }
            Some(Value::Array(items)) => {
                items.extend(items.clone());
                all.push((format!("twice the items of `{parent}`"), without));
            }
            _ => {}
        }
    }
    all
}

fn places_in(value: &Value, here: &Pointer, places: &mut Vec<Pointer>) {
    places.push(here.clone());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places_in(member, &here.join(name), places));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places_in(item, &here.index(index), places));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Breaks a reply in every way, and holds the program against the oracle.
fn compare(
    subject: &Subject,
    operation: &Operation,
    reply: &Reply,
    tally: &mut Tally,
    wrong: &mut Vec<String>,
) {
    let Ok(value) = serde_json::from_slice::<Value>(&reply.body) else { return };
    for (what, changed) in broken(&value) {
        let reply = Reply { body: Bytes::from(changed.to_string()), ..reply.clone() };
        let header = |name: &str| Some(reply.headers.get(name)?.to_str().ok()?.to_owned());
        let given = Given { status: reply.status, header: &header, body: &reply.body, is_head: false };
        let expected = subject.reading.judge(operation, &given);
        let found = subject.found(operation, "", &reply);
        let error = found.iter().find(|violation| violation.is_error());
        match (&expected, error) {
            (Ok(_), None) => tally.count("valid, and silent"),
            (Err(_), Some(_)) => tally.count("broken, and found"),
            // Null that is meant and not said is not sent by us, and taken from others.
            (Err(_), None) if what.starts_with("null") => tally.count("null as it is meant"),
            (Ok(_), Some(violation)) => wrong.push(format!(
                "{} {} {what}: valid, but {}: {}",
                operation.id, reply.status, violation.rule, violation.message
            )),
            (Err(why), None) => {
                wrong.push(format!("{} {} {what}: not found: {why}", operation.id, reply.status));
            }
        }
    }
}

#[test]
fn a_reply_that_is_broken_at_any_place_is_found_and_one_that_is_not_is_silent() {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    let documents = BUNDLED.map(|name| (name, format!("specs/{name}.yaml")));
    let hard = ["nullable30", "objects31", "arrays31", "values31"]
        .map(|name| (name, format!("tests/hard/{name}.yaml")));
    for (name, path) in documents.iter().chain(&hard) {
        let subject = subject(name, path);
        for operation in &subject.reading.operations {
            for status in operation.statuses() {
                let prefer = format!("code={status}, dynamic=true, seed=3, items=2");
                let reply = subject.reply(operation, &prefer, None);
                compare(&subject, operation, &reply, &mut tally, &mut wrong);
            }
        }
    }
    log(&format!("judged: {:?}", tally.0));
    assert!(wrong.is_empty(), "{}", tell(&wrong));
    assert!(tally.0["broken, and found"] > 5_000 && tally.0["valid, and silent"] > 500, "{:?}", tally.0);
}

/// The four bundled documents behind an engine that reads strictly.
fn strict() -> Engine {
    let options = Options { strictness: Strictness::Strict, ..Options::default() };
    Engine::new(support::all_bundled(), Vec::new(), options)
}

#[test]
fn plain_replies_of_the_bundled_documents_are_no_errors_by_the_strict_reading() {
    let engine = strict();
    let (mut judged, mut wrong) = (0, Vec::new());
    for name in BUNDLED {
        let subject = subject(name, &format!("specs/{name}.yaml"));
        for operation in &subject.reading.operations {
            for status in operation.statuses() {
                for seed in 0..40 {
                    let prefer = format!("code={status}, dynamic=true, seed={seed}");
                    let request = subject.request(operation, &prefer);
                    let reply = subject.reply(operation, &prefer, None);
                    let found = engine.judge(&request, Received::from(&reply)).violations;
                    let found = found.iter().filter(|one| one.is_error() && one.location[0] == "response");
                    wrong.extend(
                        found.map(|one| format!("{name} {} {prefer}: {}", operation.id, one.message)),
                    );
                    judged += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", tell(&wrong));
    assert!(judged > 1_000, "{judged}");
}

/// What each reading finds in a reply to a request: the errors, told as rule and place.
fn errors(engine: &Engine, target: &str, status: u16, body: &Value) -> Vec<String> {
    let headers =
        std::iter::once((http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json")));
    let (headers, body) = (headers.collect(), Bytes::from(body.to_string()));
    let request = Request::new(http::Method::GET, target);
    let judged = engine.judge(&request, Received { status, headers: &headers, body: Some(&body) });
    let is_of_reply = |one: &&Violation| one.is_error() && one.location[0] == "response";
    for violation in judged.violations.iter().filter(|one| one.rule.is_strict()) {
        assert!(violation.message.ends_with("(strict reading)"), "{}", violation.message);
        assert!(violation.place.line > 1);
    }
    judged
        .violations
        .iter()
        .filter(is_of_reply)
        .map(|one| format!("{} {}", one.rule, one.location[1..].join(".")))
        .collect()
}

#[test]
fn the_envelope_that_katapult_sends_is_drift_by_the_strict_reading_though_its_schema_takes_anything() {
    let plain = Engine::new(support::all_bundled(), Vec::new(), Options::default());
    let strict = strict();
    let target = "/katapult/organizations/organization?organization%5Bid%5D=org_1";
    let envelope = |code: &str| json!({ "error": { "code": code, "description": "d", "detail": {} } });
    for (status, code) in [(404, "organization_not_found"), (400, "missing_api_token")] {
        assert_eq!(errors(&plain, target, status, &envelope(code)), [""; 0], "{status}");
        let expected = ["strict-nothing-named body", "strict-property-undeclared body.error"];
        assert_eq!(errors(&strict, target, status, &envelope(code)), expected, "{status}");
        for (anything, expected) in
            [(json!([]), "strict-not-an-object body"), (json!({}), "strict-nothing-named body")]
        {
            assert_eq!(errors(&plain, target, status, &anything), [""; 0]);
            assert_eq!(errors(&strict, target, status, &anything), [expected]);
        }
        let bare = json!({ "code": code, "description": "d", "detail": {} });
        assert_eq!(errors(&strict, target, status, &bare), [""; 0], "{status}");
    }
    // The branches of 403 are told apart by nothing that is required, so even the letter finds two that fit.
    let found = errors(&strict, target, 403, &envelope("organization_suspended"));
    assert_eq!(found, ["reply-body-invalid body", "strict-property-undeclared body.error"]);
    let bare = json!({ "code": "organization_suspended", "detail": {} });
    assert_eq!(errors(&strict, target, 403, &bare), [""; 0]);
}

#[test]
fn the_address_that_packet_sends_is_drift() {
    let target = "/packet/organizations/00000000-0000-4000-8000-000000000000";
    let body = json!({ "id": "00000000-0000-4000-8000-000000000000", "address": { "href": "/a/1" } });
    let found = errors(&strict(), target, 200, &body);
    // `address`, `zip_code` and `country` are required.
    let expected =
        [&["reply-body-invalid body.address"; 3][..], &["strict-property-undeclared body.address.href"]];
    assert_eq!(found, expected.concat());
    // As metal-python has it: without the list of what is required.
    let text = std::fs::read_to_string(repository("specs/packet.yaml")).unwrap();
    let loose = text.replace("    required:\n      - address\n      - zip_code\n      - country\n", "");
    assert_ne!(loose, text);
    let contract = support::contract("packet", &support::inline("packet", &loose));
    let engine = |strictness| {
        let options = Options { strictness, ..Options::default() };
        Engine::new(vec![Arc::clone(&contract)], Vec::new(), options)
    };
    assert_eq!(errors(&engine(Strictness::Letter), target, 200, &body), [""; 0]);
    let expected = ["strict-nothing-named body.address", "strict-property-undeclared body.address.href"];
    assert_eq!(errors(&engine(Strictness::Strict), target, 200, &body), expected);
}

/// Cases of others that we judge in another way. That tool fills defaults in before it looks, and they are no values (JSON
/// Schema Validation 9.2). Content where none is declared is only a warning here: many documents do not describe what comes
/// with their failures.
const OTHERWISE: [&str; 3] = [
    "kogo-resp/accept-valid-responses-with-defaults",
    "kogo-resp/fail-any-response-with-undefined-schema",
    "kogo-resp/fail-response-against-undefined-schema",
];

/// A case of somebody else: a document, an exchange, and whether the reply is valid by it.
#[derive(serde::Deserialize)]
struct Foreign {
    id: String,
    document: Value,
    request: ForeignRequest,
    response: ForeignReply,
    valid: bool,
}

#[derive(serde::Deserialize)]
struct ForeignRequest {
    method: String,
    path: String,
}

#[derive(serde::Deserialize)]
struct ForeignReply {
    status: u16,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    body: Option<String>,
}

/// `STANDIN_REPLIES` names a file of such cases, one a line.
#[test]
fn replies_are_judged_as_the_cases_of_others_say() {
    let file = std::env::var_os("STANDIN_REPLIES")
        .map_or_else(|| repository("../shared/cases/responses.jsonl"), std::path::PathBuf::from);
    let Ok(text) = std::fs::read_to_string(&file) else {
        log(&format!("judged: no cases of others in {}", file.display()));
        return;
    };
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Foreign = serde_json::from_str(line).unwrap();
        let (contract, _) = support::build("t", &support::inline("t", &case.document.to_string()));
        let engine = Engine::new(vec![Arc::new(contract.unwrap())], Vec::new(), Options::default());
        let fields = case.response.headers.iter().map(|(name, value)| {
            (
                name.to_lowercase().parse::<http::HeaderName>().unwrap(),
                value.parse::<http::HeaderValue>().unwrap(),
            )
        });
        let (headers, body) = (fields.collect(), Bytes::from(case.response.body.unwrap_or_default()));
        let method = case.request.method.parse().unwrap();
        let received = Received { status: case.response.status, headers: &headers, body: Some(&body) };
        let judged = engine.judge(&Request::new(method, &case.request.path), received);
        let of_reply = judged.violations.iter().filter(|one| one.location[0] == "response" && one.is_error());
        let found: Vec<&str> = of_reply.map(|one| one.message.as_str()).collect();
        if OTHERWISE.contains(&case.id.as_str()) {
            assert_ne!(found.is_empty(), case.valid, "{} is judged as they say", case.id);
            continue;
        }
        if judged.operation.is_none() || found.is_empty() != case.valid {
            wrong.push(format!("{}: {:?}, {found:?}", case.id, judged.operation));
        }
    }
    assert!(wrong.is_empty(), "{}", tell(&wrong));
}
