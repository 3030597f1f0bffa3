//! Scenarios: the examples are played to their ends, each feature does what it says, mistakes are told with their place.

mod determinism;
mod examples;
mod features;
mod mistakes;
mod replay;
mod schema;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use http::{HeaderName, HeaderValue, Method};
use standin::clock::Clock;
use standin::contract::Contract;
use standin::diagnostic::{Diagnostic, Style, render};
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};
use standin::scenario::{self, Script};

use crate::support::all_bundled;

/// An engine that plays a scenario, and its time, which goes on when it is told to.
struct Play {
    engine: Engine,
    now: &'static AtomicI64,
}

impl Play {
    /// Plays a file with the bundled documents.
    fn file(path: &Path) -> Self {
        let contracts = all_bundled();
        let script = load(path, &contracts);
        Self::of(contracts, vec![script], Options::default())
    }

    /// Plays rules, in YAML, with the bundled documents.
    fn rules(rules: &str) -> Self {
        let contracts = all_bundled();
        let script = script(rules, &contracts);
        Self::of(contracts, vec![script], Options::default())
    }

    fn of(contracts: Vec<Arc<Contract>>, scripts: Vec<Script>, options: Options) -> Self {
        let now: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(1_000_000)));
        let options = Options { clock: Clock::ByHand(now), ..options };
        Self { engine: Engine::new(contracts, scripts, options), now }
    }

    fn wait(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::Relaxed);
    }

    fn send(&self, request: Request) -> Reply {
        self.engine.answer(request)
    }

    fn get(&self, target: &str) -> Reply {
        self.send(request(Method::GET, target))
    }

    /// The statuses of calls made one after the other.
    fn statuses(&self, target: &str, calls: usize) -> Vec<u16> {
        (0..calls).map(|_| self.get(target).status).collect()
    }
}

/// A request with the credentials of every bundled document.
fn request(method: Method, target: &str) -> Request {
    let mut request = Request::new(method, target);
    request.headers.insert("authorization", HeaderValue::from_static("Bearer t"));
    request.headers.insert("x-auth-token", HeaderValue::from_static("t"));
    request
}

fn with(mut request: Request, name: &'static str, value: &str) -> Request {
    request.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    request
}

fn with_body(method: Method, target: &str, body: &str) -> Request {
    let mut request = with(request(method, target), "content-type", "application/json");
    request.body = body.to_owned().into();
    request
}

fn header(reply: &Reply, name: &str) -> String {
    reply.headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

fn json(reply: &Reply) -> serde_json::Value {
    serde_json::from_slice(&reply.body).unwrap()
}

/// Loads a scenario that is known to be good.
fn load(path: &Path, contracts: &[Arc<Contract>]) -> Script {
    let loaded = scenario::load(path, contracts);
    assert!(loaded.diagnostics.is_empty(), "{}", shown(&loaded.diagnostics));
    loaded.value.unwrap()
}

fn script(rules: &str, contracts: &[Arc<Contract>]) -> Script {
    let (script, diagnostics) = read(rules, contracts);
    // Warnings are fine: some rules are about what no bundled document declares.
    script.unwrap_or_else(|| panic!("{rules}\n{}", shown(&diagnostics)))
}

/// Reads rules, in YAML.
fn read(rules: &str, contracts: &[Arc<Contract>]) -> (Option<Script>, Vec<Diagnostic>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.yaml");
    std::fs::write(&path, format!("name: t\nrules:\n{rules}")).unwrap();
    let loaded = scenario::load(&path, contracts);
    (loaded.value, loaded.diagnostics)
}

fn shown(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| render(diagnostic, Style::Plain)).collect()
}

#[test]
fn a_misspelt_key_is_shown_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.yaml");
    let shown = |text: &str| {
        std::fs::write(&path, text).unwrap();
        render(&scenario::load(&path, &all_bundled()).diagnostics[0], Style::Plain)
    };
    let told =
        shown("name: t\nrules:\n  - respond: { status: 503 }\n    \"whn\": { operation: getOrganization }\n");
    assert!(told.contains("s.yaml:4:6"), "{told}");
    assert!(told.contains("^^^"), "{told}");
    assert!(shown("").contains("the file is empty"));
}
