//! The reserved prefix from outside: scenarios, rules, faults and sessions at run time, and every operation by our own
//! document.

mod counting;
mod endpoints;
mod runtime;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;
use standin::admin::{Access, Admin};
use standin::clock::Clock;
use standin::contract::Contract;
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};
use standin::scenario::Script;

use crate::support::all_bundled;

/// The address of the only operation that most tests ask.
const ASKED: &str = "/packet/organizations";

/// A server without a socket, and its time, which goes on when it is told to.
struct Server {
    engine: Arc<Engine>,
    admin: Admin,
    now: &'static AtomicI64,
}

impl Server {
    fn start() -> Self {
        Self::with(|_| Vec::new())
    }

    fn with(scripts: impl Fn(&[Arc<Contract>]) -> Vec<Script>) -> Self {
        let now: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(1_700_000_000_000)));
        let contracts = all_bundled();
        let scripts = scripts(&contracts);
        let options = Options { clock: Clock::ByHand(now), ..Options::default() };
        let engine = Arc::new(Engine::new(contracts, scripts, options));
        let admin = Admin::new(Arc::clone(&engine), Access::default());
        Self { engine, admin, now }
    }

    fn wait(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::Relaxed);
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::new(Method::from_bytes(method.as_bytes()).unwrap(), target);
        let usual = [("host", "localhost"), ("authorization", "Bearer t"), ("x-auth-token", "t")];
        for (name, value) in usual.iter().chain(headers) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        if !body.is_empty() && !request.headers.contains_key("content-type") {
            request.headers.insert("content-type", HeaderValue::from_static("application/json"));
        }
        request.body = body.to_owned().into();
        self.admin.answer(&request).unwrap_or_else(|| self.engine.answer(request))
    }

    /// The reply of the reserved prefix.
    fn tell(&self, method: &str, target: &str, body: &str) -> Reply {
        self.send(method, &format!("/_standin{target}"), &[], body)
    }

    /// What the reserved prefix answers, which is good.
    fn told(&self, method: &str, target: &str, body: &str) -> Value {
        let reply = self.tell(method, target, body);
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(reply.status < 300, "{method} {target}: {} {text}", reply.status);
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    /// What the reserved prefix has against a request: the status, and the problem's text.
    fn refused(&self, method: &str, target: &str, body: &str) -> (u16, String) {
        let reply = self.tell(method, target, body);
        let problem: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(problem["status"], reply.status);
        (reply.status, problem["detail"].as_str().unwrap().to_owned())
    }

    /// The status that a session's call gets.
    fn status(&self, session: &str) -> u16 {
        self.reply(session).status
    }

    fn reply(&self, session: &str) -> Reply {
        let headers = [("standin-session", session)];
        self.send("GET", ASKED, if session.is_empty() { &[] } else { &headers }, "")
    }

    fn statuses(&self, session: &str, calls: usize) -> Vec<u16> {
        (0..calls).map(|_| self.status(session)).collect()
    }
}

fn header(reply: &Reply, name: &str) -> String {
    reply.headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}
