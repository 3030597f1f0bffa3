//! Replies that wait for something to happen: no thread waits with them, and they end when the server stops.

use tokio::time::sleep;

use super::exchange::Conversation;
use crate::message::{Asked, Reply};

impl Conversation {
    /// The reply once what it waits for has happened, its time is over, or the server stops.
    pub(super) async fn waited_for(&self, mut reply: Reply) -> Reply {
        let Some(waiting) = reply.waiting.take() else { return reply };
        let mut listener = waiting.bell.listen();
        let (ending, stopping) = (sleep(waiting.at_most), self.shared.keeper.stopping());
        tokio::pin!(ending, stopping);
        loop {
            if let Some(content) = (waiting.ask)(Asked::Rung) {
                reply.body = content;
                return reply;
            }
            let last = tokio::select! {
                () = listener.next() => continue,
                () = &mut ending => Asked::TimeOver,
                () = &mut stopping => Asked::Stopping,
            };
            if let Some(content) = (waiting.ask)(last) {
                reply.body = content;
            }
            return reply;
        }
    }
}
