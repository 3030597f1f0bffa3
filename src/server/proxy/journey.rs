//! The way of one request to an upstream, and of the reply back.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, TE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::sleep;

use super::hold::{Held, Patience, hold};
use super::passage::{Head, Passage, Source};
use super::stream::Stream;
use super::trailed::Trailed;
use super::uptake::Uptake;
use super::{Proxy, fields};
use crate::client::{Address, Failure};
use crate::engine::{Extent, Problem, Way};
use crate::fault;
use crate::message::Reply;
use crate::server::content::Content;
use crate::server::cors::Visit;
use crate::server::exchange::{Answer, Conversation, Shape, UnderWay, opened, received, send};
use crate::traffic::SeenReply;

/// A reply as hyper sends it; an error resets a stream of HTTP/2.
type Sent = Result<Response<Content>, h2::Error>;

/// Passes a request on and its reply back.
pub(in crate::server) async fn pass(
    conversation: Arc<Conversation>,
    proxy: Arc<Proxy>,
    shape: Shape,
    head: Parts,
    content: Incoming,
    under_way: UnderWay,
) -> Sent {
    let version = head.version;
    let visit = match proxy.door.admit(&head, conversation.connection.local) {
        Ok(visit) => visit,
        Err(problem) => return Ok(shape.respond(conversation.turn_away(problem.reply(), shape, content))),
    };
    if let Some(reply) = visit.as_ref().and_then(|visit| visit.preflight(&head)) {
        return Ok(shape.respond(reply));
    }
    if fields::wants_another_protocol(&head.headers) {
        let problem = Problem::new(501, "this proxy speaks HTTP only and switches to no other protocol");
        return Ok(shape.respond(conversation.turn_away(problem.reply(), shape, content)));
    }
    let mut request = received(head, Bytes::new());
    let needs = || proxy.engine.needs_content(&request);
    let uptake = match Uptake::begin(content, &conversation.shared.limits, needs).await {
        Ok(uptake) => uptake,
        Err((problem, content)) => {
            return Ok(shape.respond(conversation.turn_away(problem.reply(), shape, content)));
        }
    };
    let extent = match &uptake {
        Uptake::Whole(content, _) => {
            request.body = content.clone();
            Extent::Whole
        }
        Uptake::Coming(..) => Extent::Head,
    };
    let (session, turn) = proxy.engine.approach(request, extent);
    let passage = Passage::new(proxy, session, turn, extent);
    Journey { conversation, shape, visit, under_way }.go(passage, uptake, version).await
}

/// What a reply needs on its way to the client.
struct Journey {
    conversation: Arc<Conversation>,
    shape: Shape,
    visit: Option<Visit>,
    under_way: UnderWay,
}

impl Journey {
    /// Asks who is to answer.
    async fn go(self, mut passage: Passage, uptake: Uptake, version: Version) -> Sent {
        let proxy = Arc::clone(&passage.proxy);
        let way = proxy.engine.way(passage.turn());
        let onward = if way == Way::Mock { None } else { proxy.engine.destination(passage.turn()) };
        let Some(onward) = onward else {
            let mut reply = passage.mock();
            if let Uptake::Coming(_, rest) = uptake {
                reply = self.conversation.turn_away(reply, self.shape, rest);
            }
            return self.whole(passage, Source::Mock, reply, None).await;
        };
        let address = &proxy.addresses[onward.document];
        let base = address.base().unwrap_or(&onward.base);
        let turn = passage.turn();
        let target = match turn.foreign_query() {
            Some(query) => [base, &onward.path, "?", &query].concat(),
            None => [base, &onward.path].concat(),
        };
        let method = turn.request.method.clone();
        passage.goes_to(|| address.url(&target));
        let (outgoing, copy) = uptake.outgoing();
        passage.copy = copy;
        let request = &passage.turn().request;
        let headers = || {
            let mut headers = fields::to_upstream(&request.headers, version);
            if headers.contains_key(TE) && !address.is_secure() {
                // RFC 9110 10.1.4. Behind TLS it may be HTTP/2, for which hyper 1.12 takes off what `Connection` lists.
                headers.insert(CONNECTION, HeaderValue::from_static("te"));
            }
            headers
        };
        let response = match proxy.upstreams.send(address, method, &target, headers, outgoing).await {
            Ok(response) => response,
            Err(failure) => return self.failed(passage, address, &failure).await,
        };
        let status = response.status().as_u16();
        if passage.turn().is_routed() && proxy.fallback.iter().any(|lack| lack.is_status(status)) {
            return self.fall_back(passage).await;
        }
        self.back(passage, response, way, address).await
    }

    /// Takes the upstream's reply back.
    async fn back(
        self,
        mut passage: Passage,
        response: Response<Incoming>,
        way: Way,
        address: &Address,
    ) -> Sent {
        let (parts, content) = response.into_parts();
        let head = Head { status: parts.status.as_u16(), headers: parts.headers };
        let is_held = way == Way::UpstreamHeld || passage.is_refusing();
        let patience = Patience::of(&head.headers, &content, is_held);
        match hold(content, patience, passage.proxy.upstreams.timeout()).await {
            Ok(Held::Whole(content, trailers)) => {
                self.held(passage, head, parts.version, content, trailers).await
            }
            Ok(Held::Begun(begun, rest)) => self.streamed(passage, head, parts.version, begun, rest).await,
            Err(failure) => self.failed(passage, address, &failure).await,
        }
    }

