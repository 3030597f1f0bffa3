//! Reports: each format shows the same findings, keeps its schema, and lets nothing that was found act where it is shown.

mod command;
mod fixture;
mod merging;
mod overlay;
mod schemas;
mod served;

use serde_json::Value;
use standin::drift::Ledger;
use standin::report::{FORMATS, FailOn, Format, Report};
use standin::violation::Severity;

use fixture::report;

fn format(name: &str) -> &'static Format {
    FORMATS.iter().find(|format| format.name == name).unwrap()
}

fn written(name: &str, report: &Report) -> String {
    (format(name).render)(report)
}

#[test]
fn every_format_writes_the_same_report() {
    for format in FORMATS {
        insta::assert_snapshot!(format.name, (format.render)(&report()));
    }
}

#[test]
fn every_format_can_write_a_report_of_nothing() {
    let report = Report::of(&Ledger::default());
    assert_eq!(report.summary(20), "0 read, 0 judged, 0 violating: no drift");
    for format in FORMATS {
        assert!((format.render)(&report).contains('0'), "{}", format.name);
    }
}

#[test]
fn a_report_fails_at_the_severity_asked_for_and_above_and_by_rule() {
    let fails = |report: &Report, severity| report.fails(&FailOn::at_least(severity));
    let mut report = report();
    assert!(fails(&report, Severity::Error));
    assert!(!report.fails(&FailOn::never()));
    report.drifts.retain(|drift| drift.severity == Severity::Warning || drift.is_known());
    assert!(!fails(&report, Severity::Error), "what is known is no failure");
    assert!(fails(&report, Severity::Warning));
    let of = |rule: &str| FailOn { rules: [rule.to_owned()].into(), ..FailOn::never() };
    assert!(report.fails(&of("parameter-unknown")));
    assert!(!report.fails(&of("body-invalid")));
    assert!(!report.fails(&of("reply-body-invalid")), "what is known is no failure");
    report.drifts.clear();
    report.counts.unrecorded = 1;
    assert!(fails(&report, Severity::Error), "what there was no room for may be anything");
}

#[test]
fn a_json_report_is_read_as_it_was_written() {
    let report = report();
    let read: Report = serde_json::from_str(&written("json", &report)).unwrap();
    assert_eq!(read, report);
}

#[test]
fn nothing_that_was_found_acts_where_it_is_shown() {
    for format in FORMATS {
        let text = (format.render)(&report());
        assert!(!text.contains('\u{1b}'), "{}: a terminal would obey", format.name);
        assert!(!text.contains('\r'), "{}: a line would be overwritten", format.name);
        assert!(!text.contains("token=t"), "{}: a secret", format.name);
    }
    let html = written("html", &report());
    assert!(!html.contains("<b onload") && html.contains("&lt;b onload"), "{html}");
    assert!(!html.contains("src=") && !html.contains("href="), "a page asks for nothing");
    let markdown = written("markdown", &report());
    for harm in ["<b", "![", "@octocat", " #1", "*_", "~$", "| x|"] {
        assert!(!markdown.contains(harm), "{harm}: {markdown}");
    }
    let columns = |line: &&str| line.starts_with("| ") && line.matches('|').count() != 6;
    assert_eq!(markdown.lines().filter(columns).collect::<Vec<_>>(), [""; 0], "a cell ends at its bar");
    let github = written("github", &report());
    let commands = github.lines().filter(|line| line.starts_with("::")).count();
    assert_eq!(commands, 3, "{github}");
    assert_eq!(github.lines().count(), 4, "a command is one line: {github}");
    let junit = written("junit", &report());
    assert!(!junit.contains("<b ") && !junit.contains("]]>") && !junit.contains('\u{ffff}'), "{junit}");
}

#[test]
fn a_large_report_still_fits_the_comment_of_a_pull_request() {
    let mut report = report();
    let wild = report.drifts.iter().find(|drift| drift.rule == "parameter-unknown").unwrap().clone();
    for number in 0..5000 {
        let mut drift = wild.clone();
        drift.message = format!("{number} {}", fixture::WILD.repeat(20));
        drift.sample.target = fixture::WILD.repeat(100);
        report.drifts.push(drift);
    }
    let markdown = written("markdown", &report);
    assert!(markdown.len() < 65_536, "{} bytes", markdown.len());
    assert!(markdown.contains(" more.\n") && markdown.contains("do not fit here"));
}

#[test]
fn files_are_named_as_seen_from_the_working_folder() {
    let mut report = report();
    for (drift, file) in
        report.drifts.iter_mut().zip(["/project/specs/a b.yaml", "/other/b.yaml", "../c.yaml"])
    {
        drift.file = file.into();
    }
    let report = report.seen_from(std::path::Path::new("/project"));
    let files: Vec<&str> = report.drifts.iter().map(|drift| drift.file.as_str()).collect();
    assert_eq!(files[..3], ["specs/a b.yaml", "/other/b.yaml", "../c.yaml"]);
    let sarif: Value = serde_json::from_str(&written("sarif", &report)).unwrap();
    let uri = |at: usize| {
        let place = &sarif["runs"][0]["results"][at]["locations"][0]["physicalLocation"];
        place["artifactLocation"]["uri"].as_str().map(str::to_owned)
    };
    assert_eq!([uri(0), uri(1), uri(2)], [Some("specs/a%20b.yaml".into()), None, None]);
}
