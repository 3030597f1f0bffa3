//! Servers whose replies break the contract on purpose: what they broke is found, where they say that they broke it.

use std::sync::{Arc, Mutex};

use standin::pointer::Pointer;
use standin::report::Report;
use standin::verify::{self, Asked, Plan};

use super::{Server, at_once, cases, everything, judge, run, verified};
use crate::support::{self, BUNDLED, bundled};

/// How many replies of one operation are broken, one way after the other.
const MOST: usize = 40;

/// The rule that finds a breach of a whole reply; `None` for those of its content.
fn rule(breach: &str) -> Option<&'static str> {
    Some(match breach {
        "status" => "status-undeclared",
        "header-missing" => "reply-header-missing",
        "header-invalid" => "reply-header-invalid",
        "media-type" => "reply-media-type-undeclared",
        "content-undeclared" => "reply-body-undeclared",
        "content-missing" => "reply-body-missing",
        "unreadable" => "reply-body-unreadable",
        _ => return None,
    })
}

/// The place of a finding that a place in the content comes to, without its last part: what is missing, or of the wrong
/// kind, is told of what holds it.
fn around(place: &str) -> String {
    let mut parts: Vec<String> = Pointer::from_fragment(place).tokens().collect();
    parts.pop();
    let general = |part: &String| {
        let is_index = part.bytes().all(|byte| byte.is_ascii_digit());
        if is_index { "*".to_owned() } else { part.clone() }
    };
    ["response", "body"]
        .map(str::to_owned)
        .into_iter()
        .chain(parts.iter().map(general))
        .collect::<Vec<_>>()
        .join(".")
}

#[test]
fn every_broken_constraint_of_replies_is_found() {
    run(async {
        let (mut missed, mut count) = (Vec::new(), 0);
        for name in BUNDLED {
            let contract = support::contract(name, &bundled(name));
            let broken: Arc<Mutex<Vec<String>>> = Arc::default();
            let (stand_in, memory) = (judge(&contract), Arc::clone(&broken));
            let server = Server::start(move |mut request| {
                request.headers.insert("prefer", "break=any".parse().unwrap());
                let reply = stand_in.answer(request);
                let told = reply.headers.get("standin-broke").and_then(|told| told.to_str().ok());
                memory.lock().unwrap().extend(told.map(str::to_owned));
                reply
            })
            .await;
            let (engine, asked) = (judge(&contract), everything());
            let all = cases(&engine, &asked).cases;
            // What is sent as content has no part in replies, and takes long to be made smaller.
            let operations = contract.operations.iter().enumerate().filter(|(_, one)| one.body.is_none());
            for (index, operation) in operations {
                let is_least = |case: &&verify::Case| case.operation == index && case.name == "valid/least";
                let Some(case) = all.iter().find(is_least) else { continue };
                let plan = Plan { cases: vec![case.clone(); MOST], ..Plan::default() };
                let outcome = verified(&engine, &asked, plan, server.address, at_once()).await;
                let report = Report::of(&outcome.ledger);
                // What is broken behind the cases is broken while the requests are made smaller.
                for told in std::mem::take(&mut *broken.lock().unwrap()).into_iter().take(MOST) {
                    count += 1;
                    let (breach, place) = told.split_once(' ').unwrap_or((&told, ""));
                    let is_found = report.drifts.iter().any(|drift| match rule(breach) {
                        Some(rule) => drift.rule == rule,
                        None => drift.location.starts_with(&around(place)),
                    });
                    if !is_found {
                        missed.push(format!("{name} {}: {told}", operation.id));
                    }
                }
            }
        }
        assert!(missed.is_empty(), "{} of {count}:\n{}", missed.len(), missed.join("\n"));
        assert!(count > 150, "only {count} replies were broken");
    });
}

#[test]
fn a_header_field_is_sent_with_every_request() {
    run(async {
        let contract = support::contract("packet", &bundled("packet"));
        let stand_in = judge(&contract);
        let server = Server::start(move |request| stand_in.answer(request)).await;
        let engine = judge(&contract);
        let header = ("prefer".parse().unwrap(), "break=type".parse().unwrap());
        let asked = Asked { headers: vec![header], most_cases: Some(5), ..everything() };
        let plan = cases(&engine, &asked);
        let outcome = verified(&engine, &asked, plan, server.address, at_once()).await;
        let seen = server.seen.lock().unwrap();
        assert_eq!(
            seen.iter().filter(|request| request.header("prefer") == Some("break=type")).count(),
            seen.len()
        );
        let report = Report::of(&outcome.ledger);
        assert!(report.drifts.iter().any(|drift| drift.rule == "reply-body-invalid"), "{outcome}");
    });
}
