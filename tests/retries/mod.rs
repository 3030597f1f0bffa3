//! Verdicts on clients over the real server: what is told of a request that comes again, for each way a reply can end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use standin::clock::Clock;
use standin::delivery::Outcome;
use standin::engine::{Engine, Options};
use standin::server;
use tokio::runtime::Runtime;

use crate::support;

const DOCUMENT: &str = r#"openapi: 3.0.3
info: { title: Jobs, version: "1" }
paths:
  /jobs:
    get: { operationId: listJobs, responses: { "200": { description: Jobs }, "429": { description: Wait } } }
    post:
      operationId: createJob
      responses:
        "201":
          description: Made
          content: { application/json: { schema: { type: object }, example: { id: 1, name: Nightly } } }
"#;

/// A server whose time goes on when it is told to.
struct Place {
    port: u16,
    now: &'static AtomicI64,
    engine: Arc<Engine>,
    _runtime: Runtime,
}

impl Place {
    fn open() -> Self {
        let now: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(1_000_000)));
        let contract = support::contract("jobs", &support::inline("jobs", DOCUMENT));
        let options = Options { clock: Clock::ByHand(now), ..Options::default() };
        let engine = Arc::new(Engine::new(vec![contract], Vec::new(), options));
        let runtime = server::runtime().unwrap();
        let wanted = server::Options { host: "127.0.0.1".to_owned(), port: 0, ..server::Options::default() };
        let listeners = runtime.block_on(server::bind(&wanted)).unwrap();
        let port = listeners.addresses()[0].port();
        let asked = Arc::clone(&engine);
        let handler: server::Handler = Arc::new(move |request, _| asked.answer_over_wire(request));
        runtime.spawn(server::serve(listeners, handler, std::future::pending()));
        Self { port, now, engine, _runtime: runtime }
    }

    /// Sends a request with further header lines, after so many milliseconds; yields the codes of what was told of it, by
    /// the journal: a lost reply tells nothing.
    fn ask(&self, after: i64, method: &str, lines: &[&str]) -> Vec<&'static str> {
        self.now.fetch_add(after, Ordering::Relaxed);
        let session = lines.iter().find_map(|line| line.strip_prefix("standin-session: "));
        let known = self.exchanges(session).len();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut head = format!("{method} /jobs HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        for line in lines {
            head.extend([line, "\r\n"]);
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        let _ = stream.read_to_end(&mut Vec::new()); // a reset is an end, too
        let exchanges = self.exchanges(session);
        assert_eq!(exchanges.len(), known + 1);
        exchanges[known].violations.iter().map(|violation| violation.rule.code()).collect()
    }

    fn exchanges(&self, session: Option<&str>) -> Vec<standin::exchange::Exchange> {
        match session {
            None => self.engine.sessions().default().journal.all(),
            Some(name) => self.engine.sessions().find(name).map_or_else(Vec::new, |one| one.journal.all()),
        }
    }
}

#[test]
fn every_way_to_lose_a_reply_is_a_failure_that_may_pass() {
    let lost =
        ["empty", "abort", "reset", "truncate", "garbage", "malformed_chunk", "wrong_length", "goaway"];
    for fault in lost {
        let place = Place::open();
        let prefer = format!("prefer: code=201, fault={fault}");
        for _ in 0..2 {
            let told = place.ask(0, "POST", &["idempotency-key: a", &prefer]);
            assert_eq!(told, [""; 0], "{fault}: one that keeps its key is repeated well");
        }
        let told = place.ask(10, "POST", &["idempotency-key: b", &prefer]);
        assert_eq!(told, ["retry-key-changed"], "{fault}");
    }
    for fault in ["delay", "corrupt_json", "dribble"] {
        let place = Place::open();
        let prefer = format!("prefer: code=201, fault={fault}");
        for _ in 0..3 {
            assert_eq!(place.ask(0, "POST", &[&prefer]), [""; 0], "{fault}: it arrived, so it is no retry");
        }
    }
}

#[test]
fn a_client_that_waits_backs_off_gives_up_and_keeps_its_key_is_told_nothing() {
    let place = Place::open();
    let pauses = [0, 1000, 2000, 4000, 8000];
    for pause in pauses {
        assert_eq!(place.ask(pause, "GET", &["prefer: code=503"]), [""; 0], "{pause}");
    }
    assert_eq!(place.ask(16_000, "GET", &[]), [""; 0], "the fifth retry goes well");
    assert_eq!(place.ask(0, "GET", &["prefer: code=404"]), [""; 0]);
    for pause in pauses {
        let told = place.ask(pause, "POST", &["idempotency-key: a", "prefer: code=500"]);
        assert_eq!(told, [""; 0], "{pause}");
    }
    assert_eq!(place.engine.sessions().default().ledger.drifts().len(), 0);
}

#[test]
fn each_session_is_judged_by_its_own_failures() {
    let place = Place::open();
    let of = |session: &str| format!("standin-session: {session}");
    for session in ["one", "two", "three"] {
        assert_eq!(place.ask(0, "GET", &[&of(session), "prefer: code=404"]), [""; 0], "{session}");
    }
    let again = place.ask(0, "GET", &[&of("two"), "prefer: code=404"]);
    assert_eq!(again, ["retry-of-final-failure"]);
    let drifts = |session: &str| place.engine.sessions().find(session).unwrap().ledger.drifts().len();
    assert_eq!([drifts("one"), drifts("two"), drifts("three")], [0, 1, 0]);
}

#[test]
fn a_client_that_gives_up_waiting_has_lost_its_reply() {
    let place = Place::open();
    let mut stream = TcpStream::connect(("127.0.0.1", place.port)).unwrap();
    let head = "POST /jobs HTTP/1.1\r\nhost: localhost\r\nprefer: delay=10m\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    while place.exchanges(None).is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(place.exchanges(None)[0].ended, None, "it is under way");
    drop(stream);
    while place.exchanges(None)[0].ended.is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let ended = place.exchanges(None)[0].ended.unwrap();
    assert_eq!(ended.outcome, Outcome::Gone { sent: 0 });
    // It asks again, as it did before, and gives up again.
    place.now.fetch_add(500, Ordering::Relaxed);
    let mut again = TcpStream::connect(("127.0.0.1", place.port)).unwrap();
    again.write_all(head.as_bytes()).unwrap();
    while place.exchanges(None).len() < 2 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let codes: Vec<_> = place.exchanges(None)[1].violations.iter().map(|one| one.rule.code()).collect();
    assert_eq!(codes, ["retry-unsafe"]);
}
