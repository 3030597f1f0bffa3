//! The `Link` field of a reply: the declared links whose target and parameters are known (RFC 8288).

use std::cell::OnceCell;

use form_urlencoded::Serializer;
use http::header::{HOST, LINK};
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::mock::Answering;
use crate::contract::{Link, Location, Operation, Piece};
use crate::message::Reply;

/// What is written as it is in a segment of a path (RFC 3986 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest value of the field; links that find no room in it are left out.
const LONGEST: usize = 4096;

/// Sets the field, unless the document declares one of its own.
pub(super) fn tell(answering: &Answering<'_>, links: &[Link], reply: &mut Reply) {
    if links.is_empty() || reply.headers.contains_key(LINK) {
        return;
    }
    let source = Source { answering, reply, body: OnceCell::new() };
    let mut text = String::new();
    for link in links {
        let Some(target) = source.target(link) else { continue };
        let relation: String =
            link.name.chars().map(|c| if c.is_ascii_graphic() { c } else { '-' }).collect();
        let relation = relation.replace(['"', '\\'], "-");
        let one = format!("<{target}>; rel=\"{relation}\"");
        if text.len() + one.len() + 2 <= LONGEST {
            text.push_str(if text.is_empty() { "" } else { ", " });
            text.push_str(&one);
        }
    }
    if let (false, Ok(value)) = (text.is_empty(), HeaderValue::from_str(&text)) {
        reply.headers.insert(LINK, value);
    }
}

/// Where the values of expressions come from.
struct Source<'a> {
    answering: &'a Answering<'a>,
    reply: &'a Reply,
    /// The reply's content, read when it is first asked for.
    body: OnceCell<Option<Value>>,
}

impl Source<'_> {
    /// Path and query of the operation that a link leads to, behind the same base as the request's.
    fn target(&self, link: &Link) -> Option<String> {
        let operations = &self.answering.mount.contract.operations;
        let operation = &operations[link.target.find(operations)?];
        let mut path = operation.template.clone();
        let mut query = Serializer::new(String::new());
        let mut has_query = false;
        for parameter in &link.parameters {
            let value = self.value(&parameter.pieces)?;
            match parameter.location.or_else(|| location(operation, &parameter.name))? {
                Location::Path => {
                    let value = utf8_percent_encode(&value, SEGMENT).to_string();
                    path = path.replace(&format!("{{{}}}", parameter.name), &value);
                }
                Location::Query => {
                    query.append_pair(&parameter.name, &value);
                    has_query = true;
                }
                // No URL holds these.
                Location::Header | Location::Cookie | Location::QueryString => {}
            }
        }
        if path.contains('{') {
            return None;
        }
        let target = format!("{}{path}", self.base()?);
        Some(if has_query { format!("{target}?{}", query.finish()) } else { target })
    }

    /// What stands before the template in the path that was asked for.
    fn base(&self) -> Option<&str> {
        let path = self.answering.turn.request.path.trim_end_matches('/');
        let segments = self.answering.operation.template.trim_end_matches('/').matches('/').count();
        match segments.checked_sub(1) {
            Some(rest) => path.rmatch_indices('/').nth(rest).map(|(at, _)| &path[..at]),
            None => Some(path),
        }
    }

    fn value(&self, pieces: &[Piece]) -> Option<String> {
        pieces.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&self, piece: &Piece) -> Option<String> {
        let request = &self.answering.turn.request;
        match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Url => {
                let host = request.headers.get(HOST).and_then(|host| host.to_str().ok())?;
                Some(format!("http://{host}{}", request.target()))
            }
            Piece::Method => Some(request.method.to_string()),
            Piece::StatusCode => Some(self.reply.status.to_string()),
            Piece::Parameter(Location::Header, name) => request.header(name).map(str::to_owned),
            Piece::Parameter(location, name) => {
                let parameters = &self.answering.operation.parameters;
                let sent = self.answering.turn.parameters.iter().find(|(index, _)| {
                    parameters[*index].location == *location && parameters[*index].name == *name
                });
                sent.and_then(|(_, value)| scalar(value))
            }
            Piece::RequestBody(pointer) => scalar(self.answering.turn.body()?.pointer(pointer.as_str())?),
            Piece::ResponseHeader(name) => {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                Some(self.reply.headers.get(name)?.to_str().ok()?.to_owned())
            }
            Piece::ResponseBody(pointer) => {
                let read = || serde_json::from_slice(&self.reply.body).ok();
                scalar(self.body.get_or_init(read).as_ref()?.pointer(pointer.as_str())?)
            }
        }
    }
}

/// Where the target has a parameter of this name.
fn location(operation: &Operation, name: &str) -> Option<Location> {
    operation.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.location)
}

/// A value that can stand in a URL.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
