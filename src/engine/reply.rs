//! Header fields of our own on replies.

use http::{HeaderName, HeaderValue};

use crate::message::Reply;

pub(super) const EXCHANGE: HeaderName = HeaderName::from_static("standin-exchange");
pub(super) const OPERATION: HeaderName = HeaderName::from_static("standin-operation");
pub(super) const SEED: HeaderName = HeaderName::from_static("standin-seed");

/// A number as a field's value.
pub(super) fn number(value: u64) -> HeaderValue {
    // `HeaderValue`'s own conversion keeps the buffer that it writes to, too.
    HeaderValue::from_str(itoa::Buffer::new().format(value)).unwrap_or(HeaderValue::from_static("0"))
}

/// Sets a header field of ours, if there is something to tell.
pub(super) fn tell(reply: &mut Reply, name: &'static str, value: impl FnOnce() -> Option<String>) {
    if let Some(value) = value().and_then(|value| HeaderValue::from_str(&value).ok()) {
        reply.headers.insert(HeaderName::from_static(name), value);
    }
}
