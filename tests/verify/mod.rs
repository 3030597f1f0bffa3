//! `standin verify`: which requests are made, and what is found of servers that keep the contract and that do not.

mod bad;
mod breaks;
mod command;
mod credentials;
mod known;
mod planned;

use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use standin::client::{Reach, Upstreams};
use standin::contract::Contract;
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};
use standin::report::Report;
use standin::server::{self, Connection};
use standin::verify::{self, Asked, Budget, Credential, Outcome, Plan, Setup};
use standin::violation::{Policy, Severity};
use tokio::task::JoinHandle;

use crate::support::{self, BUNDLED, bundled};

/// How long a test waits on a busy machine for what happens at once on a quiet one.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server under way until it is dropped, and what reached it.
struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> Self {
        let options = server::Options { host: "127.0.0.1".to_owned(), port: 0, ..server::Options::default() };
        let listeners = server::bind(&options).await.unwrap();
        let address = listeners.addresses()[0];
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let memory = Arc::clone(&seen);
        let handler: server::Handler = Arc::new(move |request: Request, _: &Connection| {
            memory.lock().unwrap().push(request.clone());
            answer(request)
        });
        let task = tokio::spawn(async move {
            server::serve(listeners, handler, std::future::pending()).await;
        });
        Self { address, seen, task }
    }

    /// Method and target of what reached it, in order.
    fn targets(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|request| format!("{} {}", request.method, request.target())).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One after the other, as fast as they are answered.
fn at_once() -> Budget {
    Budget { concurrency: 1, pause: Duration::ZERO, time: None }
}

/// An engine that judges by one document.
fn judge(contract: &Arc<Contract>) -> Arc<Engine> {
    Arc::new(Engine::new(vec![Arc::clone(contract)], Vec::new(), Options::default()))
}

/// The cases of the documents of an engine.
fn cases(engine: &Engine, asked: &Asked) -> Plan {
    verify::plan(engine, asked, &AtomicU64::new(0))
}

/// What comes of a plan that is carried out at a server.
async fn verified(
    engine: &Arc<Engine>,
    asked: &Asked,
    plan: Plan,
    server: SocketAddr,
    budget: Budget,
) -> Outcome {
    verified_at(engine, asked, plan, &format!("http://{server}"), budget).await
}

/// What comes of a plan that is carried out at a URL.
async fn verified_at(engine: &Arc<Engine>, asked: &Asked, plan: Plan, url: &str, budget: Budget) -> Outcome {
    let setup = Setup {
        engine: Arc::clone(engine),
        asked: Arc::new(asked.clone()),
        policy: Policy::default(),
        upstreams: Upstreams::new(Reach { timeout: PATIENCE }, &[] as &[&str]).unwrap(),
        addresses: vec![url.parse().unwrap(); engine.contracts().len()],
        budget,
    };
    verify::run(setup, plan, &AtomicU64::new(0), std::future::pending()).await.unwrap()
}

/// Does something in a runtime like that of the program.
fn run<T>(future: impl Future<Output = T>) -> T {
    server::runtime().unwrap().block_on(future)
}

/// What was found: the severity, the rule, the operation and the place in the message.
fn told(outcome: &Outcome) -> Vec<String> {
    let report = Report::of(&outcome.ledger);
    let line = |drift: &standin::drift::Drift| {
        format!("{} {} {} {}", drift.severity.word(), drift.rule, drift.operation, drift.location)
    };
    report.drifts.iter().map(line).collect()
}

/// What is asked for where stand-ins are verified.
fn everything() -> Asked {
    Asked { credential: Some(Credential::MadeUp), allows_unsafe: true, ..Asked::default() }
}

#[test]
fn a_stand_in_of_the_same_document_keeps_it() {
    run(async {
        for name in BUNDLED {
            let contract = support::contract(name, &bundled(name));
            let stand_in = judge(&contract);
            let server = Server::start(move |request| stand_in.answer(request)).await;
            let (engine, asked) = (judge(&contract), everything());
            let plan = cases(&engine, &asked);
            let invalid = plan.cases.iter().filter(|case| case.name.starts_with("invalid/")).count();
            let all = plan.cases.len();
            assert!(invalid > 0 && invalid < all, "{name}: {invalid} of {all}");
            let outcome =
                verified(&engine, &asked, plan, server.address, Budget { concurrency: 4, ..at_once() }).await;
            let errors: Vec<String> =
                told(&outcome).into_iter().filter(|line| line.starts_with("error")).collect();
            assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
            assert_eq!((outcome.sent, outcome.judged()), (all as u64, all as u64), "{name}: {outcome}");
            assert_eq!(outcome.valid, (all - invalid) as u64, "{name}: {outcome}");
            // Every operation is exercised, with its parameters and its content.
            let operations: Vec<_> =
                outcome.coverage.iter().flat_map(|document| &document.operations).collect();
            assert_eq!(operations.len(), contract.operations.len());
            for operation in operations {
                assert!(operation.count > 0, "{name}: {} was not asked", operation.operation);
            }
            let ours =
                |request: &Request| request.headers.keys().any(|name| name.as_str().starts_with("standin"));
            let seen = server.seen.lock().unwrap();
            assert!(!seen.iter().any(ours), "{name}: nothing of ours is sent to a server");
        }
    });
}

#[test]
fn what_is_only_undeclared_in_a_refusal_is_a_warning() {
    run(async {
        let contract = support::contract("packet", &bundled("packet"));
        let stand_in = judge(&contract);
        let server = Server::start(move |request| stand_in.answer(request)).await;
        let (engine, asked) = (judge(&contract), everything());
        let plan = cases(&engine, &asked);
        let outcome = verified(&engine, &asked, plan, server.address, at_once()).await;
        let found = told(&outcome);
        assert!(found.iter().any(|line| line.starts_with("warning refusal-undeclared ")), "{found:?}");
        let report = Report::of(&outcome.ledger);
        assert_eq!(report.count(Severity::Error), 0);
    });
}
