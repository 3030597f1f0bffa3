//! Replay: what a scenario did to a reply happens again by its token, in another process, without the scenario.

use http::Method;
use serde_json::{Value, json};
use standin::engine::{Engine, Options};
use standin::fault;
use standin::message::{Reply, Request};

use super::{Play, header, request, with};
use crate::support::{all_bundled, contract, inline};

const TARGET: &str = "/packet/organizations/00000000-0000-4000-8000-000000000001";

/// Another process: the same documents, other seed, no scenario.
fn other() -> Engine {
    let seed = standin::engine::SeedChoice::Fixed(standin::seed::Seed(99));
    Engine::new(all_bundled(), Vec::new(), Options { seed, ..Options::default() })
}

fn again(engine: &Engine, target: &str, token: &str) -> Reply {
    engine.answer(with(request(Method::GET, target), "prefer", &format!("replay={token}")))
}

/// What a client can tell of a reply: status, what happens to it, content, header fields that are of no one exchange.
fn seen(reply: &Reply) -> String {
    const OF_ONE: [&str; 6] = [
        "standin-violations",
        "standin-exchange",
        "standin-rule",
        "preference-applied",
        "content-security-policy",
        "standin-ignored",
    ];
    let fields = reply.headers.iter().filter(|(name, _)| !OF_ONE.contains(&name.as_str()));
    let mut fields: Vec<String> = fields.map(|(name, value)| format!("{name}: {value:?}")).collect();
    fields.sort();
    format!("{} {:?} {:?} {:?}\n{fields:#?}", reply.status, reply.delivery, reply.body, reply.parts)
}

#[test]
fn every_fault_happens_again_as_it_was() {
    let other = other();
    for definition in fault::TABLE {
        let rule = json!({ "when": { "document": "packet" }, "fault": definition.name });
        let play = Play::rules(&format!("  - {rule}\n"));
        let first = play.get(TARGET);
        let token = header(&first, "standin-replay");
        assert!((20..=4096).contains(&token.len()), "{}: {token}", definition.name);
        let second = again(&other, TARGET, &token);
        let (mut first, mut second) = (first, second);
        let is_sent = !header(&second, "standin-fault").is_empty();
        if !is_sent {
            // No byte of it is sent: all that can be seen is what happens.
            for reply in [&mut first, &mut second] {
                reply.headers.clear();
                reply.body.clear();
            }
        }
        assert_eq!(seen(&second), seen(&first), "{}", definition.name);
    }
}

#[test]
fn what_was_drawn_made_and_filled_in_happens_again() {
    let table = [
        json!({ "delay": { "lognormal": { "median": "120ms", "sigma": 0.6 } } }),
        json!({ "faults": [{ "abort": { "at": 0.37 } }, { "delay": { "uniform": { "from": "1ms", "to": "9s" } } }] }),
        json!({ "respond": { "error": "404" } }),
        json!({ "respond": { "status": 404, "headers": { "x-call": "{{call}}" } }, "fault": { "dribble": { "pieces": 7 } } }),
        json!({ "respond": { "status": 503 } }),
        json!({ "respond": { "body": { "id": "{{call}}", "path": "{{path id}}" }, "unchecked": true } }),
        json!({ "respond": { "data": "extremes" }, "fault": "truncate" }),
        json!({ "limit": { "rate": "1/m", "burst": 1 } }),
    ];
    let other = other();
    for mut rule in table {
        rule["when"] = json!({ "operation": "findOrganizationById" });
        let play = Play::rules(&format!("  - {rule}\n"));
        play.get(TARGET);
        let first = play.get(TARGET);
        let token = header(&first, "standin-replay");
        assert!(!token.is_empty(), "{rule}: {}", seen(&first));
        let second = again(&other, TARGET, &token);
        assert_eq!(seen(&second), seen(&first), "{rule}");
        assert_eq!(header(&second, "preference-applied").split('=').next(), Some("replay"));
        assert_eq!(again(&other, TARGET, &header(&second, "standin-replay")).body, first.body);
    }
}

#[test]
fn replies_without_an_injected_failure_have_no_token() {
    let play = Play::rules("  - when: { document: packet, call: 2 }\n    respond: { status: 503 }\n");
    let tokens: Vec<bool> = (0..3).map(|_| !header(&play.get(TARGET), "standin-replay").is_empty()).collect();
    assert_eq!(tokens, [false, true, false]);
    let wished = |prefer: &str| {
        let reply = other().answer(with(request(Method::GET, TARGET), "prefer", prefer));
        !header(&reply, "standin-replay").is_empty()
    };
    let table = [
        ("seed=3", false),
        ("code=200", false),
        ("code=404", true),
        ("fault=reset", true),
        ("delay=1ms", true),
        ("break=type", true),
    ];
    for (prefer, expected) in table {
        assert_eq!(wished(prefer), expected, "{prefer}");
    }
}

