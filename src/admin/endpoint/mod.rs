//! The operations of the reserved prefix, one a file.

mod drift;
mod errors;
mod exchanges;
mod health;
mod openapi;
mod reset;
mod routes;
mod specs;

use http::header::HeaderValue;
use schemars::{Schema, SchemaGenerator};
use serde::Serialize;

use crate::engine::{Engine, Problem};
use crate::message::{Reply, Request};

/// One operation of the reserved prefix.
pub struct Endpoint {
    /// The method.
    pub method: &'static str,
    /// The path behind the prefix; a last segment `{id}` stands for any.
    pub path: &'static str,
    /// The operation's id.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Its query parameters.
    pub parameters: &'static [Parameter],
    /// The schema of its JSON reply; `None` for a reply without content.
    pub reply: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// Answers a request that has been judged.
    pub answer: fn(&Context<'_>) -> Result<Reply, Problem>,
}

/// A query parameter of ours.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Its JSON type.
    pub kind: &'static str,
    /// The values it may have; empty means any.
    pub values: &'static [&'static str],
}

/// What an operation answers from.
pub struct Context<'a> {
    /// The engine.
    pub engine: &'a Engine,
    /// The request.
    pub request: &'a Request,
    /// The path behind the prefix.
    pub path: &'a str,
}

/// Every operation.
pub static ALL: &[&Endpoint] = &[
    &health::ENDPOINT,
    &specs::ENDPOINT,
    &routes::ENDPOINT,
    &errors::ENDPOINT,
    &exchanges::LIST,
    &exchanges::ONE,
    &drift::ENDPOINT,
    &reset::ENDPOINT,
    &openapi::ENDPOINT,
];

impl Endpoint {
    pub(super) fn matches(&self, path: &str) -> bool {
        match self.path.strip_suffix("{id}") {
            Some(stem) => path.strip_prefix(stem).is_some_and(|id| !id.is_empty() && !id.contains('/')),
            None => path == self.path || path.strip_suffix('/') == Some(self.path),
        }
    }
}

impl Context<'_> {
    /// The decoded value of a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = self.request.query.as_deref()?;
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

/// A JSON reply.
pub(super) fn json(value: &impl Serialize) -> Result<Reply, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::new(500, error.to_string()))?;
    let mut reply = Reply::new(200);
    reply.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply.body = body.into();
    Ok(reply)
}

/// The schema of a type of ours.
pub(super) fn schema<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}
