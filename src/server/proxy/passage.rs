//! One exchange with an upstream under way: judged, and settled however it ends.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::OfConnection;
use super::uptake::Copy;
use crate::check::{Items, Received};
use crate::delivery::Outcome;
use crate::engine::{Engine, Extent, Session, Turn};
use crate::exchange::Exchange;
use crate::message::{Receipt, Reply};
use crate::traffic::{Seen, SeenReply};

/// The header field that tells who answered.
const SOURCE: HeaderName = HeaderName::from_static("standin-source");
/// How much content is judged on the reactor.
const INLINE: usize = 256 * 1024;
/// How many violations of one exchange are kept.
const MOST_VIOLATIONS: usize = 200;
/// The status that stands for a reply that nobody waited for.
const CLIENT_GONE: u16 = 499;

/// Who made a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Mock,
    Upstream,
    /// The proxy itself, which could not get one.
    Proxy,
}

/// The head of an upstream's reply as it came.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
}

/// One exchange under way.
pub(super) struct Passage {
    pub(super) proxy: OfConnection,
    /// `None` for the default one.
    session: Option<Arc<Session>>,
    /// `None` once it is settled. In a box: a passage is moved from each stage of its journey to the next.
    turn: Option<Box<Turn>>,
    /// The request's content where it was not known at the beginning.
    pub(super) copy: Option<Arc<Copy>>,
    /// Whether the request's content is known and judged.
    is_request_whole: bool,
    /// Where the request went, for recordings.
    url: Option<String>,
    /// How many violations are the request's.
    before: usize,
}

impl Passage {
    /// Of a turn that has begun.
    pub(super) fn new(
        proxy: OfConnection,
        session: Option<Arc<Session>>,
        turn: Turn,
        extent: Extent,
    ) -> Self {
        let is_request_whole = extent == Extent::Whole;
        Self {
            proxy,
            session,
            turn: Some(Box::new(turn)),
            copy: None,
            is_request_whole,
            url: None,
            before: 0,
        }
    }

    pub(super) fn turn(&mut self) -> &mut Turn {
        self.parts().1
    }

    /// The engine, and the turn for it.
    fn parts(&mut self) -> (&Engine, &mut Turn) {
        (&self.proxy.engine, self.turn.as_mut().expect("a passage is not used once it is settled"))
    }

    /// Notes where the request goes, if anybody wants to know.
    pub(super) fn goes_to(&mut self, url: impl FnOnce() -> String) {
        if !self.proxy.recorders.is_empty() {
            self.url = Some(url());
        }
    }

    /// Judges the request's content if it is known by now.
    fn catch_up(&mut self) {
        if self.is_request_whole {
            return;
        }
        if let Some(content) = self.copy.as_ref().and_then(|copy| copy.take()) {
            self.is_request_whole = true;
            let (engine, turn) = self.parts();
            judging(content.len(), || engine.judge_content(turn, content));
        }
    }

    /// Judges the head of the upstream's reply, and its content if it is known.
    pub(super) fn judge(&mut self, head: &Head, content: Option<&Bytes>) {
        self.catch_up();
        self.before = self.turn().violations.len();
        let received = Received { status: head.status, headers: &head.headers, body: content };
        let (engine, turn) = self.parts();
        judging(content.map_or(0, Bytes::len), || engine.judge_reply(turn, received));
    }

    /// Judges the upstream's reply anew, now that its content is known.
    pub(super) fn judge_again(&mut self, head: &Head, content: &Bytes) {
        let before = self.before;
        self.turn().violations.truncate(before);
        self.judge(head, Some(content));
    }

    /// Judges some items of the upstream's content.
    pub(super) fn judge_items(&mut self, head: &Head, items: &Bytes, lines_before: usize) {
        if self.turn().violations.len() >= MOST_VIOLATIONS {
            return;
        }
        let received = Received { status: head.status, headers: &head.headers, body: None };
        let items = Items { bytes: items, lines_before };
        let (engine, turn) = self.parts();
        judging(items.bytes.len(), || engine.judge_reply_items(turn, received, items));
        turn.violations.truncate(MOST_VIOLATIONS);
    }

    /// Whether what is wrong is not let through.
    pub(super) fn is_refusing(&mut self) -> bool {
        let (engine, turn) = self.parts();
        engine.is_refusing(turn)
    }

    /// Whether the client may still be sending the request.
    pub(super) fn is_request_unread(&self) -> bool {
        self.copy.as_ref().is_some_and(|copy| !copy.is_whole())
    }

