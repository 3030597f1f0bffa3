//! `standin report` and what `--baseline` and `--fail-on` make of a report, as their users see it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{report, written};

/// Exit code, standard output and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("standin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STANDIN_")) {
        command.env_remove(name);
    }
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A folder with the report `a.json`, of which nothing is known.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut report = report();
    report.drifts.iter_mut().for_each(|drift| drift.accepted.clear());
    std::fs::write(folder.path().join("a.json"), written("json", &report)).unwrap();
    folder
}

#[test]
fn reports_are_merged_into_any_format() {
    let folder = folder();
    let (code, json, _) = run(folder.path(), &["report", "merge", "a.json", "a.json"]);
    let merged: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &merged["counts"]["exchanges"]), (0, &Value::from(10)));
    let arguments = ["report", "merge", "a.json", "--report", "junit=a.xml", "--report", "text"];
    let (code, text, said) = run(folder.path(), &arguments);
    assert_eq!((code, said.as_str()), (0, ""), "what goes to standard output is not said twice");
    assert!(text.ends_with("5 read, 4 judged, 5 violating: 4 drifts (3 errors, 1 warning)\n"), "{text}");
    assert!(std::fs::read_to_string(folder.path().join("a.xml")).unwrap().contains("failures=\"3\""));
    let (code, ..) = run(folder.path(), &["report", "merge", "a.json", "--fail-on", "error"]);
    assert_eq!(code, 1);
}

