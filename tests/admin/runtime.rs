//! What is played is changed while the server runs: in one session or in all, by itself or by hand, and it reverts.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Server, header};

/// A scenario that answers a status.
fn scenario(name: &str, status: u16) -> String {
    json!({ "name": name, "rules": [{ "name": "r", "when": { "document": "packet" }, "respond": { "status": status } }] })
        .to_string()
}

fn names(listed: &Value) -> Vec<String> {
    listed.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_scenario_that_was_loaded_last_is_asked_first_and_one_of_the_same_name_gives_way() {
    let server = Server::start();
    assert_eq!(server.status(""), 200);
    for (name, status) in [("a", 404), ("b", 503), ("a", 429)] {
        assert_eq!(server.told("POST", "/scenarios", &scenario(name, status))["id"], name);
        assert_eq!(server.status(""), status);
    }
    assert_eq!(names(&server.told("GET", "/scenarios", "")), ["a", "b"]);
    server.told("DELETE", "/scenarios/a", "");
    assert_eq!(server.status(""), 503);
    server.told("POST", "/reset", "");
    assert_eq!(server.status(""), 200, "a reset goes back to how the session started");
    assert_eq!(server.refused("DELETE", "/scenarios/b", "").0, 404);
}

#[test]
fn a_scenario_is_loaded_for_one_session_or_for_all_and_those_that_begin_later() {
    let server = Server::start();
    assert_eq!([server.status(""), server.status("one"), server.status("two")], [200; 3]);
    server.told("POST", "/scenarios?session=one", &scenario("of-one", 503));
    assert_eq!([server.status(""), server.status("one"), server.status("two")], [200, 503, 200]);
    server.told("POST", "/scenarios?session=*", &scenario("of-all", 404));
    assert_eq!(["", "one", "two", "new"].map(|session| server.status(session)), [404; 4]);
    server.told("POST", "/reset?session=one", "");
    assert_eq!(server.status("one"), 404, "what was loaded for all outlives a reset of one");
    let listed = server.told("GET", "/scenarios?session=*", "");
    let sessions: Vec<&Value> = listed.as_array().unwrap().iter().map(|entry| &entry["session"]).collect();
    assert_eq!(sessions, [&Value::Null, &json!("new"), &json!("one"), &json!("two")]);
    server.told("DELETE", "/scenarios/of-all?session=*", "");
    assert_eq!(["", "one", "newer"].map(|session| server.status(session)), [200; 3]);
    assert_eq!(server.refused("POST", "/scenarios?session=nobody", &scenario("x", 404)).0, 404);
}

#[test]
fn every_mistake_in_a_scenario_is_told_with_its_place_and_the_nearest_name() {
    let server = Server::start();
    let text = "name: s\nrules:\n  - when: { operation: findOrganisations }\n    respond: { stauts: 503 }\n  - fualt: reset\n";
    let reply = server.send("POST", "/_standin/scenarios", &[("content-type", "application/yaml")], text);
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    let told: Vec<String> = problem["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}; {}", text("place"), text("code"), text("message"), text("help"))
        })
        .collect();
    insta::assert_snapshot!(format!("{}\n{}", reply.status, told.join("\n")));
    let good = text.replace("findOrganisations", "findOrganizations").replace("stauts", "status");
    let good = good.replace("fualt", "fault");
    let reply = server.send("POST", "/_standin/scenarios", &[("content-type", "application/yaml")], &good);
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(server.status(""), 503);
    let place = server.refused("POST", "/sessions", r#"{"id": "s",
        "scenario": {"name": "x", "rules": [{"when": {"operation": "findOrganisations"}, "fault": "reset"}]}}"#);
    assert_eq!(place.0, 400);
    assert!(
        place.1.starts_with("2:") && place.1.contains("did you mean `findOrganizations`?"),
        "{}",
        place.1
    );
}

