//! A reply held against its declaration: status, header fields, media type, content.

use std::sync::OnceLock;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};

use super::body::Judge;
use super::explain::Subject;
use super::names::Excuses;
use super::prepared::{Prepared, PreparedContent};
use super::side::REPLY;
use super::{Strictness, undeclared};
use crate::codec::{self, Decoded, Folded};
use crate::contract::{Contract, Header, Operation, Response};
use crate::media_type::{Kind, MediaType};
use crate::message::{LARGEST_BODY, Reply, frames_a_message};
use crate::redact;
use crate::schema::{Direction, mismatches};
use crate::text;
use crate::violation::{Rule, Severity, Violation};

/// A reply from anywhere: our own, an upstream's, a recorded one.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: &'a HeaderMap,
    /// The content, empty if there was none; `None` if nobody knows what it was.
    pub body: Option<&'a Bytes>,
}

impl<'a> From<&'a Reply> for Received<'a> {
    fn from(reply: &'a Reply) -> Self {
        Self { status: reply.status, headers: &reply.headers, body: Some(&reply.body) }
    }
}

/// Some whole items of content that comes item by item.
#[derive(Debug, Clone, Copy)]
pub struct Items<'a> {
    /// The items as they were sent.
    pub bytes: &'a Bytes,
    /// How many lines came before them.
    pub lines_before: usize,
}

/// What was found in a reply.
#[derive(Debug, Default)]
pub struct CheckedReply {
    /// Every breach: status, then header fields, then content.
    pub violations: Vec<Violation>,
    /// Why the content was not judged, if it could not be.
    pub unjudged: Option<Unjudged>,
    /// Whether the text of the content told by itself that nothing is to be found in it, so that no value was made of it.
    pub is_skimmed: bool,
}

/// Why content was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unjudged {
    /// It is not known: a recorder left it out.
    Unknown,
    /// It is encoded (`Content-Encoding`) in a way that can't be read, or is too large behind its codings.
    Encoded,
    /// It breaks the contract on purpose and says so (`standin-broke`).
    Deliberate,
}

/// What an operation's responses come to for checking; each is compiled on first use.
#[derive(Debug)]
pub(super) struct Replies {
    responses: Vec<OnceLock<PreparedResponse>>,
}

/// What one response comes to.
#[derive(Debug)]
struct PreparedResponse {
    /// One for each declared header field.
    headers: Vec<Prepared>,
    /// One for each declared content.
    contents: Vec<PreparedContent>,
}

impl PreparedResponse {
    fn new(response: &Response) -> Self {
        let header = |header: &Header| Prepared::new(header.schema.as_ref(), Direction::Response);
        let contents = response.content.iter();
        Self {
            headers: response.headers.iter().map(header).collect(),
            contents: contents.map(|content| PreparedContent::new(content, Direction::Response)).collect(),
        }
    }
}

impl Replies {
    pub(super) fn new(operation: &Operation) -> Self {
        Self { responses: operation.responses.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Holds a reply to a request of this method against the operation.
    pub(super) fn check(
        &self,
        contract: &Contract,
        operation: &Operation,
        method: &Method,
        received: Received<'_>,
        strictness: Strictness,
    ) -> CheckedReply {
        let mut checked = CheckedReply::default();
        let Some(index) = operation.response_of(received.status) else {
            checked.violations.push(undeclared_status(contract, operation, received.status));
            return checked;
        };
        let judge = self.judge(contract, operation, index, received);
        let response = judge.response;
        judge.headers(&mut checked.violations);
        checked.violations.extend(undeclared::in_reply(contract, response, received.headers));
        judge.content(method, strictness, 0, &mut checked);
        checked
    }

    /// Holds some items of a reply's content against the operation, and nothing else of it.
    pub(super) fn check_items(
        &self,
        contract: &Contract,
        operation: &Operation,
        received: Received<'_>,
        items: Items<'_>,
        strictness: Strictness,
    ) -> CheckedReply {
        let mut checked = CheckedReply::default();
        if let Some(index) = operation.response_of(received.status) {
            let received = Received { body: Some(items.bytes), ..received };
            let judge = self.judge(contract, operation, index, received);
            judge.content(&Method::GET, strictness, items.lines_before, &mut checked);
        }
        checked
    }

    fn judge<'a>(
        &'a self,
        contract: &'a Contract,
        operation: &'a Operation,
        index: usize,
        received: Received<'a>,
    ) -> ReplyJudge<'a> {
        let response = &operation.responses[index];
        let prepared = self.responses[index].get_or_init(|| PreparedResponse::new(response));
        ReplyJudge { contract, operation, response, prepared, received }
    }
}

