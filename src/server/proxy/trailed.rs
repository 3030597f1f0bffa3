//! Content that is there, with trailers behind it (RFC 9110 6.5).

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Body, Frame};

/// Content and the trailers behind it. Its length is not told ahead: HTTP/1.1 has trailers behind chunks only.
pub(super) struct Trailed {
    content: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Trailed {
    /// Of content and trailers.
    pub(super) fn new(content: Bytes, trailers: HeaderMap) -> Self {
        Self { content: Some(content).filter(|content| !content.is_empty()), trailers: Some(trailers) }
    }
}

impl Body for Trailed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let content = self.content.take().map(Frame::data);
        let frame = content.or_else(|| self.trailers.take().map(Frame::trailers));
        Poll::Ready(frame.map(Ok))
    }
}
