//! A case: one request that is to be made, as data, and what a good server makes of it.

use bytes::Bytes;
use serde_json::Value;

use crate::pointer::Pointer;

/// One request that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The document, by its place among those that are verified.
    pub document: usize,
    /// The operation, by its place in the document.
    pub operation: usize,
    /// Its name within the operation: `valid/edge/query.limit: highest 100`, `invalid/body#/name/min-length`.
    pub name: String,
    /// What a good server makes of it.
    pub nature: Nature,
    /// The request.
    pub draft: Draft,
}

/// What a good server makes of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nature {
    /// It is answered; if it is about one part of the request, that is told.
    Valid(Option<Focus>),
    /// It is refused with a 4xx.
    Invalid,
}

/// The part of a request that a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    /// The place in the message: `["request", "query", "limit"]`.
    pub location: Vec<String>,
    /// The place in the document.
    pub pointer: Pointer,
    /// What is special there, as the end of a sentence.
    pub what: String,
}

/// A request before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The parameters that are sent, in the operation's order.
    pub arguments: Vec<Argument>,
    /// The content; `None` for none.
    pub payload: Option<Payload>,
    /// Which credentials are shown.
    pub shown: Shown,
}

/// A parameter with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// The parameter, by its place in the operation.
    pub parameter: usize,
    /// The value.
    pub value: Value,
    /// Where the value comes from.
    pub origin: Origin,
}

/// Where the value of a parameter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The user.
    Given,
    /// An earlier reply, of what it asks for.
    Taken,
    /// An earlier reply, by its name alone.
    Guessed,
    /// The document.
    Example,
    /// The schema.
    Generated,
    /// What the case is about: nothing else can stand in its place.
    Meant,
}

/// Content that is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// What is declared for it, by its place among the contents of the operation.
    pub content: usize,
    /// Its `Content-Type`.
    pub content_type: String,
    /// The value that it is written from; `None` if only the bytes are known.
    pub value: Option<Value>,
    /// What is sent.
    pub bytes: Bytes,
}

/// Which credentials are shown where an operation asks for some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Those that the user gave, if any.
    Good,
    /// None.
    None,
    /// Well-formed ones that nobody accepts: the literal `invalid`.
    Wrong,
}

impl Draft {
    /// The draft with another value of a parameter, which the case is about.
    #[must_use]
    pub(super) fn with(&self, parameter: usize, value: Value) -> Self {
        let mut draft = self.without(parameter);
        let at = draft.arguments.partition_point(|argument| argument.parameter < parameter);
        draft.arguments.insert(at, Argument { parameter, value, origin: Origin::Meant });
        draft
    }

    /// The draft without a parameter.
    #[must_use]
    pub(super) fn without(&self, parameter: usize) -> Self {
        let mut draft = self.clone();
        draft.arguments.retain(|argument| argument.parameter != parameter);
        draft
    }

    /// The draft with other content.
    #[must_use]
    pub(super) fn carrying(&self, payload: Option<Payload>) -> Self {
        Self { payload, ..self.clone() }
    }
}
