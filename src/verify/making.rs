//! From a draft to a request, and what our own check says of it before anybody else sees it.

use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::asked::{Asked, Credential};
use super::case::{Case, Draft, Nature, Shown};
use super::credentials::{self, Place};
use super::outcome::LeftOut;
use crate::codec::{Encoded, Escape, encode};
use crate::contract::{Contract, Location, Operation};
use crate::engine::Engine;
use crate::exchange::CLIENT;
use crate::message::{Request, SPEC};
use crate::violation::{Area, Violation};

/// Who sends, unless the user says otherwise: without a version, so that a baseline outlives an update.
const AGENT: HeaderValue = HeaderValue::from_static("standin-verify");

/// What every server should read of a request line (RFC 9110 4.1), and is taken for what it reads of header fields.
const LONGEST_HEAD: usize = 8000;
/// Larger content may well be refused for its size alone.
const LARGEST_CONTENT: usize = 1024 * 1024;

/// What can't stand in a path as the template has it (RFC 3986 3.3).
const OUTSIDE_PATHS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// Makes the requests of one operation.
pub(super) struct Maker<'a> {
    pub(super) engine: &'a Engine,
    pub(super) asked: &'a Asked,
    pub(super) contract: &'a Contract,
    pub(super) operation: &'a Operation,
    /// Where its credentials go.
    pub(super) places: Vec<Place>,
}

/// What a request is gathered from.
#[derive(Default)]
struct Pieces {
    path: Vec<(String, String)>,
    query: Vec<String>,
    headers: HeaderMap,
    cookies: Vec<String>,
}

impl<'a> Maker<'a> {
    /// Makes the requests of an operation, by the places of its document and of itself.
    pub(super) fn new(engine: &'a Engine, asked: &'a Asked, (document, operation): (usize, usize)) -> Self {
        let contract = &*engine.contracts()[document];
        let operation = &contract.operations[operation];
        let places = credentials::places(contract, operation, asked.credential.as_ref());
        Self { engine, asked, contract, operation, places }
    }

    /// Makes the requests of a case's operation.
    pub(super) fn of(engine: &'a Engine, asked: &'a Asked, case: &Case) -> Self {
        Self::new(engine, asked, (case.document, case.operation))
    }

    /// The base path that the document declares first, as it stands in paths; empty if none.
    pub(super) fn base(&self) -> String {
        let base = self.contract.servers.first().map(|server| server.base_path.as_str());
        utf8_percent_encode(base.unwrap_or_default(), OUTSIDE_PATHS).to_string()
    }

    /// Writes a request, its path behind the base path that the document declares.
    pub(super) fn make(&self, draft: &Draft) -> Result<Request, LeftOut> {
        let mut pieces = Pieces::default();
        pieces.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        for argument in &draft.arguments {
            let parameter = &self.operation.parameters[argument.parameter];
            let encoded = encode(parameter, &argument.value).ok_or(LeftOut::Unwritable)?;
            pieces.add(&parameter.name, encoded)?;
        }
        if let Some(payload) = &draft.payload {
            pieces.insert(CONTENT_TYPE.as_str(), &payload.content_type)?;
        }
        pieces.identify(&self.places, self.asked.credential.as_ref(), draft.shown)?;
        let (path, query) = self.target(&pieces)?;
        let mut request = Request::new(self.operation.method.clone(), &path);
        request.query = query;
        request.headers = pieces.headers;
        if !pieces.cookies.is_empty() {
            let cookies = HeaderValue::from_str(&pieces.cookies.join("; "));
            request.headers.insert(COOKIE, cookies.map_err(|_| LeftOut::Unwritable)?);
        }
        request.headers.entry(USER_AGENT).or_insert(AGENT);
        for (name, value) in &self.asked.headers {
            request.headers.insert(name.clone(), value.clone());
        }
        if let Some(payload) = &draft.payload {
            request.body = payload.bytes.clone();
        }
        let fields: usize =
            request.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let is_long = request.target().len() > LONGEST_HEAD || fields > LONGEST_HEAD;
        if is_long || request.body.len() > LARGEST_CONTENT { Err(LeftOut::TooLong) } else { Ok(request) }
    }

    /// The request as the engine judges it: with the name of its document, and of who sends it.
    pub(super) fn judged_form(&self, request: &Request) -> Request {
        let mut request = request.clone();
        if let Ok(name) = HeaderValue::from_str(&self.contract.name) {
            request.headers.insert(SPEC, name);
        }
        if let Some(client) = &self.asked.client {
            request.headers.insert(CLIENT, client.clone());
        }
        request
    }

