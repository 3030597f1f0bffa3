//! A page in a real browser against `standin serve`, recorded as HAR: it checks clean, and each planted fault is one drift.
//!
//! Where Chromium, Node and playwright-core are (`.ci/run` puts them there), the recording is made anew; elsewhere, the one
//! that lies beside this file is judged, which `RECORD=1 cargo test --test main browser::` writes.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

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

/// Checks the page's traffic: the exit code, and rule, operation and place of each drift.
fn checked(name: &str, faults: Option<&str>) -> (i32, Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let kept = repository(&format!("tests/browser/{name}.har"));
    let har = recorded(folder.path(), faults);
    if let (Some(har), true) = (&har, std::env::var_os("RECORD").is_some()) {
        std::fs::copy(har, &kept).unwrap();
    }
    let output = Command::new(assert_cmd::cargo::cargo_bin!("standin"))
        .args(["check", "--spec", "packet=specs/packet.yaml", "--report", "json"])
        .arg(har.unwrap_or(kept))
        .current_dir(repository(""))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |drift: &Value, key: &str| drift[key].as_str().unwrap().to_owned();
    let drifts = report["drifts"].as_array().unwrap().iter();
    let drifts =
        drifts.map(|drift| ["rule", "operation", "location"].map(|key| text(drift, key)).join(" ")).collect();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), drifts, said.lines().last().unwrap().to_owned())
}

#[test]
fn a_page_that_keeps_the_contract_checks_clean() {
    let (code, drifts, counts) = checked("clean", None);
    assert_eq!((code, drifts), (0, vec![]), "{counts}");
    assert!(counts.contains(" 5 judged,") && counts.ends_with(" 0 in part"), "{counts}");
}

#[test]
fn each_planted_fault_is_one_drift() {
    let (code, drifts, counts) = checked("faulty", Some("faults"));
    let expected = [
        "path-unknown  request.path",
        "body-invalid createOrganization request.body.name",
        "parameter-invalid findOrganizations request.query.personal",
    ];
    assert_eq!(
        (code, drifts.iter().map(String::as_str).collect::<Vec<_>>()),
        (1, expected.to_vec()),
        "{counts}"
    );
}
