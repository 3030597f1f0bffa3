//! The bytes of a handful of replies, kept: a change of what a seed means is a decision, never an accident.
//!
//! `STANDIN_UPDATE_GOLDEN=1 cargo test --test main golden` writes them anew.

use bytes::Bytes;
use http::{HeaderValue, Method};
use standin::engine::{Engine, Options};
use standin::message::Request;

use crate::support::{all_bundled, repository};

/// File, method, target, `Prefer`, content.
const KEPT: [(&str, &str, &str, &str, &str); 10] = [
    ("katapult-list-1", "GET", "/katapult/organizations", "seed=1", ""),
    ("katapult-list-7-items-2", "GET", "/katapult/organizations", "seed=7, items=2", ""),
    ("katapult-one-1", "GET", "/katapult/organizations/organization?organization[id]=org_1", "seed=1", ""),
    (
        "katapult-suspended-1",
        "GET",
        "/katapult/organizations/organization",
        "error=organization_suspended, seed=1",
        "",
    ),
    ("mserve-list-42", "GET", "/v1/identity/organizations?limit=2", "seed=42", ""),
    ("mserve-create-1", "POST", "/v1/identity/organizations", "seed=1", "{\"name\":\"Nordwind\"}"),
    ("nethesis-example", "GET", "/nethesis/organizations", "seed=1", ""),
    ("nethesis-dynamic-1", "GET", "/nethesis/organizations", "dynamic=true, seed=1", ""),
    ("packet-one-1", "GET", "/packet/organizations/4405ffd0-0aca-44ef-bae2-c8545bce94f4", "seed=1", ""),
    (
        "packet-one-max",
        "GET",
        "/packet/organizations/4405ffd0-0aca-44ef-bae2-c8545bce94f4",
        "seed=18446744073709551615",
        "",
    ),
];

#[test]
fn a_seed_gives_the_bytes_that_it_always_gave() {
    let engine = Engine::new(all_bundled(), Vec::new(), Options::default());
    let updates = std::env::var_os("STANDIN_UPDATE_GOLDEN").is_some();
    let mut changed = Vec::new();
    for (name, method, target, prefer, body) in KEPT {
        let mut request = Request::new(Method::from_bytes(method.as_bytes()).unwrap(), target);
        let fields = [
            ("authorization", "Bearer t"),
            ("x-auth-token", "t"),
            ("content-type", "application/json"),
            ("prefer", prefer),
        ];
        for (field, value) in fields {
            request.headers.insert(field, HeaderValue::from_static(value));
        }
        request.body = Bytes::from_static(body.as_bytes());
        let reply = engine.answer(request);
        assert!(!reply.body.is_empty(), "{name} is answered with {} and nothing", reply.status);
        let path = repository(&format!("tests/golden/{name}.json"));
        if updates {
            std::fs::write(&path, &reply.body).unwrap();
        }
        let kept = std::fs::read(&path).unwrap_or_default();
        if kept != reply.body {
            changed.push(format!("{name}:\n  kept {}\n  now  {}", lossy(&kept), lossy(&reply.body)));
        }
    }
    assert!(changed.is_empty(), "replies to equal requests have changed:\n{}", changed.join("\n"));
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
