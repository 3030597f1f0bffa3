//! The raw socket below hyper: counts what moves, closes without losing the reply, and is where framing is broken.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::handover::Handover;
use super::keeper::{Order, Pulse};
use super::problem::Problem;
use super::refusal;
use super::stream::Stream;

/// How long a client that is still sending may go on after the last reply, so that it gets to read it.
pub(super) const LINGER: Duration = Duration::from_secs(2);

/// One socket, as hyper sees it.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    pulse: Arc<Pulse>,
    handover: Arc<Handover>,
    unread: Arc<AtomicBool>,
    opened: bool,
    closing: Closing,
    /// What is sent in place of what hyper wrote, and how much of it has been.
    instead: Option<(String, usize)>,
}

/// How far the socket is closed.
#[derive(Debug)]
enum Closing {
    Open,
    Lingering(Pin<Box<Sleep>>),
}

impl Wire {
    /// A socket whose moves are told to `pulse`. `unread` says that a reply was sent before its request was
    /// read to the end.
    pub(super) fn new(
        stream: Stream,
        pulse: Arc<Pulse>,
        unread: Arc<AtomicBool>,
        handover: Arc<Handover>,
    ) -> Self {
        Self { stream, pulse, handover, unread, opened: false, closing: Closing::Open, instead: None }
    }

    /// Sends what stands in place of what hyper wrote, if there is any.
    fn send_instead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((text, sent)) = &mut self.instead {
            if *sent == text.len() {
                self.instead = None;
                break;
            }
            *sent += ready!(Pin::new(&mut self.stream).poll_write(context, &text.as_bytes()[*sent..]))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Takes over a reply that hyper made itself; tells how much of it that was.
    fn take_over(&mut self, bytes: &[u8]) -> Option<usize> {
        self.instead = Some((refusal::told(bytes)?, 0));
        Some(bytes.len())
    }

    /// Ends reading because the connection took too long; a head that never got complete is told so.
    fn expire(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.pulse.is_amid_head() {
            // nothing is queued below a head that is not complete, so the socket takes these few bytes
            self.stream.say(context, Problem::TooSlow.raw().as_bytes());
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.handover.give(&mut self.stream);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.pulse.order() >= Order::Expire {
            return self.expire(context);
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = &buffer.filled()[before..];
        if !read.is_empty() {
            self.pulse.received((!self.opened).then_some(read));
            self.opened = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.pulse.moved();
        ready!(self.send_instead(context))?;
        if let Some(taken) = self.take_over(bytes) {
            return Poll::Ready(Ok(taken));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.handover.wrote(written.is_pending());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.pulse.moved();
        ready!(self.send_instead(context))?;
        if let [only] = slices
            && let Some(taken) = self.take_over(only)
        {
            return Poll::Ready(Ok(taken));
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.handover.wrote(written.is_pending());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.send_instead(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Closes the sending side. If the client is still sending, what it sends is read and thrown away for a
    /// moment: closing at once would reset the connection and take the reply with it (RFC 9112 9.6).
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.closing, Closing::Open) {
            ready!(self.send_instead(context))?;
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            if !self.unread.load(Ordering::Relaxed) && !self.pulse.is_amid_head() {
                return Poll::Ready(Ok(()));
            }
            self.closing = Closing::Lingering(Box::pin(sleep(LINGER)));
        }
        let Self { stream, closing: Closing::Lingering(timer), .. } = &mut *self else {
            return Poll::Ready(Ok(()));
        };
        if timer.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        let mut scratch = [0; 16 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
