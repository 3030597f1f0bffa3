//! What of the documents an exchange exercised, counted where its session keeps it.

use std::sync::atomic::Ordering;

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::Engine;
use super::broken::BROKE;
use super::session::Session;
use super::sessions::ENDED;
use super::turn::{Target, Turn};
use crate::check::Received;
use crate::contract::{Content, Contract};
use crate::drift::coverage::DocumentCoverage;
use crate::drift::{Coverage, Detail};
use crate::media_type::MediaType;
use crate::violation::{Rule, Violation};

/// Content larger than this is not read once more for the branches of its schema.
const LARGEST_READ: usize = 256 * 1024;

impl Engine {
    /// Counters for what exchanges exercise of the contracts; all are zero.
    pub fn coverage(&self) -> Coverage {
        Coverage::default()
    }

    /// What a session exercised of each document.
    pub fn covered(&self, session: &Session) -> Vec<DocumentCoverage> {
        self.told(&session.coverage)
    }

    /// What all sessions exercised of each document, and which of them, those that were let go included.
    pub fn covered_by_all(&self, detail: Detail) -> Vec<DocumentCoverage> {
        let whole = self.coverage();
        self.sessions.add_coverage(&whole);
        let named = self.sessions.all();
        let mut sessions: Vec<(&str, &Coverage)> =
            named.iter().filter_map(|session| Some((session.name.as_deref()?, &session.coverage))).collect();
        sessions.push((ENDED, &self.sessions.gone_coverage));
        whole.told(self.counted(), &sessions, detail)
    }

    /// What counters of the contracts come to.
    pub fn told(&self, coverage: &Coverage) -> Vec<DocumentCoverage> {
        coverage.told(self.counted(), &[], Detail::Whole)
    }

    /// The contracts, with the numbers of their operations.
    fn counted(&self) -> impl Iterator<Item = (&Contract, &[usize])> {
        self.mounts.all.iter().map(|mount| (&*mount.contract, &mount.covers[..]))
    }

    /// How many replies a fault was injected into.
    pub fn faults_injected(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }

    /// Counts what a request and its reply exercised: each parameter that could be read, the content of the request if it
    /// is valid, the status, the media type of the reply, and the branches that valid contents take.
    pub(super) fn cover(&self, turn: &Turn, coverage: &Coverage, received: Option<Received<'_>>) {
        let Target::Operation { mount, operation, .. } = turn.target else { return };
        let compiled = self.mounts.all[mount].operation(operation);
        let contract = &self.mounts.all[mount].contract;
        let declared = &contract.operations[operation];
        let counters = coverage.of(self.mounts.all[mount].covers[operation], &compiled.layout, contract);
        counters.exchange();
        for (parameter, _) in &turn.parameters {
            counters.parameter(*parameter);
        }
        if let Some(content) = turn.valid_as
            && let Some(body) = &declared.body
            && let Some(counted) = counters.request_content(content, &body.content[content])
            && turn.request.body.len() <= LARGEST_READ
            && let Some(value) = turn.body()
        {
            counted.value(value);
        }
        let Some(received) = received else { return };
        let (response, content) = match turn.sent {
            Some((response, content)) => (response, Some(content)),
            None => {
                let Some(response) = declared.response_of(received.status) else { return };
                let is_empty = received.body.is_none_or(bytes::Bytes::is_empty);
                let contents = &declared.responses[response].content;
                (response, if is_empty { None } else { sent_as(contents, received.headers) })
            }
        };
        let content = content.map(|content| (content, &declared.responses[response].content[content]));
        let is_broken = |violation: &Violation| violation.rule == Rule::ReplyBodyInvalid;
        if let Some(counted) = counters.response(response, content)
            && !received.headers.contains_key(BROKE)
            && !turn.violations.iter().any(is_broken)
            && let Some(body) = received.body
            && body.len() <= LARGEST_READ
            && let Ok(value) = serde_json::from_slice(body)
        {
            counted.value(&value);
        }
    }
}

/// Which of the declared contents a reply has, by its `Content-Type`.
fn sent_as(contents: &[Content], headers: &HeaderMap) -> Option<usize> {
    let sent = headers.get(CONTENT_TYPE)?;
    let written = contents.iter().position(|content| content.media_type.is_written(sent.as_bytes()));
    written.or_else(|| Content::best_of(contents, &MediaType::parse(sent.to_str().ok()?)?))
}
