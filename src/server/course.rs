//! Content that comes slowly or stops early, as hyper asks for it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use super::exchange::{Conversation, UnderWay};
use super::script::{Ending, Notice, Script, Step};
use crate::delivery::Pace;

/// The largest piece where nothing slows the content down: what a window of HTTP/2 takes at once.
const PIECE: usize = 16 * 1024;

/// What is left to be sent, and what becomes of the connection then.
pub(super) struct Course {
    pub(super) conversation: Arc<Conversation>,
    pub(super) content: Bytes,
    pub(super) pace: Option<Pace>,
    pub(super) last: Last,
    pub(super) notice: Notice,
    /// Keeps the request under way until the content has ended; taken by a script.
    pub(super) under_way: Option<UnderWay>,
}

/// What becomes of a stream of HTTP/2 once its content is sent. HTTP/1.1 ends it.
pub(super) enum Last {
    /// It ends.
    End,
    /// It is reset with this error code.
    Reset(u32),
    /// Nothing comes for so long; then it ends, or is reset with this error code.
    Stall(Duration, Option<u32>),
    /// The connection is taken from hyper.
    HandOver(Vec<Step>, Ending),
}

/// The next piece, `None` at the end, and the course that goes on.
type Next = (Option<Result<Bytes, h2::Error>>, Course);

/// A [`Course`] that is asked piece by piece.
pub(super) enum Pieces {
    /// Nothing is asked.
    Idle(Box<Course>),
    /// The next piece is waited for.
    Waiting(Pin<Box<dyn Future<Output = Next> + Send>>),
    /// The end was told.
    Over,
}

impl Pieces {
    /// The next piece; `None` at the end.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, h2::Error>>> {
        if matches!(self, Self::Idle(_))
            && let Self::Idle(course) = std::mem::replace(self, Self::Over)
        {
            *self = Self::Waiting(Box::pin(course.next()));
        }
        let Self::Waiting(next) = self else { return Poll::Ready(None) };
        let (piece, course) = ready!(next.as_mut().poll(context));
        *self = match piece {
            Some(Ok(_)) => Self::Idle(Box::new(course)),
            Some(Err(_)) | None => Self::Over,
        };
        Poll::Ready(piece)
    }

    /// How many bytes are left, where that is known.
    pub(super) fn left(&self) -> Option<u64> {
        match self {
            Self::Idle(course) => Some(course.content.len() as u64),
            Self::Waiting(_) => None,
            Self::Over => Some(0),
        }
    }
}

impl Course {
    async fn next(mut self) -> Next {
        if !self.content.is_empty() {
            if let Some(pace) = self.pace {
                sleep(pace.pause).await;
            }
            let most = self.pace.map_or(PIECE, |pace| pace.piece.max(1));
            let piece = self.content.split_to(most.min(self.content.len()));
            self.notice.note_sent(piece.len());
            if self.content.is_empty() && matches!(self.last, Last::End) {
                // Hyper need not ask again behind the last byte.
                self.notice.tell();
            }
            return (Some(Ok(piece)), self);
        }
        let last = match std::mem::replace(&mut self.last, Last::End) {
            Last::End => {
                self.notice.tell();
                None
            }
            Last::Reset(code) => {
                // h2 throws away what is queued on a stream that is reset
                self.conversation.handover.flushed().await;
                self.notice.tell();
                Some(Err(reason(code)))
            }
            Last::Stall(time, code) => {
                self.conversation.hold(time).await;
                self.notice.tell();
                code.map(|code| Err(reason(code)))
            }
            Last::HandOver(steps, ending) => match self.under_way.take() {
                Some(under_way) => {
                    let notice = self.notice.clone();
                    self.conversation.hand_over(Script { steps, ending, under_way, notice }).await
                }
                None => None,
            },
        };
        (last, self)
    }
}

impl Conversation {
    /// Waits, but not longer than the server goes on.
    pub(super) async fn hold(&self, time: Duration) {
        tokio::select! {
            () = sleep(time) => {}
            () = self.shared.keeper.stopping() => {}
        }
    }

    /// Takes the connection from hyper, which never hears of it again.
    pub(super) async fn hand_over<T>(&self, script: Script) -> T {
        self.handover.take(script);
        std::future::pending().await
    }
}

/// An error code as h2 takes it.
pub(super) fn reason(code: u32) -> h2::Error {
    h2::Reason::from(code).into()
}
