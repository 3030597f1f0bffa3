//! One request and its reply, with what was found in them.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::clock::Moment;
use crate::violation::{Rule, Violation};

/// A finished exchange. What it holds is as it was on the wire; whoever shows it redacts it.
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
    /// The method.
    pub method: Method,
    /// Path and query as sent.
    pub target: String,
    /// The request's header fields.
    pub headers: HeaderLines,
    /// The request's content.
    pub body: Bytes,
    /// The reply's status.
    pub status: u16,
    /// The reply's content.
    pub reply: Bytes,
    /// What was found.
    pub violations: Vec<Violation>,
    /// The rules that the request announced to break (`Prefer: expect=…`): those violations are no drift.
    pub expected: Vec<Rule>,
}

impl Exchange {
    /// Who sent the request: `standin-client`, else `User-Agent`, else `unknown`.
    pub fn caller(&self) -> &str {
        ["standin-client", "user-agent"]
            .into_iter()
            .filter_map(|name| str::from_utf8(self.headers.get(name)?).ok())
            .find(|value| !value.is_empty())
            .unwrap_or("unknown")
    }

    /// How much memory its contents take, about.
    pub fn weight(&self) -> usize {
        512 + self.target.len() + self.body.len() + self.reply.len() + self.violations.len() * 512
    }
}

/// Header fields as they were sent, copied into one piece of memory: a [`HeaderMap`] would keep the buffer that it was
/// read into, and the connection would have to make a new one for each request.
///
/// Invariant: lines of a name, a colon, a value and a line feed, none of which can stand in a name or value (RFC 9110 5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderLines(Box<[u8]>);

impl HeaderLines {
    /// Copies header fields.
    pub fn of(headers: &HeaderMap) -> Self {
        let length = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2).sum();
        let mut lines = Vec::with_capacity(length);
        for (name, value) in headers {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.push(b':');
            lines.extend_from_slice(value.as_bytes());
            lines.push(b'\n');
        }
        Self(lines.into())
    }

    /// The fields: names in lower case, values as bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.split(|byte| *byte == b'\n').filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((str::from_utf8(&line[..colon]).ok()?, &line[colon + 1..]))
        })
    }

    /// The first value of a field, whose name is in lower case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}
