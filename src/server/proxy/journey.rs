//! The way of one request to an upstream, and of the reply back.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, TE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::sleep;

use super::hold::{Held, Patience, hold};
use super::passage::{Head, Passage, Source};
use super::stream::Stream;
use super::trailed::Trailed;
use super::uptake::Uptake;
use super::{OfConnection, fields};
use crate::client::{Address, Arriving, Failure};
use crate::engine::{Extent, Problem, Way};
use crate::fault;
use crate::message::{Reply, Request, has_field};
use crate::server::content::Content;
use crate::server::cors::Visit;
use crate::server::courtesy::give_way;
use crate::server::exchange::{Answer, Conversation, Shape, UnderWay, opened, received, send};
use crate::traffic::SeenReply;

/// A reply as hyper sends it; an error resets a stream of HTTP/2.
type Sent = Result<Response<Content>, h2::Error>;

/// Passes a request on and its reply back.
pub(in crate::server) fn pass(
    conversation: &Arc<Conversation>,
    proxy: &OfConnection,
    shape: Shape,
    head: Parts,
    content: Incoming,
    under_way: UnderWay,
) -> Answer {
    let visit = match proxy.door.admit(&head, conversation.connection.local) {
        Ok(visit) => visit,
        Err(problem) => {
            let reply = conversation.turn_away(problem.reply(), shape, content);
            return Answer::Ready(Some(shape.respond(reply)));
        }
    };
    if let Some(reply) = visit.as_ref().and_then(|visit| visit.preflight(&head)) {
        return Answer::Ready(Some(shape.respond(reply)));
    }
    if fields::wants_another_protocol(&head.headers) {
        let problem = Problem::new(501, "this proxy speaks HTTP only and switches to no other protocol");
        let reply = conversation.turn_away(problem.reply(), shape, content);
        return Answer::Ready(Some(shape.respond(reply)));
    }
    let request = received(head, Bytes::new());
    let (conversation, proxy) = (Arc::clone(conversation), Arc::clone(proxy));
    let journey = Journey { conversation, shape, visit, under_way };
    // A future is moved whole into its box, so what need not wait is done before.
    if content.is_end_stream() {
        let passage = begin(proxy, request, Extent::Whole);
        let uptake = Uptake::Whole(Bytes::new(), None);
        return Answer::Waiting(Box::pin(journey.travel(passage, uptake)));
    }
    Answer::Waiting(Box::pin(journey.take_up(proxy, request, content)))
}

/// Begins the turn of a request.
fn begin(proxy: OfConnection, request: Request, extent: Extent) -> Passage {
    let (session, turn) = proxy.engine.approach(request, extent);
    Passage::new(proxy, session, turn, extent)
}

/// What a reply needs on its way to the client.
struct Journey {
    conversation: Arc<Conversation>,
    shape: Shape,
    visit: Option<Visit>,
    under_way: UnderWay,
}

/// What a journey comes to.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are the large one, and a box for each costs more than room"
)]
enum Ending {
    /// A reply that is all there.
    Whole(Source, Reply, Option<Box<SeenReply>>, Option<Told>),
    /// A reply whose content goes on.
    Streamed(Box<Going>),
}

/// An upstream's reply whose content goes on.
struct Going {
    reply: Reply,
    head: Head,
    begun: Bytes,
    rest: Arriving,
}

/// What an upstream told of its content.
struct Told {
    length: Option<HeaderValue>,
    /// Hardly any reply has some.
    trailers: Option<Box<HeaderMap>>,
}

impl Journey {
    /// Takes the content of a request in, and goes on.
    async fn take_up(self, proxy: OfConnection, mut request: Request, content: Incoming) -> Sent {
        let needs = || proxy.engine.needs_content(&request);
        let uptake = match Uptake::begin(content, &self.conversation.shared.limits, needs).await {
            Ok(uptake) => uptake,
            Err((problem, content)) => {
                let reply = self.conversation.turn_away(problem.reply(), self.shape, content);
                return Ok(self.shape.respond(reply));
            }
        };
        let extent = match &uptake {
            Uptake::Whole(content, _) => {
                request.body = content.clone();
                Extent::Whole
            }
            Uptake::Coming(..) => Extent::Head,
        };
        self.travel(begin(proxy, request, extent), uptake).await
    }

    /// Goes to whoever is to answer, and comes back with the reply.
    async fn travel(self, mut passage: Passage, uptake: Uptake) -> Sent {
        let (source, mut reply, seen, mut told) = match self.go(&mut passage, uptake).await {
            Ending::Whole(source, reply, seen, told) => (source, reply, seen, told),
            Ending::Streamed(going) => return Ok(self.streamed(passage, *going)),
        };
        give_way().await;
        passage.settle(source, &mut reply, seen);
        let trailers = told.as_mut().and_then(|told| told.trailers.take());
        let trailed = trailers.map(|trailers| Trailed::new(reply.body.clone(), *trailers));
        let is_head = self.shape.is_head;
        let sent = send(&self.conversation, self.shape, opened(reply, self.visit), self.under_way);
        let mut response = sent.await?;
        if let Some(told) = told {
            if is_head || response.status() == StatusCode::NOT_MODIFIED {
                // It tells of the content that is not there (RFC 9110 8.6).
                match told.length {
                    Some(length) => response.headers_mut().insert(CONTENT_LENGTH, length),
                    None => response.headers_mut().remove(CONTENT_LENGTH),
                };
            } else if let Some(trailed) = trailed {
                response.headers_mut().remove(CONTENT_LENGTH);
                let trailed = trailed.map_err(|never| match never {});
                return Ok(response.map(|_| Content::Passed(Box::pin(trailed))));
            }
        }
        Ok(response)
    }

