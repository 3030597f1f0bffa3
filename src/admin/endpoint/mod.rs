//! The operations of the reserved prefix, one a file.

mod coverage;
mod drift;
mod errors;
mod exchanges;
mod faults;
mod health;
mod metrics;
mod near_misses;
mod openapi;
mod reset;
mod routes;
mod rules;
mod scenarios;
mod sessions;
mod specs;

use std::sync::Arc;

use http::header::HeaderValue;
use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Measure;
use super::content::Content;
use crate::diagnostic::Diagnostic;
use crate::document::SourceFile;
use crate::engine::{Engine, Problem, Serving, Session, Whose};
use crate::message::{Reply, Request};
use crate::text;

/// One operation of the reserved prefix.
pub struct Endpoint {
    /// The method.
    pub method: &'static str,
    /// The path behind the prefix; a segment such as `{id}` stands for any.
    pub path: &'static str,
    /// The operation's id.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Its query parameters, beside `session`.
    pub parameters: &'static [Parameter],
    /// Which sessions it can be about.
    pub scope: Scope,
    /// The content that it takes, as JSON or YAML; `None` takes none.
    pub body: Option<Body>,
    /// The schema of its JSON reply; `None` for a reply without content.
    pub reply: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// Answers a request that has been judged.
    pub answer: fn(&Context<'_>) -> Result<Reply, Problem>,
}

/// The content that an operation takes.
pub struct Body {
    /// Its schema.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// What is wrong with content of another shape, better than the schema could say it.
    pub explain: fn(&Context<'_>) -> Vec<Diagnostic>,
}

/// Which sessions an operation can be about. They are named by `?session=`, else by the header `standin-session`; the
/// default one is meant if none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// None: it is about the server.
    Server,
    /// One.
    One,
    /// One, or all of them by `?session=*`.
    Any,
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
    /// What serves it.
    pub serving: &'a Serving,
    /// What findings are held against.
    pub measure: &'a Measure,
    /// The request.
    pub request: &'a Request,
    /// The path behind the prefix.
    pub path: &'a str,
    /// The operation.
    pub endpoint: &'a Endpoint,
    /// The content, if it takes some.
    pub content: Option<Content>,
}

/// Every operation.
pub static ALL: &[&Endpoint] = &[
    &health::ENDPOINT,
    &specs::ENDPOINT,
    &routes::ENDPOINT,
    &errors::ENDPOINT,
    &exchanges::LIST,
    &exchanges::COUNT,
    &exchanges::ONE,
    &near_misses::ENDPOINT,
    &drift::ENDPOINT,
    &coverage::ENDPOINT,
    &metrics::ENDPOINT,
    &scenarios::LIST,
    &scenarios::LOAD,
    &scenarios::UNLOAD,
    &scenarios::STATE,
    &rules::LIST,
    &rules::ADD,
    &rules::REMOVE,
    &faults::LIST,
    &faults::ADD,
    &faults::REMOVE,
    &sessions::LIST,
    &sessions::CREATE,
    &sessions::DELETE,
    &reset::ENDPOINT,
    &openapi::ENDPOINT,
];

impl Endpoint {
    pub(super) fn matches(&self, path: &str) -> bool {
        if path.len() > 1 && path.strip_suffix('/') == Some(self.path) {
            return true;
        }
        let (mut template, mut segments) = (self.path.split('/'), path.split('/'));
        template.by_ref().zip(segments.by_ref()).all(|(expected, found)| {
            if expected.starts_with('{') { !found.is_empty() } else { expected == found }
        }) && self.path.split('/').count() == path.split('/').count()
    }

    /// The name of the segment that stands for any, without its braces.
    pub(super) fn variable(&self) -> Option<&'static str> {
        Some(self.path.split_once('{')?.1.split_once('}')?.0)
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

    /// The content of a request that has been judged.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let value = self.content.as_ref().map_or(Value::Null, |content| content.file.value.clone());
        serde_json::from_value(value)
            .map_err(|error| Problem::new(400, format!("the content can't be read: {error}")))
    }

    /// The content with the place of each value.
    pub(super) fn file(&self) -> Result<&SourceFile, Problem> {
        let content = self.content.as_ref();
        content.map(|content| &content.file).ok_or_else(|| Problem::new(400, "the content is missing"))
    }

    /// The decoded segment of the path that stands for any.
    pub(super) fn segment(&self) -> String {
        let place = self.endpoint.path.split('/').position(|segment| segment.starts_with('{'));
        let found = place.and_then(|place| self.path.split('/').nth(place)).unwrap_or_default();
        percent_encoding::percent_decode_str(found).decode_utf8_lossy().into_owned()
    }

    /// The sessions that are meant.
    pub(super) fn whose(&self) -> Result<Whose, Problem> {
        Ok(if self.is_of_all() { Whose::All } else { Whose::One(self.session()?) })
    }

    /// The sessions that are meant, one by one, the default one first.
    pub(super) fn sessions(&self) -> Result<Vec<Arc<Session>>, Problem> {
        let sessions = self.engine.sessions();
        if !self.is_of_all() {
            return Ok(vec![self.session()?]);
        }
        Ok(std::iter::once(Arc::clone(sessions.default())).chain(sessions.all()).collect())
    }

    /// The name of the session that is meant; `None` is the default one.
    pub(super) fn session_name(&self) -> Option<String> {
        self.query("session").or_else(|| self.request.header("standin-session").map(str::to_owned))
    }

    /// The session that is meant.
    pub(super) fn session(&self) -> Result<Arc<Session>, Problem> {
        let sessions = self.engine.sessions();
        match self.session_name() {
            None => Ok(Arc::clone(sessions.default())),
            Some(name) => sessions.find(&name).ok_or_else(|| self.no_session(&name)),
        }
    }

    /// Whether all sessions are meant.
    pub(super) fn is_of_all(&self) -> bool {
        self.session_name().as_deref() == Some("*")
    }

    /// Says that there is no session of this name.
    pub(super) fn no_session(&self, name: &str) -> Problem {
        let all = self.engine.sessions().all();
        let names = all.iter().filter_map(|session| session.name.as_deref());
        let help = text::nearest(name, names).map_or_else(
            || {
                "a session begins with the first request that names it, or with `POST /_standin/sessions`"
                    .to_owned()
            },
            |near| format!("did you mean `{}`?", text::harmless(near)),
        );
        Problem::new(404, format!("there is no session `{}`; {help}", crate::redact::shown(name, 80)))
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
