//! A recorded exchange made ready to be judged: a request and a reply, and what is not known of them.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, COOKIE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::recorded::{Content, Recorded, RecordedReply};
use crate::check::Received;
use crate::clock::Moment;
use crate::exchange::CLIENT;
use crate::message::Request;
use crate::redact;
use crate::text;
use crate::violation::{Area, Rule, Violation};

/// An exchange that somebody saw, or expects.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) request: Request,
    /// Where it went; `None` if only path and query are known.
    pub(super) origin: Option<Origin>,
    pub(super) reply: Option<ObservedReply>,
    pub(super) at: Option<Moment>,
    pub(super) unknown: Unknown,
}

/// The host that a request went to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The scheme in lower case.
    pub scheme: String,
    /// Host and port in lower case, the port only if it is not the scheme's own.
    pub authority: String,
}

#[derive(Debug)]
pub(super) struct ObservedReply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
}

impl ObservedReply {
    pub(super) fn received(&self) -> Received<'_> {
        Received { status: self.status, headers: &self.headers, body: self.body.as_ref() }
    }

    /// Whether the stand-in answered where the document declares nothing: no server's reply, and meant.
    pub(super) fn is_undeclared_on_purpose(&self) -> bool {
        let is_own_problem = |body: &Bytes| body.starts_with(b"{\"type\":\"urn:standin:");
        self.headers.contains_key("standin-undeclared") || self.body.as_ref().is_some_and(is_own_problem)
    }
}

/// Whether something was seen or is only asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// It took place.
    Seen,
    /// A consumer asks for it: the reply has what it reads, which need not be all that there is.
    Expected,
}

/// What a recorder left out.
#[derive(Debug)]
pub(super) struct Unknown {
    /// Places of which nothing is known, taken apart at their dots; `*` stands for any part.
    places: Vec<Vec<String>>,
    /// Whether a value is hidden that may be a credential.
    has_hidden_credential: bool,
    nature: Nature,
}

impl Origin {
    /// Takes a URL apart: where it leads, and path and query as sent. The first is `None` for a path. Errors tell why it is
    /// no URL.
    pub fn split(url: &str) -> Result<(Option<Self>, &str), String> {
        let url = url.split('#').next().unwrap_or_default();
        if url.starts_with('/') {
            return Ok((None, url));
        }
        let shown = || redact::target(&text::shortened(url, 100));
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(format!(
                "`{}` is no URL, expected `https://…` or a path that starts with `/`",
                shown()
            ));
        };
        let scheme = scheme.to_ascii_lowercase();
        let Some(rest) = rest.strip_prefix("//") else {
            return Ok((Some(Self { scheme, authority: String::new() }), "/"));
        };
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
        if host.len() > LONGEST_HOST {
            return Err(format!("the host in `{}` has more than {LONGEST_HOST} characters", shown()));
        }
        let own_port = match scheme.as_str() {
            "http" | "ws" => ":80",
            "https" | "wss" => ":443",
            _ => "",
        };
        let authority = host.strip_suffix(own_port).unwrap_or(&host).to_owned();
        Ok((Some(Self { scheme, authority }), if target.is_empty() { "/" } else { target }))
    }

    /// Whether it is a name or an address of the machine itself.
    pub fn is_loopback(&self) -> bool {
        crate::engine::is_loopback(&self.authority)
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl Observed {
    /// Makes a recorded exchange ready. `client` is who sent it, where the record does not say. Errors tell what can't be.
    pub(super) fn new(
        recorded: Recorded,
        nature: Nature,
        client: Option<&HeaderValue>,
    ) -> Result<Self, String> {
        let Recorded { request, reply, time, client: named, session: _, left_out } = recorded;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| {
            format!("`{}` is no method", text::harmless(&text::shortened(&request.method, 40)))
        })?;
        let (origin, target) = Origin::split(&request.url)?;
        let mut unknown = Unknown { places: Vec::new(), has_hidden_credential: false, nature };
        for place in &left_out {
            unknown.add(place.split('.').map(str::to_owned).collect());
        }
        let mut made = Request::new(method, if target.starts_with('?') { "/" } else { target });
        if let Some(query) = target.strip_prefix('?') {
            made.query = Some(query.to_owned());
        }
        made.headers = unknown.headers(request.headers, "request");
        match body(request.body)? {
            Some(body) => made.body = body,
            None => unknown.add(["request", "body"].map(str::to_owned).to_vec()),
        }
        if let Some(origin) = &origin
            && let Ok(host) = HeaderValue::from_str(&origin.authority)
        {
            made.headers.insert(HOST, host);
        }
        let named = named.and_then(|name| HeaderValue::from_str(&name).ok());
        if let Some(name) = named.as_ref().or(client)
            && !made.headers.contains_key(CLIENT)
        {
            made.headers.insert(CLIENT, name.clone());
        }
        let reply = match reply {
            Some(RecordedReply { status, .. }) if !(100..=999).contains(&status) => {
                return Err(format!("{status} is no status code"));
            }
            Some(RecordedReply { status, headers, body: content }) => {
                let headers = unknown.headers(headers, "response");
                Some(ObservedReply { status, headers, body: body(content)? })
            }
            None => None,
        };
        let at = time.as_deref().and_then(Moment::parse);
        Ok(Self { request: made, origin, reply, at, unknown })
    }
}