    /// What our own check finds in a request that is reason to refuse it.
    pub(super) fn breaches(&self, request: &Request) -> Result<Vec<Violation>, LeftOut> {
        let (judged, _) = self.engine.judge_seen(self.judged_form(request), None);
        if judged.operation.as_deref() != Some(&self.operation.id) {
            return Err(LeftOut::Elsewhere);
        }
        let mut breaches = judged.violations;
        breaches.retain(|one| one.is_error() && one.location.first().is_some_and(|side| side == "request"));
        Ok(breaches)
    }

    /// The request of a draft, if our own check says of it what is meant to be: with what is wrong, if something is to be.
    pub(super) fn confirmed(
        &self,
        draft: &Draft,
        nature: &Nature,
    ) -> Result<(Request, Option<Violation>), LeftOut> {
        let request = self.make(draft)?;
        let breaches = self.breaches(&request)?;
        let is_about_credentials = draft.shown != Shown::Good;
        let lacks_credentials =
            |one: &Violation| one.rule.definition().area == Area::Security && !is_about_credentials;
        if breaches.iter().any(lacks_credentials) {
            return Err(LeftOut::Credentials);
        }
        match (nature, breaches.into_iter().next()) {
            (Nature::Valid(_), None) => Ok((request, None)),
            (Nature::Valid(_), Some(_)) => Err(LeftOut::Misread),
            (Nature::Invalid, Some(breach)) => Ok((request, Some(breach))),
            (Nature::Invalid, None) => Err(LeftOut::NoBreach),
        }
    }

    /// Path and query: the template filled in.
    fn target(&self, pieces: &Pieces) -> Result<(String, Option<String>), LeftOut> {
        let template = self.operation.template.split('#').next().unwrap_or_default();
        let (template, fixed) = template.split_once('?').unwrap_or((template, ""));
        let mut path = self.base();
        let mut rest = template;
        while let Some((literal, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else { break };
            let value = pieces.path.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
            let value = value.ok_or(LeftOut::Unwritable)?;
            // Anybody on the way may take these out of a path (RFC 3986 5.2.4).
            if value.is_empty() || value == "." || value == ".." {
                return Err(LeftOut::EmptyPath);
            }
            path.extend([&utf8_percent_encode(literal, OUTSIDE_PATHS).to_string(), value]);
            rest = after;
        }
        path.push_str(&utf8_percent_encode(rest, OUTSIDE_PATHS).to_string());
        let mut query: Vec<&str> = pieces.query.iter().map(String::as_str).collect();
        if !fixed.is_empty() {
            query.insert(0, fixed);
        }
        Ok((path, (!query.is_empty()).then(|| query.join("&"))))
    }
}

/// Whether a parameter is described by other parts of the document (OpenAPI 3.1 4.8.12.1), so that it is not one.
pub(super) fn is_described_elsewhere(location: Location, name: &str) -> bool {
    let names = ["accept", "content-type", "authorization"];
    location == Location::Header && names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

impl Pieces {
    fn add(&mut self, name: &str, encoded: Encoded) -> Result<(), LeftOut> {
        match encoded {
            Encoded::Path(text) => self.path.push((name.to_owned(), text)),
            Encoded::Query(pairs) => {
                self.query.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}")));
            }
            Encoded::QueryString(text) => self.query.push(text),
            Encoded::Header(text) => self.insert(name, &text)?,
            Encoded::Cookie(pairs) => self.cookies.extend(pairs),
        }
        Ok(())
    }

    fn insert(&mut self, name: &str, text: &str) -> Result<(), LeftOut> {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| LeftOut::Unwritable)?;
        // What frames a message is for who sends it to say.
        if crate::message::frames_a_message(name.as_str()) || name == http::header::HOST {
            return Err(LeftOut::Unwritable);
        }
        self.headers.insert(name, HeaderValue::from_str(text).map_err(|_| LeftOut::Unwritable)?);
        Ok(())
    }

    fn identify(
        &mut self,
        places: &[Place],
        credential: Option<&Credential>,
        shown: Shown,
    ) -> Result<(), LeftOut> {
        for place in places {
            let Some(text) = place.text(credential, shown) else { continue };
            match place {
                Place::Authorization(_) | Place::Basic => self.insert("authorization", &text)?,
                Place::Header(name) => self.insert(name, &text)?,
                // Some documents declare the key as a parameter, too; it is sent once.
                Place::Query(name) => {
                    let key = format!("{}=", Escape::Percent.text(name));
                    self.query.retain(|pair| !pair.starts_with(&key));
                    self.query.push(key + &Escape::Percent.text(&text));
                }
                Place::Cookie(name) => {
                    let key = format!("{name}=");
                    self.cookies.retain(|pair| !pair.starts_with(&key));
                    self.cookies.push(key + &Escape::Percent.text(&text));
                }
            }
        }
        Ok(())
    }
}
