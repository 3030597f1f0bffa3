//! `standin import` as its users see it: what it prints where, what it writes, with which code it exits.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const GOOD: &str = r#"{"request": {"method": "GET", "url": "/v1/users/7"}, "response": {"status": 404}}"#;
const IN_PART: &str = r#"{"request": {"method": "GET", "url": "/v1/users/7"}, "response": {"status": 404, "statusMessage": "Gone"}}"#;
const LEFT_OUT: &str = r#"{"request": {"method": "PUT", "url": "/nowhere"}, "response": {}}"#;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("standin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STANDIN_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(arguments).env("COLUMNS", "100").output().unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let state = |name: &str| {
        format!(
            r#"{{"scenarioName": "{name}", "requiredScenarioState": "Started",
            "request": {{"method": "GET", "url": "/v1/users"}}, "response": {{"status": 503}}}}"#
        )
    };
    for (name, text) in [
        ("shop.yaml", include_str!("shop.yaml").to_owned()),
        ("good.json", GOOD.to_owned()),
        ("part.json", IN_PART.to_owned()),
        ("some.json", format!("[{GOOD}, {LEFT_OUT}]")),
        ("none.json", LEFT_OUT.to_owned()),
        ("two.json", format!("[{}, {}]", state("cart"), state("login"))),
        ("broken.json", "{".to_owned()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn the_exit_code_tells_what_became_of_the_stubs() {
    let folder = folder();
    let table: &[(&[&str], i32)] = &[
        (&["good.json", "--spec", "shop.yaml"], 0),
        (&["good.json"], 0),
        (&["part.json", "--spec", "shop.yaml"], 0),
        (&["part.json", "--spec", "shop.yaml", "--fail-on", "warning"], 1),
        (&["some.json", "--spec", "shop.yaml"], 1),
        (&["some.json", "--spec", "shop.yaml", "--fail-on", "never"], 0),
        (&["none.json", "--spec", "shop.yaml"], 2),
        (&["broken.json"], 2),
        (&["gone.json"], 2),
        (&["good.json", "--spec", "gone.yaml"], 2),
        (&["two.json", "--spec", "shop.yaml"], 2),
    ];
    for (arguments, expected) in table {
        let output = run(folder.path(), &[&["import", "wiremock"], *arguments].concat());
        assert_eq!(output.status.code(), Some(*expected), "{arguments:?}\n{}", error(&output));
        assert_eq!(output.stdout.is_empty(), *expected == 2, "{arguments:?}");
    }
    let other = run(folder.path(), &["import", "wirmock", "good.json"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(error(&other).contains("did you mean `wiremock`?"), "{}", error(&other));
}

#[test]
fn what_is_printed_is_a_scenario_and_what_was_found_stands_beside_it() {
    let output = run(folder().path(), &["import", "wiremock", "some.json", "--spec", "shop.yaml"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    insta::assert_snapshot!(format!("{text}---\n{}", error(&output)));
}

#[test]
fn several_scenarios_are_written_to_a_folder_and_nothing_is_overwritten() {
    let folder = folder();
    let import = |more: &[&str]| {
        run(folder.path(), &[&["import", "wiremock", "two.json", "--spec", "shop.yaml"], more].concat())
    };
    let refused = error(&import(&[]));
    assert!(refused.contains("`login`, `cart`") && refused.contains("--output FOLDER"), "{refused}");
    let written = import(&["--output", "made/here"]);
    assert_eq!(String::from_utf8_lossy(&written.stdout), "made/here/login.yaml\nmade/here/cart.yaml\n");
    fs::remove_file(folder.path().join("made/here/login.yaml")).unwrap();
    let again = import(&["--output", "made/here"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(error(&again).contains("`made/here/cart.yaml` is there already"), "{}", error(&again));
    assert!(!folder.path().join("made/here/login.yaml").exists());
}
