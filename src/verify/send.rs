//! Sends the requests of cases: where to, how fast, and once more where a kept connection was gone.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::outcome::LeftOut;
use crate::client::{Address, Failure, Upstreams, WholeReply};
use crate::message::Request;

/// The way to the servers.
pub(super) struct Line {
    upstreams: Upstreams,
    /// One for each document.
    addresses: Vec<Address>,
    /// The least time between two requests.
    pause: Duration,
    /// When no more is sent.
    until: Option<Instant>,
    next: Mutex<Instant>,
}

impl Line {
    pub(super) fn new(
        upstreams: Upstreams,
        addresses: Vec<Address>,
        pause: Duration,
        until: Option<Instant>,
    ) -> Self {
        Self { upstreams, addresses, pause, until, next: Mutex::new(Instant::now()) }
    }

    /// Waits until it is time for one more request. Fails at once if that is beyond the end of the run.
    pub(super) async fn turn(&self) -> Result<(), LeftOut> {
        if self.pause.is_zero() {
            return Ok(());
        }
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = (*next).max(Instant::now());
            if self.until.is_some_and(|until| at > until) {
                return Err(LeftOut::Time);
            }
            *next = at + self.pause;
            at
        };
        sleep_until(at).await;
        Ok(())
    }

    /// Where a document's server is, for people.
    pub(super) fn shown(&self, document: usize) -> String {
        let address = &self.addresses[document];
        address.url(address.base().unwrap_or_default())
    }

    /// The URL that a request goes to, whose path lies behind the base path that the document declares.
    pub(super) fn url(&self, document: usize, base: &str, request: &Request) -> String {
        self.addresses[document].url(&self.target(document, base, request))
    }

    fn target(&self, document: usize, base: &str, request: &Request) -> String {
        let target = request.target();
        match self.addresses[document].base() {
            Some(own) => [own, target.strip_prefix(base).unwrap_or(&target)].concat(),
            None => target,
        }
    }

    /// Sends a request, and reads the whole reply.
    ///
    /// A connection that broke before the reply may have been an old one that the server had closed: the request is sent
    /// once more on another one, when it is time for that, and only then is there no reply.
    pub(super) async fn send(
        &self,
        document: usize,
        base: &str,
        request: &Request,
    ) -> Result<WholeReply, Failure> {
        let target = self.target(document, base, request);
        let fetch = async || {
            let (method, headers) = (request.method.clone(), request.headers.clone());
            let address = &self.addresses[document];
            self.upstreams.fetch(address, method, &target, headers, request.body.clone()).await
        };
        match fetch().await {
            Err(Failure::Broken(_)) if self.turn().await.is_ok() => fetch().await,
            other => other,
        }
    }
}