    /// Asks who is to answer.
    async fn go(&self, passage: &mut Passage, uptake: Uptake) -> Ending {
        let proxy = Arc::clone(&passage.proxy);
        let way = proxy.engine.way(passage.turn());
        let onward = if way == Way::Mock { None } else { proxy.engine.destination(passage.turn()) };
        let Some(onward) = onward else {
            let mut reply = passage.mock();
            if let Uptake::Coming(_, rest) = uptake {
                reply = self.conversation.turn_away(reply, self.shape, rest);
            }
            return Ending::Whole(Source::Mock, reply, None, None);
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
            let mut headers = fields::to_upstream(&request.headers, self.shape.version);
            if !address.is_secure() && has_field(&headers, &TE) {
                // RFC 9110 10.1.4. Behind TLS it may be HTTP/2, for which hyper 1.12 takes off what `Connection` lists.
                headers.insert(CONNECTION, HeaderValue::from_static("te"));
            }
            headers
        };
        let response = match proxy.upstreams.send(address, method, &target, headers, outgoing).await {
            Ok(response) => response,
            Err(failure) => return self.failed(passage, address, &failure),
        };
        let status = response.status().as_u16();
        if passage.turn().is_routed() && proxy.fallback.iter().any(|lack| lack.is_status(status)) {
            return self.fall_back(passage);
        }
        self.back(passage, response, way, address).await
    }

    /// Takes the upstream's reply back.
    async fn back(
        &self,
        passage: &mut Passage,
        response: Response<Arriving>,
        way: Way,
        address: &Address,
    ) -> Ending {
        let (parts, content) = response.into_parts();
        let (head, version) = (Head { status: parts.status.as_u16(), headers: parts.headers }, parts.version);
        let is_held = way == Way::UpstreamHeld || passage.is_refusing();
        let patience = Patience::of(&head.headers, &content, is_held);
        match hold(content, patience, passage.proxy.upstreams.timeout()).await {
            Ok(Held::Whole(content, trailers)) => held(passage, head, version, content, trailers),
            // In a box: what is rare would take its room in each journey.
            Ok(Held::Begun(begun, rest)) => Box::pin(streaming(passage, head, version, begun, rest)).await,
            Err(failure) => self.failed(passage, address, &failure),
        }
    }

    /// Tells that the upstream gave no reply, unless the stand-in answers for it.
    fn failed(&self, passage: &mut Passage, address: &Address, failure: &Failure) -> Ending {
        let is_lack = passage.proxy.fallback.iter().any(|lack| lack.is_failure(failure));
        if is_lack && passage.turn().is_routed() {
            return self.fall_back(passage);
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
        Ending::Whole(Source::Proxy, reply, None, None)
    }

    /// Answers in the upstream's place.
    fn fall_back(&self, passage: &mut Passage) -> Ending {
        let mut reply = passage.mock();
        if passage.is_request_unread() {
            reply = self.conversation.end_behind(reply, self.shape);
        }
        Ending::Whole(Source::Mock, reply, None, None)
    }

    /// Sends a reply whose content goes on.
    fn streamed(self, mut passage: Passage, going: Going) -> Response<Content> {
        let Going { mut reply, head, begun, rest } = going;
        passage.announce(&mut reply);
        let receipt = reply.receipt.take();
        let reply = opened(reply, self.visit);
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let stream = Stream::new(begun, rest, head, passage, receipt, self.under_way);
        let mut response = Response::new(Content::Passed(Box::pin(stream)));
        *response.status_mut() = status;
        *response.headers_mut() = reply.headers;
        response
    }
}

/// Judges an upstream's reply that is all there.
fn held(
    passage: &mut Passage,
    head: Head,
    version: Version,
    content: Bytes,
    trailers: Option<Box<HeaderMap>>,
) -> Ending {
    passage.judge(&head, Some(&content));
    let seen = (!passage.proxy.recorders.is_empty()).then(|| {
        let (headers, content) = (head.headers.clone(), Some(content.clone()));
        Box::new(SeenReply { status: head.status, headers, content })
    });
    if let Some(problem) = passage.rejected() {
        return Ending::Whole(Source::Proxy, problem, seen, None);
    }
    let mut reply = Reply::new(head.status);
    reply.headers = head.headers;
    reply.body = content;
    let length = reply.headers.remove(CONTENT_LENGTH);
    fields::from_upstream(&mut reply.headers, version);
    passage.on_top(&mut reply);
    let is_changed = reply.delivery.as_ref().is_some_and(|delivery| !delivery.is_only_late());
    let trailers = trailers.filter(|_| !is_changed);
    Ending::Whole(Source::Upstream, reply, seen, Some(Told { length, trailers }))
}

/// Judges the head of an upstream's reply whose content goes on.
async fn streaming(
    passage: &mut Passage,
    head: Head,
    version: Version,
    begun: Bytes,
    rest: Arriving,
) -> Ending {
    passage.judge(&head, None);
    if let Some(problem) = passage.rejected() {
        return Ending::Whole(Source::Proxy, problem, None, None);
    }
    let mut reply = Reply::new(head.status);
    reply.headers.clone_from(&head.headers);
    fields::from_upstream(&mut reply.headers, version);
    reply.headers.remove(CONTENT_LENGTH);
    passage.on_top(&mut reply);
    if !reply.body.is_empty() {
        // A scenario gave other content.
        return Ending::Whole(Source::Upstream, reply, None, None);
    }
    if let Some(delivery) = reply.delivery.take() {
        if !delivery.is_only_late() {
            fault::retract(&mut reply.headers);
        }
        if !delivery.delay.is_zero() {
            sleep(delivery.delay).await;
        }
    }
    Ending::Streamed(Box::new(Going { reply, head, begun, rest }))
}
