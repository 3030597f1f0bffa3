//! What each condition and each deed of a rule does.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json as value};
use standin::delivery::Act;
use standin::message::Request;

use super::{Play, header, json, request, with, with_body};
use standin::message::Reply;

const LIST: &str = "/packet/organizations";
const ONE: &str = "/packet/organizations/00000000-0000-4000-8000-000000000001";

/// A rule that answers 401, with this condition.
fn hits(when: &str, request: Request) -> bool {
    Play::rules(&format!("  - when: {when}\n    respond: {{ status: 401 }}\n")).send(request).status == 401
}

#[test]
fn a_condition_fits_what_it_says_and_nothing_else() {
    let get = |target: &str| request(Method::GET, target);
    let post = |body: &str| with_body(Method::POST, LIST, body);
    let without = || Request::new(Method::GET, LIST);
    let table: Vec<(&str, Request, Request)> = vec![
        ("{ document: packet }", get(LIST), get("/nethesis/organizations?__code=200")),
        ("{ operation: findOrganizations }", get(LIST), get(ONE)),
        ("{ document: packet, method: [delete, GET] }", get(LIST), post("{}")),
        ("{ template: \"/organizations/{id}\" }", get(ONE), get(LIST)),
        ("{ path: { matches: \"^/packet/\" } }", get(LIST), get("/api.packet.net/organizations")),
        (
            "{ document: packet, query: { per_page: { at_least: 50 } } }",
            get("/packet/organizations?per_page=50"),
            get("/packet/organizations?per_page=5"),
        ),
        (
            "{ document: packet, query: { page: { present: false } } }",
            get(LIST),
            get("/packet/organizations?page=1"),
        ),
        (
            "{ header: { user-agent: { contains: fox } } }",
            with(get(LIST), "user-agent", "firefox"),
            get(LIST),
        ),
        ("{ body: { /name: Anvil } }", post(r#"{"name":"Anvil"}"#), post(r#"{"name":"Other"}"#)),
        (
            "{ body: { /address/country: { one_of: [DE, AT] } } }",
            post(r#"{"address":{"address":"a","zip_code":"b","country":"AT"}}"#),
            post("{}"),
        ),
        (
            "{ body: { /name: { equals: null } } }",
            with(post(r#"{"name":null}"#), "prefer", "handling=lenient"),
            post("{}"),
        ),
        ("{ document: packet, call: 1 }", get(LIST), get("/katapult/organizations")),
        (
            "{ document: packet, credentials: present }",
            get(LIST),
            with(get("/mserve/v1/identity/organizations"), "x-a", "b"),
        ),
        (
            "{ operation: findOrganizations, credentials: invalid }",
            with(get(LIST), "x-auth-token", "invalid"),
            get(LIST),
        ),
        (
            "{ credentials: { value: { matches: \"^s3\" } } }",
            with(get(LIST), "x-auth-token", "s3cret"),
            get(LIST),
        ),
        ("{ session: default, operation: findOrganizations }", get(LIST), get(ONE)),
        (
            "{ operation: findOrganizations, cookie: { theme: dark }, not: { path: / } }",
            with(get(LIST), "cookie", "a=b; theme=dark"),
            get(LIST),
        ),
        ("{ all: [{ document: packet }, { method: GET }] }", get(LIST), post("{}")),
        (
            "{ any: [{ operation: findOrganizations }, { operation: createOrganization }] }",
            get(LIST),
            get(ONE),
        ),
        ("{ document: packet, not: { operation: findOrganizations } }", get(ONE), get(LIST)),
        (
            "{ operation: findOrganizations, not: { query: { page: 1 } } }",
            get(LIST),
            get("/packet/organizations?page=1"),
        ),
        ("{ operation: findOrganizations, before: 5s }", get(LIST), get(ONE)),
    ];
    for (when, fitting, other) in table {
        assert!(hits(when, fitting), "{when}: should fit");
        assert!(!hits(when, other), "{when}: should not fit");
    }
    let absent =
        "  - when: { operation: findOrganizations, credentials: absent }\n    respond: { example: nope }\n";
    let contracts = crate::support::all_bundled();
    assert!(super::read(absent, &contracts).0.is_none());
    let delayed = "  - when: { operation: findOrganizations, credentials: absent }\n    delay: 5ms\n";
    assert!(Play::rules(delayed).send(without()).delivery.is_some());
    assert!(Play::rules(delayed).get(LIST).delivery.is_none());
}

#[test]
fn rules_of_time_count_from_the_first_call() {
    let play = Play::rules(
        "  - when: { document: packet, after: 10s, before: 20s }\n    respond: { status: 401 }\n",
    );
    play.wait(500_000);
    let mut statuses = Vec::new();
    for milliseconds in [0, 9_999, 1, 9_999, 1] {
        play.wait(milliseconds);
        statuses.push(play.get(LIST).status);
    }
    assert_eq!(statuses, [200, 200, 401, 401, 200]);
    play.engine.sessions().default().reset();
    assert_eq!(play.get(LIST).status, 200);
}

#[test]
fn an_outage_without_an_answer_is_the_declared_503_and_tells_when_it_is_over() {
    let play = Play::rules("  - outage: { from: 1s, for: 2s, every: 10s }\n");
    let mut told = Vec::new();
    for milliseconds in [0, 1_000, 1_000, 1_000, 8_000] {
        play.wait(milliseconds);
        let reply = play.get("/katapult/organizations");
        told.push((reply.status, header(&reply, "retry-after")));
    }
    let plain = |status| (status, String::new());
    let down = |seconds: &str| (503, seconds.to_owned());
    assert_eq!(told, [plain(200), down("2"), down("1"), plain(200), down("2")]);
    assert_eq!(json(&play.get("/katapult/organizations"))["code"], "service_unavailable");
}

#[test]
fn a_ramp_goes_from_one_chance_to_another() {
    let play = Play::rules(
        "  - when: { document: packet }\n    ramp: { from: 0, to: 1, over: 100s }\n    respond: { status: 401 }\n",
    );
    let failing = || (0..200).filter(|_| play.get(ONE).status == 401).count();
    assert_eq!(failing(), 0);
    play.wait(50_000);
    let half = failing();
    assert!((60..=140).contains(&half), "{half}");
    play.wait(50_000);
    assert_eq!(failing(), 200);
}

#[test]
fn a_sequence_walks_its_steps_for_each_operation() {
    let rules = |then: &str| {
        Play::rules(&format!(
            "  - when: {{ document: packet }}\n    sequence:\n      steps: [{{ times: 2, respond: {{ status: 401 }} }}, {{}}]\n      then: {then}\n"
        ))
    };
    let play = rules("stay");
    assert_eq!(play.statuses(LIST, 5), [401, 401, 200, 200, 200]);
    assert_eq!(play.statuses(ONE, 3), [401, 401, 200]);
    play.engine.sessions().default().reset();
    assert_eq!(play.statuses(LIST, 1), [401]);
    assert_eq!(rules("loop").statuses(LIST, 5), [401, 401, 200, 401, 401]);
}

#[test]
fn a_state_is_gone_to_by_a_rule_and_read_by_others() {
    let play = Play::rules(
        "  - when: { operation: findOrganizationById, state: [closed] }\n    respond: { status: 404, headers: { x-state: \"{{state}}\" } }\n  - when: { operation: findOrganizations, state: start }\n    goto: closed\n",
    );
    assert_eq!(play.get(ONE).status, 200);
    let turning = play.get(LIST);
    assert_eq!((turning.status, header(&turning, "standin-rule")), (200, "t/rule 2".into()));
    let closed = play.get(ONE);
    assert_eq!((closed.status, header(&closed, "x-state")), (404, "closed".into()));
    let session = play.engine.sessions().default();
    assert_eq!(session.scenarios().unwrap().states(), [("t".to_owned(), "closed".to_owned())]);
    session.reset();
    assert_eq!(play.get(ONE).status, 200);
}

#[test]
fn the_first_rule_decides_unless_it_says_to_go_on() {
    let play = Play::rules(
        "  - when: { document: packet }\n    delay: 5ms\n    continue: true\n  - when: { operation: findOrganizations }\n    respond: { status: 401 }\n    delay: 9ms\n  - fault: reset\n",
    );
    let first = play.get(LIST);
    assert_eq!((first.status, header(&first, "standin-rule")), (401, "t/rule 1, t/rule 2".into()));
    let delivery = first.delivery.unwrap();
    assert_eq!((delivery.delay, delivery.act), (Duration::from_millis(5), Act::Whole));
    let second = play.get(ONE);
    assert_eq!((second.status, header(&second, "standin-rule")), (200, "t/rule 1, t/rule 3".into()));
    assert_ne!(second.delivery.unwrap().act, Act::Whole);
}

#[test]
fn an_answer_can_be_an_example_with_header_fields() {
    let play = Play::rules(
        "  - when: { document: katapult }\n    respond: { error: rate_limit_reached, headers: { x-call: \"{{call}} of {{method}} {{target}}\", x-n: 3 } }\n",
    );
    let reply = play.get("/katapult/organizations?a=b");
    assert_eq!((reply.status, &json(&reply)["code"]), (429, &"rate_limit_reached".into()));
    assert_eq!(header(&reply, "x-call"), "1 of GET /katapult/organizations?a=b");
    assert_eq!(header(&reply, "x-n"), "3");
}

#[test]
fn content_is_filled_in_from_the_request_and_judged_then() {
    let rule = |unchecked: &str| {
        Play::rules(&format!(
            "  - when: {{ operation: v1_identity_createOrganization }}\n    respond:\n      body: {{ id: \"o-{{{{call}}}}\", name: \"{{{{body /name}}}}\", createdAt: \"{{{{header x-at}}}}\", createdBy: \"{{{{generate}}}}\" }}{unchecked}\n"
        ))
    };
    let post = |at: &str| {
        let request = with_body(Method::POST, "/mserve/v1/identity/organizations", r#"{"name":"Anvil"}"#);
        if at.is_empty() { request } else { with(request, "x-at", at) }
    };
    let play = rule("");
    let reply = play.send(post("noon"));
    let body = json(&reply);
    assert_eq!((reply.status, &body["id"], &body["name"]), (200, &value!("o-1"), &value!("Anvil")));
    assert_eq!(body["createdAt"], "noon");
    assert!(body["createdBy"].is_object());
    // Without the header there is no `createdAt`, which the contract requires.
    let broken = play.send(post(""));
    assert_eq!((broken.status, header(&broken, "content-type")), (500, "application/problem+json".into()));
    assert!(json(&broken)["detail"].as_str().unwrap().contains("`t/rule 1`"));
    let unchecked = rule("\n      unchecked: true").send(post(""));
    assert_eq!((unchecked.status, header(&unchecked, "standin-undeclared")), (200, "body".into()));
    assert_eq!(json(&unchecked).get("createdAt"), None::<&Value>);
}

#[test]
fn text_is_sent_as_it_is() {
    let play = Play::rules(
        "  - when: { document: nethesis }\n    respond: { status: 503, text: \"<h1>{{query a}} down</h1>\", headers: { content-type: text/html } }\n",
    );
    let reply = play.get("/nethesis/organizations?a=all");
    assert_eq!((reply.status, &reply.body[..]), (503, &b"<h1>all down</h1>"[..]));
    assert_eq!(header(&reply, "content-type"), "text/html");
}

#[test]
fn a_quota_ends_and_calls_at_once_are_counted_by_their_delay() {
    let play = Play::rules(
        "  - when: { operation: listOrganizations }\n    quota: { calls: 2, per: 1m, headers: x }\n",
    );
    assert_eq!(play.statuses("/katapult/organizations", 3), [200, 200, 429]);
    play.wait(59_000);
    let refused = play.get("/katapult/organizations");
    assert_eq!(
        (header(&refused, "retry-after"), header(&refused, "x-ratelimit-remaining")),
        ("1".into(), "0".into())
    );
    play.wait(1_000);
    assert_eq!(play.get("/katapult/organizations").status, 200);

    let play = Play::rules(
        "  - when: { document: katapult }\n    concurrency: { at_most: 2, key: session }\n    respond: { status: 503 }\n  - when: { document: katapult }\n    delay: 3s\n",
    );
    assert_eq!(play.statuses("/katapult/organizations", 3), [200, 200, 503]);
    play.wait(2_999);
    assert_eq!(play.get("/katapult/organizations").status, 503);
    play.wait(1);
    assert_eq!(play.get("/katapult/organizations").status, 200);
}

#[test]
fn a_wish_beats_the_scenario_and_is_not_counted_by_it() {
    let play = Play::rules("  - when: { document: packet }\n    respond: { status: 401 }\n");
    assert_eq!(play.statuses("/packet/organizations?__code=404", 2), [404, 404]);
    assert_eq!(play.engine.sessions().default().scenarios().unwrap().tallies(play.engine.now())[0].tried, 0);
    assert_eq!(play.get(LIST).status, 401);
}

#[test]
fn a_delay_that_the_request_wishes_for_beats_the_rule_s() {
    let play = Play::rules("  - when: { document: packet }\n    delay: 3s\n");
    let delay = |target: &str| play.get(target).delivery.unwrap().delay;
    assert_eq!(delay(LIST), Duration::from_secs(3));
    assert_eq!(delay("/packet/organizations?__delay=5ms"), Duration::from_millis(5));
    let fault = play.get("/packet/organizations?__fault=reset");
    assert_eq!(
        (fault.delivery.unwrap().delay, fault.headers.contains_key("standin-rule")),
        (Duration::ZERO, false)
    );
}

#[test]
fn the_journal_says_which_rule_decided_and_what_was_injected_is_no_drift() {
    let play = Play::rules(
        "  - name: down\n    when: { document: katapult }\n    respond: { status: 503 }\n    fault: reset\n",
    );
    let reply = play.get("/katapult/organizations");
    let session = play.engine.sessions().default();
    let exchange = session.journal.find(header(&reply, "standin-exchange").parse().unwrap()).unwrap();
    assert_eq!(exchange.rules, ["t/down".into()]);
    let told: Vec<&str> = exchange.violations.iter().map(|violation| violation.rule.code()).collect();
    assert_eq!(told, ["header-undeclared"], "the key of another document, and nothing of the failure");
}

#[test]
fn a_limit_by_header_counts_each_value_for_itself() {
    let play =
        Play::rules("  - when: { document: katapult }\n    limit: { rate: 1/h, key: { header: x-team } }\n");
    let call = |team: &str| -> Reply {
        play.send(with(request(Method::GET, "/katapult/organizations"), "x-team", team))
    };
    assert_eq!([call("a").status, call("b").status, call("a").status], [200, 200, 429]);
    assert_eq!(header(&call("a"), "retry-after"), "3600");
}
