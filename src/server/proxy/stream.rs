//! An upstream's content on its way to the client as it comes, judged in passing.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::hold::{is_in_items, kind};
use super::items::Items;
use super::passage::{Head, Passage};
use crate::client::Arriving;
use crate::delivery::Outcome;
use crate::message::{LARGEST_BODY, Receipt};
use crate::server::exchange::UnderWay;

/// Content on its way.
pub(super) struct Stream {
    begun: Bytes,
    rest: Arriving,
    judging: Option<Judging>,
    /// How long the upstream may send nothing; `None` as long as it likes.
    limit: Option<Duration>,
    silence: Option<Pin<Box<Sleep>>>,
    sent: u64,
    /// Who is told how it ended.
    receipt: Option<Receipt>,
    /// Keeps the request under way until the content has ended.
    _under_way: UnderWay,
}

/// The judge of content on its way.
struct Judging {
    passage: Passage,
    head: Head,
    kept: Kept,
}

/// What is kept of content that has passed.
enum Kept {
    /// What is not a whole item yet.
    Items(Items),
    /// All of it, up to the largest that is judged.
    All(Vec<Bytes>, usize),
    /// Nothing: it is too large.
    Nothing,
}

/// How content ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// By itself.
    Whole,
    /// The upstream broke off.
    Short,
    /// The client went away.
    Left,
}

impl Stream {
    /// Content of which some was read already.
    pub(super) fn new(
        begun: Bytes,
        rest: Arriving,
        head: Head,
        passage: Passage,
        receipt: Option<Receipt>,
        under_way: UnderWay,
    ) -> Self {
        let told = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let length = rest.size_hint().exact().map(|rest| rest + begun.len() as u64).or(told);
        let items = kind(&head.headers).filter(|_| is_in_items(&head.headers));
        let kept = match items {
            Some(kind) => Kept::Items(Items::new(kind)),
            None if length.is_some_and(|length| length > LARGEST_BODY as u64) => Kept::Nothing,
            None => Kept::All(Vec::new(), 0),
        };
        // Events come when they come.
        let limit = items.is_none().then(|| passage.proxy.upstreams.timeout());
        let judging = Some(Judging { passage, head, kept });
        Self { begun, rest, judging, limit, silence: None, sent: 0, receipt, _under_way: under_way }
    }

    fn end(&mut self, end: End) {
        let Some(judging) = self.judging.take() else { return };
        let outcome = match end {
            End::Whole => Outcome::Whole,
            End::Short => Outcome::Cut { sent: self.sent },
            End::Left => Outcome::Gone { sent: self.sent },
        };
        judging.end(end, outcome);
        if let Some(receipt) = self.receipt.take() {
            receipt.tell(outcome);
        }
    }

    /// Whether the upstream has sent nothing for too long.
    fn is_silent(&mut self, context: &mut Context<'_>) -> bool {
        let Some(limit) = self.limit else { return false };
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(limit)));
        silence.as_mut().poll(context).is_ready()
    }
}

impl Judging {
    fn take(&mut self, data: &Bytes) {
        match &mut self.kept {
            Kept::Items(items) => {
                if let Some((whole, lines)) = items.take(data) {
                    self.passage.judge_items(&self.head, &whole, lines);
                }
            }
            Kept::All(pieces, length) => {
                *length += data.len();
                if *length > LARGEST_BODY {
                    self.kept = Kept::Nothing;
                } else {
                    pieces.push(data.clone());
                }
            }
            Kept::Nothing => {}
        }
    }

    fn end(self, end: End, outcome: Outcome) {
        let Self { mut passage, head, kept } = self;
        let content = match kept {
            Kept::Items(mut items) => {
                if let Some((rest, lines)) = items.rest().filter(|_| end == End::Whole) {
                    passage.judge_items(&head, &rest, lines);
                }
                None
            }
            Kept::All(pieces, _) if end == End::Whole => {
                let content = Bytes::from(pieces.concat());
                passage.judge_again(&head, &content);
                Some(content)
            }
            Kept::All(..) | Kept::Nothing => None,
        };
        passage.settle_sent(&head, content, outcome);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end(End::Left);
    }
}

impl Body for Stream {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        let this = self.get_mut();
        let frame = if this.begun.is_empty() {
            match Pin::new(&mut this.rest).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending if this.is_silent(context) => {
                    this.end(End::Short);
                    return Poll::Ready(Some(Err(h2::Reason::CANCEL.into())));
                }
                Poll::Pending => return Poll::Pending,
            }
        } else {
            Some(Ok(Frame::data(std::mem::take(&mut this.begun))))
        };
        if let (Some(silence), Some(limit)) = (&mut this.silence, this.limit) {
            silence.as_mut().reset(Instant::now() + limit);
        }
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if let (Some(data), Some(judging)) = (frame.data_ref(), &mut this.judging) {
                    this.sent += data.len() as u64;
                    judging.take(data);
                }
                if this.rest.is_end_stream() {
                    this.end(End::Whole);
                }
                Some(Ok(frame))
            }
            Some(Err(_)) => {
                this.end(End::Short);
                Some(Err(h2::Reason::INTERNAL_ERROR.into()))
            }
            None => {
                this.end(End::Whole);
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.begun.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.rest.size_hint().exact() {
            Some(rest) => SizeHint::with_exact(rest + self.begun.len() as u64),
            None => SizeHint::default(),
        }
    }
}
