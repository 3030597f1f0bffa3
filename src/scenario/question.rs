//! What a script is asked: a request with all that is known of it.

use http::header::AUTHORIZATION;
use serde_json::Value;

use super::predicate::{Found, Piece};
use super::template::{Reference, Source};
use crate::check;
use crate::clock::Moment;
use crate::codec::Input;
use crate::contract::{Contract, Location, Operation};
use crate::message::Request;
use crate::pointer::Pointer;
use crate::seed::Seed;
use crate::violation::Violation;

/// A request to an operation.
pub struct Question<'a> {
    /// The number of its exchange.
    pub id: u64,
    /// When it was read.
    pub at: Moment,
    /// The document, by its place among those that are served.
    pub document: usize,
    /// The operation, by its place in the document.
    pub operation: usize,
    /// The number by which the operation is counted, whatever is reloaded.
    pub place: usize,
    /// The document itself.
    pub contract: &'a Contract,
    /// The request.
    pub request: &'a Request,
    /// Its decoded parameters, by their places in the operation.
    pub parameters: &'a [(usize, Value)],
    /// Its decoded content.
    pub body: Option<&'a Value>,
    /// What was found in it.
    pub violations: &'a [Violation],
    /// Which call of the operation in the session it is, from 1.
    pub nth: u64,
    /// The session's id.
    pub session: &'a str,
    /// Makes its fingerprint: equal for what counts as the same request.
    pub fingerprint: &'a dyn Fn() -> Seed,
}

impl<'a> Question<'a> {
    pub(super) fn declared(&self) -> &'a Operation {
        &self.contract.operations[self.operation]
    }

    /// A parameter's value, decoded by its declaration.
    fn parameter(&self, location: Location, name: &str) -> Option<&'a Value> {
        let declared = &self.declared().parameters;
        let mut values = self.parameters.iter();
        let is_it = |index: usize| declared[index].location == location && declared[index].name == name;
        values.find(|(index, _)| is_it(*index)).map(|(_, value)| value)
    }

    pub(super) fn query(&self, name: &str) -> Found<'a> {
        if let Some(value) = self.parameter(Location::Query, name) {
            return Found::parameter(value);
        }
        let pairs = form_urlencoded::parse(self.request.query.as_deref().unwrap_or_default().as_bytes());
        pairs.filter(|(key, _)| key == name).map(|(_, value)| Piece::Text(value)).collect()
    }

    pub(super) fn header(&self, name: &str) -> Found<'a> {
        let lines = self.request.headers.get_all(name).iter();
        lines.map(|line| Piece::Text(String::from_utf8_lossy(line.as_bytes()))).collect()
    }

    pub(super) fn cookie(&self, name: &str) -> Found<'a> {
        let input = Input::new(&[], &[], None, &self.request.headers);
        input.cookie_value(name).map(Piece::Text).into_iter().collect()
    }

    /// A part of the content; of content that is no value only the whole, as text.
    pub(super) fn content(&self, pointer: &Pointer) -> Found<'a> {
        match self.body {
            Some(body) => pointer.find(body).map_or_else(Found::default, Found::value),
            None if pointer.is_root() && !self.request.body.is_empty() => {
                Found::text(String::from_utf8_lossy(&self.request.body))
            }
            None => Found::default(),
        }
    }

    /// The credential that the operation would look at, else whatever stands in `Authorization`.
    pub(super) fn credential(&self) -> Option<String> {
        check::credential(self.contract, self.declared(), self.request).or_else(|| {
            let header = self.request.headers.get(AUTHORIZATION)?;
            Some(String::from_utf8_lossy(header.as_bytes()).into_owned())
        })
    }
}

/// What templates are filled from: the request, the scenario's state, and the generated reply.
pub struct Filling<'a> {
    /// The request.
    pub question: &'a Question<'a>,
    /// The state that the scenario was in.
    pub state: &'a str,
    /// The content that was generated, where it is JSON.
    pub generated: Option<&'a Value>,
}

impl Source for Filling<'_> {
    fn value(&self, reference: &Reference, place: &Pointer) -> Option<Value> {
        let question = self.question;
        let text = |found: Found<'_>| found.first_text().map(Value::String);
        match reference {
            Reference::Method => Some(question.request.method.as_str().into()),
            Reference::Target => Some(question.request.target().into()),
            Reference::Path(name) => question.parameter(Location::Path, name).cloned(),
            Reference::Query(name) => {
                question.parameter(Location::Query, name).cloned().or_else(|| text(question.query(name)))
            }
            Reference::Header(name) => text(question.header(name)),
            Reference::Cookie(name) => text(question.cookie(name)),
            Reference::Body(pointer) => match question.body {
                Some(body) => pointer.find(body).cloned(),
                None => text(question.content(pointer)),
            },
            Reference::Call => Some(question.nth.into()),
            Reference::State => Some(self.state.into()),
            Reference::Session => Some(question.session.into()),
            Reference::Generate => place.find(self.generated?).cloned(),
        }
    }
}
