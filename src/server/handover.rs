//! How a reply that hyper can't send gets the connection: hyper lets go of it, and a [`Script`] is played on it.
//!
//! A request asks; the connection's task answers after it has let hyper write all that it had. Both meet only here, so
//! that a connection without faults pays one load of a flag each time it is polled.

use std::sync::atomic::{AtomicBool, Ordering};
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
    /// Whether the socket took not all of what hyper wrote.
    is_blocked: AtomicBool,
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
            is_blocked: AtomicBool::new(false),
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
        for sender in asked.waiting {
            let _ = sender.send(()); // who asked may be gone
        }
        if !asked.leaves {
            return false;
        }
        if self.is_blocked.load(Ordering::Relaxed) {
            self.is_asked.store(true, Ordering::Release);
            return false;
        }
        self.book().is_leaving = true;
        true
    }

    /// Notes whether the socket took what hyper wrote.
    pub(super) fn wrote(&self, is_blocked: bool) {
        if self.is_blocked.load(Ordering::Relaxed) != is_blocked {
            self.is_blocked.store(is_blocked, Ordering::Relaxed);
        }
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