fn undeclared_status(contract: &Contract, operation: &Operation, status: u16) -> Violation {
    let keys: Vec<String> = operation.responses.iter().map(|response| response.key.to_string()).collect();
    let declared = if keys.is_empty() {
        "no status at all".to_owned()
    } else {
        text::list(keys.iter().map(String::as_str))
    };
    let place = contract.document.place(&operation.pointer.join("responses"));
    let message = format!("the reply's status {status} is not declared, expected {declared}");
    let mut violation = Violation::new(Rule::StatusUndeclared, &["response", "status"], message, place);
    violation.found = Some(status.to_string());
    violation.expected = Some(declared);
    violation.help = Some("answer with a declared status, or declare this one".into());
    violation
}

/// One reply and the response that it is held against.
struct ReplyJudge<'a> {
    contract: &'a Contract,
    operation: &'a Operation,
    response: &'a Response,
    prepared: &'a PreparedResponse,
    received: Received<'a>,
}

impl ReplyJudge<'_> {
    fn headers(&self, found: &mut Vec<Violation>) {
        for (header, prepared) in self.response.headers.iter().zip(&self.prepared.headers) {
            let decoded = codec::header(header, prepared.expect(self.contract), self.received.headers);
            found.extend(self.header(header, prepared, decoded));
        }
    }

    fn header(&self, header: &Header, prepared: &Prepared, decoded: Decoded) -> Vec<Violation> {
        let called = format!("reply header `{}`", text::harmless(&header.name));
        let wrong = |rule, message: String, member: &str| {
            let place = self.contract.document.place(&header.pointer.join(member));
            let name = header.name.to_ascii_lowercase();
            Violation::new(rule, &["response", "header", &name], format!("{called}{message}"), place)
        };
        match decoded {
            // What frames a message is HTTP's to say, and is taken off before anyone looks.
            Decoded::Absent if header.required && !frames_a_message(&header.name) => {
                let mut violation = wrong(Rule::ReplyHeaderMissing, " is missing".into(), "required");
                violation.help = Some(format!("send the header field `{}`", text::harmless(&header.name)));
                vec![violation]
            }
            Decoded::Absent | Decoded::Empty => Vec::new(),
            Decoded::Value(value) => self.judge(&called, header, prepared, &value),
            Decoded::Values(values) => {
                // Of several readings, one that is valid is enough.
                let mut judged = values.iter().map(|value| self.judge(&called, header, prepared, value));
                let first = judged.next().unwrap_or_default();
                if first.is_empty() || judged.any(|found| found.is_empty()) { Vec::new() } else { first }
            }
            Decoded::Unreadable { found, reason } => {
                let shown = if redact::is_secret_name(&header.name) {
                    redact::HIDDEN.to_owned()
                } else {
                    format!("`{}`", redact::shown(&found, 120))
                };
                let mut violation = wrong(Rule::ReplyHeaderInvalid, format!(": {shown} {reason}"), "schema");
                violation.found = Some(shown);
                violation.help = Some("write the value as the header's schema asks".into());
                vec![violation]
            }
            // Each line is a cookie of its own (RFC 6265 3), which one schema can't describe.
            Decoded::Repeated { .. } if header.name.eq_ignore_ascii_case("set-cookie") => Vec::new(),
            Decoded::Repeated { count } => {
                let message = format!(" was sent {count} times and takes one value");
                let mut violation = wrong(Rule::ReplyHeaderInvalid, message, "schema");
                violation.found = Some(format!("{count} values"));
                violation.help = Some("send it once".into());
                vec![violation]
            }
        }
    }

    fn judge(
        &self,
        called: &str,
        header: &Header,
        prepared: &Prepared,
        value: &serde_json::Value,
    ) -> Vec<Violation> {
        let Some(validator) = prepared.validator(self.contract) else { return Vec::new() };
        if validator.is_valid(value) {
            return Vec::new();
        }
        let subject = Subject {
            rule: Rule::ReplyHeaderInvalid,
            location: vec!["response".into(), "header".into(), header.name.to_ascii_lowercase()],
            called: called.to_owned(),
            contract: self.contract,
            direction: Direction::Response,
            excuses: Excuses::default(),
            digits: Vec::new(),
        };
        subject.violations(mismatches(validator, value))
    }

    fn content(
        &self,
        method: &Method,
        strictness: Strictness,
        lines_before: usize,
        checked: &mut CheckedReply,
    ) {
        let has_none = *method == Method::HEAD || matches!(self.received.status, 204 | 205 | 304);
        let Some(body) = self.received.body else {
            checked.unjudged = Some(Unjudged::Unknown);
            if !has_none && self.received.headers.contains_key(CONTENT_TYPE) {
                let judge = self.content_judge(&[], strictness, 0);
                // Only whether the media type is declared can be told.
                let _ = judge.content(&mut checked.violations);
            }
            return;
        };
        if has_none || self.response.content.is_empty() {
            if !body.is_empty() {
                checked.violations.push(self.undeclared_content(method, has_none, body.len()));
            }
            return;
        }
        let mut judge = self.content_judge(body, strictness, lines_before);
        let unfolded = match codec::unfolded(self.received.headers, body, LARGEST_BODY) {
            Ok(unfolded) => unfolded,
            Err(Folded::TooLarge | Folded::Unknown(_)) => {
                checked.unjudged = Some(Unjudged::Encoded);
                return;
            }
            Err(folded) => {
                checked.violations.push(judge.folded(folded));
                return;
            }
        };
        if let Some(unfolded) = &unfolded {
            judge.bytes = unfolded;
        }
        if judge.bytes.is_empty() && self.may_be_empty() && !self.received.headers.contains_key(CONTENT_TYPE)
        {
            return;
        }
        if judge.bytes.is_empty() && !self.may_be_empty() {
            let message = format!("the reply has no content, expected {}", judge.media_types());
            let place = self.contract.document.place(&self.response.pointer.join("content"));
            let mut violation = Violation::new(Rule::ReplyBodyMissing, &["response", "body"], message, place);
            violation.expected = Some(judge.media_types());
            violation.help = Some(format!("send content of the type {}", judge.media_types()));
            checked.violations.push(violation);
            return;
        }
        checked.is_skimmed = judge.skims(&self.prepared.contents).is_some();
        if !checked.is_skimmed {
            judge.run(&self.prepared.contents, true, &mut checked.violations);
        }
    }

    fn content_judge<'j>(
        &'j self,
        bytes: &'j [u8],
        strictness: Strictness,
        lines_before: usize,
    ) -> Judge<'j> {
        Judge {
            side: &REPLY,
            contract: self.contract,
            contents: &self.response.content,
            pointer: &self.response.pointer,
            headers: self.received.headers,
            bytes,
            lines_before,
            strictness,
        }
    }

    /// Whether no bytes at all are content of the media type that was sent, else of one that is declared: an empty text
    /// or file, a stream without items, a form without fields.
    fn may_be_empty(&self) -> bool {
        let sent = self.received.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let fits = |media_type: &MediaType| match media_type.kind() {
            Kind::Json | Kind::Xml | Kind::Multipart => false,
            Kind::JsonLines | Kind::Form | Kind::EventStream | Kind::Text | Kind::Binary => true,
        };
        match sent.and_then(MediaType::parse) {
            Some(sent) => fits(&sent),
            None => self.response.content.iter().any(|content| fits(&content.media_type)),
        }
    }

    fn undeclared_content(&self, method: &Method, has_none: bool, length: usize) -> Violation {
        let sent = text::counted(length, "byte");
        let message = if *method == Method::HEAD {
            format!("the reply to HEAD has content ({sent}), and can't have any")
        } else if has_none {
            format!("the reply has content ({sent}), and {} can't have any", self.received.status)
        } else {
            format!(
                "`{}` declares no content for {}, and {sent} were sent",
                text::harmless(&self.operation.id),
                self.response.key
            )
        };
        let place = self.contract.document.place(&self.response.pointer);
        let mut violation = Violation::new(Rule::ReplyBodyUndeclared, &["response", "body"], message, place);
        if has_none {
            // RFC 9110 6.4.1 and 15.3.6: not a question of the document.
            violation.severity = Severity::Error;
        }
        violation.help = Some("leave the content out, or declare it".into());
        violation
    }
}
