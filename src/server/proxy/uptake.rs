//! The content of a request on its way to an upstream: read first where it has to be known, else passed on as it comes,
//! with a copy kept for judging.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::trailed::Trailed;
use crate::client::{Outgoing, within};
use crate::message::LARGEST_BODY;
use crate::server::Limits;
use crate::server::problem::Problem;

/// Content of a told length up to this many bytes is read before the upstream is asked: it is there in a moment.
const READ_FIRST: u64 = 256 * 1024;

/// The content of a request.
pub(super) enum Uptake {
    /// It was read.
    Whole(Bytes, Option<HeaderMap>),
    /// It is still to come, but for what was read of it.
    Coming(Bytes, Incoming),
}

impl Uptake {
    /// Takes content in. `needs` says whether it has to be known before the upstream is asked, as far as it can be.
    pub(super) async fn begin(
        mut content: Incoming,
        limits: &Limits,
        needs: impl FnOnce() -> bool,
    ) -> Result<Self, (Problem, Incoming)> {
        if content.is_end_stream() {
            return Ok(Self::Whole(Bytes::new(), None));
        }
        let told = content.size_hint().exact();
        if told.is_none_or(|told| told > READ_FIRST) && !needs() {
            return Ok(Self::Coming(Bytes::new(), content));
        }
        if told.is_some_and(|told| told > LARGEST_BODY as u64) {
            return Ok(Self::Coming(Bytes::new(), content));
        }
        let read = within(limits.body_timeout, pin!(read(&mut content))).await;
        match read {
            Some(Ok(Read::Whole(bytes, trailers))) => Ok(Self::Whole(bytes, trailers)),
            Some(Ok(Read::Part(bytes))) => Ok(Self::Coming(bytes, content)),
            Some(Err(problem)) => Err((problem, content)),
            None => Err((Problem::TooSlow, content)),
        }
    }

    /// The content as it is sent to an upstream, and the copy of what is still to come.
    pub(super) fn outgoing(self) -> (Outgoing, Option<Arc<Copy>>) {
        match self {
            Self::Whole(bytes, None) => (Outgoing::whole(bytes), None),
            Self::Whole(bytes, Some(trailers)) => {
                let content = Trailed::new(bytes, trailers).map_err(|never| match never {});
                (Outgoing::stream(content), None)
            }
            Self::Coming(begun, rest) => {
                let copy = Arc::new(Copy::default());
                let told = rest.size_hint().exact().map(|rest| rest + begun.len() as u64);
                if told.is_some_and(|told| told > LARGEST_BODY as u64) {
                    copy.forget();
                } else {
                    copy.add(&begun);
                }
                let content = Coming { begun, rest, copy: Arc::clone(&copy) };
                (Outgoing::stream(content), Some(copy))
            }
        }
    }
}

enum Read {
    Whole(Bytes, Option<HeaderMap>),
    Part(Bytes),
}

/// Reads content up to the largest that is judged.
async fn read(content: &mut Incoming) -> Result<Read, Problem> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    let mut trailers = None;
    while let Some(frame) = content.frame().await {
        match frame.map_err(|_| Problem::BodyUnreadable)?.into_data() {
            Ok(data) if first.is_empty() && all.is_empty() => first = data,
            Ok(data) => {
                if all.is_empty() {
                    all.extend_from_slice(&first);
                }
                all.extend_from_slice(&data);
                if all.len() > LARGEST_BODY {
                    return Ok(Read::Part(all.freeze()));
                }
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    Ok(Read::Whole(if all.is_empty() { first } else { all.freeze() }, trailers))
}

/// A copy of content that is passed on as it comes, up to [`LARGEST_BODY`].
#[derive(Debug, Default)]
pub(super) struct Copy {
    kept: Mutex<Kept>,
    is_whole: AtomicBool,
}

#[derive(Debug, Default)]
struct Kept {
    pieces: Vec<Bytes>,
    length: usize,
    is_over: bool,
}

impl Copy {
    /// The content, if it came to its end and is not too large; only once.
    pub(super) fn take(&self) -> Option<Bytes> {
        if !self.is_whole() {
            return None;
        }
        let mut kept = self.kept();
        if std::mem::replace(&mut kept.is_over, true) {
            return None;
        }
        let mut pieces = std::mem::take(&mut kept.pieces);
        Some(match pieces.len() {
            0 => Bytes::new(),
            1 => pieces.remove(0),
            _ => pieces.concat().into(),
        })
    }

    /// Whether the content came to its end.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole.load(Ordering::Acquire)
    }

    fn add(&self, piece: &Bytes) {
        let mut kept = self.kept();
        if kept.is_over || piece.is_empty() {
            return;
        }
        kept.length += piece.len();
        if kept.length > LARGEST_BODY {
            drop(kept);
            return self.forget();
        }
        kept.pieces.push(piece.clone());
    }

    fn forget(&self) {
        *self.kept() = Kept { pieces: Vec::new(), length: 0, is_over: true };
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Content as it comes: what was read of it, then the rest.
struct Coming {
    begun: Bytes,
    rest: Incoming,
    copy: Arc<Copy>,
}

impl Body for Coming {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        if !this.begun.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut this.begun)))));
        }
        let frame = ready!(Pin::new(&mut this.rest).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.copy.add(data);
                }
                if frame.is_trailers() || this.rest.is_end_stream() {
                    this.copy.is_whole.store(true, Ordering::Release);
                }
            }
            None => this.copy.is_whole.store(true, Ordering::Release),
            Some(Err(_)) => this.copy.forget(),
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.begun.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let begun = self.begun.len() as u64;
        match self.rest.size_hint().exact() {
            Some(rest) => SizeHint::with_exact(rest + begun),
            None => SizeHint::default(),
        }
    }
}
