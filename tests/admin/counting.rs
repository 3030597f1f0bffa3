//! Counting exchanges, and waiting for them.

use http::{HeaderValue, Method};
use serde_json::{Value, json};
use standin::message::Request;

use super::Server;
use crate::cases::Player;
use crate::cases::client::Served;

fn count(server: &Server, query: &str) -> Value {
    server.told("GET", &format!("/exchanges/count?{query}"), "")["count"].clone()
}

#[test]
fn exchanges_are_counted_by_what_the_list_is_filtered_by() {
    let server = Server::start();
    server.statuses("", 3);
    server.send("GET", "/packet/organizations?colour=red", &[], "");
    server.send("GET", "/packet/organizations?__code=503", &[], "");
    server.send("GET", "/nowhere", &[], "");
    server.status("other");
    let table = [
        ("", 6),
        ("operation=findOrganizations", 5),
        ("document=packet&status=200", 4),
        ("operation=findOrganizations&status=503", 1),
        ("violating=true", 2),
        ("violating=false", 4),
        ("document=mserve", 0),
        ("session=other", 1),
    ];
    for (query, expected) in table {
        assert_eq!(count(&server, query), expected, "{query}");
        let listed = server.told("GET", &format!("/exchanges?{query}"), "");
        assert_eq!(listed.as_array().unwrap().len(), expected, "{query}");
    }
    let counted = server.told("GET", "/exchanges/count?min=7&timeout=0s", "");
    assert_eq!(counted, json!({ "count": 6, "min": 7, "outcome": "time-over" }));
    assert_eq!(server.told("GET", "/exchanges/count?min=6", "")["outcome"], "reached");
    server.told("POST", "/reset", "");
    assert_eq!(count(&server, ""), 0);
}

#[test]
fn what_the_journal_no_longer_keeps_is_counted() {
    let server = Server::start();
    server.statuses("s", 1200);
    assert_eq!(count(&server, "session=s&operation=findOrganizations"), 1200);
    let kept = server.told("GET", "/exchanges?session=s&limit=5000", "");
    assert!(kept.as_array().unwrap().len() < 1200);
}

#[test]
fn a_count_that_can_not_be_reached_as_it_is_asked_for_is_refused() {
    let server = Server::start();
    let table = [
        ("operation=findOrganisations", "did you mean `findOrganizations`?"),
        ("document=paket", "did you mean `packet`?"),
        ("document=mserve&operation=findOrganizations", "no operation is called"),
        ("min=3&timeout=6m", "at most five minutes"),
        ("min=3&timeout=soon", "such as `5s`"),
        ("timeout=5s", "nothing to wait for"),
        ("min=-1", "min"),
        ("mni=3", "mni"),
    ];
    for (query, message) in table {
        let (status, detail) = server.refused("GET", &format!("/exchanges/count?{query}"), "");
        assert!(status == 400 && detail.contains(message), "{query}: {status} {detail}");
    }
}

#[test]
fn a_wait_is_over_as_soon_as_the_exchanges_are_there() {
    let server = Server::start();
    let served = Served::start(std::sync::Arc::clone(&server.engine));
    let ask = |target: &str| {
        let mut request = Request::new(Method::GET, target);
        request.headers.insert("host", HeaderValue::from_static("localhost"));
        request.headers.insert("x-auth-token", HeaderValue::from_static("t"));
        let reply = served.play(request);
        (reply.status, serde_json::from_slice::<Value>(&reply.body).unwrap())
    };
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            ask("/_standin/exchanges/count?operation=findOrganizations&status=200&min=3&timeout=5m")
        });
        for _ in 0..3 {
            assert_eq!(ask("/packet/organizations?__code=404").0, 404);
            assert_eq!(ask("/packet/organizations").0, 200);
        }
        // Without a reply at the third one, this test would wait for five minutes.
        assert_eq!(waiting.join().unwrap(), (200, json!({ "count": 3, "min": 3, "outcome": "reached" })));
    });
    let (_, late) = ask("/_standin/exchanges/count?min=100&timeout=10ms");
    assert_eq!(late, json!({ "count": 6, "min": 100, "outcome": "time-over" }));
}
