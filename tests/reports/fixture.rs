//! The findings that every format is shown with: two clients, three documents, something known, something wild.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderValue, Method};
use standin::clock::Moment;
use standin::drift::Ledger;
use standin::drift::coverage::{DocumentCoverage, OperationCoverage, Point, PointKind};
use standin::exchange::Exchange;
use standin::message::Request;
use standin::pointer::Pointer;
use standin::report::Report;
use standin::violation::{Place, Rule, Violation};

/// A text that means something to terminals, HTML, markdown, XML, workflow commands and links.
pub(super) const WILD: &str = "x|<b onload='y'>&\u{1b}[2J\r\n::error::![i](h) @octocat #1 *_`~$ ]]>\u{ffff}";

/// One violation in one exchange.
pub(super) struct Row<'a> {
    pub(super) client: &'a str,
    pub(super) target: &'a str,
    pub(super) operation: Option<(&'a str, &'a str)>,
    pub(super) status: u16,
    pub(super) violation: Violation,
}

pub(super) fn violation(
    rule: Rule,
    location: &[&str],
    message: &str,
    file: &str,
    pointer: &str,
) -> Violation {
    let pointer = Pointer::from_escaped(pointer);
    Violation::new(rule, location, message, Place { file: file.into(), line: 41, column: 17, pointer })
}

pub(super) fn exchange(id: u64, row: &Row<'_>) -> Exchange {
    let mut request = Request::new(Method::GET, row.target);
    request.headers.insert("user-agent", HeaderValue::from_bytes(row.client.as_bytes()).unwrap());
    Exchange {
        id,
        at: Moment(1_750_000_000_000 + id as i64),
        document: row.operation.map(|(document, _)| document.into()),
        operation: row.operation.map(|(_, operation)| operation.into()),
        request,
        status: row.status,
        reply: Bytes::new(),
        violations: vec![row.violation.clone()],
        expected: Vec::new(),
        rules: Vec::new(),
        retry_after: None,
        ended: None,
        replay: None,
    }
}

fn limit(value: &str) -> Violation {
    let message = format!("query parameter `limit`: {value} is more than the maximum of 100");
    let pointer = "/paths/~1v1~1organizations/get/parameters/1/schema/maximum";
    let mut violation = violation(
        Rule::ParameterInvalid,
        &["request", "query", "limit"],
        &message,
        "specs/mserve.yaml",
        pointer,
    );
    violation.help = Some("send a value of 100 or less".into());
    violation.found = Some(value.into());
    violation.expected = Some("at most 100".into());
    violation
}

/// The report of all that.
pub(super) fn report() -> Report {
    let ledger = Ledger::default();
    let list = Some(("mserve", "listOrganizations"));
    let wild = violation(
        Rule::ParameterUnknown,
        &["request", "query", WILD],
        &format!("`{WILD}` is unknown"),
        "specs/mserve.yaml",
        "/paths/~1v1~1organizations/get",
    );
    let reply = violation(
        Rule::ReplyBodyInvalid,
        &["response", "body", "data", "0", "id"],
        "content of the reply, `data.0.id`: `7` is a number, expected a string",
        "<bundled>/packet.yaml",
        "/components/schemas/Organization/properties/id/type",
    );
    let nowhere = violation(
        Rule::PathUnknown,
        &["request", "path"],
        "no document declares the path `/nowhere`",
        "specs/mserve.yaml",
        "/paths",
    );
    let rows = [
        Row {
            client: "curl/8",
            target: "/v1/organizations?limit=5000&token=t",
            operation: list,
            status: 400,
            violation: limit("5000"),
        },
        Row {
            client: "app",
            target: "/v1/organizations?limit=500",
            operation: list,
            status: 400,
            violation: limit("500"),
        },
        Row {
            client: "app",
            target: "/v1/organizations?x=|%3Cb%3E",
            operation: list,
            status: 200,
            violation: wild,
        },
        Row {
            client: "app",
            target: "/organizations",
            operation: Some(("packet", "listOrganizations")),
            status: 200,
            violation: reply,
        },
        Row { client: "app", target: "/nowhere", operation: None, status: 404, violation: nowhere },
    ];
    for (id, row) in (1..).zip(&rows) {
        ledger.enter(&exchange(id, row));
    }
    let mut report = Report::of(&ledger).covering(coverage());
    for drift in report.drifts.iter_mut().filter(|drift| drift.document == "packet") {
        drift.accepted = drift.callers.keys().cloned().collect();
    }
    for drift in report.drifts.iter_mut().filter(|drift| drift.rule == "path-unknown") {
        drift.expired = Some("2025-01-31".into());
    }
    report
}

fn coverage() -> Vec<DocumentCoverage> {
    let point = |kind, name: &str, line, count| Point {
        kind,
        name: name.into(),
        file: "specs/mserve.yaml".into(),
        line,
        count,
    };
    let operation = |id: &str, method: &str, line, count, points| OperationCoverage {
        operation: id.into(),
        method: method.into(),
        template: "/v1/organizations".into(),
        file: "specs/mserve.yaml".into(),
        line,
        count,
        sessions: BTreeMap::new(),
        points,
    };
    let of_list = vec![
        point(PointKind::Parameter, "query.limit", 40, 2),
        point(PointKind::Status, "200", 50, 1),
        point(PointKind::ReplyContent, "200 application/json", 52, 1),
        point(PointKind::Status, "default", 60, 2),
    ];
    let of_create = vec![point(PointKind::RequestContent, "application/json", 75, 0)];
    let packet = OperationCoverage {
        file: "<bundled>/packet.yaml".into(),
        ..operation("listOrganizations", "GET", 12, 1, Vec::new())
    };
    let healthy = operation("getHealth", "GET", 90, 1, Vec::new());
    vec![
        DocumentCoverage {
            document: "mserve".into(),
            operations: vec![
                operation("listOrganizations", "GET", 37, 3, of_list),
                operation("createOrganization", "POST", 70, 0, of_create),
                healthy,
            ],
        },
        DocumentCoverage { document: "packet".into(), operations: vec![packet] },
    ]
}
