//! Where traffic is read from: files, a stream, gzip of each; what it is written in is seen by how it starts.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::codec;

/// How many bytes are read at once.
const AT_ONCE: usize = 256 * 1024;
/// How far the start is looked at.
const HEAD: usize = 4096;

/// Something that holds traffic.
pub struct Source {
    /// Where its bytes come from.
    pub input: Input,
}

/// Where bytes come from.
pub enum Input {
    /// From a file, which is opened when it is its turn.
    File(PathBuf),
    /// From a stream that is open already.
    Stream(Box<dyn Read + Send>),
}

/// What traffic is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// HAR 1.2 or 1.3: one JSON object with `log`.
    Har,
    /// A contract file of Pact.
    Pact,
    /// A JSON object on each line.
    Lines,
}

/// A source that is being read, past its byte order mark.
pub(super) struct Opened {
    pub(super) form: Form,
    pub(super) reader: Box<dyn BufRead + Send>,
}

impl Source {
    /// Opens it and looks at its start; `None` if there is nothing in it. Adds to `read` how many of its own bytes were
    /// read, as they are read. Errors tell why it can't be read.
    pub(super) fn open(self, read: &Arc<AtomicU64>) -> Result<Option<Opened>, String> {
        let inner: Box<dyn Read + Send> = match self.input {
            Input::File(path) => Box::new(File::open(path).map_err(|error| error.to_string())?),
            Input::Stream(stream) => stream,
        };
        let counted = Counted { inner, read: Arc::clone(read) };
        let (head, reader) = peeked(counted, 2);
        let reader: Box<dyn Read + Send> = if head.starts_with(&[0x1f, 0x8b]) {
            Box::new(codec::gunzipped(BufReader::with_capacity(AT_ONCE, reader)))
        } else {
            Box::new(reader)
        };
        let (head, reader) = peeked(reader, HEAD);
        let mut reader = BufReader::with_capacity(AT_ONCE, reader);
        let text = match head.strip_prefix("\u{feff}".as_bytes()) {
            Some(text) => {
                let mark = &mut [0; 3];
                reader.read_exact(mark).map_err(|error| told(&error))?;
                text
            }
            None => &head,
        };
        if text.iter().all(u8::is_ascii_whitespace) && head.len() < HEAD {
            // Nothing is there, or nothing but what went wrong.
            return reader.read_to_end(&mut Vec::new()).map(|_| None).map_err(|error| told(&error));
        }
        Ok(Some(Opened { form: form(text)?, reader: Box::new(reader) }))
    }
}

/// What the operating system or gzip says about why reading ended.
pub(super) fn told(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        "its gzip ends too early".to_owned()
    } else {
        error.to_string()
    }
}

/// What is wrong with JSON, without a text that was found in it, which may be a secret.
pub(super) fn wrong(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let is_of_text = text.starts_with("invalid type: string") || text.starts_with("invalid value: string");
    match (text.find('"'), text.rfind('"')) {
        (Some(start), Some(end)) if is_of_text && start < end => {
            [&text[..start], "…", &text[end + 1..]].concat()
        }
        _ => text,
    }
}

/// By the first key of the first object.
fn form(head: &[u8]) -> Result<Form, String> {
    let head = String::from_utf8_lossy(head);
    let key = head.trim_start().strip_prefix('{').map(str::trim_start);
    let Some(key) = key else {
        let found = crate::redact::text(head.trim_start().lines().next().unwrap_or_default(), 40);
        return Err(format!(
            "it starts with `{found}`, expected a HAR, lines of JSON (exchanges or an access log) or a Pact file"
        ));
    };
    let name = key.strip_prefix('"').and_then(|key| key.split('"').next()).unwrap_or_default();
    Ok(match name {
        "log" => Form::Har,
        "consumer" | "interactions" | "messages" | "metadata" | "provider" => Form::Pact,
        _ => Form::Lines,
    })
}

/// The first bytes of a reader, at most so many, and a reader of all of its bytes. What goes wrong on the way is told when the
/// bytes before it were read.
fn peeked<R: Read>(mut reader: R, most: usize) -> (Vec<u8>, impl Read + use<R>) {
    let mut head = Vec::new();
    let failure = Failure(reader.by_ref().take(most as u64).read_to_end(&mut head).err());
    (head.clone(), Cursor::new(head).chain(failure).chain(reader))
}

/// What went wrong, told once.
struct Failure(Option<io::Error>);

impl Read for Failure {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A reader that tells how much was read.
struct Counted {
    inner: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
