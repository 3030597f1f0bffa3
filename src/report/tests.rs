//! Reports of made-up drifts, as snapshots.

use super::*;

use bytes::Bytes;
use http::{HeaderValue, Method};

use crate::clock::Moment;
use crate::exchange::Exchange;
use crate::message::Request;
use crate::pointer::Pointer;
use crate::violation::{Place, Rule, Violation};

/// The report of two requests that break one rule and one that breaks another, with something wild in it.
fn example() -> Report {
    let ledger = Ledger::default();
    let place = |line| Place {
        file: "specs/mserve.yaml".into(),
        line,
        column: 17,
        pointer: Pointer::from_escaped(
            "/paths/~1v1~1identity~1organizations/get/parameters/1/schema/maximum",
        ),
    };
    let limit = |value: &str| {
        let message = format!("query parameter `limit`: {value} is more than the maximum of 100");
        let location = ["request", "query", "limit"];
        let mut violation = Violation::new(Rule::ParameterInvalid, &location, message, place(41));
        violation.help = Some("send a value of 100 or less".into());
        violation
    };
    let wild = Violation::new(
        Rule::ParameterUnknown,
        &["request", "query", "x"],
        "`\u{1b}[2J` is unknown",
        place(30),
    );
    let table = [
        ("/v1/identity/organizations?limit=5000", limit("5000")),
        ("/a?limit=500", limit("500")),
        ("/a?x=1", wild),
    ];
    for (id, (target, violation)) in (1..).zip(table) {
        let mut request = Request::new(Method::GET, target);
        request.headers.insert("user-agent", HeaderValue::from_static("curl/8"));
        ledger.enter(&Exchange {
            id,
            at: Moment(1_750_000_000_000),
            document: Some("mserve".into()),
            operation: Some("list".into()),
            request,
            status: 400,
            reply: Bytes::new(),
            violations: vec![violation],
            expected: Vec::new(),
            rules: Vec::new(),
            retry_after: None,
            ended: None,
            replay: None,
        });
    }
    Report::of(&ledger)
}

#[test]
fn every_format_writes_the_same_report() {
    for format in FORMATS {
        insta::assert_snapshot!(format.name, (format.render)(&example()));
    }
}

#[test]
fn a_report_without_findings_says_how_much_was_looked_at() {
    let report = Report::of(&Ledger::default());
    assert_eq!(report.summary(20), "0 read, 0 judged, 0 violating: no drift");
}

#[test]
fn a_report_fails_at_the_severity_asked_for_and_above() {
    let mut report = example();
    assert!(report.fails(Some(Severity::Error)));
    assert!(!report.fails(None));
    report.drifts.retain(|drift| drift.severity == Severity::Warning);
    assert!(!report.fails(Some(Severity::Error)));
    assert!(report.fails(Some(Severity::Warning)));
}

#[test]
fn a_json_report_keeps_its_schema() {
    let schema = schemars::schema_for!(Report).to_value();
    let root = std::sync::Arc::new(schema);
    let schemas = crate::schema::Schemas::new(std::sync::Arc::clone(&root), root);
    let validator = schemas.validator(&Pointer::root(), crate::schema::Direction::Response).unwrap();
    let json: serde_json::Value = serde_json::from_str(&(FORMATS[1].render)(&example())).unwrap();
    assert!(crate::schema::mismatches(&validator, &json).is_empty());
}

#[test]
fn every_file_of_a_format_has_its_row() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<String> = paths
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|stem| !["mod", "tests"].contains(&stem.as_str()))
        .collect();
    let mut names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    files.sort();
    names.sort_unstable();
    assert_eq!(names, files);
}
