//! Examples of every notation: values, texts as they are sent, and files beside the document.

use std::sync::Arc;

use bytes::Bytes;
use indexmap::IndexMap;
use openapiv3::{self as typed, ReferenceOr};
use serde_json::Value;

use super::{Build, pointer_of};
use crate::contract::Example;
use crate::contract::content::Kept;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::POINTER;
use crate::media_type::{Kind, MediaType};
use crate::pointer::Pointer;
use crate::schema::Direction;

/// The examples of a media type, parameter or header: the one without a name, and those with names. The shape gives
/// the pointers of values and texts in place of them.
pub(super) type Given = (Option<Value>, IndexMap<String, ReferenceOr<typed::Example>>);

/// What of an example is known: its value, and how it is sent.
type Known = (Option<Kept<Arc<Value>>>, Option<Kept<Bytes>>);

impl Build<'_> {
    /// The examples of what is written as `media_type`, or by a style if that is `None`.
    pub(super) fn examples(&mut self, (one, named): Given, media_type: Option<&MediaType>) -> Vec<Example> {
        let kind = media_type.map(MediaType::kind);
        let one = one.map(|place| pointer_of(Some(&place)));
        let one = one.map(|place| (None, place.clone(), self.of_value(place, kind)));
        let mut found: Vec<(Option<String>, Pointer, Known)> = one.into_iter().collect();
        for (name, example) in named {
            let ReferenceOr::Item(example) = example else { continue };
            let value = example.value.map(|place| pointer_of(Some(&place)));
            let text = example.extensions.get("x-standin-written").map(|place| pointer_of(Some(place)));
            let (pointer, known) = match (value, text) {
                (Some(value), Some(text)) if kind.is_some_and(|kind| kind != Kind::Json) => {
                    (value.clone(), (Some(Kept::Inside(value)), Some(Kept::Inside(text))))
                }
                (Some(value), _) => (value.clone(), self.of_value(value, kind)),
                (None, Some(text)) => (text.clone(), self.of_text(text, kind)),
                (None, None) => {
                    let pointer = pointer_of(example.extensions.get(POINTER));
                    let known = self.of_file(&pointer, kind);
                    (pointer.join("externalValue"), known)
                }
            };
            found.push((Some(name), pointer, known));
        }
        let is_known = |(_, _, known): &(_, _, Known)| known.0.is_some() || known.1.is_some();
        found
            .into_iter()
            .filter(is_known)
            .map(|(name, pointer, (value, written))| Example { name, pointer, value, written })
            .collect()
    }

    /// A text stands for content as it is sent, except where content is JSON; its schema judges what is read of it.
    fn of_value(&self, place: Pointer, kind: Option<Kind>) -> Known {
        match kind {
            Some(kind) if kind != Kind::Json && self.text_at(&place).is_some() => {
                (None, Some(Kept::Inside(place)))
            }
            Some(_) | None => (Some(Kept::Inside(place)), None),
        }
    }

    fn text_at(&self, place: &Pointer) -> Option<&str> {
        place.find(self.schemas.root(Direction::Response))?.as_str()
    }

    /// What is written in the notation of its kind.
    fn of_text(&mut self, place: Pointer, kind: Option<Kind>) -> Known {
        match kind {
            Some(Kind::Json) => match serde_json::from_str(self.text_at(&place).unwrap_or_default()) {
                Ok(value) => (Some(Kept::Beside(Arc::new(value))), None),
                Err(error) => {
                    let message = format!("this example is not readable as JSON: {error}");
                    let diagnostic = Diagnostic::warning("example-unreadable", message);
                    self.diagnostics.push(diagnostic.at(Some(self.document.span(&place))));
                    (None, None)
                }
            },
            Some(_) => self.of_value(place, kind),
            // By a style, which is not read back here.
            None => (None, Some(Kept::Inside(place))),
        }
    }

    fn of_file(&mut self, example: &Pointer, kind: Option<Kind>) -> Known {
        let Some(file) = self.document.external(example) else { return (None, None) };
        match kind {
            Some(Kind::Json) | None => match file.value() {
                Ok(value) => (Some(Kept::Beside(value)), None),
                Err(diagnostic) => {
                    let place = || self.document.span(&example.join("externalValue"));
                    let span = diagnostic.span.clone().unwrap_or_else(place);
                    self.diagnostics
                        .push(Diagnostic { severity: Severity::Warning, ..diagnostic.at(Some(span)) });
                    (None, None)
                }
            },
            Some(_) => (None, Some(Kept::Beside(file.bytes.clone()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::contract::Contract;
    use crate::document::{Document, LoadOptions, Source};
    use crate::schema::Direction;

    const DOCUMENT: &str = "openapi: 3.2.0
info: { title: T, version: '1' }
paths:
  /pet:
    get:
      responses:
        '200': { $ref: '#/components/responses/Pet' }
        '404': { $ref: '#/components/responses/Pet' }
components:
  responses:
    Pet:
      description: ok
      content:
        application/json: { $ref: '#/components/mediaTypes/Pet' }
        application/xml: { $ref: '#/components/mediaTypes/Pet' }
  mediaTypes:
    Pet:
      examples:
        inside: { value: { name: Rex } }
        data: { dataValue: { name: Ida }, serializedValue: '{}' }
        text: { serializedValue: '{\"name\": \"Leo\"}' }
        file: { $ref: '#/components/examples/File' }
  examples:
    File: { externalValue: pet.json }
";

    #[test]
    fn values_stay_in_the_document_and_those_of_a_file_are_shared() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("openapi.yaml");
        std::fs::write(&root, DOCUMENT).unwrap();
        std::fs::write(folder.path().join("pet.json"), "{\"name\": \"Eva\"}").unwrap();
        let loaded = Document::load(&Source::File(root), LoadOptions::default());
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let (contract, _) = Contract::build("t", loaded.value.unwrap());
        let schemas = &contract.schemas;
        let [one, other] = &contract.operations[0].responses[..] else { panic!("two responses") };
        let told: Vec<String> = one
            .content
            .iter()
            .flat_map(|content| &content.examples)
            .map(|example| {
                let value = example.value(schemas).map(ToString::to_string).unwrap_or_default();
                let written = example.written(schemas).unwrap_or_default();
                format!("{} {value} {}", example.pointer.last().unwrap(), String::from_utf8_lossy(&written))
            })
            .collect();
        let expected = [
            "value {\"name\":\"Rex\"} ",
            "dataValue {\"name\":\"Ida\"} ",
            "serializedValue {\"name\":\"Leo\"} ",
            "externalValue {\"name\":\"Eva\"} ",
            "value {\"name\":\"Rex\"} ",
            "dataValue {\"name\":\"Ida\"} {}",
            "serializedValue  {\"name\": \"Leo\"}",
            "externalValue  {\"name\": \"Eva\"}",
        ];
        assert_eq!(told, expected);
        for example in &one.content[0].examples[..2] {
            let there = example.pointer.find(schemas.root(Direction::Response)).unwrap();
            assert!(std::ptr::eq(example.value(schemas).unwrap(), there));
        }
        let of_file = |at: usize| [one, other][at].content[0].examples[3].value(schemas).unwrap();
        assert!(std::ptr::eq(of_file(0), of_file(1)));
    }
}
