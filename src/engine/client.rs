//! Verdicts on the client: what a turn tells of how it reacts to the failures before.

use http::header::RETRY_AFTER;
use jiff::fmt::rfc2822;

use super::Engine;
use super::session::Session;
use super::turn::{Target, Turn};
use crate::drift::{Attempt, Outcome};
use crate::exchange::caller;
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
        for verdict in session.retries.judge(&attempt(turn)) {
            turn.violations.push(Violation::new(verdict.rule, &["request"], verdict.message, place()));
        }
    }
}

/// Remembers how a turn ended, for the requests that follow.
pub(super) fn remember(turn: &Turn, reply: &Reply) {
    let (Target::Operation { .. }, Some(retries)) = (&turn.target, &turn.retries) else { return };
    // Of a session without failures, successes are nothing to remember.
    if reply.status < 400 && retries.is_empty() {
        return;
    }
    retries.enter(attempt(turn), Outcome::Answered(reply.status, wait(turn, reply)));
}

fn attempt(turn: &Turn) -> Attempt {
    Attempt::new(&turn.request, turn.at, caller(&turn.request))
}

/// How many milliseconds a reply asks to wait: `Retry-After` is seconds or a date (RFC 9110 10.2.3).
fn wait(turn: &Turn, reply: &Reply) -> Option<i64> {
    let text = reply.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(date.as_millisecond() - turn.at.0)
}
