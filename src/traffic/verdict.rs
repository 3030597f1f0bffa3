//! One recorded exchange held against the documents: what is wrong, what could not be judged, or why it is not ours.

use std::collections::BTreeSet;

use http::HeaderValue;

use super::destination::{Destination, Destinations, Foreign, Server};
use super::observed::{Credentials, Nature, Observed, ObservedReply, Unknown};
use super::recorded::Recorded;
use crate::check::Unjudged;
use crate::clock::Moment;
use crate::drift::Coverage;
use crate::drift::coverage::DocumentCoverage;
use crate::engine::Engine;
use crate::exchange::Exchange;
use crate::message::Request;
use crate::router::behind;
use crate::violation::{Direction, Rule, Severity, Violation};

/// Holds recorded exchanges against documents.
pub struct Judge {
    engine: Engine,
    /// What was exercised; sums, whatever thread comes first.
    coverage: Coverage,
    destinations: Destinations,
    credentials: Credentials,
    client: Option<HeaderValue>,
    now: Moment,
}

/// What traffic is, where it does not say.
#[derive(Debug, Clone)]
pub struct Assumptions {
    /// The servers that the user names.
    pub servers: Vec<Server>,
    /// Whether credentials and cookies were recorded.
    pub credentials: Credentials,
    /// Who sent what names no client.
    pub client: Option<HeaderValue>,
    /// When what tells no time was seen.
    pub now: Moment,
}

/// What came of an exchange.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It was judged.
    Judged {
        exchange: Box<Exchange>,
        /// Whether something could not be judged, for it is not known.
        is_partial: bool,
    },
    /// It is not for the documents.
    Foreign(Foreign),
    /// It makes no sense: why.
    Unreadable(String),
}

impl Judge {
    /// A judge by the contracts of an engine.
    pub fn new(engine: Engine, assumptions: Assumptions) -> Self {
        let Assumptions { servers, credentials, client, now } = assumptions;
        let destinations = Destinations::new(engine.contracts(), servers);
        let coverage = engine.coverage();
        Self { engine, coverage, destinations, credentials, client, now }
    }

    /// What was exercised of each document so far.
    pub fn covered(&self) -> Vec<DocumentCoverage> {
        self.engine.told(&self.coverage)
    }

    /// The engine that it judges by.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Judges an exchange, whose number among all of the traffic is `id`.
    pub(super) fn judge(&self, recorded: Recorded, nature: Nature, id: u64) -> Verdict {
        self.verdict(recorded, nature, id, |destination| destination)
    }

    /// Judges an exchange that is known to be for the documents, wherever it went.
    pub(super) fn judge_ours(&self, recorded: Recorded, nature: Nature, id: u64) -> Verdict {
        self.verdict(recorded, nature, id, |_| Ok(Destination::Ours))
    }

    /// How many things are wrong that weigh as much as `least` or more, and whether something is not known; `None` if the
    /// document has no operation for it, be it behind one of these base paths of all documents.
    pub(super) fn fit(
        &self,
        observed: &Observed,
        bases: &BTreeSet<&str>,
        least: Severity,
    ) -> Option<(usize, bool)> {
        let path = &observed.request.path;
        let inner = bases.iter().filter_map(|base| behind(path, base));
        std::iter::once(path.as_str()).chain(inner).find_map(|path| {
            let request = Request { path: path.to_owned(), ..observed.request.clone() };
            let received = observed.reply.as_ref().map(ObservedReply::received);
            let (judged, request) = self.engine.judge_seen(request, received);
            judged.operation?;
            let (violations, is_partial) = self.known(
                judged.violations,
                judged.unjudged,
                &observed.unknown,
                &request,
                observed.reply.as_ref(),
            );
            let counts = |violation: &&Violation| {
                violation.severity >= least && !judged.expected.contains(&violation.rule)
            };
            Some((violations.iter().filter(counts).count(), is_partial))
        })
    }

    /// What is wrong whatever was left out, and whether something could not be judged.
    fn known(
        &self,
        mut violations: Vec<Violation>,
        unjudged: Option<Unjudged>,
        unknown: &Unknown,
        request: &Request,
        reply: Option<&ObservedReply>,
    ) -> (Vec<Violation>, bool) {
        let before = violations.len();
        violations.retain(|violation| !unknown.hides(violation, self.credentials));
        let is_reply_judged = match unjudged {
            None | Some(Unjudged::Deliberate) => true,
            // Where there can be no content, nothing is missed.
            Some(Unjudged::Unknown) => has_no_content(&request.method, reply),
            Some(Unjudged::Encoded) => false,
        };
        let is_partial = violations.len() < before || !is_reply_judged || unknown.is_partial(&request.method);
        (violations, is_partial)
    }

    fn verdict(
        &self,
        recorded: Recorded,
        nature: Nature,
        id: u64,
        settle: impl Fn(Result<Destination, Foreign>) -> Result<Destination, Foreign>,
    ) -> Verdict {
        let mut observed = match Observed::new(recorded, nature, self.client.as_ref()) {
            Ok(observed) => observed,
            Err(reason) => return Verdict::Unreadable(reason),
        };
        let destination = match settle(self.destinations.find(&mut observed)) {
            Ok(destination) => destination,
            Err(foreign) => return Verdict::Foreign(foreign),
        };
        let Observed { request, origin, reply, at, unknown } = observed;
        let received = reply.as_ref().map(ObservedReply::received);
        let (judged, request) = self.engine.judge_and_cover(request, received, &self.coverage);
        let is_unknown = judged.violations.iter().any(|violation| violation.rule == Rule::PathUnknown);
        if is_unknown && destination == Destination::Perhaps {
            return Verdict::Foreign(Foreign::Path(origin));
        }
        let (mut violations, is_partial) =
            self.known(judged.violations, judged.unjudged, &unknown, &request, reply.as_ref());
        if reply.as_ref().is_some_and(ObservedReply::is_undeclared_on_purpose) {
            violations.retain(|violation| violation.rule.definition().direction != Some(Direction::Response));
        }
        let exchange = Exchange {
            id,
            at: at.unwrap_or(self.now),
            document: judged.document,
            operation: judged.operation,
            request,
            status: reply.map_or(0, |reply| reply.status),
            reply: bytes::Bytes::new(),
            violations,
            expected: judged.expected,
            rules: Vec::new(),
            retry_after: None,
            ended: None,
            replay: None,
        };
        Verdict::Judged { exchange: Box::new(exchange), is_partial }
    }
}

/// Whether a reply can't have content (RFC 9110 6.4.1).
fn has_no_content(method: &http::Method, reply: Option<&ObservedReply>) -> bool {
    reply.is_some_and(|reply| *method == http::Method::HEAD || matches!(reply.status, 204 | 205 | 304))
}
