//! What of a document was exercised and what was not: counters for one session, and what they come to in a report.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rows::Rows;
use crate::contract::{Contract, Operation};
use crate::pointer::Pointer;

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
    /// What can be exercised of it.
    pub points: Vec<Point>,
}

/// Something that can be exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// What it is called among those of its kind: `query.limit`, `404`, `200 application/json`.
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
}

impl PointKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Parameter, Self::RequestContent, Self::Status, Self::ReplyContent];

    /// Several of it, for people.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Parameter => "parameters",
            Self::RequestContent => "kinds of request content",
            Self::Status => "statuses",
            Self::ReplyContent => "kinds of reply content",
        }
    }
}

/// What can be exercised of an operation, as a text: while it stays the same, so does what its counters stand for.
pub fn shape(operation: &Operation) -> String {
    let parameters = operation
        .parameters
        .iter()
        .map(|parameter| format!("{}.{}", parameter.location.word(), parameter.name));
    let contents = operation.body.iter().flat_map(|body| &body.content).map(|one| one.media_type.to_string());
    let replies = operation.responses.iter().flat_map(|response| {
        let contents = response.content.iter().map(|content| content.media_type.to_string());
        std::iter::once(response.key.to_string()).chain(contents)
    });
    let parts: [Vec<String>; 3] = [parameters.collect(), contents.collect(), replies.collect()];
    format!("{parts:?}")
}

/// Which counter of an operation stands for what, decided when the operation is compiled.
///
/// The first counts exchanges; behind it are those of the parameters, of the contents of the request, and, response by
/// response, of the status and of its contents.
#[derive(Debug)]
pub struct Layout {
    contents: usize,
    /// Where each response begins.
    responses: Vec<usize>,
    length: usize,
}

impl Layout {
    /// The layout of an operation's counters.
    pub fn new(operation: &Operation) -> Self {
        let contents = 1 + operation.parameters.len();
        let mut length = contents + operation.body.as_ref().map_or(0, |body| body.content.len());
        let mut responses = Vec::with_capacity(operation.responses.len());
        for response in &operation.responses {
            responses.push(length);
            length += 1 + response.content.len();
        }
        Self { contents, responses, length }
    }
}

/// The counters of one operation.
#[derive(Debug, Clone, Copy)]
pub struct Counters<'a> {
    layout: &'a Layout,
    counts: &'a [AtomicU64],
}

impl Counters<'_> {
    /// Counts an exchange.
    pub fn exchange(self) {
        self.count(0);
    }

    /// Counts a parameter, by its place in the operation.
    pub fn parameter(self, index: usize) {
        self.count(1 + index);
    }

    /// Counts content of the request, by its place.
    pub fn request_content(self, index: usize) {
        self.count(self.layout.contents + index);
    }

    /// Counts a response, and its content if it has some, by their places.
    pub fn response(self, index: usize, content: Option<usize>) {
        if let Some(start) = self.layout.responses.get(index) {
            self.count(*start);
            if let Some(content) = content {
                self.count(start + 1 + content);
            }
        }
    }

    fn count(self, at: usize) {
        if let Some(count) = self.counts.get(at) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The counters of one operation, made when it is first called.
type OfOperation = OnceLock<Box<[AtomicU64]>>;

/// The counters of one session. What is never called takes no memory: there can be a thousand sessions of a document with
/// a thousand operations.
///
/// An operation has a number for as long as what can be exercised of it stays the same, whatever is reloaded.
#[derive(Debug, Default)]
pub struct Coverage {
    operations: Rows<OfOperation>,
}

impl Coverage {
    /// The counters of an operation, by its number.
    pub fn of<'a>(&'a self, number: usize, layout: &'a Layout) -> Counters<'a> {
        let make = || (0..layout.length).map(|_| AtomicU64::new(0)).collect();
        Counters { layout, counts: self.operations.at(number).get_or_init(make) }
    }

    /// Adds what others counted of the same operations.
    pub fn absorb(&self, other: &Self) {
        for (number, counts) in other.operations.all() {
            let Some(counts) = counts.get() else { continue };
            let make = || counts.iter().map(|_| AtomicU64::new(0)).collect();
            for (own, count) in self.operations.at(number).get_or_init(make).iter().zip(counts) {
                own.fetch_add(count.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        }
    }

    /// Forgets all.
    pub fn clear(&self) {
        for count in self.operations.all().filter_map(|(_, counts)| counts.get()).flatten() {
            count.store(0, Ordering::Relaxed);
        }
    }

    /// What the counters come to, with the places of what they count, for contracts with the numbers of their operations.
    pub fn told<'a>(
        &self,
        contracts: impl IntoIterator<Item = (&'a Contract, &'a [usize])>,
    ) -> Vec<DocumentCoverage> {
        let documents = contracts.into_iter().map(|(contract, numbers)| {
            let operations = contract.operations.iter().zip(numbers);
            let operations =
                operations.map(|(operation, number)| self.told_of(*number, contract, operation)).collect();
            DocumentCoverage { document: contract.name.clone(), operations }
        });
        added(documents)
    }

    fn told_of(&self, number: usize, contract: &Contract, operation: &Operation) -> OperationCoverage {
        let counts = self.operations.get(number).and_then(OnceLock::get);
        let count = |at: usize| {
            counts.and_then(|counts| counts.get(at)).map_or(0, |count| count.load(Ordering::Relaxed))
        };
        let mut points = Vec::new();
        let mut add = |kind, name: String, pointer: &Pointer| {
            let place = contract.document.place(pointer);
            let (file, line) = (place.file.to_string(), place.line);
            points.push(Point { kind, name, file, line, count: count(1 + points.len()) });
        };
        for parameter in &operation.parameters {
            let name = format!("{}.{}", parameter.location.word(), parameter.name);
            add(PointKind::Parameter, name, &parameter.pointer);
        }
        for content in operation.body.iter().flat_map(|body| &body.content) {
            add(PointKind::RequestContent, content.media_type.to_string(), &content.pointer);
        }
        for response in &operation.responses {
            add(PointKind::Status, response.key.to_string(), &response.pointer);
            for content in &response.content {
                let name = format!("{} {}", response.key, content.media_type);
                add(PointKind::ReplyContent, name, &content.pointer);
            }
        }
        let place = contract.document.place(&operation.pointer);
        OperationCoverage {
            operation: operation.id.clone(),
            method: operation.method.to_string(),
            template: operation.template.clone(),
            file: place.file.to_string(),
            line: place.line,
            count: count(0),
            points,
        }
    }
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
