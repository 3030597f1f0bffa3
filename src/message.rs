//! A request as it was received and a reply as it will be sent: owned, without a socket.

mod waiting;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::delivery::{Delivery, Outcome};
pub use waiting::{Ask, Asked, Bell, Listener, Waiting};

/// The largest content of a request in bytes, as it is sent and behind its content codings.
pub const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The header field that names the document that a request is for.
pub const SPEC: HeaderName = HeaderName::from_static("standin-spec");

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

/// Whether there is a header field of this name. It looks at each of the few that a message has, which is quicker than to
/// look for one that is hardly ever there.
pub fn has_field(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.keys().any(|known| known == name)
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
    /// Who is told how it ended on the wire; `None` where it ends at once or nobody asks.
    pub receipt: Option<Receipt>,
    /// What it waits for before it is sent; `None` waits for nothing.
    pub waiting: Option<Box<Waiting>>,
}

impl Reply {
    /// A reply of this status without header fields and content.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            parts: Vec::new(),
            delivery: None,
            receipt: None,
            waiting: None,
        }
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

/// Is told how a reply ended, once: of several words the first counts. Where it is dropped without one, the connection was
/// gone first.
#[derive(Clone)]
pub struct Receipt(Arc<Untold>);

struct Untold {
    sent: AtomicU64,
    tell: Mutex<Option<Tell>>,
}

type Tell = Box<dyn FnOnce(Outcome) + Send>;

impl Receipt {
    /// A receipt that hands its word on.
    pub fn new(tell: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self(Arc::new(Untold { sent: AtomicU64::new(0), tell: Mutex::new(Some(Box::new(tell))) }))
    }

    /// Hands its word on to somebody else, too, after who was told before.
    #[must_use]
    pub fn and(self, also: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self::new(move |outcome| {
            self.tell(outcome);
            also(outcome);
        })
    }

    /// Notes that so many more bytes of the content are on their way.
    pub fn note_sent(&self, bytes: usize) {
        self.0.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Says how the reply ended.
    pub fn tell(&self, outcome: Outcome) {
        self.0.tell(outcome);
    }
}

impl Untold {
    fn tell(&self, outcome: Outcome) {
        // Taken out first: who is told may take locks of its own.
        let tell = self.tell.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(tell) = tell {
            tell(outcome);
        }
    }
}

impl Drop for Untold {
    fn drop(&mut self) {
        self.tell(Outcome::Gone { sent: self.sent.load(Ordering::Relaxed) });
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receipt").field(&self.0.sent).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_told_once_and_a_dropped_one_tells_what_was_sent() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let note = |who: char| {
            let told = Arc::clone(&told);
            move |outcome| told.lock().unwrap().push((who, outcome))
        };
        let receipt = Receipt::new(note('a')).and(note('b'));
        let copy = receipt.clone();
        receipt.tell(Outcome::Whole);
        drop(receipt);
        copy.tell(Outcome::Cut { sent: 1 });
        let dropped = Receipt::new(note('c'));
        dropped.note_sent(3);
        dropped.clone().note_sent(4);
        drop(dropped);
        let expected = [('a', Outcome::Whole), ('b', Outcome::Whole), ('c', Outcome::Gone { sent: 7 })];
        assert_eq!(*told.lock().unwrap(), expected);
    }
}
