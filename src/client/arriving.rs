//! The content of an upstream's reply as it comes.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::plain::Lease;

/// The content of a reply as it comes.
pub struct Arriving {
    content: Incoming,
    /// The connection that it comes by, where no task of its own drives that.
    lease: Option<Lease>,
}

impl Arriving {
    pub(super) fn new(content: Incoming, lease: Option<Lease>) -> Self {
        Self { content, lease }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Self { content, lease } = self.get_mut();
        match lease {
            Some(lease) => lease.poll_frame(content, context),
            None => Pin::new(content).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}
