//! Counters of what exchanges exercise of the documents: which counter is which is decided at compile time, so that a
//! request costs an atomic for each thing that it exercises.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use super::coverage::{DocumentCoverage, OperationCoverage, Point, PointKind, added};
use super::rows::Rows;
use crate::contract::{Content, Contract, Operation};
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};

/// Which counter of an operation stands for what, decided when the operation is compiled.
///
/// The first counts exchanges; behind it are those of the parameters, of the contents of the request, and, response by
/// response, of the status and of its contents; then those of the branches of contents, each content's behind one that
/// counts how many values were looked at.
#[derive(Debug)]
pub struct Layout {
    contents: usize,
    /// Where each response begins.
    responses: Vec<usize>,
    /// By the counter of their content.
    branches: BTreeMap<usize, Branches>,
    length: usize,
}

/// The alternatives of one content's schema.
#[derive(Debug)]
struct Branches {
    /// The counter of the values that were looked at.
    looked: usize,
    direction: Direction,
    /// Their schemas; each has a counter behind `looked`.
    schemas: Vec<Pointer>,
}

/// How many values of a content are looked at for its branches: most documents have all of theirs seen by then, and what
/// is never seen costs no more.
const MOST_LOOKED_AT: u64 = 1000;
/// How many branches of a schema are told apart.
const MOST_BRANCHES: usize = 64;

impl Layout {
    /// The layout of an operation's counters.
    pub fn new(contract: &Contract, operation: &Operation) -> Self {
        let contents = 1 + operation.parameters.len();
        let of_request = operation.body.iter().flat_map(|body| &body.content);
        let mut with_schemas: Vec<(usize, Direction, &Content)> = Vec::new();
        let mut length = contents;
        for content in of_request {
            with_schemas.push((length, Direction::Request, content));
            length += 1;
        }
        let mut responses = Vec::with_capacity(operation.responses.len());
        for response in &operation.responses {
            responses.push(length);
            length += 1;
            for content in &response.content {
                with_schemas.push((length, Direction::Response, content));
                length += 1;
            }
        }
        let mut branches = BTreeMap::new();
        for (counter, direction, content) in with_schemas {
            let schemas = alternatives(contract, content, direction);
            if !schemas.is_empty() {
                let looked = length;
                length += 1 + schemas.len();
                branches.insert(counter, Branches { looked, direction, schemas });
            }
        }
        Self { contents, responses, branches, length }
    }
}

/// What can be exercised of an operation, as a text: while it stays the same, so does what its counters stand for.
pub fn shape(contract: &Contract, operation: &Operation) -> String {
    let parameters = operation
        .parameters
        .iter()
        .map(|parameter| format!("{}.{}", parameter.location.word(), parameter.name));
    let content = |content: &Content, direction| {
        let resolved = content.schema.as_ref().and_then(|schema| contract.schemas.resolve(schema, direction));
        let branches = ["oneOf", "anyOf"].map(|keyword| {
            resolved.as_ref().and_then(|(_, schema)| schema.get(keyword)?.as_array()).map_or(0, Vec::len)
        });
        format!("{} {branches:?}", content.media_type)
    };
    let contents = operation.body.iter().flat_map(|body| &body.content);
    let contents = contents.map(|one| content(one, Direction::Request));
    let replies = operation.responses.iter().flat_map(|response| {
        let contents = response.content.iter().map(|one| content(one, Direction::Response));
        std::iter::once(response.key.to_string()).chain(contents)
    });
    let parts: [Vec<String>; 3] = [parameters.collect(), contents.collect(), replies.collect()];
    format!("{parts:?}")
}

