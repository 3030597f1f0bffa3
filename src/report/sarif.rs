//! `sarif`: SARIF 2.1.0, for code scanning: results with places in the document, rules with what `standin explain` tells.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Format, Report, inside, seen};
use crate::drift::Drift;
use crate::text::harmless;
use crate::violation::{Rule, Severity};

/// The format.
pub(super) const FORMAT: Format = Format { name: "sarif", media_type: "application/sarif+json", render };

/// Where the format is described.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A file of results (SARIF 2.1.0 3.13).
#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

/// 3.14
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome>,
    properties: Value,
}

/// 3.18
#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

/// 3.19
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: String,
    semantic_version: String,
    rules: Vec<Descriptor>,
}

/// 3.49
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
}

/// 3.11, 3.12
#[derive(Serialize)]
struct Message {
    text: String,
}

/// A result (3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    occurrence_count: u64,
    baseline_state: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: Value,
}

/// 3.28
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    logical_locations: [LogicalLocation; 1],
}

/// 3.29
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

/// 3.4
#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// 3.30
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
}

/// 3.33
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

/// What tells results apart over runs (3.27.17).
#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "standin/v1")]
    standin: String,
}

/// 3.35
#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    justification: &'static str,
}

fn render(report: &Report) -> String {
    let mut codes: Vec<&str> = report.drifts.iter().map(|drift| drift.rule.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let results = report.drifts.iter().map(|drift| {
        let rule_index = codes.binary_search(&drift.rule.as_str()).unwrap_or_default();
        outcome(drift, rule_index)
    });
    let driver = Driver {
        name: report.tool.name.clone(),
        semantic_version: report.tool.version.clone(),
        rules: codes.iter().map(|code| descriptor(code)).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        // Our columns count characters (3.14.17).
        column_kind: "unicodeCodePoints",
        results: results.collect(),
        properties: match report.entries {
            Some(entries) => json!({ "counts": report.counts, "entries": entries }),
            None => json!({ "counts": report.counts }),
        },
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    let mut text = serde_json::to_string_pretty(&log).expect("a report holds nothing that JSON can't");
    text.push('\n');
    text
}

/// What a rule means; a report that was written elsewhere may name rules that this version does not have.
fn descriptor(code: &str) -> Descriptor {
    let definition = Rule::from_code(code).map(Rule::definition);
    let message = |text: &str| Message { text: text.to_owned() };
    Descriptor {
        id: code.to_owned(),
        short_description: definition.map(|one| message(one.means)),
        full_description: definition.map(|one| message(&format!("{} {}", one.means, one.matters))),
        help: definition.map(|one| message(&format!("{} Example: {}", one.fix, one.example))),
    }
}

fn outcome(drift: &Drift, rule_index: usize) -> Outcome {
    let physical_location = inside(&drift.file).map(|uri| PhysicalLocation {
        artifact_location: ArtifactLocation { uri: percent_encoded(&uri) },
        region: Region { start_line: drift.line.max(1), start_column: drift.column.max(1) },
    });
    let logical = LogicalLocation {
        fully_qualified_name: format!("{}/{}", drift.document, drift.operation),
        kind: "function",
    };
    let request = format!("{} {}", drift.sample.method, drift.sample.target);
    let mut told = vec![drift.message.clone(), format!("{request}, {}", seen(drift))];
    told.extend(drift.help.clone());
    let accepted = Suppression { kind: "external", justification: "accepted by the baseline" };
    Outcome {
        rule_id: drift.rule.clone(),
        rule_index,
        level: match drift.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        },
        message: Message { text: told.iter().map(|line| harmless(line)).collect::<Vec<_>>().join("\n") },
        locations: [Location { physical_location, logical_locations: [logical] }],
        partial_fingerprints: Fingerprints { standin: drift.fingerprint.to_string() },
        occurrence_count: drift.count,
        baseline_state: if drift.is_known() { "unchanged" } else { "new" },
        suppressions: if drift.is_known() { vec![accepted] } else { Vec::new() },
        properties: properties(drift, &request),
    }
}

fn properties(drift: &Drift, request: &str) -> Value {
    let mut properties = json!({
            "location": drift.location,
            "pointer": drift.pointer,
            "file": drift.file,
            "callers": drift.callers,
            "request": request,
            "status": drift.sample.status,
            "firstSeen": drift.first_seen,
            "lastSeen": drift.last_seen,
    });
    if let Some(curl) = &drift.sample.curl {
        properties["curl"] = curl.as_str().into();
    }
    properties
}

/// A relative path as a URI reference (RFC 3986 4.2).
fn percent_encoded(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const OUTSIDE_PATHS: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b':')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(path, OUTSIDE_PATHS).to_string()
}
