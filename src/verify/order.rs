//! In which order operations are asked: what lists comes before what needs ids, what deletes comes last.

use std::cmp::Reverse;

use http::Method;

use crate::contract::{Location, Operation};

/// A group of operations that are asked at the same time, by how many ids their paths have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// What reads and what creates, by turns: each depth needs the ids of the one above it.
    At(usize, Doing),
    /// What changes.
    Changes(usize),
    /// What deletes, the deepest first, so that nothing goes before what is in it.
    Deletes(Reverse<usize>),
}

/// What operations do that later ones need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doing {
    Read,
    Create,
}

impl Stage {
    /// The stage of an operation.
    pub(super) fn of(operation: &Operation) -> Self {
        let in_path = operation.parameters.iter().filter(|parameter| parameter.location == Location::Path);
        let depth = in_path.count();
        match &operation.method {
            method if *method == Method::DELETE => Self::Deletes(Reverse(depth)),
            method if *method == Method::POST => Self::At(depth, Doing::Create),
            method if is_safe(method) => Self::At(depth, Doing::Read),
            _ => Self::Changes(depth),
        }
    }
}

/// Whether a method only reads (RFC 9110 9.2.1; QUERY of OpenAPI 3.2).
pub(super) fn is_safe(method: &Method) -> bool {
    method.is_safe() || method.as_str() == "QUERY"
}
