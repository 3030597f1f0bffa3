//! How a reply that hyper can't send gets the connection: hyper lets go of it, and a [`Script`] is played on it.
//!
//! A request asks; the connection's task answers after it has let hyper write all that it had. Both meet only here, so
//! that a connection without faults pays one load of a flag each time it is polled.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::keeper::Pulse;
use super::script::Script;
use super::stream::Stream;

/// What the requests of one connection ask of its task.
#[derive(Debug)]
pub(super) struct Handover {
    pulse: Arc<Pulse>,
    is_asked: AtomicBool,
    /// What became of what hyper wrote last, a [`Wrote`].
    wrote: AtomicU8,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// What is to be played; the first that asks is heard.
    script: Option<Script>,
    /// Whether hyper is about to be dropped, so that the stream is to be kept.
    is_leaving: bool,
    stream: Option<Stream>,
    waiting: Vec<oneshot::Sender<()>>,
}

/// What became of what hyper wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrote {
    /// The socket took it.
    Taken,
    /// The socket is full.
    Blocked,
    /// It waits for its turn, when hyper is polled again.
    Later,
}

/// What was asked before hyper wrote.
pub(super) struct Asked {
    waiting: Vec<oneshot::Sender<()>>,
    leaves: bool,
}

impl Handover {
    /// Of a connection whose task `pulse` wakes.
    pub(super) fn new(pulse: Arc<Pulse>) -> Self {
        Self {
            pulse,
            is_asked: AtomicBool::new(false),
            wrote: AtomicU8::new(Wrote::Taken as u8),
            book: Mutex::default(),
        }
    }

    /// Asks for the connection.
    pub(super) fn take(&self, script: Script) {
        self.book().script.get_or_insert(script);
        self.ask();
    }

    /// Waits until hyper has written what it has, as far as the socket and the client's windows take it.
    pub(super) async fn flushed(&self) {
        let (sender, receiver) = oneshot::channel();
        self.book().waiting.push(sender);
        self.ask();
        let _ = receiver.await; // a connection that has ended has nothing left to write
    }

    /// What is asked, to be told again when hyper has been polled; `None` most of the time.
    pub(super) fn asked(&self) -> Option<Asked> {
        if !self.is_asked.load(Ordering::Acquire) {
            return None;
        }
        self.is_asked.store(false, Ordering::Release);
        let mut book = self.book();
        Some(Asked { waiting: std::mem::take(&mut book.waiting), leaves: book.script.is_some() })
    }

    /// Grants what was asked before hyper was polled; `true` if hyper is to be dropped now. Where the socket is full, that
    /// is asked again each time hyper gets to write.
    pub(super) fn grant(&self, asked: Asked) -> bool {
        let wrote = self.wrote.load(Ordering::Relaxed);
        if wrote == Wrote::Later as u8 {
            self.book().waiting.extend(asked.waiting);
            self.is_asked.store(true, Ordering::Release);
            return false;
        }
        for sender in asked.waiting {
            let _ = sender.send(()); // who asked may be gone
        }
        if !asked.leaves {
            return false;
        }
        if wrote == Wrote::Blocked as u8 {
            self.is_asked.store(true, Ordering::Release);
            return false;
        }
        self.book().is_leaving = true;
        true
    }

    /// Notes what became of what hyper wrote.
    pub(super) fn wrote(&self, wrote: Wrote) {
        self.wrote.store(wrote as u8, Ordering::Relaxed);
    }

    /// Keeps the stream that hyper drops, if it is wanted.
    pub(super) fn give(&self, stream: &mut Stream) {
        let mut book = self.book();
        if book.is_leaving {
            book.stream = Some(std::mem::replace(stream, Stream::Gone));
        }
    }

    /// What is to be played, and on what, once hyper is dropped.
    pub(super) fn taken(&self) -> Option<(Stream, Script)> {
        let mut book = self.book();
        book.stream.take().zip(book.script.take())
    }

    fn ask(&self) {
        self.is_asked.store(true, Ordering::Release);
        self.pulse.wake();
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
