//! Two hundred sessions at once, each with another scenario: they do not see one another, and what they held is given back.
//!
//! A binary of its own with one test, because it counts every byte that is allocated while it runs.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and tells its figures"
)]

use std::alloc::System;
use std::path::Path;
use std::sync::Arc;
use std::sync::Barrier;

use http::{HeaderName, HeaderValue, Method};
use serde_json::json;
use standin::admin::{Access, Admin};
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SESSIONS: usize = 200;
const CALLS: usize = 100;
/// What may be left of two hundred sessions: half of what one of them held. It is not nothing, because what threads share,
/// such as arc-swap's slots and the caches of regular expressions, grows with how many happen to run at once.
const LEFT: isize = 128 * 1024;

struct Server {
    engine: Arc<Engine>,
    admin: Admin,
}

impl Server {
    fn start() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/packet.yaml");
        let document = Document::load(&Source::File(path), LoadOptions::default()).value.unwrap();
        let contract = Arc::new(Contract::build("packet", document).0);
        let engine = Arc::new(Engine::new(vec![contract], Vec::new(), Options::default()));
        let admin = Admin::new(Arc::clone(&engine), Access::default());
        Self { engine, admin }
    }

    fn send(&self, method: Method, target: &str, session: Option<usize>, body: &str) -> Reply {
        let mut request = Request::new(method, target);
        let mut set = |name: &'static str, value: &str| {
            request.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        };
        set("host", "localhost");
        set("x-auth-token", "t");
        if let Some(session) = session {
            set("standin-session", &format!("s{session}"));
        }
        if !body.is_empty() {
            set("content-type", "application/json");
        }
        request.body = body.to_owned().into();
        self.admin.answer(&request).unwrap_or_else(|| self.engine.answer(request))
    }

    /// Sets a session up with a scenario that no other session has: its own header, and its own share of failures by
    /// number, by chance and by limit.
    fn set_up(&self, session: usize) {
        let own = json!({ "x-own": session });
        let scenario = json!({ "name": format!("scenario-{session}"), "rules": [
            { "name": "own", "continue": true, "when": { "call": { "at_most": session % CALLS + 1 } },
              "respond": { "status": 404, "headers": own } },
            { "name": "chance", "chance": 0.3, "respond": { "status": 503, "headers": own } },
            { "name": "quota", "quota": { "calls": session, "key": "session" } },
        ]});
        let body = json!({ "id": format!("s{session}"), "seed": session, "scenario": scenario }).to_string();
        let reply = self.send(Method::POST, "/_standin/sessions", None, &body);
        assert_eq!(reply.status, 200, "{:?}", reply.body);
    }

    /// What the calls of a session get.
    fn play(&self, session: usize) -> Vec<(u16, String)> {
        let target = |call: usize| format!("/organizations?page={}", call % 7 + 1);
        let seen = |reply: Reply| {
            let own = reply.headers.get("x-own").map_or("", |own| own.to_str().unwrap());
            (reply.status, own.to_owned())
        };
        (0..CALLS).map(|call| seen(self.send(Method::GET, &target(call), Some(session), ""))).collect()
    }

    fn reset(&self) {
        assert_eq!(self.send(Method::POST, "/_standin/reset?session=*", None, "").status, 204);
    }

    /// All sessions at once, each call of one amid those of the others.
    fn play_all(&self) -> Vec<Vec<(u16, String)>> {
        (0..SESSIONS).for_each(|session| self.set_up(session));
        let start = Barrier::new(SESSIONS);
        std::thread::scope(|scope| {
            let playing: Vec<_> = (0..SESSIONS)
                .map(|session| {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        self.play(session)
                    })
                })
                .collect();
            playing.into_iter().map(|one| one.join().unwrap()).collect()
        })
    }
}

/// How many bytes are allocated now.
fn allocated() -> isize {
    let stats = ALLOCATED.stats();
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}

#[test]
fn two_hundred_sessions_do_not_see_one_another_and_give_back_what_they_held() {
    let server = Server::start();
    let alone: Vec<_> = (0..SESSIONS)
        .map(|session| {
            server.set_up(session);
            let seen = server.play(session);
            server.reset();
            seen
        })
        .collect();
    for (session, seen) in alone.iter().enumerate() {
        let foreign = seen.iter().find(|(_, own)| !own.is_empty() && *own != session.to_string());
        assert_eq!(foreign, None, "session {session}");
    }
    let distinct: std::collections::BTreeSet<_> = alone.iter().collect();
    assert_eq!(distinct.len(), SESSIONS, "no two sessions have the same failures");

    // The first time, what all sessions share is compiled and stays.
    assert!(server.play_all() == alone, "at once they see what each sees alone");
    server.reset();
    let before = allocated();
    let seen = server.play_all();
    assert!(seen == alone, "once more");
    drop(seen);
    let held = allocated() - before;
    assert!(held > LEFT * SESSIONS as isize, "two hundred sessions held {held} bytes");
    let sessions = server.engine.sessions();
    assert_eq!(sessions.all().len(), SESSIONS);
    assert!(sessions.all().iter().all(|session| session.ledger.counts().exchanges == CALLS as u64));
    assert_eq!(sessions.default().ledger.counts().exchanges, 0);
    server.reset();
    let left = allocated() - before;
    assert!(left.abs() < LEFT, "{left} bytes are left of {held}");
    println!("{SESSIONS} sessions held {held} bytes, {left} are left");
}
