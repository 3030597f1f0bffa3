//! Every format that traffic is kept in says the same, whole, gzipped or cut; and on however many threads it is read.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::write::GzEncoder;
use serde_json::{Value, json};
use standin::traffic::{Credentials, Recorded};

use super::{PETS, judge, source, told};

/// Two exchanges, the second of which drifts, in each format.
fn formats() -> Vec<(&'static str, String)> {
    let url = |limit: u32| format!("https://api.pets.example/v1/pets?limit={limit}");
    let reply = json!([["content-type", "application/json"], ["x-total", "0"]]);
    let exchange = |limit| {
        json!({
            "request": { "method": "GET", "url": url(limit), "headers": [], "body": "" },
            "reply": { "status": 200, "headers": reply, "body": "[]" }, "client": "web",
        })
    };
    let pairs =
        json!([{ "name": "content-type", "value": "application/json" }, { "name": "x-total", "value": "0" }]);
    let entry = |limit| {
        let agent = json!([{ "name": "User-Agent", "value": "web" }, { "name": ":authority", "value": "h" }]);
        json!({
            "startedDateTime": "2026-01-02T03:04:05.678Z",
            "request": { "method": "GET", "url": url(limit), "headers": agent, "bodySize": 0 },
            "response": { "status": 200, "headers": pairs, "content": { "size": 2, "text": "W10=", "encoding": "base64" } },
        })
    };
    let log = |limit: u32| {
        json!({
            "request": format!("GET /v1/pets?limit={limit} HTTP/1.1"), "host": "api.pets.example", "status": 200,
            "http_user_agent": "web",
        })
    };
    let interaction = |limit: u32| {
        json!({
            "description": "d",
            "request": { "method": "get", "path": "/v1/pets", "query": { "limit": [limit.to_string()] } },
            "response": { "status": 200, "body": [] },
        })
    };
    let lines = |line: &dyn Fn(u32) -> Value| format!("\u{feff}\n{}\r\n\n{}", line(1), line(500));
    let har =
        json!({ "log": { "version": "1.2", "creator": {}, "entries": [entry(1), entry(500)], "pages": [] } });
    let pact = json!({
        "consumer": { "name": "web" }, "provider": { "name": "pets" },
        "interactions": [interaction(1), interaction(500)], "metadata": {},
    });
    vec![
        ("exchanges", lines(&exchange)),
        ("access log", lines(&log)),
        ("har", har.to_string()),
        ("har over lines", format!("{har:#}")),
        ("pact", pact.to_string()),
    ]
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_format_is_known_by_its_content_and_says_the_same() {
    let judge = judge("pets", PETS, &[], Credentials::MayBeStripped);
    for (name, text) in formats() {
        let plain = told(&judge, vec![source(text.as_str())], 2);
        assert_eq!(
            plain,
            "2 read, 0 judged, 0 foreign, 2 in part\nparameter-invalid listPets request.query.limit (web 1)\n",
            "{name}"
        );
        assert_eq!(told(&judge, vec![source(gzipped(&text))], 2), plain, "{name}");
    }
}

#[test]
fn what_is_cut_is_told_after_what_could_be_judged() {
    let judge = judge("pets", PETS, &[], Credentials::MayBeStripped);
    let mut text = String::new();
    for (name, whole) in formats() {
        let cut = whole.trim_end().len() - 40;
        let _ = writeln!(text, "{name}\n{}", told(&judge, vec![source(&whole.as_bytes()[..cut])], 1));
        let packed = gzipped(&whole);
        let _ = writeln!(text, "gzip: {}", told(&judge, vec![source(&packed[..packed.len() - 4])], 1));
    }
    for (name, bytes) in [
        ("a wrong type", r#"{"request":{"method":"GET","url":"/"},"reply":{"status":"s3cret"}}"#),
        ("empty", ""),
        ("words", "hello\nworld"),
        ("no har", r#"{"log":{}}"#),
        ("a list", "[1]"),
        ("no pact", r#"{"consumer":{"name":"a"}}"#),
    ] {
        let _ = writeln!(text, "{name}\n{}", told(&judge, vec![source(bytes)], 1));
    }
    assert!(!text.contains("s3cret"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_outcome_does_not_depend_on_threads() {
    let judge = judge("pets", PETS, &[], Credentials::MayBeStripped);
    let mut lines = String::new();
    for number in 0..6000 {
        let url = match number % 5 {
            0 => format!("/v1/pets?limit={}", number % 300),
            1 => format!("https://host-{}.example/", number % 2000),
            2 => format!("/v1/pets?unknown{}=1", number % 70),
            3 => "/v1/pets".to_owned(),
            _ => "no url".to_owned(),
        };
        let client = format!("client {}", number % 3);
        let entry = json!({ "request": { "method": "GET", "url": url }, "client": client });
        let _ = writeln!(lines, "{entry}");
    }
    let one = told(&judge, vec![source(lines.as_str()), source(lines.as_str())], 1);
    for threads in [2, 3, 8] {
        let many = told(&judge, vec![source(lines.as_str()), source(lines.as_str())], threads);
        assert!(one == many, "{threads} threads");
    }
}

#[test]
fn the_printed_schema_is_the_format() {
    let schema = schemars::schema_for!(Recorded).to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let request = json!({ "method": "GET", "url": "/" });
    let table = [
        (json!({ "request": request }), true),
        (
            json!({ "request": request, "reply": { "status": 200, "headers": [["a", null], ["a", "b"]] } }),
            true,
        ),
        (json!({ "request": request, "reply": { "status": 200, "body": { "base64": "AA==" } } }), true),
        (json!({ "request": request, "time": null, "left_out": ["request.body.a"] }), true),
        (json!({ "request": request, "reply": { "status": "200" } }), false),
        (json!({ "request": request, "reply": { "status": 200, "headers": { "a": "b" } } }), false),
        (json!({ "request": request, "response": {} }), false),
        (json!({ "request": { "method": "GET" } }), false),
        (json!({ "request": request, "reply": { "status": 200, "body": 5 } }), false),
    ];
    for (line, is_good) in table {
        assert_eq!(validator.is_valid(&line), is_good, "schema: {line}");
        assert_eq!(serde_json::from_value::<Recorded>(line.clone()).is_ok(), is_good, "read: {line}");
    }
}

#[test]
fn of_a_pact_the_examples_are_judged_as_far_as_the_consumer_reads() {
    let judge = judge("pets", PETS, &[], Credentials::MayBeStripped);
    let version_4 = json!({
        "consumer": { "name": "web" },
        "interactions": [
            { "type": "Asynchronous/Messages" },
            { "type": "Synchronous/HTTP", "pending": true },
            {
                "type": "Synchronous/HTTP",
                "request": {
                    "method": "POST", "path": "/v1/pets", "headers": { "Content-Type": ["application/json"] },
                    "body": { "content": { "id": 1, "name": 2 }, "contentType": "application/json", "encoded": false },
                },
                "response": { "status": 201, "body": {} },
            },
            {
                "type": "Synchronous/HTTP",
                "request": { "method": "GET", "path": "/v1/pets" },
                "response": { "status": 200, "body": { "content": "W3siaWQiOiJ4In1d", "contentType": "application/json", "encoded": "base64" } },
            },
        ],
        "metadata": { "pactSpecification": { "version": "4.0" } },
    });
    let version_2 = json!({
        "consumer": { "name": "old" },
        "interactions": [
            { "request": { "method": "get", "path": "/v1/pets", "query": "limit=500" }, "response": { "body": [{ "nick": "n" }] } },
            { "request": { "method": "get", "path": "/v1/dogs" }, "response": { "status": 404 } },
            { "request": { "path": "/v1/dogs" } },
        ],
        "messages": [{}],
    });
    let sources = vec![source(version_4.to_string()), source(version_2.to_string())];
    insta::assert_snapshot!(told(&judge, sources, 1));
}
