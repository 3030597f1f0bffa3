//! `GET /_standin/metrics`: counts in the text format of Prometheus, without a token.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use http::header::{CONTENT_TYPE, HeaderValue};
use schemars::{Schema, SchemaGenerator, json_schema};

use super::{Endpoint, Scope};
use crate::drift::Detail;
use crate::drift::coverage::{DocumentCoverage, OperationCoverage, PointKind};
use crate::engine::Engine;
use crate::message::Reply;

/// The media type that Prometheus asks for.
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) static ENDPOINT: Endpoint = Endpoint {
    method: "GET",
    path: "/metrics",
    id: "getMetrics",
    summary: "Tells counts of exchanges, violations, drifts, faults and sessions, for Prometheus.",
    parameters: &[],
    scope: Scope::Server,
    body: None,
    reply: Some(text),
    answer: |context| {
        let mut reply = Reply::new(200);
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        reply.body = metrics(context.engine).into();
        Ok(reply)
    },
};

fn text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "contentMediaType": "text/plain" })
}

/// Counts of all sessions, those that were let go included. A reset sets them to zero, as a restart does.
fn metrics(engine: &Engine) -> String {
    let ledger = engine.sessions().ledger();
    let counts = ledger.counts();
    let drifts = ledger.drifts();
    let mut page = Page::default();
    let name = "standin_exchanges_total";
    page.head(name, "counter", "Exchanges by document, operation and declared status.");
    for document in engine.covered_by_all(Detail::WithoutBranches) {
        for operation in document.operations.iter().filter(|operation| operation.count > 0) {
            exchanges(&mut page, name, &document, operation);
        }
    }
    let name = "standin_unmatched_total";
    page.head(name, "counter", "Exchanges that no operation fits.");
    page.sample(name, &[], counts.exchanges.saturating_sub(counts.judged));
    let name = "standin_violations_total";
    page.head(name, "counter", "Violations by rule, those that were announced left out.");
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    for drift in &drifts {
        *by_rule.entry(&drift.rule).or_default() += drift.count;
    }
    for (rule, count) in by_rule {
        page.sample(name, &[("rule", rule)], count);
    }
    let name = "standin_drifts";
    page.head(name, "gauge", "Different violations by severity.");
    let mut by_severity: BTreeMap<&str, u64> = BTreeMap::new();
    for drift in &drifts {
        *by_severity.entry(drift.severity.word()).or_default() += 1;
    }
    for (severity, count) in by_severity {
        page.sample(name, &[("severity", severity)], count);
    }
    let name = "standin_faults_injected_total";
    page.head(name, "counter", "Replies that a fault was injected into.");
    page.sample(name, &[], engine.faults_injected());
    let name = "standin_sessions";
    page.head(name, "gauge", "Sessions that are kept, the default one included.");
    page.sample(name, &[], engine.sessions().all().len() as u64 + 1);
    page.text
}

fn exchanges(page: &mut Page, name: &str, document: &DocumentCoverage, operation: &OperationCoverage) {
    let labels = |status| {
        let (document, operation) = (document.document.as_str(), operation.operation.as_str());
        [("document", document), ("operation", operation), ("status", status)]
    };
    let statuses = operation.points.iter().filter(|point| point.kind == PointKind::Status);
    let mut undeclared = operation.count;
    for status in statuses.filter(|status| status.count > 0) {
        page.sample(name, &labels(&status.name), status.count);
        undeclared = undeclared.saturating_sub(status.count);
    }
    if undeclared > 0 {
        page.sample(name, &labels("undeclared"), undeclared);
    }
}

/// The text format, as it is written.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }
}

/// A label's value as the format has it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
