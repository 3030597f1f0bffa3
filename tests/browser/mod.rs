//! A page in a real browser against `standin serve`, recorded as HAR: it checks clean, and each planted fault is one drift,
//! in every format.
//!
//! Where Chromium, Node and playwright-core are (`.ci/run` puts them there), the recording is made anew; elsewhere, the one
//! that lies beside this file is judged, which `RECORD=1 cargo test --test main browser::` writes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fancy_regex::Regex;
use serde_json::Value;
use standin::report::NAMES;

use crate::support::repository;

const CHROMIUM: &str = "/usr/bin/chromium";

/// A server of Packet's document, ended with its test.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("standin"))
            .args(["serve", "packet=specs/packet.yaml", "--port", "0"])
            .current_dir(repository(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Records the page; `None`, and a word why, where there is no browser.
#[expect(clippy::print_stdout, reason = "that the recording is an old one has to be known")]
fn recorded(into: &Path, faults: Option<&str>) -> Option<PathBuf> {
    let playwright = repository("target/browser/node_modules/playwright-core");
    let has_node = Command::new("node").arg("--version").output().is_ok();
    if !playwright.is_dir() || !Path::new(CHROMIUM).exists() || !has_node {
        println!("without node, {CHROMIUM} and {} the kept recording is judged", playwright.display());
        return None;
    }
    let server = Server::start();
    let har = into.join("page.har");
    let mut recorder = Command::new("node");
    recorder.arg(repository("tests/browser/record.mjs")).arg(&playwright).args([CHROMIUM, &server.url]);
    let mut recorder = recorder.arg(&har).args(faults).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    recorder.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(recorder.wait().unwrap().success(), "{said}");
    Some(har)
}

/// What checking the page's traffic came to.
struct Checked {
    code: i32,
    /// The last line of all.
    counts: String,
    /// What was written, by format: reports, and what was exercised.
    written: BTreeMap<&'static str, String>,
}

/// Checks the page's traffic, and writes every format at once.
fn checked(name: &str, faults: Option<&str>) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    let kept = repository(&format!("tests/browser/{name}.har"));
    let har = recorded(folder.path(), faults);
    if let (Some(har), true) = (&har, std::env::var_os("RECORD").is_some()) {
        std::fs::copy(har, &kept).unwrap();
    }
    let file = |format: &str| folder.path().join(format!("drift.{format}"));
    let wish = |flag: &str, format: &str| [flag.to_owned(), format!("{format}={}", file(format).display())];
    let output = Command::new(assert_cmd::cargo::cargo_bin!("standin"))
        .args(["check", "--spec", "packet=specs/packet.yaml"])
        .args(NAMES.iter().flat_map(|format| wish("--report", format)))
        .args(wish("--coverage", "lcov"))
        .arg(har.unwrap_or(kept))
        .current_dir(repository(""))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let all = NAMES.iter().chain(&["lcov"]);
    Checked {
        code: output.status.code().unwrap(),
        counts: said.lines().last().unwrap().to_owned(),
        written: all.map(|format| (*format, std::fs::read_to_string(file(format)).unwrap())).collect(),
    }
}

/// The rule of each drift that a format tells, in its order.
fn rules(format: &str, written: &str) -> Vec<String> {
    let json = || serde_json::from_str::<Value>(written).unwrap();
    let each = |list: &Value, key: &str| {
        list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
    };
    let rule = match format {
        "json" => return each(&json()["drifts"], "rule"),
        "sarif" => return each(&json()["runs"][0]["results"], "ruleId"),
        "text" => r"(?m)^   rule      ([a-z-]+), error ",
        "junit" => r#"<failure type="([a-z-]+)""#,
        "markdown" => r"(?m)^- rule: <code>([a-z-]+)</code>",
        "html" => r"<dt>rule</dt><dd><code>([a-z-]+)</code>",
        "github" => r"(?m)^::error .*title=([a-z-]+)::",
        _ => panic!("nothing says how `{format}` tells a drift"),
    };
    let rule = Regex::new(rule).unwrap();
    rule.captures_iter(written).map(|found| found.unwrap()[1].to_owned()).collect()
}

#[test]
fn a_page_that_keeps_the_contract_checks_clean_in_every_format() {
    let Checked { code, counts, written } = checked("clean", None);
    assert_eq!(code, 0, "{counts}");
    assert!(counts.contains(" 5 judged,") && counts.ends_with(" 0 in part"), "{counts}");
    for format in NAMES {
        assert_eq!(rules(format, &written[format]), [""; 0], "{format}");
    }
}

#[test]
fn each_planted_fault_is_one_drift_in_every_format() {
    let Checked { code, counts, written } = checked("faulty", Some("faults"));
    assert_eq!(code, 1, "{counts}");
    for format in NAMES {
        let expected = ["path-unknown", "body-invalid", "parameter-invalid"];
        assert_eq!(rules(format, &written[format]), expected, "{format}");
    }
    let report: Value = serde_json::from_str(&written["json"]).unwrap();
    let place = |drift: &Value| {
        ["operation", "location"].map(|key| drift[key].as_str().unwrap().to_owned()).join(" ")
    };
    let places: Vec<String> = report["drifts"].as_array().unwrap().iter().map(place).collect();
    let expected =
        [" request.path", "createOrganization request.body.name", "findOrganizations request.query.personal"];
    assert_eq!(places, expected);
    // No format of drifts, but by lines of the document it tells whom the faulty calls reached: all but the unknown path.
    let called = |call: &&str| call.starts_with("FNDA:") && !call.starts_with("FNDA:0,");
    let called: Vec<&str> = written["lcov"].lines().filter(called).collect();
    let expected = [
        "FNDA:2,createOrganization",
        "FNDA:1,deleteOrganization",
        "FNDA:1,findOrganizationById",
        "FNDA:2,findOrganizations",
        "FNDA:1,updateOrganization",
    ];
    assert_eq!(called, expected);
}