    /// Passes on a reply that is all there.
    async fn held(
        self,
        mut passage: Passage,
        head: Head,
        version: Version,
        content: Bytes,
        trailers: Option<HeaderMap>,
    ) -> Sent {
        passage.judge(&head, Some(&content));
        let seen = (!passage.proxy.recorders.is_empty()).then(|| SeenReply {
            status: head.status,
            headers: head.headers.clone(),
            content: Some(content.clone()),
        });
        if let Some(problem) = passage.rejected() {
            return self.whole(passage, Source::Proxy, problem, seen).await;
        }
        let mut reply = Reply::new(head.status);
        reply.headers = head.headers;
        reply.body = content;
        fields::from_upstream(&mut reply.headers, version);
        let told = reply.headers.get(CONTENT_LENGTH).cloned();
        passage.on_top(&mut reply);
        let is_changed = reply.delivery.as_ref().is_some_and(|delivery| !delivery.is_only_late());
        let trailers = trailers.filter(|_| !is_changed);
        let (is_head, content) = (self.shape.is_head, reply.body.clone());
        let mut response = self.whole(passage, Source::Upstream, reply, seen).await?;
        if is_head || response.status() == StatusCode::NOT_MODIFIED {
            // It tells of the content that is not there (RFC 9110 8.6).
            match told {
                Some(told) => response.headers_mut().insert(CONTENT_LENGTH, told),
                None => response.headers_mut().remove(CONTENT_LENGTH),
            };
        } else if let Some(trailers) = trailers {
            response.headers_mut().remove(CONTENT_LENGTH);
            let trailed = Trailed::new(content, trailers).map_err(|never| match never {});
            return Ok(response.map(|_| Content::Passed(Box::pin(trailed))));
        }
        Ok(response)
    }

    /// Passes on a reply whose content goes on.
    async fn streamed(
        self,
        mut passage: Passage,
        head: Head,
        version: Version,
        begun: Bytes,
        rest: Incoming,
    ) -> Sent {
        passage.judge(&head, None);
        if let Some(problem) = passage.rejected() {
            return self.whole(passage, Source::Proxy, problem, None).await;
        }
        let mut reply = Reply::new(head.status);
        reply.headers.clone_from(&head.headers);
        fields::from_upstream(&mut reply.headers, version);
        reply.headers.remove(CONTENT_LENGTH);
        passage.on_top(&mut reply);
        if !reply.body.is_empty() {
            // A scenario gave other content.
            return self.whole(passage, Source::Upstream, reply, None).await;
        }
        if let Some(delivery) = reply.delivery.take() {
            if !delivery.is_only_late() {
                fault::retract(&mut reply.headers);
            }
            if !delivery.delay.is_zero() {
                sleep(delivery.delay).await;
            }
        }
        passage.announce(&mut reply);
        let receipt = reply.receipt.take();
        let reply = opened(reply, self.visit);
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let stream = Stream::new(begun, rest, head, passage, receipt, self.under_way);
        let mut response = Response::new(Content::Passed(Box::pin(stream)));
        *response.status_mut() = status;
        *response.headers_mut() = reply.headers;
        Ok(response)
    }

    /// Tells that the upstream gave no reply, unless the stand-in answers for it.
    async fn failed(self, mut passage: Passage, address: &Address, failure: &Failure) -> Sent {
        let is_lack = passage.proxy.fallback.iter().any(|lack| lack.is_failure(failure));
        if is_lack && passage.turn().is_routed() {
            return self.fall_back(passage).await;
        }
        let status = match failure {
            Failure::Unreachable(_) | Failure::Broken(_) => 502,
            Failure::TimedOut(_) => 504,
            Failure::Starved(_) => 408,
            Failure::Content(_) => 400,
        };
        let problem = Problem::new(status, format!("the upstream `{}` {failure}", address.authority()));
        let mut reply = problem.reply();
        passage.on_top(&mut reply);
        if passage.is_request_unread() {
            reply = self.conversation.end_behind(reply, self.shape);
        }
        self.whole(passage, Source::Proxy, reply, None).await
    }

    /// Answers in the upstream's place.
    async fn fall_back(self, mut passage: Passage) -> Sent {
        let mut reply = passage.mock();
        if passage.is_request_unread() {
            reply = self.conversation.end_behind(reply, self.shape);
        }
        self.whole(passage, Source::Mock, reply, None).await
    }

    /// Settles the exchange and sends a reply that is all there.
    fn whole(self, passage: Passage, source: Source, mut reply: Reply, seen: Option<SeenReply>) -> Answer {
        passage.settle(source, &mut reply, seen);
        send(&self.conversation, self.shape, opened(reply, self.visit), self.under_way)
    }
}
