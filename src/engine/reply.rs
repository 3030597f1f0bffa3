//! Header fields of our own on replies.

use http::{HeaderName, HeaderValue};

use crate::message::Reply;

/// Sets a header field of ours, if there is something to tell.
pub(super) fn tell(reply: &mut Reply, name: &'static str, value: impl FnOnce() -> Option<String>) {
    if let Some(value) = value().and_then(|value| HeaderValue::from_str(&value).ok()) {
        reply.headers.insert(HeaderName::from_static(name), value);
    }
}
