//! What the counters of an operation come to, with the places of what they count.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Counts, contents_of};
use crate::contract::{Content, Contract, Operation};
use crate::drift::branches::{Branch, Branches};
use crate::drift::coverage::{OperationCoverage, Point, PointKind};
use crate::pointer::Pointer;
use crate::schema::Direction;

/// How much is told of what was exercised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All.
    Whole,
    /// All but the branches, which take a while to tell of a large document.
    WithoutBranches,
}

/// Tells of the operations of one contract.
pub(super) struct Telling<'a> {
    contract: &'a Contract,
    detail: Detail,
    /// File and line of what many operations share: to look that up in the text takes its time.
    places: HashMap<Pointer, (String, usize)>,
}

impl<'a> Telling<'a> {
    pub(super) fn of(contract: &'a Contract, detail: Detail) -> Self {
        Self { contract, detail, places: HashMap::new() }
    }

    /// What was exercised of an operation; without counts, nothing was.
    pub(super) fn operation(&mut self, operation: &Operation, counts: Option<&Counts>) -> OperationCoverage {
        let count = |at: usize| counts.map_or(0, |counts| counts.count(at));
        let (mut at, mut points) = (1, Vec::new());
        for parameter in &operation.parameters {
            let name = format!("{}.{}", parameter.location.word(), parameter.name);
            points.push(self.point(PointKind::Parameter, name, &parameter.pointer, count(at)));
            at += 1;
        }
        for content in contents_of(operation) {
            let name = content.media_type.to_string();
            points.push(self.point(PointKind::RequestContent, name.clone(), &content.pointer, count(at)));
            points.extend(self.branches(at, content, Direction::Request, &format!("request {name}"), counts));
            at += 2;
        }
        for response in &operation.responses {
            let name = response.key.to_string();
            points.push(self.point(PointKind::Status, name, &response.pointer, count(at)));
            at += 1;
            for content in &response.content {
                let name = format!("{} {}", response.key, content.media_type);
                points.push(self.point(PointKind::ReplyContent, name.clone(), &content.pointer, count(at)));
                points.extend(self.branches(at, content, Direction::Response, &name, counts));
                at += 2;
            }
        }
        let place = self.contract.document.place(&operation.pointer);
        OperationCoverage {
            operation: operation.id.clone(),
            method: operation.method.to_string(),
            template: operation.template.clone(),
            file: place.file.to_string(),
            line: place.line,
            count: count(0),
            sessions: BTreeMap::new(),
            points,
        }
    }

    /// The branches of the content whose counter is `at`.
    fn branches(
        &mut self,
        at: usize,
        content: &Content,
        direction: Direction,
        name: &str,
        counts: Option<&Counts>,
    ) -> Vec<Point> {
        let schema = content.schema.as_ref().filter(|_| self.detail == Detail::Whole);
        let all = schema.map_or_else(Vec::new, |schema| Branches::of(self.contract, schema, direction).all);
        let taken = counts.map(Counts::branches);
        let point = |branch: &Branch| {
            let count = taken.as_ref().and_then(|taken| taken.get(&(at, Arc::clone(&branch.name))).copied());
            let name = format!("{name} {}", branch.name);
            self.point(PointKind::Branch, name, &branch.written, count.unwrap_or(0))
        };
        all.iter().map(point).collect()
    }

    fn point(&mut self, kind: PointKind, name: String, pointer: &Pointer, count: u64) -> Point {
        let (file, line) = self.places.entry(pointer.clone()).or_insert_with(|| {
            let place = self.contract.document.place(pointer);
            (place.file.to_string(), place.line)
        });
        Point { kind, name, file: file.clone(), line: *line, count }
    }
}
