//! The only printer: results to standard output, everything else to standard error.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};

use crate::diagnostic::{self, Diagnostic, Severity, Style};
use crate::text::harmless;

/// When colors are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// Where standard error or output is a terminal and `NO_COLOR` is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output and standard error. A reader who went away is no problem; a disk that is full is one.
pub struct Terminal {
    streams: Mutex<Streams>,
    failed: AtomicBool,
}

struct Streams {
    output: AutoStream<io::Stdout>,
    error: AutoStream<io::Stderr>,
}

impl Terminal {
    /// The terminal, with or without colors.
    pub fn new(color: Color) -> Self {
        Self { streams: Mutex::new(Streams::new(color)), failed: AtomicBool::new(false) }
    }

    /// Changes whether colors are used.
    pub fn set_color(&self, color: Color) {
        *self.streams.lock().unwrap_or_else(PoisonError::into_inner) = Streams::new(color);
    }

    /// Writes a result to standard output at once; a line break is added where there is none.
    pub fn result(&self, text: &str) {
        self.result_bytes(text.as_bytes());
    }

    /// Writes a result that may be no text.
    pub fn result_bytes(&self, bytes: &[u8]) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = write_line(&mut streams.output, bytes);
        if let Err(error) = outcome
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.failed.store(true, Ordering::Relaxed);
            let _ =
                write_line(&mut streams.error, format!("error: cannot write the result: {error}").as_bytes());
        }
    }

    /// Writes something to read to standard error; a line break is added where there is none.
    pub fn say(&self, text: &str) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        // Where standard error can't be written there is nobody to tell.
        let _ = write_line(&mut streams.error, text.as_bytes());
    }

    /// Shows a diagnostic on standard error, with an empty line behind it.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        if diagnostic.span.is_some() || diagnostic.severity != Severity::Error {
            self.say(&format!("{}\n", diagnostic::render(diagnostic, Style::Colored)));
            return;
        }
        let help = diagnostic.help.as_deref().map(|help| format!("\n  help: {}", harmless(help)));
        self.error(&format!("{}{}", harmless(&diagnostic.message), help.unwrap_or_default()));
    }

    /// Says on standard error why something could not be done.
    pub fn error(&self, message: &str) {
        self.say(&format!("\u{1b}[1;31merror\u{1b}[0m: {message}"));
    }

    /// Whether a result could not be written for another reason than that nobody reads it.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

impl Streams {
    fn new(color: Color) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        Self { output: AutoStream::new(io::stdout(), choice), error: AutoStream::new(io::stderr(), choice) }
    }
}

fn write_line(stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)?;
    if !bytes.ends_with(b"\n") {
        stream.write_all(b"\n")?;
    }
    stream.flush()
}
