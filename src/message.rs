//! A request as it was received and a reply as it will be sent: owned, without a socket.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::delivery::Delivery;

/// The largest content of a request in bytes, as it is sent and behind its content codings.
pub const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// A request, read whole.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as sent, percent-encoded, starting with `/`.
    pub path: String,
    /// The query as sent, percent-encoded, without its `?`; `None` if there was no `?`.
    pub query: Option<String>,
    /// The header fields.
    pub headers: HeaderMap,
    /// The content; empty if there was none. As it was sent until the engine has read it, then behind its content
    /// codings.
    pub body: Bytes,
}

impl Request {
    /// A request without header fields and content, for a target such as `/pets?limit=3`.
    pub fn new(method: Method, target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self { method, path: path.to_owned(), query, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// The first value of a header field as text; `None` if it is missing or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The path with its query, as in a request line.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => [self.path.as_str(), "?", query].concat(),
            None => self.path.clone(),
        }
    }
}

/// Whether a header field frames a message or belongs to one connection, so that it is HTTP's to say and not the
/// document's.
pub fn frames_a_message(name: &str) -> bool {
    const FRAMING: [&str; 7] = [
        "content-length",
        "transfer-encoding",
        "connection",
        "date",
        "content-encoding",
        "trailer",
        "upgrade",
    ];
    FRAMING.iter().any(|framing| framing.eq_ignore_ascii_case(name))
}

/// A reply, made whole.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status code, 200 to 599.
    pub status: u16,
    /// The header fields, without those that frame the message (`content-length`, `connection`, …).
    pub headers: HeaderMap,
    /// The content; empty where there is none.
    pub body: Bytes,
    /// Where the parts of the content end, ascending, if it is sent part by part; empty where it is sent whole.
    pub parts: Vec<usize>,
    /// What is done to it on its way; `None` sends it whole and at once.
    pub delivery: Option<Box<Delivery>>,
}

impl Reply {
    /// A reply of this status without header fields and content.
    pub fn new(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), parts: Vec::new(), delivery: None }
    }

    /// Sets a header field whose value is known to be valid text.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// Sets the content and its media type.
    #[must_use]
    pub fn with_body(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = body.into();
        self
    }
}
