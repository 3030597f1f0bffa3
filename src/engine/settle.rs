//! After the wire: an exchange is written down, what became of its reply is noted, and how its client saw it is remembered.

use std::sync::Arc;

use super::session::Session;
use super::{Engine, Extent, client, sessions};
use crate::clock::Moment;
use crate::delivery::Outcome;
use crate::drift::Kind;
use crate::exchange::{Ended, Exchange};
use crate::message::{Receipt, Reply, Request};

impl Engine {
    /// Does a whole exchange in the session that the request names, else in the default one, where there is no wire: what
    /// is planned for the reply on its way counts as done.
    pub fn answer(&self, request: Request) -> Reply {
        let mut reply = self.answer_over_wire(request);
        if let Some(receipt) = reply.receipt.take() {
            let planned = reply.delivery.as_ref().map(|delivery| delivery.planned(reply.body.len()));
            receipt.tell(planned.unwrap_or(Outcome::Whole));
        }
        reply
    }

    /// Does an exchange as [`answer`](Self::answer) does. A reply that does not go out whole and at once has a receipt, and
    /// the exchange is under way until that is told how the reply ended.
    pub fn answer_over_wire(&self, mut request: Request) -> Reply {
        let name = sessions::take_name(&mut request);
        let named = self.named(&name);
        let session = named.as_ref().unwrap_or(self.sessions.default());
        let mut turn = self.begin(session, request, Extent::Whole);
        if let Err(error) = name {
            turn.wishes = Err(error);
        }
        let mut reply = self.mock(&mut turn);
        let mut exchange = self.finish(session, turn, &mut reply);
        // Nothing was waited for since it began.
        let at = exchange.at;
        self.send(session, &mut exchange, &mut reply, at);
        reply
    }

    /// Settles an exchange whose reply is about to be sent: now, if it goes out whole and at once, else when its receipt is
    /// told how it ended. `at` is the moment.
    pub fn send(&self, session: &Arc<Session>, exchange: &mut Exchange, reply: &mut Reply, at: Moment) {
        if reply.delivery.is_none() && reply.parts.is_empty() {
            self.settle(session, exchange, Outcome::Whole, at);
        } else {
            reply.receipt = Some(self.receipt(session, exchange));
        }
    }

    /// Writes an exchange into the session's ledger and journal, and what became of its reply by the moment `at`.
    pub fn settle(&self, session: &Session, exchange: &mut Exchange, outcome: Outcome, at: Moment) {
        exchange.ended = Some(Ended { outcome, at });
        session.ledger.enter(exchange);
        session.journal.add(exchange);
        session.bell.ring();
        client::remember(session, exchange, outcome, at);
    }

    /// Writes down an exchange that is under way; the receipt notes how it ends.
    fn receipt(&self, session: &Arc<Session>, exchange: &Exchange) -> Receipt {
        session.ledger.enter(exchange);
        let place = session.journal.add(exchange);
        session.bell.ring();
        let (client, kind) = (client::Seen::of(exchange), Kind::of(exchange));
        let (session, clock) = (Arc::clone(session), self.options.clock);
        Receipt::new(move |outcome| {
            let at: Moment = clock.now();
            session.journal.settle(place, &kind, Ended { outcome, at });
            session.bell.ring();
            if let Some(client) = client {
                client.remember(&session, outcome, at);
            }
        })
    }
}