#[test]
fn content_that_is_too_long_for_a_token_has_none() {
    let noise = (0..6000_u32).map(|n| format!("{:04x}", n.wrapping_mul(40_503) & 0xffff));
    let noise = noise.collect::<Vec<_>>().concat();
    let rule = |text: &str, fault: &str| json!({ "when": { "document": "packet" }, "respond": { "status": 503, "text": text, "unchecked": true }, "fault": fault });
    let token = |rule: Value| header(&Play::rules(&format!("  - {rule}\n")).get(TARGET), "standin-replay");
    assert_eq!(token(rule(&noise, "truncate")), "");
    assert_ne!(token(rule(&"a".repeat(20_000), "truncate")), "", "what deflates well is not too long");
    assert_ne!(token(rule(&noise, "reset")), "", "content of which no byte is sent is left out");
}

#[test]
fn a_token_that_can_not_be_replayed_here_is_told_why() {
    let play = Play::rules("  - when: { document: packet }\n    fault: { abort: { at: 0.5 } }\n");
    let token = header(&play.get(TARGET), "standin-replay");
    let other = other();
    let mut changed = token.clone().into_bytes();
    changed[30] = if changed[30] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    let table = [
        (TARGET, token[..token.len() - 4].to_owned(), "is damaged"),
        (TARGET, changed, "is damaged"),
        (TARGET, "AAAA".to_owned(), "is damaged"),
        (TARGET, "a!b".to_owned(), "is no base64url from its character 2 on"),
        (TARGET, "a".repeat(5000), "at most 4096 characters"),
        (TARGET, String::new(), "is not a token of 1 to"),
        ("/packet/organizations", token.clone(), "this request is of `packet/findOrganizations`"),
        ("/mserve/v1/identity/organizations/o1", token.clone(), "is of `packet/findOrganizationById`"),
        ("/nowhere", token.clone(), "this request reaches no operation"),
    ];
    for (target, token, message) in table {
        let reply = again(&other, target, &token);
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status, 400, "{token}: {text}");
        assert!(text.contains(message), "{message}: {text}");
        assert_eq!(header(&reply, "preference-applied"), "");
    }
}

#[test]
fn a_token_is_of_one_version_of_a_document() {
    let engine = |version: &str, path: &str| {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: t, version: '{version}' }}\npaths:\n  {path}:\n    get:\n      operationId: one\n      responses: {{ '204': {{ description: none }} }}\n"
        );
        Engine::new(vec![contract("t", &inline("t", &text))], Vec::new(), Options::default())
    };
    let first = engine("1", "/a").answer(with(request(Method::GET, "/a"), "prefer", "fault=reset"));
    let token = header(&first, "standin-replay");
    assert_eq!(again(&engine("1", "/a"), "/a", &token).delivery, first.delivery);
    for (engine, path) in [(engine("2", "/a"), "/a"), (engine("1", "/b"), "/b")] {
        let text = String::from_utf8_lossy(&again(&engine, path, &token).body).into_owned();
        assert!(text.contains("in another version of the document"), "{text}");
    }
}

#[test]
fn a_token_beats_every_other_wish_and_every_rule_and_a_violating_request_is_still_told() {
    let play = Play::rules("  - when: { document: packet, call: 1 }\n    respond: { status: 503 }\n");
    let first = play.get(TARGET);
    let token = header(&first, "standin-replay");
    let rules = Play::rules("  - when: { document: packet }\n    respond: { status: 410 }\n");
    let prefer = format!("code=404, delay=1s, replay={token}, seed=3, expect=parameter-unknown");
    let request =
        with(request(Method::GET, &format!("{TARGET}?__fault=reset&colour=red")), "prefer", &prefer);
    let reply = rules.send(request);
    assert_eq!((reply.status, &reply.delivery), (503, &None));
    assert_eq!(reply.body, first.body);
    assert_eq!(header(&reply, "standin-ignored"), "code, delay, seed, fault");
    assert!(header(&reply, "preference-applied").ends_with("expect=parameter-unknown"));
    assert!(header(&reply, "standin-violations").contains("parameter-unknown"));
    assert_eq!(header(&reply, "standin-rule"), "");
    let mut by_query = Request::new(Method::GET, &format!("{TARGET}?__replay={token}"));
    by_query.headers.clear();
    assert_eq!(rules.send(by_query).status, 503, "a request without credentials gets it, too");
}
