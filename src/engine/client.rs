//! Verdicts on the client: what a turn tells of how it reacts to the failures before.

use http::header::RETRY_AFTER;
use jiff::fmt::rfc2822;

use super::Engine;
use super::session::Session;
use super::turn::{Target, Turn};
use crate::clock::Moment;
use crate::delivery::Outcome;
use crate::drift::{Answer, Attempt};
use crate::exchange::{Exchange, caller};
use crate::message::Reply;
use crate::violation::Violation;

impl Engine {
    /// Adds what the request shows of its client.
    pub(super) fn judge_client(&self, session: &Session, turn: &mut Turn) {
        let Target::Operation { mount, operation, .. } = turn.target else { return };
        if session.retries.is_empty() {
            return;
        }
        let contract = &self.mounts.all[mount].contract;
        let place = || contract.document.place(&contract.operations[operation].pointer);
        let attempt = Attempt::new(&turn.request, turn.at, caller(&turn.request));
        for verdict in session.retries.judge(&attempt) {
            let mut violation = Violation::new(verdict.rule, &["request"], verdict.message, place());
            violation.help = verdict.help;
            turn.violations.push(violation);
        }
    }
}

/// Remembers how an exchange ended, for the requests that follow.
pub(super) fn remember(session: &Session, exchange: &Exchange, outcome: Outcome, at: Moment) {
    // Of a session without failures, successes are nothing to remember.
    if exchange.status < 400 && outcome == Outcome::Whole && session.retries.is_empty() {
        return;
    }
    if let Some(seen) = Seen::of(exchange) {
        seen.remember(session, outcome, at);
    }
}

/// What a client will have seen of an exchange if its reply arrives whole.
pub(super) struct Seen {
    attempt: Attempt,
    answer: Answer,
}

impl Seen {
    /// `None` for an exchange that belongs to no operation.
    pub(super) fn of(exchange: &Exchange) -> Option<Self> {
        exchange.operation.as_ref()?;
        let attempt = Attempt::new(&exchange.request, exchange.at, exchange.caller());
        Some(Self { attempt, answer: Answer::Status(exchange.status, exchange.retry_after) })
    }

    /// Remembers it with what became of the reply: one that did not arrive whole is lost, whatever it said.
    pub(super) fn remember(self, session: &Session, outcome: Outcome, at: Moment) {
        let answer = match outcome {
            Outcome::Whole => self.answer,
            Outcome::Cut { .. } | Outcome::Reset { .. } | Outcome::Gone { .. } => Answer::Lost,
        };
        session.retries.enter(self.attempt, answer, at);
    }
}

/// How many milliseconds a failure asks to wait: `Retry-After` is seconds or a date (RFC 9110 10.2.3).
pub(super) fn wait(reply: &Reply, at: Moment) -> Option<i64> {
    if reply.status < 400 {
        return None;
    }
    let text = reply.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(date.as_millisecond() - at.0)
}
