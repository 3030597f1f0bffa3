//! `standin check` as its users see it: what it prints where, and with which code it exits.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::PETS;

const TRAFFIC: &str = r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets?limit=500&token=s3cret","headers":[["user-agent","web/1"]],"body":""},"reply":{"status":400,"headers":[]},"time":"2026-01-02T03:04:05Z"}
{"request":{"method":"GET","url":"https://cdn.example/a.js"}}
{"requst":{}}
"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("standin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STANDIN_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).arg("check").args(arguments).output().unwrap()
}

pub fn shown(arguments: &[&str], output: &Output) -> String {
    format!(
        "$ standin check {}\nexit {}\n--- stdout\n{}--- stderr\n{}\n",
        arguments.join(" "),
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn findings_go_to_stdout_and_the_last_line_counts() {
    let broken = PETS.replace("responses: { \"201\": { description: done } }", "responses: 7");
    let clean = r#"{"request":{"method":"GET","url":"/v1/pets?limit=5"},"reply":{"status":200}}"#;
    let foreign = r#"{"request":{"method":"GET","url":"https://cdn.example/a.js"}}"#;
    let folder = folder(&[
        ("pets.yaml", PETS),
        ("broken.yaml", &broken),
        ("traffic.ndjson", TRAFFIC),
        ("clean.ndjson", clean),
        ("foreign.ndjson", foreign),
    ]);
    let table: &[&[&str]] = &[
        &["--spec", "pets.yaml", "traffic.ndjson"],
        &["--spec", "pets.yaml", "clean.ndjson"],
        &["--spec", "pets.yaml", "traffic.ndjson", "--report", "json=drift.json"],
        &[
            "--spec",
            "pets.yaml",
            "traffic.ndjson",
            "--fail-on",
            "never",
            "--client",
            "shop",
            "--ignore",
            "status-undeclared",
        ],
        &["--spec", "pets.yaml", "foreign.ndjson"],
        &["--spec", "broken.yaml", "clean.ndjson"],
        &["--spec", "broken.yaml", "clean.ndjson", "--lenient-load"],
        &["clean.ndjson"],
        &["--spec", "pets.yaml"],
        &["--spec", "pets.yaml", "nowhere.har", ".", "-", "-"],
        &["--spec", "pets.yaml", "clean.ndjson", "--server", "localhost:3000"],
        &["--spec", "pets.yaml", "clean.ndjson", "--server", "http://localhost:3000=pet"],
    ];
    let text: String =
        table.iter().map(|arguments| shown(arguments, &run(folder.path(), arguments))).collect();
    assert!(!text.contains("s3cret"), "{text}");
    insta::assert_snapshot!(text);
}
