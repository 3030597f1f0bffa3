//! Every file in `scenarios/` is played to its end.

use std::time::Duration;

use http::Method;
use standin::delivery::Act;
use standin::engine::{Engine, Options};
use standin::message::Reply;

use super::{Play, header, json, load, request, with, with_body};
use crate::support::{all_bundled, repository};

fn play(name: &str) -> Play {
    Play::file(&repository(&format!("scenarios/{name}.yaml")))
}

fn is_lost(reply: &Reply) -> bool {
    reply.delivery.as_ref().is_some_and(|delivery| delivery.act != Act::Whole)
}

fn delay(reply: &Reply) -> Duration {
    reply.delivery.as_ref().map_or(Duration::ZERO, |delivery| delivery.delay)
}

#[test]
fn every_example_is_played_here_and_named_in_the_readme() {
    let this = std::fs::read_to_string(repository("tests/scenario/examples.rs")).unwrap();
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    let mut count = 0;
    for entry in std::fs::read_dir(repository("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(this.contains(&format!("play(\"{name}\")")), "`{name}` is not played");
        assert!(readme.contains(&format!("(scenarios/{name}.yaml)")), "the README has no link to `{name}`");
        assert!(
            std::fs::read_to_string(&path).unwrap().starts_with("# "),
            "`{name}` does not say what it shows"
        );
        count += 1;
    }
    assert!(count >= 8);
}

#[test]
fn katapult_flaky_fails_the_same_calls_in_every_run() {
    let first = play("katapult-flaky");
    for play in [&first, &play("katapult-flaky")] {
        assert_eq!(play.statuses("/katapult/organizations", 5), [503, 503, 429, 200, 200]);
        assert_eq!(play.statuses("/katapult/organizations/organization", 2), [403, 200]);
        play.engine.sessions().default().reset();
        assert_eq!(play.statuses("/katapult/organizations", 1), [503]);
    }
    let reply = first.get("/katapult/organizations");
    assert_eq!(header(&reply, "standin-rule"), "katapult-flaky/the first two calls of the list are refused");
}

#[test]
fn a_slow_network_delays_all_and_trickles_some() {
    let play = play("frontend-slow-network");
    let replies: Vec<Reply> = (0..8).map(|_| play.get("/nethesis/organizations")).collect();
    assert!(replies.iter().all(|reply| reply.status == 200 && delay(reply) > Duration::ZERO));
    let paced = |reply: &Reply| reply.delivery.as_ref().is_some_and(|delivery| delivery.pace.is_some());
    let trickling: Vec<usize> = (1..=8).filter(|nth| paced(&replies[nth - 1])).collect();
    assert_eq!(trickling, [4, 8]);
    assert!(header(&replies[3], "standin-rule").contains("everything is late"));
    assert!(play.get("/mserve/v1/identity/organizations").delivery.is_none());
}

#[test]
fn own_data_is_mixed_with_generated_data() {
    let play = play("frontend-own-data");
    let target = "/mserve/v1/identity/organizations/acme";
    let reply = play.send(with(request(Method::GET, target), "user-agent", "firefox"));
    let organization = json(&reply)["organization"].clone();
    assert_eq!((reply.status, &organization["id"]), (200, &"acme".into()));
    assert!(organization["name"].as_str().unwrap().starts_with("ACME Worldwide"));
    assert_eq!(header(&reply, "x-served-to"), "firefox");
    let without = Engine::new(all_bundled(), Vec::new(), Options::default());
    let generated = json(&without.answer(request(Method::GET, target)))["organization"].clone();
    assert_eq!(organization["createdBy"], generated["createdBy"]);
    assert_eq!(organization["createdAt"], generated["createdAt"]);
    assert_ne!(organization["name"], generated["name"]);
    assert_ne!(json(&play.get("/mserve/v1/identity/organizations/other"))["organization"]["id"], "acme");
}

#[test]
fn extremes_are_walked_through() {
    let play = play("frontend-extremes");
    let told: Vec<String> =
        (0..3).map(|_| header(&play.get("/mserve/v1/identity/organizations"), "standin-edge")).collect();
    assert!(
        told[0].starts_with("1 of ") && told[1].starts_with("2 of ") && told[2].starts_with("3 of "),
        "{told:?}"
    );
    assert_eq!(header(&play.get("/mserve/v1/identity/organizations/o1"), "standin-edge"), "");
}

#[test]
fn an_old_token_expires_and_a_new_one_works() {
    let play = play("ci-expired-token");
    let status = |token: &str| {
        let request = with(request(Method::GET, "/nethesis/organizations"), "authorization", token);
        play.send(request).status
    };
    assert_eq!([status("Bearer old-1"), status("Bearer new-1")], [200, 200]);
    play.wait(119_999);
    assert_eq!(status("Bearer old-1"), 200);
    play.wait(1);
    assert_eq!([status("Bearer old-1"), status("Bearer new-1")], [401, 200]);
}

