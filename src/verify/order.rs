//! In which order operations are asked: what lists comes before what needs ids, what deletes comes last.

use http::Method;

use crate::contract::{Location, Operation};

/// A group of operations that are asked at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Reads (`false`) and then creates (`true`) at a depth of ids.
    At(usize, bool),
    /// Changes at a depth of ids.
    Changes(usize),
    /// Deletes: the deepest first, so that nothing goes before what is in it.
    Deletes(std::cmp::Reverse<usize>),
}

impl Stage {
    /// The stage of an operation.
    pub(super) fn of(operation: &Operation) -> Self {
        let in_path = operation.parameters.iter().filter(|parameter| parameter.location == Location::Path);
        let depth = in_path.count();
        match &operation.method {
            method if *method == Method::DELETE => Self::Deletes(std::cmp::Reverse(depth)),
            method if *method == Method::POST => Self::At(depth, true),
            method if is_safe(method) => Self::At(depth, false),
            _ => Self::Changes(depth),
        }
    }
}

/// Whether a method only reads (RFC 9110 9.2.1; QUERY of OpenAPI 3.2).
pub(super) fn is_safe(method: &Method) -> bool {
    method.is_safe() || method.as_str() == "QUERY"
}
