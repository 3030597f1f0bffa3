//! One part of the journal: exchanges without their bytes, and a ring of the bytes.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::tallies::Tallies;
use crate::clock::Moment;
use crate::exchange::{Ended, Exchange};
use crate::message::Request;
use crate::violation::{Rule, Violation};

/// What is reckoned for a violation.
const VIOLATION: usize = 512;

/// The exchanges of some threads, oldest first.
#[derive(Debug, Default)]
pub(super) struct Kept {
    entries: VecDeque<Entry>,
    /// For each entry: path, query, header lines, content and reply.
    pub(super) bytes: VecDeque<u8>,
    pub(super) tallies: Tallies,
}

/// An exchange without its bytes.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its number in the journal.
    pub(super) number: u64,
    pub(super) id: u64,
    at: Moment,
    document: Option<Arc<str>>,
    operation: Option<Arc<str>>,
    method: Method,
    status: u16,
    violations: Vec<Violation>,
    expected: Vec<Rule>,
    rules: Vec<Arc<str>>,
    retry_after: Option<i64>,
    pub(super) ended: Option<Ended>,
    replay: Option<Box<str>>,
    path: usize,
    query: Option<usize>,
    headers: usize,
    body: usize,
    reply: usize,
}

impl Kept {
    pub(super) fn push(&mut self, entry: Entry, exchange: &Exchange) {
        let Request { path, query, headers, body, .. } = &exchange.request;
        self.bytes.extend(path.as_bytes());
        self.bytes.extend(query.as_deref().unwrap_or_default().as_bytes());
        for (name, value) in headers {
            self.bytes.extend(name.as_str().as_bytes());
            self.bytes.push_back(b':');
            self.bytes.extend(value.as_bytes());
            self.bytes.push_back(b'\n');
        }
        self.bytes.extend(body.iter());
        self.bytes.extend(exchange.reply.iter());
        self.entries.push_back(entry);
    }

    /// Lets the oldest go; yields what it weighed.
    pub(super) fn pop(&mut self) -> Option<usize> {
        let oldest = self.entries.pop_front()?;
        self.bytes.drain(..oldest.length());
        Some(oldest.weight())
    }

    /// The entry of this number.
    pub(super) fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        let place = self.entries.binary_search_by_key(&number, |entry| entry.number).ok()?;
        self.entries.get_mut(place)
    }

    /// How many there are, and what they weigh.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.entries.len(), self.entries.iter().map(Entry::weight).sum())
    }

    /// The number of the oldest.
    pub(super) fn first(&self) -> Option<u64> {
        self.entries.front().map(|entry| entry.number)
    }

    /// Gives room back that was needed once: what threads have to do may go from one to another.
    pub(super) fn trim(&mut self) {
        if self.bytes.len() < self.bytes.capacity() / 4 {
            self.bytes.shrink_to(self.bytes.capacity() / 2);
        }
    }

    /// Each entry, and where its bytes start.
    pub(super) fn placed(&self) -> impl Iterator<Item = (&Entry, usize)> {
        self.entries.iter().scan(0, |start, entry| {
            let here = *start;
            *start += entry.length();
            Some((entry, here))
        })
    }

    pub(super) fn exchange(&self, entry: &Entry, mut start: usize) -> Exchange {
        let mut next = |length: usize| {
            start += length;
            self.copy(start - length..start)
        };
        Exchange {
            id: entry.id,
            at: entry.at,
            document: entry.document.clone(),
            operation: entry.operation.clone(),
            request: Request {
                method: entry.method.clone(),
                path: text(&next(entry.path)),
                query: entry.query.map(|length| text(&next(length))),
                headers: headers(&next(entry.headers)),
                body: next(entry.body).into(),
            },
            status: entry.status,
            reply: next(entry.reply).into(),
            violations: entry.violations.clone(),
            expected: entry.expected.clone(),
            rules: entry.rules.clone(),
            retry_after: entry.retry_after,
            ended: entry.ended,
            replay: entry.replay.clone(),
        }
    }

    fn copy(&self, range: Range<usize>) -> Vec<u8> {
        self.bytes.range(range).copied().collect()
    }
}

impl Entry {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let Request { method, path, query, headers, body } = &exchange.request;
        Self {
            number: 0,
            id: exchange.id,
            at: exchange.at,
            document: exchange.document.clone(),
            operation: exchange.operation.clone(),
            method: method.clone(),
            status: exchange.status,
            violations: exchange.violations.clone(),
            expected: exchange.expected.clone(),
            rules: exchange.rules.clone(),
            retry_after: exchange.retry_after,
            ended: exchange.ended,
            replay: exchange.replay.clone(),
            path: path.len(),
            query: query.as_ref().map(String::len),
            headers: headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2).sum(),
            body: body.len(),
            reply: exchange.reply.len(),
        }
    }

    /// How many of the bytes are its own.
    pub(super) fn length(&self) -> usize {
        self.path + self.query.unwrap_or(0) + self.headers + self.body + self.reply
    }

    /// How much memory it takes, about.
    pub(super) fn weight(&self) -> usize {
        let replay = self.replay.as_ref().map_or(0, |token| token.len());
        size_of::<Self>() + self.length() + replay + self.violations.len() * VIOLATION
    }
}

/// What was text before it was kept.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Header fields from lines of a name, a colon, a value and a line feed, none of which can stand in a name or value
/// (RFC 9110 5).
fn headers(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 1..]));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}
