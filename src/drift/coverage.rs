//! What of a document was exercised and what was not, as reports have it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::add_each;

/// How much of one document was exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentCoverage {
    /// The document's name.
    pub document: String,
    /// Its operations, by their ids.
    pub operations: Vec<OperationCoverage>,
}

/// How much of one operation was exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperationCoverage {
    /// Its id.
    pub operation: String,
    /// Its method.
    pub method: String,
    /// Its path template.
    pub template: String,
    /// Its file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// How many exchanges it had.
    pub count: u64,
    /// How many it had in each session, where all of a server are told; left out if none. What they do not account for
    /// belongs to the default one. `(ended)` stands for those that were let go.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sessions: BTreeMap<String, u64>,
    /// What can be exercised of it.
    pub points: Vec<Point>,
}

/// Something that can be exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// What it is called among those of its kind: `query.limit`, `404`, `200 application/json`,
    /// `request application/json properties/owner/oneOf/1`.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// How many exchanges had it.
    pub count: u64,
}

/// What can be exercised of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PointKind {
    /// A parameter was sent that could be read.
    Parameter,
    /// Valid content of a declared media type was sent.
    RequestContent,
    /// A declared status was answered.
    Status,
    /// Content of a declared media type was answered.
    ReplyContent,
    /// Valid content took one alternative (`oneOf`, `anyOf`) of its schema, or of one that its properties and items lead to.
    /// The first contents are looked at until each alternative was seen, so the count says whether rather than how often.
    Branch,
}

/// Adds what was exercised of the same documents, operations and points; everything sorted by its name.
pub fn added(documents: impl IntoIterator<Item = DocumentCoverage>) -> Vec<DocumentCoverage> {
    let mut all: BTreeMap<String, Vec<OperationCoverage>> = BTreeMap::new();
    for one in documents {
        all.entry(one.document).or_default().extend(one.operations);
    }
    let sum =
        |(document, operations)| DocumentCoverage { document, operations: operations_added(operations) };
    all.into_iter().map(sum).collect()
}

fn operations_added(operations: Vec<OperationCoverage>) -> Vec<OperationCoverage> {
    let mut all: BTreeMap<String, OperationCoverage> = BTreeMap::new();
    for one in operations {
        let Some(known) = all.get_mut(&one.operation) else {
            let points = points_added(one.points);
            all.insert(one.operation.clone(), OperationCoverage { points, ..one });
            continue;
        };
        known.count = known.count.saturating_add(one.count);
        add_each(&mut known.sessions, one.sessions);
        // Of several versions of a document, the place in one of them is told, the same one in whatever order they come.
        let place = (&one.file, one.line, &one.method, &one.template);
        if place < (&known.file, known.line, &known.method, &known.template) {
            known.line = one.line;
            (known.file, known.method, known.template) = (one.file, one.method, one.template);
        }
        let points = std::mem::take(&mut known.points);
        known.points = points_added(points.into_iter().chain(one.points));
    }
    all.into_values().collect()
}

fn points_added(points: impl IntoIterator<Item = Point>) -> Vec<Point> {
    let mut all: BTreeMap<(PointKind, String), Point> = BTreeMap::new();
    for one in points {
        match all.get_mut(&(one.kind, one.name.clone())) {
            Some(known) => {
                known.count = known.count.saturating_add(one.count);
                if (&one.file, one.line) < (&known.file, known.line) {
                    (known.file, known.line) = (one.file, one.line);
                }
            }
            None => {
                all.insert((one.kind, one.name.clone()), one);
            }
        }
    }
    all.into_values().collect()
}