    /// What is told in place of the upstream's reply, if that is not let through.
    pub(super) fn rejected(&mut self) -> Option<Reply> {
        let before = self.before;
        let (engine, turn) = self.parts();
        engine.rejected(turn, before)
    }

    /// Does to the upstream's reply what the request and the scenarios say.
    pub(super) fn on_top(&mut self, reply: &mut Reply) {
        let (engine, turn) = self.parts();
        engine.on_top(turn, reply);
    }

    /// The stand-in's own reply.
    pub(super) fn mock(&mut self) -> Reply {
        self.catch_up();
        let (engine, turn) = self.parts();
        engine.mock(turn)
    }

    /// Puts into the head of a reply what is known so far.
    pub(super) fn announce(&mut self, reply: &mut Reply) {
        reply.headers.insert(SOURCE, HeaderValue::from_static("upstream"));
        let (engine, turn) = self.parts();
        engine.announce(turn, reply);
        if let (Some(log), Some(turn)) = (&self.proxy.log, &self.turn) {
            let bare = std::mem::replace(reply, Reply::new(reply.status));
            *reply = log(&turn.request, Reply { receipt: Some(Receipt::new(|_| ())), ..bare });
        }
    }

    /// Settles an exchange whose reply is all there: what was found is told in its head.
    pub(super) fn settle(mut self, source: Source, reply: &mut Reply, seen: Option<Box<SeenReply>>) {
        let source = match source {
            Source::Mock => "mock",
            Source::Upstream => "upstream",
            Source::Proxy => "proxy",
        };
        reply.headers.insert(SOURCE, HeaderValue::from_static(source));
        let Some(mut exchange) = self.finish(reply) else { return };
        self.record(&exchange, seen.map(|seen| *seen));
        let request = self.proxy.log.is_some().then(|| exchange.request.clone());
        let engine = &self.proxy.engine;
        engine.send(self.session(), &mut exchange, reply, engine.now());
        if let (Some(log), Some(request)) = (&self.proxy.log, request) {
            let bare = std::mem::replace(reply, Reply::new(reply.status));
            *reply = log(&request, bare);
        }
    }

    /// Settles an exchange whose reply went out as it came. `content` is what of it is known.
    pub(super) fn settle_sent(mut self, head: &Head, content: Option<Bytes>, outcome: Outcome) {
        self.catch_up();
        let mut sent = Reply::new(head.status);
        sent.headers.clone_from(&head.headers);
        sent.body = content.clone().unwrap_or_default();
        if let Some(mut exchange) = self.finish(&mut sent) {
            let seen = SeenReply { status: head.status, headers: head.headers.clone(), content };
            self.record(&exchange, Some(seen));
            let engine = &self.proxy.engine;
            engine.settle(self.session(), &mut exchange, outcome, engine.now());
        }
    }

    fn finish(&mut self, reply: &mut Reply) -> Option<Exchange> {
        let mut turn = self.turn.take()?;
        let engine = &self.proxy.engine;
        engine.abandon(&mut turn);
        Some(engine.finish(self.session(), *turn, reply))
    }

    fn session(&self) -> &Arc<Session> {
        self.session.as_ref().unwrap_or_else(|| self.proxy.engine.sessions().default())
    }

    fn record(&self, exchange: &Exchange, reply: Option<SeenReply>) {
        let Some(url) = &self.url else { return };
        let seen = Seen {
            request: exchange.request.clone(),
            has_content: self.is_request_whole,
            url: url.clone(),
            reply,
            at: exchange.at,
        };
        self.proxy.recorders.iter().for_each(|recorder| recorder.add(seen.clone()));
    }
}

impl Drop for Passage {
    /// The client is gone before there was a reply: its request is judged all the same.
    fn drop(&mut self) {
        if self.turn.is_none() {
            return;
        }
        self.catch_up();
        if let Some(mut exchange) = self.finish(&mut Reply::new(CLIENT_GONE)) {
            self.record(&exchange, None);
            let (engine, gone) = (&self.proxy.engine, Outcome::Gone { sent: 0 });
            engine.settle(self.session(), &mut exchange, gone, engine.now());
        }
    }
}

/// Judges content, where that holds up no other connection if it is large.
fn judging<T>(length: usize, work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    let has_others =
        || Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if length > INLINE && has_others() { tokio::task::block_in_place(work) } else { work() }
}
