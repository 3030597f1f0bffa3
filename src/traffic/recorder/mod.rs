//! Writes exchanges to a file while they happen: a bounded queue, and a thread that redacts and writes.

mod har;

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use http::HeaderMap;

use super::recorded::Recorded;
use crate::check::Received;
use crate::clock::Moment;
use crate::error::{Error, Result};
use crate::message::Request;

/// How many bytes of exchanges may wait to be written; what comes when there are more is lost, and counted.
const MOST_WAITING: usize = 64 * 1024 * 1024;
/// What is reckoned for an exchange beside its content.
const HEAD: usize = 4 * 1024;

/// How exchanges are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Our own format, a line each; added to what the file holds.
    Ndjson,
    /// HAR 1.2, in place of what the file holds.
    Har,
}

/// An exchange that is to be written.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The request; without content if that is not known.
    pub request: Request,
    /// Whether the request's content is known.
    pub has_content: bool,
    /// Where it went.
    pub url: String,
    /// The reply; `None` if nobody but the stand-in replied.
    pub reply: Option<SeenReply>,
    /// When the request was read.
    pub at: Moment,
}

/// A reply that is to be written.
#[derive(Debug, Clone)]
pub struct SeenReply {
    /// The status.
    pub status: u16,
    /// The header fields as they came.
    pub headers: HeaderMap,
    /// The content as it came; `None` if it is not known.
    pub content: Option<Bytes>,
}

impl Seen {
    fn weight(&self) -> usize {
        let reply = self.reply.as_ref().and_then(|reply| reply.content.as_ref()).map_or(0, Bytes::len);
        HEAD + self.request.body.len() + reply
    }

    fn recorded(&self) -> Recorded {
        let reply = self.reply.as_ref().map(|reply| Received {
            status: reply.status,
            headers: &reply.headers,
            body: reply.content.as_ref(),
        });
        let mut recorded = Recorded::new(&self.request, &self.url, reply, self.at);
        if !self.has_content {
            recorded.request.body = None;
        }
        recorded
    }
}

/// What became of the exchanges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The file.
    pub path: PathBuf,
    /// How many were written.
    pub written: u64,
    /// How many were lost, because too many waited or the file could not be written.
    pub lost: u64,
    /// Why the file could not be written.
    pub reason: Option<String>,
}

/// Writes exchanges to a file while they happen.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    queue: Mutex<Option<Sender<Seen>>>,
    counts: Arc<Counts>,
    writer: Mutex<Option<JoinHandle<io::Result<()>>>>,
}

#[derive(Debug, Default)]
struct Counts {
    waiting: AtomicUsize,
    written: AtomicU64,
    lost: AtomicU64,
}