#[test]
fn a_session_is_set_up_with_a_scenario_by_its_name_or_written_out() {
    let server = Server::start();
    server.told("POST", "/scenarios", &scenario("known", 503));
    server.told("POST", "/sessions", r#"{"id": "one", "scenario": "known"}"#);
    let inline = format!(r#"{{"id": "two", "scenario": {}}}"#, scenario("own", 429));
    server.told("POST", "/sessions", &inline);
    server.told("POST", "/sessions", r#"{"id": "three", "scenario": null}"#);
    assert_eq!(["one", "two", "three"].map(|session| server.status(session)), [503, 429, 200]);
    server.told("POST", "/reset?session=two", "");
    assert_eq!(server.status("two"), 429, "a reset goes back to what the session was set up with");
    let (status, detail) = server.refused("POST", "/sessions", r#"{"id": "four", "scenario": "knwon"}"#);
    assert_eq!(status, 400);
    assert!(detail.contains("did you mean `known`?"), "{detail}");
}

#[test]
fn rules_beat_scenarios_and_end_after_their_times_or_their_time() {
    let server = Server::start();
    server.told("POST", "/scenarios", &scenario("s", 404));
    let id = server.told("POST", "/rules", r#"{"respond": {"status": 503}, "times": 2}"#)["id"].clone();
    assert_eq!(server.statuses("", 3), [503, 503, 404]);
    assert_eq!(server.told("GET", "/rules", ""), json!([]));
    let again = server.told("POST", "/rules", r#"{"respond": {"status": 503}, "times": 1, "ttl": "10s"}"#);
    assert_eq!(again["id"], id, "the name of a rule without one is made of its content");
    let listed = server.told("GET", "/rules", "");
    assert_eq!((&listed[0]["times_left"], &listed[0]["tally"]["fired"]), (&json!(1), &json!(0)));
    assert_eq!(listed[0]["ends"], "2023-11-14T22:13:30.000Z");
    server.wait(10_000);
    assert_eq!(server.status(""), 404, "its time is over");
    server.told("POST", "/scenarios", &scenario("later", 410));
    server.told("POST", "/faults", r#"{"name": "f", "operation": "findOrganizations", "status": 500}"#);
    assert_eq!(server.status(""), 500, "a rule beats a scenario, whichever came first");
    server.told("POST", "/rules", r#"{"name": "r", "respond": {"status": 501}}"#);
    assert_eq!(server.status(""), 501, "of rules and faults the one that was added last is asked first");
    assert_eq!(header(&server.reply(""), "standin-rule"), "rules/r");
    server.told("DELETE", "/rules/r", "");
    assert_eq!(header(&server.reply(""), "standin-rule"), "faults/f");
    let (status, detail) = server.refused("DELETE", "/faults/ff", "");
    assert!(status == 404 && detail.contains("did you mean `f`?"), "{detail}");
    server.told("POST", "/reset", "");
    assert_eq!(server.status(""), 200);
}

#[test]
fn a_rule_of_all_sessions_counts_in_each_and_its_time_ends_in_all() {
    let server = Server::start();
    server.status("one");
    let rule = r#"{"name": "two", "respond": {"status": 503}, "times": 1, "ttl": "1m"}"#;
    server.told("POST", "/rules?session=*", rule);
    assert_eq!(["one", "two"].map(|session| server.statuses(session, 2)), [[503, 200], [503, 200]]);
    server.wait(60_000);
    assert_eq!(["three", "one"].map(|session| server.status(session)), [200; 2]);
}

#[test]
fn content_that_breaks_the_contract_is_refused_unless_it_is_meant() {
    let server = Server::start();
    let rule = |more: &str| {
        format!(
            r#"{{"when": {{"operation": "findOrganizations"}}, "respond": {{"body": {{"organizations": 7}}{more}}}}}"#
        )
    };
    let (status, detail) = server.refused("POST", "/rules", &rule(""));
    assert!(status == 400 && detail.contains("1:"), "{detail}");
    server.told("POST", "/rules", &rule(r#", "unchecked": true"#));
    assert_eq!(header(&server.reply(""), "standin-undeclared"), "body");
}

#[test]
fn mistakes_in_rules_and_faults_are_told_where_they_stand() {
    let server = Server::start();
    let table = [
        ("/rules", "{\n \"respnod\": {\"status\": 503}}"),
        ("/rules", r#"{"when": {"operation": "nope"}, "fault": "reset"}"#),
        ("/rules", r#"{"fault": "reset", "times": 0}"#),
        ("/rules", r#"{"fault": "reset", "ttl": "0s"}"#),
        ("/rules", "[]"),
        ("/faults", "{\n\"operation\": \"findOrganisations\", \"status\": 503}"),
        ("/faults", "{\n\n\"status\": 99}"),
        ("/faults", r#"{"fault": "rest"}"#),
        ("/faults", r#"{"operation": "findOrganizations"}"#),
        ("/faults", "{"),
    ];
    let mut told = String::new();
    for (target, body) in table {
        let (status, detail) = server.refused("POST", target, body);
        assert_eq!(status, 400, "{body}");
        writeln!(told, "{target} {}\n  {detail}", body.replace('\n', "⏎")).unwrap();
    }
    insta::assert_snapshot!(told);
    assert_eq!(server.told("GET", "/rules?session=*", ""), json!([]), "nothing of it is played");
    assert_eq!(server.refused("POST", "/rules", &format!("\"{}\"", "x".repeat(300_000))).0, 413);
}

#[test]
fn a_session_has_so_many_rules_and_scenarios_and_no_more() {
    let server = Server::start();
    for number in 0..standin::engine::MOST_RULES {
        server.told("POST", "/faults", &json!({ "name": number.to_string(), "fault": "reset" }).to_string());
    }
    server.told("POST", "/faults", r#"{"name": "7", "fault": "empty"}"#);
    let (status, detail) = server.refused("POST", "/rules?session=*", r#"{"fault": "reset"}"#);
    assert!(status == 409 && detail.contains("at most 100"), "{detail}");
    assert_eq!(server.status("new"), 200, "where one session is full, none is changed");
    for number in 0..standin::engine::MOST_SCENARIOS {
        server.told("POST", "/scenarios", &scenario(&number.to_string(), 404));
    }
    assert_eq!(server.refused("POST", "/scenarios", &scenario("one more", 404)).0, 409);
}

#[test]
fn a_state_is_set_in_one_session_or_in_all() {
    let server = Server::with(|contracts| {
        let text = "name: door\nrules:\n  - when: { state: closed }\n    respond: { status: 503 }\n  - when: { operation: deleteOrganization }\n    goto: closed\n    respond: { status: 204 }\n";
        let file =
            standin::document::SourceFile::of_text("s.yaml", text.to_owned(), &mut Vec::new()).unwrap();
        let loaded = standin::scenario::scenario(&file, &standin::pointer::Pointer::root(), contracts);
        vec![loaded.value.unwrap()]
    });
    assert_eq!(["", "one"].map(|session| server.status(session)), [200; 2]);
    server.told("POST", "/scenarios/door/state?session=one", r#"{"state": "closed"}"#);
    assert_eq!(["", "one", "two"].map(|session| server.status(session)), [200, 503, 200]);
    assert_eq!(server.told("GET", "/scenarios?session=one", "")[0]["state"], "closed");
    server.told("POST", "/reset?session=one", "");
    assert_eq!(server.status("one"), 200);
    server.told("POST", "/scenarios/door/state?session=*", r#"{"state": "closed"}"#);
    assert_eq!(["", "one", "new"].map(|session| server.status(session)), [503; 3]);
    server.told("POST", "/reset?session=one", "");
    assert_eq!(server.status("one"), 503, "it is how sessions start now");
    server.told("POST", "/reset?session=*", "");
    assert_eq!(server.status("one"), 200, "a reset of all goes back to how the server started");
    let (status, detail) = server.refused("POST", "/scenarios/door/state", r#"{"state": "closd"}"#);
    assert!(status == 400 && detail.contains("did you mean `closed`?"), "{detail}");
    let (status, detail) = server.refused("POST", "/scenarios/dor/state", r#"{"state": "closed"}"#);
    assert!(status == 404 && detail.contains("did you mean `door`?"), "{detail}");
}

#[test]
fn rates_and_limits_are_told_beside_what_was_asked_for() {
    let server = Server::start();
    let text = r#"{"name": "s", "rules": [
        {"name": "l", "limit": {"rate": "3/m", "key": "session"}},
        {"name": "c", "chance": 0.5, "respond": {"status": 503}}]}"#;
    server.told("POST", "/scenarios", text);
    server.statuses("", 5);
    server.wait(20_000);
    let told = &server.told("GET", "/scenarios", "")[0]["rules"];
    let [limit, chance] = [&told[0], &told[1]];
    assert_eq!((&limit["tried"], &limit["fired"]), (&json!(5), &json!(2)));
    let standing = json!({ "passes": true, "limit": 3, "remaining": 1, "reset": 40, "retry_after": null });
    assert_eq!(limit["limit"], json!({ "callers": 1, "standings": [standing] }));
    assert_eq!((&chance["configured"], &chance["tried"]), (&json!(0.5), &json!(3)));
    let observed = chance["fired"].as_f64().unwrap() / 3.0;
    assert_eq!(chance["observed"], json!(observed));
    assert_eq!(server.told("GET", "/scenarios", "")[0]["rules"], *told, "looking takes nothing");
}
