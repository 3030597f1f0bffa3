//! Why an upstream gave no reply.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use hyper_util::client::legacy;

/// Why an upstream gave no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No connection could be made: no such host, refused, unreachable, a certificate that is not trusted.
    Unreachable(String),
    /// The connection broke before the reply, or what came is no HTTP.
    Broken(String),
    /// Nothing came for so long.
    TimedOut(Duration),
    /// The sender of the request sent nothing of its content for so long.
    Starved(Duration),
    /// The content of the request could not be read from its sender to the end.
    Content(String),
}

/// A request that was sent once and not answered.
#[derive(Debug)]
pub(super) struct Unanswered {
    pub(super) failure: Failure,
    /// Whether a connection that was kept ended just when it was used again: then the request may not have been seen.
    pub(super) is_stale: bool,
}

impl Unanswered {
    /// No connection could be made.
    pub(super) fn unreachable(error: &dyn StdError) -> Self {
        Failure::Unreachable(root_cause(error)).into()
    }

    /// What hyper says of a connection.
    pub(super) fn of(error: &hyper::Error) -> Self {
        let reason = root_cause(error);
        let failure = if error.is_user() { Failure::Content(reason) } else { Failure::Broken(reason) };
        Self { failure, is_stale: error.is_incomplete_message() }
    }

    /// What hyper's pool says.
    pub(super) fn of_pool(error: &legacy::Error) -> Self {
        match hyper_error(error) {
            _ if error.is_connect() => Self::unreachable(error),
            Some(inner) => Self::of(inner),
            None => Failure::Broken(root_cause(error)).into(),
        }
    }
}

impl From<Failure> for Unanswered {
    fn from(failure: Failure) -> Self {
        Self { failure, is_stale: false }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) => write!(f, "could not be reached: {reason}"),
            Self::Broken(reason) => write!(f, "broke off: {reason}"),
            Self::TimedOut(limit) => write!(f, "sent nothing for {limit:?}"),
            Self::Starved(limit) => write!(f, "waited for the rest of the request for {limit:?}"),
            Self::Content(reason) => write!(f, "was not sent the whole request: {reason}"),
        }
    }
}

/// The innermost reason: the outer ones only say that there is one.
pub(super) fn root_cause(error: &dyn StdError) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let reason = innermost.to_string();
    // rustls has no words for it, and it is what one command of OpenSSL makes.
    if reason.contains("CaUsedAsEndEntity") {
        return "its certificate is one of an authority (`CA:TRUE`), which a server can't show as its own: make one with \
                `basicConstraints=CA:FALSE`"
            .to_owned();
    }
    reason
}

fn hyper_error(error: &legacy::Error) -> Option<&hyper::Error> {
    let mut inner = error.source();
    while let Some(one) = inner {
        if let Some(found) = one.downcast_ref::<hyper::Error>() {
            return Some(found);
        }
        inner = one.source();
    }
    None
}
