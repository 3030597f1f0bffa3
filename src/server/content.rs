//! A reply's content as hyper asks for it: whole, with its length, or part by part, each sent before the next.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

/// The content of a reply.
pub(super) enum Content {
    /// In one piece: its length is told ahead.
    Whole(Full<Bytes>),
    /// In parts: chunks of HTTP/1.1, DATA frames of HTTP/2.
    Parts(Parts),
}

/// What is left of content that is sent in parts.
pub(super) struct Parts {
    content: Bytes,
    sent: usize,
    ends: IntoIter<usize>,
    /// Whether the last part is to be flushed before there is another.
    pauses: bool,
}

impl Content {
    /// The content in parts that end at `ends`; whole if there are none.
    pub(super) fn new(content: Bytes, ends: Vec<usize>) -> Self {
        if ends.is_empty() || content.is_empty() {
            return Self::Whole(Full::new(content));
        }
        Self::Parts(Parts { content, sent: 0, ends: ends.into_iter(), pauses: false })
    }
}

impl Parts {
    fn next(&mut self) -> Option<Bytes> {
        let end = self.ends.next()?.clamp(self.sent, self.content.len());
        let part = self.content.slice(self.sent..end);
        self.sent = end;
        self.pauses = self.ends.len() > 0;
        Some(part)
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(content) => Pin::new(content).poll_frame(context),
            Self::Parts(parts) => {
                if std::mem::take(&mut parts.pauses) {
                    // Who finds nothing to write flushes what there is.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(parts.next().map(|part| Ok(Frame::data(part))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(content) => content.is_end_stream(),
            Self::Parts(parts) => parts.ends.len() == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(content) => content.size_hint(),
            Self::Parts(_) => SizeHint::default(),
        }
    }
}
