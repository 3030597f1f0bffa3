//! What is sent to an upstream as content: whole, or as it comes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

/// What goes wrong with content that is sent as it comes.
type Wrong = Box<dyn std::error::Error + Send + Sync>;
/// Content that is sent as it comes.
type Stream = Pin<Box<dyn Body<Data = Bytes, Error = Wrong> + Send>>;

/// So many bytes fit into the buffers of any connection that nothing else is sent by.
const SHORT: u64 = 16 * 1024;

/// How far content has come.
#[derive(Debug, Default)]
pub struct Progress {
    frames: AtomicUsize,
    is_awaited: AtomicBool,
}

impl Progress {
    /// How many pieces came.
    pub(super) fn frames(&self) -> usize {
        self.frames.load(Ordering::Relaxed)
    }

    /// Whether more of it is waited for, and not that somebody takes what is there.
    pub(super) fn is_awaited(&self) -> bool {
        self.is_awaited.load(Ordering::Relaxed)
    }
}

/// The content of a request to an upstream.
pub enum Outgoing {
    /// It is there; its length is told.
    Whole(Full<Bytes>),
    /// It comes, and is sent as fast as the upstream takes it.
    Stream(Stream, Arc<Progress>),
}

impl Outgoing {
    /// How far content has come that comes; `None` if it is there.
    pub(super) fn progress(&self) -> Option<Arc<Progress>> {
        match self {
            Self::Whole(_) => None,
            Self::Stream(_, progress) => Some(Arc::clone(progress)),
        }
    }

    /// Whether it is there, and so short that it goes out at once even if nobody reads it.
    pub(super) fn is_short(&self) -> bool {
        matches!(self, Self::Whole(content) if content.size_hint().exact().is_some_and(|size| size <= SHORT))
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Whole(content) if content.is_end_stream())
    }

    /// Content that is there.
    pub fn whole(content: Bytes) -> Self {
        Self::Whole(Full::new(content))
    }

    /// Content that is sent as it comes. Its length is told if its size is exact.
    pub fn stream<B>(content: B) -> Self
    where
        B: Body<Data = Bytes, Error = Wrong> + Send + 'static,
    {
        Self::Stream(Box::pin(content), Arc::default())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Wrong;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Wrong>>> {
        match self.get_mut() {
            Self::Whole(content) => Pin::new(content).poll_frame(context).map_err(|never| match never {}),
            Self::Stream(content, progress) => {
                let frame = content.as_mut().poll_frame(context);
                progress.is_awaited.store(frame.is_pending(), Ordering::Relaxed);
                progress.frames.fetch_add(usize::from(frame.is_ready()), Ordering::Relaxed);
                frame
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(content) => content.is_end_stream(),
            Self::Stream(content, _) => content.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(content) => content.size_hint(),
            Self::Stream(content, _) => content.size_hint(),
        }
    }
}
