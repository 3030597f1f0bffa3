//! Reloading in the engine: what sessions hold goes on by what an operation is called, and a turn keeps what it began with.

use std::sync::Arc;

use http::Method;
use standin::contract::Contract;
use standin::drift::Detail;
use standin::engine::{Engine, Extent, Options, Serving};
use standin::message::{Reply, Request};
use standin::scenario::{self, Script};
use tempfile::TempDir;

use crate::support;

/// A document with these operations, each under its own path.
fn contract(name: &str, ids: &[&str]) -> Arc<Contract> {
    let operation = |id: &&str| {
        format!(
            "  /{id}:\n    get:\n      operationId: {id}\n      responses:\n        '200': {{ description: '', content: \
             {{ application/json: {{ schema: {{ type: array, maxItems: 9, items: {{ type: integer, minimum: 1, maximum: 9 }} }} }} }} }}\n"
        )
    };
    let paths: String = ids.iter().map(operation).collect();
    let text = format!("openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths:\n{paths}");
    support::contract(name, &support::inline(name, &text))
}

fn script(folder: &TempDir, rules: &str, contracts: &[Arc<Contract>]) -> Script {
    let path = folder.path().join("s.yaml");
    std::fs::write(&path, format!("name: s\nrules:\n{rules}")).unwrap();
    let loaded = scenario::load(&path, contracts);
    loaded.value.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

fn get(serving: &Serving, target: &str) -> Reply {
    serving.engine().answer(Request::new(Method::GET, target))
}

fn serving(contracts: &[Arc<Contract>], scripts: Vec<Script>) -> Serving {
    Serving::new(Arc::new(Engine::new(contracts.to_vec(), scripts, Options::default())))
}

#[test]
fn counts_go_on_by_the_names_of_operations() {
    let serving = serving(&[contract("a", &["x", "y"]), contract("b", &["x"])], Vec::new());
    let edge = |target: &str| {
        let reply = get(&serving, target);
        reply.headers["standin-edge"].to_str().unwrap().split(' ').next().unwrap().to_owned()
    };
    for _ in 0..2 {
        edge("/a/x?__data=extremes");
    }
    edge("/a/y?__data=extremes");
    let contracts = vec![contract("b", &["x"]), contract("a", &["new", "y", "x"])];
    assert!(serving.follow(contracts, Vec::new()).is_empty());
    let next = ["/a/x", "/a/y", "/a/new", "/b/x"].map(|path| edge(&format!("{path}?__data=extremes")));
    assert_eq!(next, ["3", "2", "1", "1"]);
    let covered = serving.engine().covered_by_all(Detail::Whole);
    let counts = covered[0].operations.iter().map(|one| (one.operation.as_str(), one.count));
    assert_eq!(counts.collect::<Vec<_>>(), [("new", 1), ("x", 3), ("y", 2)]);
    let exchanges = serving.engine().sessions().default().journal.all();
    let ids: Vec<u64> = exchanges.iter().map(|exchange| exchange.id).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7], "the journal and its numbers go on");
}

#[test]
fn a_turn_keeps_what_it_began_with() {
    let serving = serving(&[contract("a", &["x", "y"])], Vec::new());
    let engine = Arc::clone(&serving.engine());
    let session = engine.sessions().default();
    let mut turn = engine.begin(session, Request::new(Method::GET, "/y"), Extent::Whole);
    serving.follow(vec![contract("a", &["z"])], Vec::new());
    let mut reply = engine.mock(&mut turn);
    let exchange = engine.finish(session, turn, &mut reply);
    assert_eq!((reply.status, exchange.operation.as_deref()), (200, Some("y")));
    assert_eq!(get(&serving, "/y").status, 404);
    assert_eq!(get(&serving, "/z").status, 200);
}

#[test]
fn what_a_scenario_remembers_goes_on_by_the_names_of_rules() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "  - name: steps\n    when: { operation: x }\n    sequence: { steps: [{ respond: { status: 501 } }, \
                 { respond: { status: 502 } }, { respond: { status: 503 } }, { respond: { status: 504 } }] }\n  \
                 - name: few\n    when: { operation: y }\n    quota: { calls: 2, per: 10m }\n";
    let before = [contract("a", &["x", "y"])];
    let serving = serving(&before, vec![script(&folder, rules, &before)]);
    let statuses =
        |path: &str, count: usize| -> Vec<u16> { (0..count).map(|_| get(&serving, path).status).collect() };
    assert_eq!(statuses("/x", 2), [501, 502]);
    assert_eq!(statuses("/~run/x", 1), [501]);
    assert_eq!(statuses("/y", 1), [200]);
    // Another order, one more rule before it, and one with its name but another limit later.
    let after = [contract("a", &["new", "y", "x"])];
    let more =
        format!("  - name: first\n    when: {{ operation: new }}\n    respond: {{ status: 418 }}\n{rules}");
    serving.follow(after.to_vec(), vec![script(&folder, &more, &after)]);
    assert_eq!(statuses("/x", 2), [503, 504]);
    assert_eq!(statuses("/~run/x", 1), [502]);
    assert_eq!(statuses("/~late/x", 1), [501], "a session that begins now begins at the start");
    assert_eq!(statuses("/new", 1), [418]);
    assert_eq!(statuses("/y", 2), [200, 429]);
    let engine = serving.engine();
    let tallies = engine.sessions().default().scenarios().unwrap().tallies(engine.now());
    let fired: Vec<(&str, u64)> = tallies.iter().map(|tally| (tally.rule.as_str(), tally.fired)).collect();
    assert_eq!(fired, [("first", 1), ("steps", 4), ("few", 1)]);
    // The scenario alone is saved, with another limit.
    serving.follow(after.to_vec(), vec![script(&folder, &more.replace("calls: 2", "calls: 1"), &after)]);
    assert_eq!(statuses("/y", 2), [200, 429]);
    assert_eq!(statuses("/~run/x", 1), [503]);
}
