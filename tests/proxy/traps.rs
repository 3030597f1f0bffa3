//! The traps of real APIs that show in traffic, each found once: the table is `traps.md`.

use std::collections::{BTreeMap, BTreeSet};

use http::Response;
use standin::check::Strictness;
use standin::drift::{Drift, Ledger};

use super::place::{Setup, run};
use super::upstream::{Upstream, reply};
use crate::support::{bundled, contract, repository};

/// An exchange as the first table has it.
struct Exchange {
    name: String,
    method: String,
    target: String,
    status: u16,
    body: String,
}

/// A finding as the second table has it.
struct Finding {
    traps: String,
    reading: String,
    exchange: String,
    /// Rule, location, pointer.
    told: [String; 3],
}

/// The rows of the table under a heading.
fn rows(text: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) = text.split_once(&format!("## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    lines.map(cells).collect()
}

fn exchanges(text: &str) -> Vec<Exchange> {
    let exchange = |row: Vec<String>| {
        let [name, request, status, body] = row.try_into().unwrap();
        let (method, target) = request.split_once(' ').unwrap();
        let (method, target) = (method.to_owned(), target.to_owned());
        Exchange { name, method, target, status: status.parse().unwrap(), body }
    };
    rows(text, "Exchanges").into_iter().map(exchange).collect()
}

/// The findings; a list in braces in a location stands for one finding each.
fn findings(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in rows(text, "Findings") {
        let [traps, reading, exchange, rule, location, pointer] = row.try_into().unwrap();
        let locations: Vec<String> = match location.split_once('{') {
            Some((before, names)) => {
                let names = names.trim_end_matches('}').split(',');
                names.map(|name| format!("{before}{}", name.trim())).collect()
            }
            None => vec![location],
        };
        for location in locations {
            findings.push(Finding {
                traps: traps.clone(),
                reading: reading.clone(),
                exchange: exchange.clone(),
                told: [rule.clone(), location, pointer.clone()],
            });
        }
    }
    findings
}

/// Rule, location and pointer of each drift.
fn told(drifts: &[Drift]) -> BTreeSet<[String; 3]> {
    let of = |drift: &Drift| [drift.rule.clone(), drift.location.clone(), drift.pointer.clone()];
    drifts.iter().map(of).collect()
}

/// Plays all exchanges; what each left in the ledger of its session, and what all left together.
fn play(exchanges: &[Exchange], strictness: Strictness) -> (BTreeMap<String, Vec<Drift>>, Ledger) {
    run(async {
        let replies: BTreeMap<String, (u16, String)> = exchanges
            .iter()
            .map(|exchange| {
                let path = repository(&format!("tests/proxy/bodies/{}.json", exchange.body));
                (exchange.name.replace(' ', "-"), (exchange.status, std::fs::read_to_string(path).unwrap()))
            })
            .collect();
        let upstream = Upstream::start(None, move |seen| {
            let (status, content) = &replies[seen.header("user-agent")];
            let builder = Response::builder().status(*status).header("content-type", "application/json");
            reply(builder, content.clone())
        });
        let upstream = upstream.await;
        let contracts = ["katapult", "packet"].map(|name| contract(name, &bundled(name)));
        let url = format!("http://{}", upstream.address);
        let setup = Setup::of(contracts[0].clone(), url.clone());
        let setup =
            Setup { contracts: contracts.to_vec(), upstreams: vec![url.clone(), url], strictness, ..setup };
        let place = setup.start().await;
        let mut found = BTreeMap::new();
        for exchange in exchanges {
            let id = exchange.name.replace(' ', "-");
            let credential =
                if id.starts_with("packet") { "x-auth-token: t" } else { "authorization: Bearer t" };
            let lines = format!("standin-session: {id}\r\nuser-agent: {id}\r\n{credential}\r\n");
            let content = if exchange.method == "PATCH" { r#"{"name":"Example Freight"}"# } else { "" };
            let answer = place.ask(&exchange.method, &exchange.target, &lines, content).await;
            assert_eq!(
                (answer.status, answer.header("standin-source")),
                (exchange.status, "upstream"),
                "{}",
                exchange.name
            );
            let session = place.engine.sessions().find(&id).unwrap();
            found.insert(exchange.name.clone(), session.ledger.drifts());
        }
        (found, place.engine.sessions().ledger())
    })
}

#[test]
fn every_trap_that_shows_in_traffic_is_found_once() {
    let text = std::fs::read_to_string(repository("tests/proxy/traps.md")).unwrap();
    let (exchanges, findings) = (exchanges(&text), findings(&text));
    let mut wrong = Vec::new();
    for (strictness, readings) in
        [(Strictness::Letter, ["letter", "both"]), (Strictness::Strict, ["strict", "both"])]
    {
        let (found, all) = play(&exchanges, strictness);
        for (name, drifts) in &found {
            let meant = findings.iter().filter(|finding| finding.exchange == *name && finding.told[0] != "-");
            let meant = meant.filter(|finding| readings.contains(&finding.reading.as_str()));
            let meant: BTreeSet<[String; 3]> = meant.map(|finding| finding.told.clone()).collect();
            let told = told(drifts);
            assert_eq!(told.len(), drifts.len(), "{name}: one breach is told twice");
            for one in told.difference(&meant) {
                wrong
                    .push(format!("not in the table: | ? | {strictness:?} | {name} | {} |", one.join(" | ")));
            }
            for one in meant.difference(&told) {
                wrong.push(format!("not found ({strictness:?}): {name}: {}", one.join(" | ")));
            }
        }
        let merged = all.drifts();
        let by_operation: BTreeSet<(&str, &str, &str, &str)> = merged
            .iter()
            .map(|drift| (&*drift.operation, &*drift.rule, &*drift.location, &*drift.pointer))
            .collect();
        assert_eq!(by_operation.len(), merged.len(), "no breach is told twice in the report of all");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let shown: BTreeSet<&str> = findings.iter().flat_map(|finding| finding.traps.split(", ")).collect();
    for trap in 1..=10 {
        assert!(shown.contains(trap.to_string().as_str()), "nothing shows trap {trap}");
    }
    for exchange in &exchanges {
        assert!(
            findings.iter().any(|finding| finding.exchange == exchange.name),
            "`{}` is in no row: give it one with `-` if it is silent",
            exchange.name
        );
    }
}
