//! What the rules say to one request.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::format::RateHeaders;
use super::limit::Standing;
use super::script::Answer;
use crate::fault::{Delay, Fault};
use crate::message::Reply;
use crate::seed::{Random, Seed};

/// What the rules say to one request.
#[derive(Debug, Clone, Default)]
pub struct Cue {
    /// The rules that fired, as `SCENARIO/RULE`; empty where a limit only tells where the caller stands.
    pub rules: Vec<Arc<str>>,
    /// What is answered; `None` lets the usual reply through.
    pub answer: Option<Arc<Answer>>,
    /// The state that the scenario was in when it answered.
    pub state: String,
    /// What happens to the reply on its way.
    pub faults: Vec<Fault>,
    /// How long it is held back.
    pub delay: Option<Delay>,
    /// What the faults are drawn from.
    pub random: Option<Random>,
    /// The limit that was exceeded.
    pub exceeded: Option<Standing>,
    /// Seconds, rounded up, after which the failure is over, where that is known.
    pub retry_after: Option<u64>,
    /// Where the caller stands with each limit that was asked.
    pub(super) standings: Vec<(RateHeaders, Standing)>,
    /// The places that the call took in limits of calls at once.
    pub(super) held: Vec<Held>,
}

/// A place that a call took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) script: usize,
    pub(super) rule: usize,
    pub(super) key: Seed,
}

/// The header fields that tell where a caller stands.
const DRAFT: [&str; 3] = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];
const X: [&str; 3] = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];

impl Cue {
    /// Puts into the reply's header fields where the caller stands with its limits: of several the narrowest is told.
    pub fn tell_standing(&self, reply: &mut Reply) {
        let narrowest =
            self.standings.iter().min_by_key(|(_, standing)| (standing.passes, standing.remaining));
        if let Some((headers, standing)) = narrowest {
            let names: &[[&'static str; 3]] = match headers {
                RateHeaders::Draft => &[DRAFT],
                RateHeaders::X => &[X],
                RateHeaders::Both => &[DRAFT, X],
                RateHeaders::None => &[],
            };
            for [limit, remaining, reset] in names {
                insert(reply, limit, Some(standing.limit));
                insert(reply, remaining, Some(standing.remaining));
                insert(reply, reset, standing.reset);
            }
        }
        if reply.status >= 400 {
            insert(reply, "retry-after", self.retry_after);
        }
    }
}

fn insert(reply: &mut Reply, name: &'static str, value: Option<u64>) {
    if let Some(value) = value {
        reply.headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
