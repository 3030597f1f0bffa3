//! What the program reports when it could not do what was asked.

use std::fmt;
use std::path::PathBuf;

/// The reason why something could not be done; never a finding about a user's file or about traffic.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Read {
        /// The file as the user named it.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write `{}`: {reason}", path.display())]
    Write {
        /// The file as the user named it.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A flag, setting or argument has a value that cannot be used.
    #[error("{0}")]
    Usage(String),
    /// A socket could not be bound, or a connection failed.
    #[error("{0}")]
    Network(String),
    /// Documents or scenarios are too broken to be used; the diagnostics have been reported.
    #[error("{0}")]
    Unusable(String),
}

impl Error {
    /// Makes a usage error from anything that can be shown.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::Usage(message.to_string())
    }
}

/// The result of something that may not be possible.
pub type Result<T, E = Error> = std::result::Result<T, E>;
