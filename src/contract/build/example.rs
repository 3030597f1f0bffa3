//! Examples of every notation: values, texts as they are sent, and files beside the document.

use bytes::Bytes;
use indexmap::IndexMap;
use openapiv3::{self as typed, ReferenceOr};
use serde_json::Value;

use super::{Build, Extensions, pointer_of};
use crate::contract::Example;
use crate::diagnostic::Diagnostic;
use crate::document::POINTER;
use crate::media_type::{Kind, MediaType};
use crate::pointer::Pointer;
use crate::schema::Direction;

/// The examples of a media type, parameter or header as they are written in the document.
pub(super) struct Given {
    one: Option<Value>,
    named: IndexMap<String, ReferenceOr<typed::Example>>,
    /// The place of `one`, where that is not the `example` of its owner.
    place: Option<Pointer>,
}

impl Given {
    pub(super) fn of(
        one: Option<Value>,
        named: IndexMap<String, ReferenceOr<typed::Example>>,
        extensions: &Extensions,
    ) -> Self {
        let place = extensions.get("x-standin-example-pointer").map(|found| pointer_of(Some(found)));
        Self { one, named, place }
    }
}

/// What of an example is known.
type Known = (Option<Value>, Option<Bytes>);

impl Build<'_> {
    /// The examples of what stands at `owner` and is written as `media_type`, or by a style if that is `None`.
    pub(super) fn examples(
        &mut self,
        given: Given,
        owner: &Pointer,
        media_type: Option<&MediaType>,
        schema: Option<&Pointer>,
    ) -> Vec<Example> {
        let kind = media_type.map(MediaType::kind);
        let place = given.place.unwrap_or_else(|| owner.join("example"));
        let one = given.one.map(|value| (None, place, self.of_value(value, kind, schema)));
        let mut found: Vec<(Option<String>, Pointer, Known)> = one.into_iter().collect();
        for (name, example) in given.named {
            let ReferenceOr::Item(example) = example else { continue };
            let pointer = pointer_of(example.extensions.get(POINTER));
            let written = example.extensions.get("x-standin-written").and_then(Value::as_str);
            let (field, known) = match (example.value, written) {
                (Some(value), Some(text)) if kind.is_some_and(|kind| kind != Kind::Json) => {
                    ("dataValue", (Some(value), Some(Bytes::from(text.to_owned()))))
                }
                (Some(value), _) => (self.field_of(&pointer), self.of_value(value, kind, schema)),
                (None, Some(text)) => {
                    ("serializedValue", self.of_text(text, kind, schema, &pointer.join("serializedValue")))
                }
                (None, None) => ("externalValue", self.of_file(&pointer, kind, schema)),
            };
            found.push((Some(name), pointer.join(field), known));
        }
        let is_known = |(_, _, known): &(_, _, Known)| known.0.is_some() || known.1.is_some();
        found
            .into_iter()
            .filter(is_known)
            .map(|(name, pointer, (value, written))| Example { name, pointer, value, written })
            .collect()
    }

    /// The field that holds the value of an Example Object.
    fn field_of(&self, example: &Pointer) -> &'static str {
        let holds = |field| example.join(field).find(self.schemas.root(Direction::Response)).is_some();
        if holds("value") || !holds("dataValue") { "value" } else { "dataValue" }
    }

    /// A text stands for content as it is sent, except where content is JSON.
    fn of_value(&self, value: Value, kind: Option<Kind>, schema: Option<&Pointer>) -> Known {
        match (value, kind) {
            (Value::String(text), Some(kind)) if kind != Kind::Json => self.text(text, kind, schema),
            (value, _) => (Some(value), None),
        }
    }

    fn text(&self, text: String, kind: Kind, schema: Option<&Pointer>) -> Known {
        let is_text = kind == Kind::Text && schema.is_none_or(|schema| self.takes_text(schema));
        (is_text.then(|| Value::String(text.clone())), Some(text.into()))
    }

    /// Whether a schema means text; one of a table or a record can't judge text that stands for such.
    fn takes_text(&self, schema: &Pointer) -> bool {
        let found = self.schemas.resolve(schema, Direction::Response);
        found.is_some_and(|(_, schema)| match schema.get("type") {
            Some(Value::Array(types)) => types.iter().any(|one| one == "string"),
            Some(one) => one == "string",
            None => schema.get("properties").is_none() && schema.get("items").is_none(),
        })
    }

    /// What is written in the notation of its kind.
    fn of_text(
        &mut self,
        text: &str,
        kind: Option<Kind>,
        schema: Option<&Pointer>,
        place: &Pointer,
    ) -> Known {
        match kind {
            Some(Kind::Json) => match serde_json::from_str(text) {
                Ok(value) => (Some(value), None),
                Err(error) => {
                    let message = format!("this example is not readable as JSON: {error}");
                    let diagnostic = Diagnostic::warning("example-unreadable", message);
                    self.diagnostics.push(diagnostic.at(Some(self.document.span(place))));
                    (None, None)
                }
            },
            Some(kind) => self.text(text.to_owned(), kind, schema),
            // By a style, which is not read back here.
            None => (None, Some(Bytes::from(text.to_owned()))),
        }
    }

    fn of_file(&mut self, example: &Pointer, kind: Option<Kind>, schema: Option<&Pointer>) -> Known {
        let Some(file) = self.document.external(example) else { return (None, None) };
        match kind {
            Some(Kind::Json) | None => match file.value() {
                Ok(value) => (Some(value), None),
                Err(diagnostic) => {
                    let place = || self.document.span(&example.join("externalValue"));
                    let span = diagnostic.span.clone().unwrap_or_else(place);
                    self.diagnostics.push(Diagnostic {
                        severity: crate::diagnostic::Severity::Warning,
                        ..diagnostic.at(Some(span))
                    });
                    (None, None)
                }
            },
            Some(Kind::Text) => match str::from_utf8(&file.bytes) {
                Ok(text) => self.text(text.to_owned(), Kind::Text, schema),
                Err(_) => (None, Some(file.bytes.clone())),
            },
            Some(_) => (None, Some(file.bytes.clone())),
        }
    }
}