#[test]
fn a_baseline_is_written_accepts_runs_out_and_is_cleaned() {
    let folder = folder();
    let path = folder.path().join("known.json");
    let merge = |more: &[&str]| {
        let always = [
            "report",
            "merge",
            "a.json",
            "--report",
            "text",
            "--fail-on",
            "info",
            "--baseline",
            "known.json",
        ];
        run(folder.path(), &[&always[..], more].concat())
    };
    let (code, _, said) = merge(&[]);
    assert_eq!(code, 2, "a baseline that is not there accepts nothing");
    assert!(said.contains("the baseline `known.json` is not there"), "{said}");
    let (code, _, said) = merge(&["--write-baseline", "new"]);
    assert_eq!(code, 0);
    assert!(said.contains("accepts 5 new drifts, 5 in all"), "{said}");
    let text = std::fs::read_to_string(&path).unwrap();
    let (code, told, _) = merge(&[]);
    assert_eq!((code, told.trim()), (0, "5 read, 4 judged, 5 violating: no drift, 4 known by the baseline"));
    merge(&["--write-baseline", "all"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "writing it anew changes nothing");

    let mut baseline: Value = serde_json::from_str(&text).unwrap();
    let entries = baseline["entries"].as_array_mut().unwrap();
    let at = |entries: &[Value], rule: &str| entries.iter().position(|entry| entry["rule"] == rule).unwrap();
    let index = at(entries, "path-unknown");
    entries[index]["expires"] = "2025-01-31".into();
    let index = at(entries, "parameter-invalid");
    entries[index]["client"] = "another".into();
    std::fs::write(&path, baseline.to_string()).unwrap();
    let (code, told, said) = merge(&[]);
    assert_eq!(code, 1);
    assert!(told.contains("   baseline  accepted until 2025-01-31\n"), "{told}");
    assert!(told.contains("2 drifts (2 errors), 2 known by the baseline"), "{told}");
    assert!(said.contains("1 entry of the baseline did not occur"), "{said}");
    assert!(
        said.contains("parameter-invalid, mserve/listOrganizations at request.query.limit, by `another`"),
        "{said}"
    );
    let (code, _, said) = merge(&["--write-baseline", "all"]);
    assert_eq!(code, 1, "what has run out is not renewed");
    assert!(!said.contains("did not occur"), "{said}");

    let broken = text.replace("\"version\": 1", "\"version\": 7");
    std::fs::write(&path, broken).unwrap();
    let (code, _, said) = merge(&["--write-baseline", "new"]);
    assert_eq!(code, 2);
    assert!(said.contains("cannot use `known.json` as a baseline: at `version`: 7"), "{said}");
    assert!(
        std::fs::read_to_string(&path).unwrap().contains("\"version\": 7"),
        "what can't be read is not lost"
    );
}

#[test]
fn what_is_no_report_is_told_with_its_place() {
    let folder = folder();
    let good = std::fs::read_to_string(folder.path().join("a.json")).unwrap();
    let table = [
        ("{", "EOF while parsing"),
        ("[]", "expected struct Report"),
        (&good.replace("\"severity\": \"warning\"", "\"severity\": \"grave\""), "at `drifts[3].severity`"),
        (&good.replace("\"fingerprint\": \"", "\"fingerprint\": \"X"), "is no fingerprint"),
    ];
    for (json, expected) in table {
        std::fs::write(folder.path().join("b.json"), json).unwrap();
        let (code, out, said) = run(folder.path(), &["report", "merge", "a.json", "b.json"]);
        assert_eq!((code, out.as_str()), (2, ""), "{said}");
        assert!(said.contains("cannot use `b.json` as a report: ") && said.contains(expected), "{said}");
    }
    for arguments in [
        &["report", "merge"][..],
        &["report", "mrge", "a.json"],
        &["report", "merge", "none.json"],
        &["report", "merge", "a.json", "--write-baseline", "new"],
        &["report", "merge", "a.json", "--baseline", "b.json", "--write-baseline", "some"],
    ] {
        assert_eq!(run(folder.path(), arguments).0, 2, "{arguments:?}");
    }
}

#[test]
fn too_little_that_was_exercised_is_a_failure() {
    let folder = folder();
    let merge = |more: &[&str]| run(folder.path(), &[&["report", "merge", "a.json"], more].concat());
    let (code, text, said) =
        merge(&["--coverage", "text", "--coverage", "lcov=cover.info", "--fail-under", "66"]);
    assert_eq!(code, 0, "{said}");
    assert!(text.ends_with("in all: 7 of 9 exercised (77.8 %)\n"), "{text}");
    let lcov = std::fs::read_to_string(folder.path().join("cover.info")).unwrap();
    assert!(lcov.starts_with("TN:\nSF:specs/mserve.yaml\n") && !lcov.contains("packet"), "{lcov}");
    let (code, _, said) = merge(&["--fail-under", "80%"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("7 of 9 points of the documents were exercised, 77.8 %, expected 80 % or more"),
        "{said}"
    );
    for wrong in [["--fail-under", "most"], ["--fail-under", "101"], ["--coverage", "sarif"]] {
        assert_eq!(merge(&wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn changes_are_proposed_for_the_documents_that_are_there() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("specs")).unwrap();
    let document = r#"openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /v1/organizations:
    get:
      parameters: [{}, { name: limit, in: query, schema: { maximum: 100 } }]
"#;
    std::fs::write(folder.path().join("specs/mserve.yaml"), document).unwrap();
    let (code, out, said) = run(folder.path(), &["report", "overlay", "a.json"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("specs/mserve.yaml: 1 drift of 3 can be allowed by changes"), "{said}");
    assert!(said.contains("<bundled>/packet.yaml: nothing can be proposed: cannot read"), "{said}");
    let overlay: Value = serde_json::from_str(&out).unwrap();
    let action = &overlay["actions"][0];
    assert_eq!(action["target"], "$['paths']['/v1/organizations']['get']['parameters'][1]['schema']");
    assert_eq!(action["update"], serde_json::json!({ "maximum": 5000 }));
    // Where none of them is.
    std::fs::remove_file(folder.path().join("specs/mserve.yaml")).unwrap();
    let (code, out, said) = run(folder.path(), &["report", "overlay", "a.json"]);
    assert_eq!((code, out.as_str()), (2, ""), "{said}");
    assert!(said.contains("nothing is proposed, for no document could be read"), "{said}");
}