#[test]
fn a_second_try_is_cut_off_and_the_third_works() {
    let play = play("ci-second-try");
    let create = |name: &str| {
        let body = serde_json::json!({ "name": name }).to_string();
        play.send(with_body(Method::POST, "/packet/organizations", &body))
    };
    let lost: Vec<bool> = (0..6).map(|_| is_lost(&create("Anvil"))).collect();
    assert_eq!(lost, [true, true, false, true, true, false]);
    assert_eq!(create("Test Ltd").status, 422);
    assert!(!is_lost(&create("Test Ltd")));
}

#[test]
fn the_rate_limit_is_the_documented_one_and_true() {
    let play = play("qa-rate-limit");
    assert_eq!(play.statuses("/katapult/organizations", 10), [200; 10]);
    let refused = play.get("/katapult/organizations");
    assert_eq!(refused.status, 429);
    assert_eq!(json(&refused)["code"], "rate_limit_reached");
    assert_eq!(json(&refused)["detail"]["total_permitted"], 60);
    let told = ["retry-after", "ratelimit-limit", "ratelimit-remaining", "x-ratelimit-reset"];
    assert_eq!(told.map(|name| header(&refused, name)), ["1", "60", "0", "10"]);
    let other = with(request(Method::GET, "/katapult/organizations"), "authorization", "Bearer other");
    assert_eq!(play.send(other).status, 200);
    play.wait(1000 * header(&refused, "retry-after").parse::<i64>().unwrap());
    let passed = play.get("/katapult/organizations");
    assert_eq!((passed.status, header(&passed, "ratelimit-remaining")), (200, "0".into()));
    assert_eq!(header(&passed, "standin-rule"), "");
}

#[test]
fn an_outage_begins_ends_and_leaves_slowly() {
    let play = play("qa-outage");
    let failing = |of: usize| {
        let targets = (0..of).map(|nth| format!("/mserve/v1/identity/organizations/{nth}"));
        targets.filter(|target| play.get(target).status >= 500).count()
    };
    assert_eq!(failing(50), 0);
    play.wait(10_000);
    assert_eq!(failing(50), 50);
    let down = play.get("/mserve/v1/identity/organizations");
    assert_eq!((down.status, header(&down, "retry-after")), (503, "30".into()));
    play.wait(30_000);
    assert_eq!(failing(50), 50);
    play.wait(30_000);
    let half = failing(200);
    assert!((60..=140).contains(&half), "{half}");
    play.wait(30_000);
    assert_eq!(failing(50), 0);
}

#[test]
fn what_is_deleted_is_gone_until_it_is_made_again() {
    let play = play("qa-deleted");
    let target = "/packet/organizations/00000000-0000-4000-8000-000000000001";
    let call = |method: Method, target: &str| match method {
        Method::GET | Method::DELETE => play.send(request(method, target)).status,
        _ => play.send(with_body(method, target, r#"{"name":"Anvil"}"#)).status,
    };
    assert_eq!([call(Method::GET, target), call(Method::PUT, target)], [200, 200]);
    assert_eq!([call(Method::DELETE, target), call(Method::DELETE, target)], [204, 404]);
    assert_eq!([call(Method::GET, target), call(Method::PUT, target)], [404, 404]);
    assert_eq!([call(Method::POST, "/packet/organizations"), call(Method::GET, target)], [201, 200]);
}

#[test]
fn a_lossy_afternoon_hits_the_same_requests_again() {
    let run = || {
        let play = play("qa-lossy-afternoon");
        let target = |nth: usize| format!("/packet/organizations/00000000-0000-4000-8000-{nth:012}");
        let replies = (0..400).map(|nth| play.get(&target(nth)));
        replies.map(|reply| (is_lost(&reply), delay(&reply))).collect::<Vec<_>>()
    };
    let first = run();
    assert_eq!(run(), first);
    let lost = first.iter().filter(|(is_lost, _)| *is_lost).count();
    let late = first.iter().filter(|(_, delay)| *delay > Duration::ZERO).count();
    assert!((3..=37).contains(&lost) && (16..=64).contains(&late), "{lost} lost, {late} late");
    let suspended = "/katapult/organizations/organization?organization[sub_domain]=acme-eu";
    let reply = play("qa-lossy-afternoon").get(suspended);
    assert_eq!((reply.status, &json(&reply)["code"]), (403, &"organization_suspended".into()));
    let contracts = all_bundled();
    let script = load(&repository("scenarios/qa-lossy-afternoon.yaml"), &contracts);
    assert_eq!(script.name, "qa-lossy-afternoon");
}
