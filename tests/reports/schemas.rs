//! Reports against published schemas: our own, SARIF's of npm's `@microsoft/jest-sarif`, and `JUnit`'s of the Jenkins plugin
//! `xunit`, which pytest's source has.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use standin::drift::{Entries, Ledger};
use standin::report::Report;

use super::{report, written};
use crate::support::repository;

/// A file that `.ci/run` fetches from a registry; without it there is nothing to judge by, and that is said.
fn fetched(name: &str) -> Option<PathBuf> {
    let path = repository(".ci/schemas").join(name);
    if path.exists() {
        return Some(path);
    }
    say(&format!("{name} is not there, so nothing is held against it; `.ci/schemas.sh` fetches it"));
    None
}

#[expect(clippy::print_stderr, reason = "who runs the tests is told what was not looked at")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// The reports that are judged: of much, of nothing, and of recorded traffic.
fn reports() -> [Report; 3] {
    let nothing = Report::of(&Ledger::default());
    [report(), nothing.clone(), nothing.of_entries(Entries::default())]
}

#[test]
fn json_keeps_the_schema_that_standin_prints() {
    let schema = schemars::schema_for!(Report).to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in reports() {
        let json: Value = serde_json::from_str(&written("json", &report)).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn sarif_keeps_its_published_schema() {
    let Some(path) = fetched("sarif-2.1.0.json") else { return };
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // This pattern has a bracket too many, which is no regular expression; nothing of ours has a language.
    for name in ["run", "toolComponent"] {
        schema["definitions"][name]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::draft4::new(&schema).unwrap();
    for report in reports() {
        let sarif: Value = serde_json::from_str(&written("sarif", &report)).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0" })));
}

#[test]
fn junit_keeps_its_published_schema() {
    let (Some(schema), Some(packages)) = (fetched("junit-10.xsd"), fetched("python")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let judge = |xml: &str| {
        let file = folder.path().join("junit.xml");
        std::fs::write(&file, xml).unwrap();
        let program = "import sys, xmlschema; xmlschema.validate(sys.argv[1], sys.argv[2])";
        let mut command = Command::new("python3");
        command.args(["-c", program]).arg(&file).arg(&schema).env("PYTHONPATH", &packages);
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for report in reports() {
        let (is_valid, told) = judge(&written("junit", &report));
        assert!(is_valid, "{told}");
    }
    assert!(!judge("<testsuites><case/></testsuites>").0, "the judge takes anything");
}