impl Recorder {
    /// Opens the file and starts the thread.
    ///
    /// Fails with [`Error::Write`] if the file can't be opened.
    pub fn start(path: &Path, format: Format) -> Result<Self> {
        let refused = |error: io::Error| Error::Write { path: path.to_owned(), reason: error.to_string() };
        let mut options = OpenOptions::new();
        match format {
            Format::Ndjson => options.create(true).append(true),
            Format::Har => options.create(true).write(true).truncate(true),
        };
        let file = options.open(path).map_err(refused)?;
        let (sender, receiver) = channel();
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        let thread = std::thread::Builder::new().name("recorder".into());
        let writer = thread.spawn(move || write(file, format, &receiver, &shared)).map_err(refused)?;
        Ok(Self {
            path: path.to_owned(),
            queue: Mutex::new(Some(sender)),
            counts,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Adds an exchange to the queue, unless too much waits there.
    pub fn add(&self, seen: Seen) {
        let weight = seen.weight();
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = self.counts.waiting.load(Ordering::Relaxed) + weight <= MOST_WAITING;
        if let Some(sender) = queue.as_ref().filter(|_| has_room) {
            self.counts.waiting.fetch_add(weight, Ordering::Relaxed);
            if sender.send(seen).is_ok() {
                return;
            }
        }
        self.counts.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes what waits, and ends the file. What is added from now on is lost.
    pub fn finish(&self) -> Outcome {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = writer.map(JoinHandle::join);
        let reason = match ended {
            Some(Ok(Err(error))) => Some(error.to_string()),
            Some(Err(_)) => Some("the thread that writes ended with a defect".to_owned()),
            Some(Ok(Ok(()))) | None => None,
        };
        Outcome {
            path: self.path.clone(),
            written: self.counts.written.load(Ordering::Relaxed),
            lost: self.counts.lost.load(Ordering::Relaxed),
            reason,
        }
    }
}

/// Writes exchanges until nobody adds any. What follows an error is counted as lost.
fn write(file: File, format: Format, queue: &Receiver<Seen>, counts: &Counts) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    let mut failed = None;
    if format == Format::Har {
        failed = file.write_all(har::BEGIN.as_bytes()).err();
    }
    let mut number = 0_u64;
    loop {
        let seen = match queue.try_recv() {
            Ok(seen) => seen,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                // Who looks at the file in between sees whole entries.
                failed = failed.or(file.flush().err());
                let Ok(seen) = queue.recv() else { break };
                seen
            }
        };
        let weight = seen.weight();
        if failed.is_none() {
            let recorded = seen.recorded();
            let text = match format {
                Format::Ndjson => recorded.line(),
                Format::Har => har::entry(&recorded, number == 0),
            };
            failed = file.write_all(text.as_bytes()).err();
            number += 1;
        }
        counts.waiting.fetch_sub(weight, Ordering::Relaxed);
        let count = if failed.is_none() { &counts.written } else { &counts.lost };
        count.fetch_add(1, Ordering::Relaxed);
    }
    if let Some(error) = failed {
        return Err(error);
    }
    if format == Format::Har {
        file.write_all(har::END.as_bytes())?;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};
    use serde_json::Value;

    use super::*;

    fn seen(target: &str, content: Option<&'static str>) -> Seen {
        let mut request = Request::new(Method::GET, target);
        request.headers.insert("authorization", HeaderValue::from_static("Bearer secret-token"));
        let headers = HeaderMap::from_iter([(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )]);
        let content = content.map(Bytes::from);
        let reply = Some(SeenReply { status: 200, headers, content });
        Seen { request, has_content: true, url: format!("http://h{target}"), reply, at: Moment(0) }
    }

    #[test]
    fn what_was_added_is_in_the_file_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson");
        for round in 1..=2 {
            let recorder = Recorder::start(&path, Format::Ndjson).unwrap();
            for number in 0..50 {
                recorder.add(seen(&format!("/a?n={number}"), Some(r#"{"password":"p"}"#)));
            }
            let outcome = recorder.finish();
            assert_eq!((outcome.written, outcome.lost, outcome.reason), (50, 0, None));
            recorder.add(seen("/late", None));
            assert_eq!(recorder.finish().lost, 1, "what comes later is counted");
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("secret-token") && !text.contains(r#"\"p\""#), "{text}");
            let lines: Vec<Recorded> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines.len(), 50 * round, "a recording goes on where the last one ended");
            assert_eq!(lines[49].request.url, "http://h/a?n=49");
        }
    }

    #[test]
    fn a_har_file_is_one_document() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.har");
        let recorder = Recorder::start(&path, Format::Har).unwrap();
        recorder.add(seen("/a?x=1%20&token=t", Some("{}")));
        recorder.add(Seen { reply: None, ..seen("/b", None) });
        assert_eq!(recorder.finish().written, 2);
        let har: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&har).unwrap());
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::start(&folder.path().join("a"), Format::Ndjson).unwrap();
        let mut large = seen("/a", None);
        large.request.body = Bytes::from(vec![0; MOST_WAITING]);
        recorder.add(large);
        let outcome = recorder.finish();
        assert_eq!((outcome.written, outcome.lost), (0, 1));
    }
}
