//! One request and its reply, with what was found in them.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderName;

use crate::clock::Moment;
use crate::delivery::Outcome;
use crate::message::Request;
use crate::violation::{Rule, Violation};

/// A finished exchange. What it holds is as it was on the wire, but for the codings of the request's
/// content, which are undone; whoever shows it redacts it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its number, counted from 1 since the start; the header `standin-exchange`.
    pub id: u64,
    /// When the request was read.
    pub at: Moment,
    /// The name of the document it was routed to; `None` if it fits none.
    pub document: Option<Arc<str>>,
    /// The operation's id; `None` if it fits none.
    pub operation: Option<Arc<str>>,
    /// The request.
    pub request: Request,
    /// The reply's status.
    pub status: u16,
    /// The reply's content.
    pub reply: Bytes,
    /// What was found.
    pub violations: Vec<Violation>,
    /// The rules that the request announced to break (`Prefer: expect=…`): those violations are no drift.
    pub expected: Vec<Rule>,
    /// The rules of scenarios that decided the reply, as `SCENARIO/RULE`.
    pub rules: Vec<Arc<str>>,
    /// What makes an injected failure happen again (`Prefer: replay=`).
    pub replay: Option<Box<str>>,
    /// For a failure, how many milliseconds its `Retry-After` asked to wait.
    pub retry_after: Option<i64>,
    /// How its reply ended; `None` while it is under way.
    pub ended: Option<Ended>,
}

/// How a reply ended, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// What became of it.
    pub outcome: Outcome,
    /// When; for a reply that is sent whole and at once, when its request was read.
    pub at: Moment,
}

impl Exchange {
    /// Who sent the request.
    pub fn caller(&self) -> &str {
        caller(&self.request)
    }
}

/// The header field by which a client names itself.
pub const CLIENT: HeaderName = HeaderName::from_static("standin-client");

/// Who sent a request: `standin-client`, else `User-Agent`, else `unknown`.
pub fn caller(request: &Request) -> &str {
    [CLIENT.as_str(), "user-agent"]
        .into_iter()
        .filter_map(|name| request.header(name))
        .find(|value| !value.is_empty())
        .unwrap_or("unknown")
}
