//! What of the documents was exercised, written for people, programs and editors: one format per file.

mod json;
mod lcov;
mod markdown;
mod text;

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use crate::drift::coverage::{DocumentCoverage, OperationCoverage, Point};

/// Every format.
pub const COVERAGE_FORMATS: &[Format] = &[text::FORMAT, json::FORMAT, lcov::FORMAT, markdown::FORMAT];

/// The names of the formats.
pub const COVERAGE_NAMES: &[&str] =
    &[text::FORMAT.name, json::FORMAT.name, lcov::FORMAT.name, markdown::FORMAT.name];

/// How much was exercised.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "standin coverage")]
pub struct Exercised<'a> {
    /// How many operations, parameters, statuses, contents and branches were exercised.
    pub exercised: usize,
    /// How many there are.
    pub of: usize,
    /// The share in percent; 100 where there is nothing to exercise.
    pub percent: f64,
    /// What of each document.
    pub documents: &'a [DocumentCoverage],
}

impl<'a> Exercised<'a> {
    /// How much of documents was exercised.
    pub fn of(documents: &'a [DocumentCoverage]) -> Self {
        let operations = || documents.iter().flat_map(|document| &document.operations);
        let (exercised, of) = (operations().map(hits).sum(), operations().map(all).sum());
        Self { exercised, of, percent: percent(exercised, of), documents }
    }
}

/// How many points of an operation were exercised, the operation itself among them.
fn hits(operation: &OperationCoverage) -> usize {
    usize::from(operation.count > 0) + operation.points.iter().filter(|point| point.count > 0).count()
}

fn all(operation: &OperationCoverage) -> usize {
    1 + operation.points.len()
}

fn percent(exercised: usize, of: usize) -> f64 {
    if of == 0 { 100.0 } else { exercised as f64 * 100.0 / of as f64 }
}

/// The points of an operation that were not exercised.
fn missed(operation: &OperationCoverage) -> impl Iterator<Item = &Point> {
    operation.points.iter().filter(|point| point.count == 0)
}

/// One line of sums: `12 of 20 exercised (60.0 %)`.
fn sum(exercised: usize, of: usize) -> String {
    format!("{exercised} of {of} exercised ({:.1} %)", percent(exercised, of))
}
