//! Cross-origin requests: preflights answered, replies opened to the origin that asked (Fetch standard 3.2).

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONNECTION, ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::percent_decode_str;

use crate::message::{Reply, has_field};

/// The first segment of the paths that no page of another origin may use.
const RESERVED: &str = "_standin";
const PRIVATE_NETWORK_ASKED: HeaderName = HeaderName::from_static("access-control-request-private-network");
const PRIVATE_NETWORK_ALLOWED: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// Whether pages of other origins may read the replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cors {
    /// Every origin may, with credentials; preflights are answered without asking the handler. The reserved
    /// prefix `/_standin/` is closed to them.
    MirrorOrigin,
    /// The server says nothing about origins; `OPTIONS` goes to the handler.
    Off,
}

/// A request from a page of the given origin.
#[derive(Debug)]
pub(super) struct Visit {
    origin: HeaderValue,
}

/// The visit that a request is, if it is to be let in.
pub(super) fn visit(cors: Cors, head: &Parts) -> Option<Visit> {
    match cors {
        Cors::Off => None,
        Cors::MirrorOrigin if !has_field(&head.headers, &ORIGIN) => None,
        Cors::MirrorOrigin => {
            let origin = head.headers.get(ORIGIN)?;
            (!is_reserved(head.uri.path())).then(|| Visit { origin: origin.clone() })
        }
    }
}

impl Visit {
    /// The reply to a preflight, which asks whether a request may be sent; `None` if this is none.
    pub(super) fn preflight(&self, head: &Parts) -> Option<Reply> {
        if head.method != Method::OPTIONS {
            return None;
        }
        let method = head.headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        let mut reply = Reply::new(204);
        let headers = &mut reply.headers;
        self.admit(headers);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
        if let Some(names) = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        if head.headers.contains_key(PRIVATE_NETWORK_ASKED) {
            headers.insert(PRIVATE_NETWORK_ALLOWED, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        headers.insert(
            VARY,
            HeaderValue::from_static(
                "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
            ),
        );
        Some(reply)
    }

    /// Lets the page read the reply with all its header fields. They are listed by name, because `*` means
    /// nothing where credentials are allowed.
    pub(super) fn open(&self, headers: &mut HeaderMap) {
        let mut names = String::new();
        for name in headers.keys().filter(|name| is_worth_telling(name)) {
            if !names.is_empty() {
                names.push_str(", ");
            }
            names.push_str(name.as_str());
        }
        if let Ok(names) = HeaderValue::from_str(&names)
            && !names.is_empty()
        {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
        self.admit(headers);
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }

    fn admit(&self, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

/// Whether a page can make use of a header field's name: not those of the connection and of CORS itself.
fn is_worth_telling(name: &HeaderName) -> bool {
    *name != CONNECTION && !name.as_str().starts_with("access-control-")
}

/// Whether a path lies below the reserved prefix, however it is encoded, also within a session (`/~ID/`).
fn is_reserved(path: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty()).peekable();
    let is_session = |segment: &&str| percent_decode_str(segment).next() == Some(b'~');
    segments.next_if(is_session);
    segments.next().is_some_and(|segment| percent_decode_str(segment).eq(RESERVED.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserved_prefix_is_known_in_every_spelling() {
        for path in
            ["/_standin/", "/_standin", "//_standin/reset", "/%5Fstandin/reset", "/~run-7/_standin/drift"]
        {
            assert!(is_reserved(path), "{path}");
        }
        for path in ["/", "/pets/_standin", "/_standing", "/~run-7/pets"] {
            assert!(!is_reserved(path), "{path}");
        }
    }
}
