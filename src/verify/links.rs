//! Where the links of a reply lead: the path parameters of other operations, with the values that are told for them
//! (OpenAPI 3.1 4.8.20).

use http::HeaderName;
use serde_json::Value;

use super::case::Draft;
use super::ids::Record;
use crate::codec::plain;
use crate::contract::{Contract, Link, Location, Operation, Piece};
use crate::exchange::Exchange;

/// A reply, and what it answers.
pub(super) struct Source<'a> {
    pub(super) operation: &'a Operation,
    pub(super) draft: &'a Draft,
    pub(super) exchange: &'a Exchange,
    pub(super) headers: &'a http::HeaderMap,
    pub(super) content: &'a Value,
}

impl Source<'_> {
    /// What the declared links tell, each with the path template that they lead to. Those whose values are not all known are
    /// left out.
    pub(super) fn records(&self, contract: &Contract) -> Vec<(String, Record)> {
        let Some(response) = self.operation.response_of(self.exchange.status) else { return Vec::new() };
        let links = self.operation.responses[response].links.iter();
        links.filter_map(|link| self.record(contract, link)).collect()
    }

    fn record(&self, contract: &Contract, link: &Link) -> Option<(String, Record)> {
        let target = &contract.operations[link.target.find(&contract.operations)?];
        let in_path = link.parameters.iter().filter(|parameter| {
            let is_declared = || target.parameter(Location::Path, &parameter.name).is_some();
            parameter.location == Some(Location::Path) || parameter.location.is_none() && is_declared()
        });
        let bound = in_path.map(|parameter| {
            let text: String =
                parameter.pieces.iter().map(|piece| self.piece(piece)).collect::<Option<_>>()?;
            Some((parameter.name.clone(), Value::from(text)))
        });
        let bound = bound.collect::<Option<Vec<_>>>()?;
        (!bound.is_empty()).then(|| (target.template.clone(), Record::under(bound)))
    }

    fn piece(&self, piece: &Piece) -> Option<String> {
        let request = &self.exchange.request;
        match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Url => None,
            Piece::Method => Some(request.method.to_string()),
            Piece::StatusCode => Some(self.exchange.status.to_string()),
            Piece::Parameter(location, name) => {
                let mut arguments = self.draft.arguments.iter();
                let is_named = |index: usize| {
                    let parameter = &self.operation.parameters[index];
                    parameter.location == *location && parameter.name == *name
                };
                scalar(&arguments.find(|argument| is_named(argument.parameter))?.value)
            }
            Piece::RequestBody(pointer) => {
                scalar(self.draft.payload.as_ref()?.value.as_ref()?.pointer(pointer.as_str())?)
            }
            Piece::ResponseHeader(name) => {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                Some(self.headers.get(name)?.to_str().ok()?.to_owned())
            }
            Piece::ResponseBody(pointer) => scalar(self.content.pointer(pointer.as_str())?),
        }
    }
}

/// A value that can stand in a path.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => plain(value),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}
