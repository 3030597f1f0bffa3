//! Content that a scenario gives, held against what the document declares for its status.

use serde_json::Value;

use super::Lookup;
use crate::contract::{Content, Response};
use crate::diagnostic::Diagnostic;
use crate::media_type::Kind;
use crate::negotiate;
use crate::pointer::Pointer;
use crate::scenario::script::{Answer, Base, Given};
use crate::schema::{self, Direction, Mismatch};

impl<'a> Lookup<'a> {
    /// Whether the content may be sent; where it breaks the contract, that is told. What references will put in is not
    /// known yet, and judged when they have.
    pub(super) fn judge(&mut self, answer: &Answer, place: (usize, usize), at: &Pointer) -> bool {
        let Some(given) = answer.body.as_ref().filter(|_| !answer.is_unchecked) else { return true };
        let Some(response) = self.response(&answer.base, place) else { return true };
        let operation = self.operation(place);
        let parsed;
        let (value, open, at) = match given {
            Given::Value(form) => {
                (form.sample(), form.open().into_iter().map(|(place, _)| place).collect(), at.join("body"))
            }
            Given::Text(template) => {
                let Some(text) = template.plain() else { return true };
                let at = at.join("text");
                if json(response).is_none() {
                    return self.judge_text(text, response, &operation.id, &at);
                }
                parsed = serde_json::from_str::<Value>(text);
                match parsed {
                    Ok(value) => (value, Vec::new(), at),
                    Err(error) => {
                        let message =
                            format!("the text is no JSON, which `{}` answers: {error}", operation.id);
                        self.refuse(message, &at);
                        return false;
                    }
                }
            }
        };
        let Some(content) = json(response) else {
            let message = match response.content.first() {
                Some(content) => format!("answers {} with {}, not JSON", response.key, content.media_type),
                None => format!("declares no content for {}", response.key),
            };
            self.refuse(format!("`{}` {message}", operation.id), &at);
            return false;
        };
        let Some(pointer) = &content.schema else { return true };
        let schemas = &self.contracts[place.0].schemas;
        let Ok(validator) = schemas.validator(pointer, Direction::Response) else { return true };
        let found = schema::mismatches(&validator, &value);
        let Some(mismatch) = found.iter().find(|mismatch| is_certain(mismatch, &open)) else { return true };
        let message = format!("the body breaks the contract of `{}`: {}", operation.id, mismatch.message);
        self.refuse(message, &at.concat(&mismatch.instance));
        false
    }

    fn judge_text(&mut self, text: &str, response: &Response, operation: &str, at: &Pointer) -> bool {
        if response.content.is_empty() && !text.is_empty() {
            self.refuse(format!("`{operation}` declares no content for {}", response.key), at);
            return false;
        }
        true
    }

    fn refuse(&mut self, message: String, at: &Pointer) {
        let help = "mend it, or say `unchecked: true` to send it as it is";
        self.report(Diagnostic::error("stub-invalid", message).help(help), at);
    }

    /// The declared response that an answer starts from, if there is one.
    fn response(&self, base: &Base, place: (usize, usize)) -> Option<&'a Response> {
        let operation = self.operation(place);
        let index = match base {
            Base::Usual | Base::Success | Base::Example { status: None, .. } => {
                negotiate::success(operation)?.response
            }
            Base::Status(status) | Base::Example { status: Some(status), .. } => {
                negotiate::declared(operation, *status)?.response
            }
            Base::Failure(failure) => failure.response,
        };
        Some(&operation.responses[index])
    }
}

/// Whether a mismatch stays one whatever is put in at the open places.
fn is_certain(mismatch: &Mismatch, open: &[Pointer]) -> bool {
    // These look at the names and the number of what is there, not at the values.
    const OF_SHAPE: &[&str] =
        &["type", "additionalProperties", "unevaluatedProperties", "maxItems", "minItems"];
    let mut within = open.iter().filter_map(|open| open.strip_prefix(&mismatch.instance));
    within.all(|below| !below.is_root() && OF_SHAPE.contains(&mismatch.keyword.as_str()))
}

/// The content that is JSON.
fn json(response: &Response) -> Option<&Content> {
    response.content.iter().find(|content| content.media_type.kind() == Kind::Json)
}
