//! The examples that the document gives of content, each with whether it can be served.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use serde_json::Value;

use crate::codec::{as_sent, judge_example};
use crate::contract::{Content, Contract, Example};
use crate::generate::Notation;
use crate::media_type::Kind;
use crate::pointer::Pointer;
use crate::schema::Direction;
use crate::seed::Seed;

/// An example of the document.
#[derive(Debug, Clone)]
pub struct CheckedExample {
    /// Its name in `examples`.
    pub name: Option<String>,
    /// What of it can take values of the request; `None` for all but JSON.
    pub value: Option<Arc<Value>>,
    /// What is sent.
    pub bytes: Bytes,
    /// Its `Content-Type`, where it is another than the declared one: its parts have a boundary of their own.
    pub content_type: Option<HeaderValue>,
    /// Whether it is valid by the content's schema.
    pub is_valid: bool,
}

/// The examples that count: the media type's own, else the schema's.
pub fn all(contract: &Contract, content: &Content, direction: Direction) -> Vec<CheckedExample> {
    let checking = Checking { contract, content, direction };
    if content.examples.is_empty() {
        return checking.of_schema().into_iter().collect();
    }
    content.examples.iter().map(|example| checking.given(example)).collect()
}

struct Checking<'a> {
    contract: &'a Contract,
    content: &'a Content,
    direction: Direction,
}

impl Checking<'_> {
    /// The example that the schema itself gives: a value, or a text that stands for content as it is sent.
    fn of_schema(&self) -> Option<CheckedExample> {
        let (_, value) = self.contract.schemas.example(self.content.schema.as_ref()?, self.direction)?;
        let of_value = || self.checked(None, Some(value), None);
        let Some(text) = value.as_str().filter(|_| self.content.media_type.kind() != Kind::Json) else {
            return Some(of_value());
        };
        let of_text = self.checked(None, None, Some(Bytes::copy_from_slice(text.as_bytes())));
        let is_value = !of_text.is_valid && fits(self.contract, self.content, value, self.direction);
        Some(if is_value { of_value() } else { of_text })
    }

    fn given(&self, example: &Example) -> CheckedExample {
        let schemas = &self.contract.schemas;
        self.checked(example.name.clone(), example.value(schemas), example.written(schemas))
    }

    fn checked(&self, name: Option<String>, value: Option<&Value>, written: Option<Bytes>) -> CheckedExample {
        let declared = &self.content.media_type;
        let is_valid = value.is_none_or(|value| fits(self.contract, self.content, value, self.direction))
            && written.as_ref().is_none_or(|bytes| self.reads_well(bytes));
        let sent = written.as_ref().map(|bytes| as_sent(declared, bytes));
        let content_type = sent
            .filter(|media_type| media_type != declared)
            .and_then(|media_type| HeaderValue::from_str(&media_type.to_string()).ok());
        let bytes = written.unwrap_or_else(|| {
            let notation = Notation::new(&self.contract.schemas, self.content, declared, self.direction);
            let mut bytes = Vec::new();
            notation.write(value.unwrap_or(&Value::Null), &mut Seed(0).random(), &mut bytes);
            bytes.into()
        });
        let value = value.filter(|_| declared.kind() == Kind::Json).cloned().map(Arc::new);
        CheckedExample { name, value, bytes, content_type, is_valid }
    }

    /// Whether what is written can be read, and satisfies the content's schema.
    fn reads_well(&self, bytes: &[u8]) -> bool {
        let schemas = &self.contract.schemas;
        let mismatch = |schema: &Pointer, value: &Value| {
            let validator = schemas.validator(schema, self.direction);
            (!validator.is_ok_and(|validator| validator.is_valid(value))).then_some(())
        };
        matches!(judge_example(schemas, self.content, self.direction, bytes, mismatch), Ok(None))
    }
}

/// Whether a value satisfies the content's schema as it stands in a message.
pub(super) fn fits(contract: &Contract, content: &Content, value: &Value, direction: Direction) -> bool {
    content.schema.as_ref().is_none_or(|schema| {
        contract.schemas.validator(schema, direction).is_ok_and(|validator| validator.is_valid(value))
    })
}