/// The schemas of the alternatives that the schema of a content consists of; none where it has none of its own.
fn alternatives(contract: &Contract, content: &Content, direction: Direction) -> Vec<Pointer> {
    let resolved = content.schema.as_ref().and_then(|schema| contract.schemas.resolve(schema, direction));
    let Some((pointer, schema)) = resolved else { return Vec::new() };
    let mut schemas = Vec::new();
    for keyword in ["oneOf", "anyOf"] {
        let count = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        let all = (0..count).map(|index| pointer.join(keyword).index(index));
        // What the normal form put in is nobody's to exercise.
        let is_written = |branch: &Pointer| {
            let written = contract.document.place(branch).pointer;
            written.last() == branch.last()
                && written.parent().and_then(|all| all.last()).as_deref() == Some(keyword)
        };
        schemas.extend(all.filter(is_written));
    }
    schemas.truncate(MOST_BRANCHES);
    schemas
}

/// The counters of one operation.
#[derive(Debug, Clone, Copy)]
pub struct Counters<'a> {
    layout: &'a Layout,
    counts: &'a [AtomicU64],
}

/// Content that was counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    counters: Counters<'a>,
    branches: &'a Branches,
}

impl<'a> Counters<'a> {
    /// Counts an exchange.
    pub fn exchange(self) {
        self.count(0);
    }

    /// Counts a parameter, by its place in the operation.
    pub fn parameter(self, index: usize) {
        self.count(1 + index);
    }

    /// Counts content of the request, by its place. Gives it if it has branches that were not seen yet.
    pub fn request_content(self, index: usize) -> Option<Counted<'a>> {
        self.content(self.layout.contents + index)
    }

    /// Counts a response, and its content if it has some, by their places. Gives the content if it has branches that were
    /// not seen yet.
    pub fn response(self, index: usize, content: Option<usize>) -> Option<Counted<'a>> {
        let start = *self.layout.responses.get(index)?;
        self.count(start);
        self.content(start + 1 + content?)
    }

    fn content(self, at: usize) -> Option<Counted<'a>> {
        self.count(at);
        let branches = self.layout.branches.get(&at)?;
        let looked = self.counts.get(branches.looked)?.load(Ordering::Relaxed);
        (looked < MOST_LOOKED_AT).then_some(Counted { counters: self, branches })
    }

    fn count(self, at: usize) {
        if let Some(count) = self.counts.get(at) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Counted<'_> {
    /// Counts the branches that the value of the content is valid by, of those that were not seen yet.
    pub fn value(self, schemas: &Schemas, value: &Value) {
        let Branches { looked, direction, schemas: branches } = self.branches;
        self.counters.count(*looked);
        let mut is_complete = true;
        for (at, branch) in (looked + 1..).zip(branches) {
            let is_seen = self.counters.counts.get(at).is_some_and(|count| count.load(Ordering::Relaxed) > 0);
            if is_seen {
                continue;
            }
            match schemas.validator(branch, *direction) {
                Ok(validator) if validator.is_valid(value) => self.counters.count(at),
                Ok(_) | Err(_) => is_complete = false,
            }
        }
        if is_complete && let Some(count) = self.counters.counts.get(*looked) {
            count.store(MOST_LOOKED_AT, Ordering::Relaxed);
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
        // The names of contents, by their counters.
        let mut contents: BTreeMap<usize, String> = BTreeMap::new();
        let mut add = |kind, name: String, pointer: &Pointer| {
            let place = contract.document.place(pointer);
            let (file, line, at) = (place.file.to_string(), place.line, 1 + points.len());
            contents.insert(at, name.clone());
            points.push(Point { kind, name, file, line, count: count(at) });
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
        for (content, branches) in &Layout::new(contract, operation).branches {
            let name = contents.get(content).map(String::as_str).unwrap_or_default();
            for (at, branch) in (branches.looked + 1..).zip(&branches.schemas) {
                let place = contract.document.place(branch);
                let keyword = branch.parent().and_then(|all| all.last()).unwrap_or_default();
                let name = match branches.direction {
                    Direction::Request => {
                        format!("request {name} {keyword}/{}", branch.last().unwrap_or_default())
                    }
                    Direction::Response => format!("{name} {keyword}/{}", branch.last().unwrap_or_default()),
                };
                let (file, line, kind) = (place.file.to_string(), place.line, PointKind::Branch);
                points.push(Point { kind, name, file, line, count: count(at) });
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