/// A host's name has at most 253 characters (RFC 1035 2.3.4), a port six with its colon.
const LONGEST_HOST: usize = 259;

fn body(content: Option<Content>) -> Result<Option<Bytes>, String> {
    match content {
        None => Ok(None),
        Some(content) => match content.into_bytes() {
            Some(bytes) => Ok(Some(bytes)),
            None => Err("a body is no base64".to_owned()),
        },
    }
}

impl Unknown {
    fn add(&mut self, place: Vec<String>) {
        let part = |index: usize| place.get(index).map(String::as_str).unwrap_or_default();
        if part(0) == "request" && part(1) != "body" {
            self.has_hidden_credential |= place.len() < 3 || place.last().is_some_and(|name| is_secret(name));
        }
        self.places.push(place);
    }

    /// The fields whose values are known; a coding of content is undone already.
    fn headers(&mut self, recorded: Option<Vec<(String, Option<String>)>>, side: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let Some(recorded) = recorded else {
            self.add(vec![side.to_owned(), "header".to_owned()]);
            self.add(vec![side.to_owned(), "cookie".to_owned()]);
            return headers;
        };
        for (name, value) in recorded {
            let Ok(known) = HeaderName::from_bytes(name.as_bytes()) else { continue };
            match value.map(|value| HeaderValue::from_bytes(value.as_bytes())) {
                Some(Ok(_)) if known == CONTENT_ENCODING => {}
                Some(Ok(value)) if value.as_bytes() != redact::HIDDEN.as_bytes() => {
                    headers.append(known, value);
                }
                Some(_) | None => {
                    if known == COOKIE {
                        self.add(vec![side.to_owned(), "cookie".to_owned()]);
                    }
                    self.add(vec![side.to_owned(), "header".to_owned(), known.to_string()]);
                }
            }
        }
        headers
    }

    /// Whether something of the request or reply is not known at all.
    pub(super) fn is_partial(&self, method: &Method) -> bool {
        // A body of these says nothing (RFC 9110 9.3.1), and most recorders have no place for one.
        let has_body = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
        self.places.iter().any(|place| has_body || *place != ["request", "body"])
    }

    /// Whether a violation may come only from what is not known. Credentials and cookies are what recorders leave out
    /// without a word, unless it `has_credentials`.
    pub(super) fn hides(&self, violation: &Violation, credentials: Credentials) -> bool {
        let location = &violation.location;
        let part = |index: usize| location.get(index).map(String::as_str).unwrap_or_default();
        let is_security = violation.rule.definition().area == Area::Security;
        if is_security && self.has_hidden_credential {
            return true;
        }
        if credentials == Credentials::MayBeStripped
            && (violation.rule == Rule::CredentialsMissing
                || (violation.rule == Rule::ParameterMissing && (part(1) == "cookie" || is_secret(part(2)))))
        {
            return true;
        }
        if self.nature == Nature::Expected && is_unread(violation) {
            return true;
        }
        self.places.iter().any(|place| is_at(place, location))
    }
}

/// Whether a recorder is known to have kept credentials and cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// It may have left them out without a word.
    MayBeStripped,
    /// What is not there was not sent.
    Recorded,
}

fn is_secret(name: &str) -> bool {
    redact::is_secret_name(name)
}

/// Whether a reply lacks what its schema or response requires: a consumer names only what it reads.
fn is_unread(violation: &Violation) -> bool {
    let pointer = violation.place.pointer.as_str();
    violation.rule == Rule::ReplyHeaderMissing
        || violation.rule == Rule::StrictNothingNamed
        || (violation.rule == Rule::ReplyBodyInvalid
            && pointer.rsplit('/').take(2).any(|part| part == "required"))
}

/// Whether a location is at, above or below a place.
fn is_at(place: &[String], location: &[String]) -> bool {
    let is_header = place.get(1).is_some_and(|part| part == "header");
    let are_equal = |(one, other): (&String, &String)| {
        one == "*" || if is_header { one.eq_ignore_ascii_case(other) } else { one == other }
    };
    // What is wrong with a message as a whole is not wrong with its hidden parts.
    location.len() > 1 && place.iter().zip(location).all(are_equal)
}
