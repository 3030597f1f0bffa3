//! What of a request comes back in the reply: values by name, in the notation of the reply's schema.

use serde_json::Value;

use crate::generate::hint::folded;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};

/// A value of the request that the reply's main record should take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Echo<'a> {
    /// The name of the parameter or property.
    pub name: &'a str,
    /// Its value.
    pub value: &'a Value,
}

/// A value by the name that it is compared by.
pub(super) struct Wished<'a> {
    pub folded: String,
    pub value: &'a Value,
    /// Whether it is a paging parameter, which may come back one level down.
    pub paging: bool,
}

const PAGING: [&str; 9] =
    ["limit", "perpage", "pagesize", "offset", "page", "size", "pagenumber", "skip", "count"];

impl<'a> Wished<'a> {
    pub fn of(echo: &Echo<'a>) -> Self {
        let folded = folded(echo.name);
        let paging = PAGING.contains(&folded.as_str());
        Self { folded, value: echo.value, paging }
    }
}

/// Whether the value satisfies all schemas at these places.
pub(super) fn fits(value: &Value, parts: &[Pointer], judge: (&Schemas, Direction)) -> bool {
    let accepts =
        |pointer| judge.0.validator(pointer, judge.1).is_ok_and(|validator| validator.is_valid(value));
    parts.iter().all(accepts)
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
