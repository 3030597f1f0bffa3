//! What of a request comes back in the reply: values by name, in the notation of the reply's schema.

use serde_json::Value;

use crate::generate::hint::folds_to;
use crate::generate::node::Slot;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};

/// A value of the request that the reply's main record should take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Echo<'a> {
    /// The name of the parameter or property.
    pub name: &'a str,
    /// Its value.
    pub value: &'a Value,
    /// A schema of the request that the value is known to satisfy: where the reply's is the same, nothing is to be judged.
    pub(super) schema: Option<&'a Pointer>,
    /// What its folded name starts with, if that is an ASCII letter or digit: it rules most names out at once.
    initial: Option<u8>,
}

const PAGING: [&str; 9] =
    ["limit", "perpage", "pagesize", "offset", "page", "size", "pagenumber", "skip", "count"];

impl<'a> Echo<'a> {
    /// A value by name that no schema is known for.
    pub fn new(name: &'a str, value: &'a Value) -> Self {
        let first = name.as_bytes().first().filter(|first| first.is_ascii_alphanumeric());
        Self { name, value, schema: None, initial: first.map(u8::to_ascii_lowercase) }
    }

    /// The same, known to satisfy a schema of the request.
    #[must_use]
    pub fn satisfying(self, schema: Option<&'a Pointer>) -> Self {
        Self { schema, ..self }
    }

    /// Whether it goes by a folded name.
    #[inline]
    pub(super) fn is_named(&self, folded: &str) -> bool {
        let may_be = self.initial.is_none() || self.initial == folded.as_bytes().first().copied();
        may_be && folds_to(self.name, folded)
    }

    /// Whether it is a paging parameter, which may come back one level down.
    pub(super) fn is_paging(&self) -> bool {
        PAGING.iter().any(|name| self.is_named(name))
    }
}

/// Whether all schemas of a node are the same as one of the request.
pub(super) fn is_same(slot: &Slot, schema: &Pointer, (schemas, direction): (&Schemas, Direction)) -> bool {
    let is_same = || {
        let mut parts = slot.parts.iter();
        direction == Direction::Response && parts.all(|part| schemas.are_same(schema, part))
    };
    // Properties that take a value of the request take it from one place in most documents.
    let same = slot.same.get_or_init(|| is_same().then(|| schema.clone()));
    same.as_ref() == Some(schema)
}

/// Whether a value satisfies all schemas of a node.
pub(super) fn fits(value: &Value, slot: &Slot, (schemas, direction): (&Schemas, Direction)) -> bool {
    let judges = slot.judges.get_or_init(|| {
        let judges = slot.parts.iter().map(|pointer| schemas.validator(pointer, direction).ok());
        judges.collect()
    });
    judges.as_ref().is_some_and(|judges| judges.iter().all(|judge| judge.is_valid(value)))
}

/// Writes a value as JSON.
pub(super) fn write(value: &Value, out: &mut Vec<u8>) {
    // Writing to memory fails for no `Value`.
    let _ = serde_json::to_writer(out, value);
}

/// Writes a text as JSON.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, text);
}
