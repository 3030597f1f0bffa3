//! A reply's content as hyper asks for it: whole, with its length, or part by part, each sent before the next.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

use super::course::{Course, Pieces};
use crate::delivery::Outcome;
use crate::message::Receipt;

/// The content of a reply.
pub(super) enum Content {
    /// In one piece: its length is told ahead.
    Whole(Full<Bytes>),
    /// In parts: chunks of HTTP/1.1, DATA frames of HTTP/2.
    Parts(Parts),
    /// As an upstream sends it.
    Passed(Pin<Box<dyn Body<Data = Bytes, Error = h2::Error> + Send>>),
    /// As a fault has it.
    Paced {
        /// What is left.
        pieces: Pieces,
        /// Whether its length is told ahead.
        is_measured: bool,
    },
}

/// What is left of content that is sent in parts.
pub(super) struct Parts {
    content: Bytes,
    sent: usize,
    ends: IntoIter<usize>,
    /// Whether the last part is to be flushed before there is another.
    pauses: bool,
    receipt: Option<Receipt>,
}

impl Content {
    /// The content in parts that end at `ends`; whole if there are none. What is whole counts as sent once hyper has it.
    pub(super) fn new(content: Bytes, ends: Vec<usize>, receipt: Option<Receipt>) -> Self {
        if ends.is_empty() || content.is_empty() {
            if let Some(receipt) = receipt {
                receipt.tell(Outcome::Whole);
            }
            return Self::Whole(Full::new(content));
        }
        Self::Parts(Parts { content, sent: 0, ends: ends.into_iter(), pauses: false, receipt })
    }

    /// The content as a fault has it.
    pub(super) fn paced(course: Course, is_measured: bool) -> Self {
        Self::Paced { pieces: Pieces::Idle(Box::new(course)), is_measured }
    }
}

impl Parts {
    fn next(&mut self) -> Option<Bytes> {
        let end = self.ends.next()?.clamp(self.sent, self.content.len());
        let part = self.content.slice(self.sent..end);
        self.sent = end;
        self.pauses = self.ends.len() > 0;
        if let Some(receipt) = &self.receipt {
            receipt.note_sent(part.len());
            if !self.pauses {
                receipt.tell(Outcome::Whole);
            }
        }
        Some(part)
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        match self.get_mut() {
            Self::Whole(content) => Pin::new(content).poll_frame(context).map_err(|never| match never {}),
            Self::Parts(parts) => {
                if std::mem::take(&mut parts.pauses) {
                    // Who finds nothing to write flushes what there is.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(parts.next().map(|part| Ok(Frame::data(part))))
            }
            Self::Passed(content) => content.as_mut().poll_frame(context),
            Self::Paced { pieces, .. } => {
                pieces.poll_next(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(content) => content.is_end_stream(),
            Self::Parts(parts) => parts.ends.len() == 0,
            Self::Passed(content) => content.is_end_stream(),
            Self::Paced { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(content) => content.size_hint(),
            Self::Passed(content) => content.size_hint(),
            Self::Parts(_) | Self::Paced { is_measured: false, .. } => SizeHint::default(),
            Self::Paced { pieces, is_measured: true } => {
                pieces.left().map_or_else(SizeHint::default, SizeHint::with_exact)
            }
        }
    }
}
