//! What breaks whom under the next version, and how every exchange does at every document.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use standin::traffic::{self, Credentials, Reading};
use standin::violation::Severity;

use super::command::{run, shown};
use super::{PETS, judge, source};

/// The next version: a smaller limit, one more required property, a pin of any length.
fn next() -> String {
    PETS.replace("maximum: 100", "maximum: 50")
        .replace("required: [id, name]", "required: [id, name, kind]")
        .replace("properties: { id:", "properties: { kind: {}, id:")
        .replace("pin: { type: string, maxLength: 4 }", "pin: { type: string }")
}

fn traffic() -> String {
    let get = |client: &str, limit: u32| json!({ "request": { "method": "GET", "url": format!("https://api.pets.example/v1/pets?limit={limit}") }, "client": client });
    let post = |client: &str, body: Value| {
        let headers = json!([["content-type", "application/json"]]);
        json!({
            "request": { "method": "POST", "url": "https://api.pets.example/v1/pets", "headers": headers, "body": body.to_string() },
            "client": client,
        })
    };
    let lines = [
        get("shop", 10),
        get("shop", 70),
        get("shop", 80),
        get("shop", 500),
        post("admin", json!({ "id": 1, "name": "n", "pin": "123456" })),
        post("admin", json!({ "id": 1, "name": "n", "kind": "cat", "pin": "123456" })),
        post("admin", json!({ "id": 1 })),
        get("batch", 10),
        json!({ "request": { "method": "GET", "url": "https://elsewhere.example/" } }),
    ];
    lines.map(|line| line.to_string()).join("\n")
}

#[test]
fn what_breaks_under_the_next_version_is_told_by_client_and_operation() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("pets.yaml", PETS), ("next.yaml", &next()), ("traffic.ndjson", &traffic())] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let table: &[&[&str]] = &[
        &["--spec", "next.yaml", "--against", "pets.yaml", "traffic.ndjson"],
        &["--spec", "next.yaml", "--against", "pets.yaml", "traffic.ndjson", "--format", "json"],
        &["--spec", "pets.yaml", "--against", "pets.yaml", "traffic.ndjson"],
        &["--spec", "pets.yaml", "--spec", "next.yaml", "--each", "traffic.ndjson"],
        &["--spec", "pets.yaml", "--spec", "next.yaml", "--each", "traffic.ndjson", "--format", "json"],
        &["--spec", "pets.yaml", "--each", "traffic.ndjson", "--report", "text"],
        &["--spec", "pets.yaml", "traffic.ndjson", "--format", "json"],
    ];
    let text: String =
        table.iter().map(|arguments| shown(arguments, &run(folder.path(), arguments))).collect();
    insta::assert_snapshot!(text);
}

#[test]
fn a_path_that_the_next_version_does_not_have_breaks_whoever_calls_it() {
    let next = PETS.replace("https://api.pets.example/v1", "https://api.pets.example/v2");
    let gone = PETS.replace("/pets:", "/animals:");
    let old = judge("pets", PETS, &[], Credentials::MayBeStripped);
    for (document, broken) in [(PETS, 0), (next.as_str(), 1), (gone.as_str(), 1)] {
        let new = judge("pets", document, &[], Credentials::MayBeStripped);
        let line = r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets"},"client":"web"}"#;
        let reading = Reading { threads: 2, progress: Arc::default() };
        let (comparison, _) = traffic::compare(vec![source(line)], &old, &new, Severity::Error, &reading);
        let calls = comparison.calls();
        assert_eq!((calls.len(), calls[0].calls, calls[0].broken), (1, 1, broken), "{document}");
        assert_eq!(calls[0].operation, "pets/listPets");
        assert_eq!(
            calls[0].breaks.first().map(|change| change.rule.as_str()),
            (broken > 0).then_some("path-unknown")
        );
    }
}
