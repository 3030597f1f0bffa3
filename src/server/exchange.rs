//! One request and its reply: from hyper's types to ours, to the handler, and back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Version};
use hyper::body::{Body, Incoming};

use super::content::Content;
use super::cors::Visit;
use super::deliver::{deliver, late};
use super::handover::Handover;
use super::keeper::Pulse;
use super::problem::Problem;
use super::{Connection, Limits, Shared, body, cors, proxy};
use crate::admin;
use crate::message::{Receipt, Reply, Request};

/// Whether a path is answered by the handler even where there is a proxy.
fn is_reserved(path: &str) -> bool {
    path.strip_prefix(admin::PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// How long a method may be; the longest that is registered, `UPDATEREDIRECTREF`, has 17 letters.
const LONGEST_METHOD: usize = 64;

/// What the exchanges of one connection share.
pub(super) struct Conversation {
    pub(super) shared: Arc<Shared>,
    /// Where requests go that are not for the reserved prefix.
    pub(super) proxy: Option<proxy::OfConnection>,
    pub(super) connection: Connection,
    pub(super) pulse: Arc<Pulse>,
    /// Whether a reply was made before its request was read to the end.
    pub(super) unread: Arc<AtomicBool>,
    /// What takes the connection from hyper.
    pub(super) handover: Arc<Handover>,
}

/// A reply that is there at once, or after its request's body, or as late as a fault has it. One without a body needs neither a box nor the
/// copies of a future's states, which cost as much as the rest of this file.
pub(super) enum Answer {
    /// The reply; taken when it is asked for.
    Ready(Option<Response<Content>>),
    /// The body is read, a large one is handled aside, or a fault is acted out. An error resets a stream of HTTP/2.
    Waiting(Pin<Box<dyn Future<Output = Result<Response<Content>, h2::Error>> + Send>>),
}

impl Future for Answer {
    type Output = Result<Response<Content>, h2::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Answer::Ready(response) => {
                response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
            Answer::Waiting(response) => response.as_mut().poll(context),
        }
    }
}

/// Answers one request; fails only where a fault has it so, because what goes wrong is a reply too.
pub(super) fn answer(conversation: &Arc<Conversation>, request: http::Request<Incoming>) -> Answer {
    let under_way = UnderWay::begin(&conversation.pulse);
    let shared = &conversation.shared;
    let (head, mut content) = request.into_parts();
    let shape = Shape { is_head: head.method == Method::HEAD, version: head.version };
    let visit = cors::visit(shared.cors, &head);
    let reply = if let Some(reply) = visit.as_ref().and_then(|visit| visit.preflight(&head)) {
        return Answer::Ready(Some(shape.respond(reply)));
    } else if let Err(problem) = acceptable(&head, &shared.limits) {
        conversation.refuse(problem, shape, content)
    } else if let Some(proxy) = conversation.proxy.as_ref().filter(|_| !is_reserved(head.uri.path())) {
        return proxy::pass(conversation, proxy, shape, head, content, under_way);
    } else if content.is_end_stream() && !is_reserved(head.uri.path()) {
        ask(shared, conversation.connection, received(head, Bytes::new()))
    } else {
        let conversation = Arc::clone(conversation);
        return Answer::Waiting(Box::pin(async move {
            let reply = match body::read(&mut content, &conversation.shared.limits).await {
                Ok(body) => conversation.ask(received(head, body)).await,
                Err(problem) => conversation.refuse(problem, shape, content),
            };
            send(&conversation, shape, opened(reply, visit), under_way).await
        }));
    };
    send(conversation, shape, opened(reply, visit), under_way)
}

/// Lets a reply go: at once, unless a fault or what it waits for has it otherwise.
pub(super) fn send(
    conversation: &Arc<Conversation>,
    shape: Shape,
    reply: Reply,
    under_way: UnderWay,
) -> Answer {
    match (&reply.delivery, &reply.waiting) {
        (None, None) => Answer::Ready(Some(shape.respond(reply))),
        (Some(delivery), None) if delivery.is_only_late() => {
            Answer::Waiting(Box::pin(late(delivery.delay, shape, reply, under_way)))
        }
        (Some(_), None) | (_, Some(_)) => {
            let conversation = Arc::clone(conversation);
            Answer::Waiting(Box::pin(async move {
                let reply = conversation.waited_for(reply).await;
                deliver(conversation, shape, reply, under_way).await
            }))
        }
    }
}

impl Conversation {
    /// Asks the handler; for a report, or about a body that is large, or may be when it is unfolded, where that holds up no
    /// other connection.
    async fn ask(&self, request: Request) -> Reply {
        let folded = request.headers.contains_key(CONTENT_ENCODING);
        let is_long = folded || is_reserved(&request.path);
        if request.body.len() <= self.shared.limits.inline_body && !is_long {
            return ask(&self.shared, self.connection, request);
        }
        let (shared, connection) = (Arc::clone(&self.shared), self.connection);
        let asked = tokio::task::spawn_blocking(move || ask(&shared, connection, request)).await;
        asked.unwrap_or_else(|_| Problem::Defect.reply())
    }

    /// The reply to a request that is not read any further. HTTP/1 can't go on after it; HTTP/2 would reset
    /// the stream before the reply if the rest were dropped now.
    fn refuse(&self, problem: Problem, shape: Shape, rest: Incoming) -> Reply {
        self.turn_away(problem.reply(), shape, rest)
    }

    /// A reply to a request that is not read any further.
    pub(super) fn turn_away(&self, reply: Reply, shape: Shape, rest: Incoming) -> Reply {
        if shape.version == Version::HTTP_2 {
            tokio::spawn(body::discard(rest));
            return reply;
        }
        self.end_behind(reply, shape)
    }

    /// A reply behind which HTTP/1 can't go on, because its request was not read to the end.
    pub(super) fn end_behind(&self, reply: Reply, shape: Shape) -> Reply {
        if shape.version == Version::HTTP_2 {
            return reply;
        }
        self.unread.store(true, Ordering::Relaxed);
        reply.with_header("connection", "close")
    }
}

/// The reply, readable for the page that asked, if one did.
pub(super) fn opened(mut reply: Reply, visit: Option<Visit>) -> Reply {
    if let Some(visit) = visit {
        visit.open(&mut reply.headers);
    }
    reply
}

/// Asks the handler; a panic in it is its own, not the server's.
fn ask(shared: &Shared, connection: Connection, request: Request) -> Reply {
    catch_unwind(AssertUnwindSafe(|| (shared.handler)(request, &connection)))
        .unwrap_or_else(|_| Problem::Defect.reply())
}

/// Whether the head is one that the handler can be asked about.
fn acceptable(head: &Parts, limits: &Limits) -> Result<(), Problem> {
    if head.method == Method::CONNECT {
        return Err(Problem::Connect);
    }
    if head.method.as_str().len() > LONGEST_METHOD {
        return Err(Problem::MethodTooLong);
    }
    if !head.uri.path().starts_with('/') && (head.uri.path() != "*" || head.method != Method::OPTIONS) {
        return Err(Problem::Target);
    }
    if head.uri.path().len() + head.uri.query().map_or(0, str::len) > limits.target {
        return Err(Problem::TargetTooLong);
    }
    let (mut size, mut hosts, mut codings) = (0, 0, 0);
    let (mut is_host, mut is_coding) = (true, true);
    for (name, value) in &head.headers {
        size += name.as_str().len() + value.len();
        if *name == HOST {
            hosts += 1;
            is_host &= value.as_bytes().iter().all(|byte| OF_HOST[usize::from(*byte)]);
        } else if *name == TRANSFER_ENCODING {
            codings += 1;
            is_coding &= value.as_bytes().eq_ignore_ascii_case(b"chunked");
        }
    }
    if size > limits.head {
        return Err(Problem::HeadTooLarge);
    }
    if !is_host || hosts > 1 || (hosts == 0 && head.version == Version::HTTP_11) {
        return Err(Problem::Host);
    }
    // hyper looks at the last coding alone; whoever stands before it may see another message.
    if !is_coding || codings > 1 {
        return Err(Problem::TransferCoding);
    }
    Ok(())
}

/// The bytes that may stand in a host and port (RFC 3986 3.2.2 and 3.2.3), be it a name, an address or percent-encoded.
const OF_HOST: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"-._~!$&'()*+,;=:%[]";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// The request as the handler sees it. The authority of HTTP/2, and of a target with one, is its `Host`
/// (RFC 9113 8.3.1, RFC 9112 3.2.2).
pub(super) fn received(head: Parts, body: Bytes) -> Request {
    let mut headers = head.headers;
    if let Some(authority) = head.uri.authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        headers.insert(HOST, host);
    }
    Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers,
        body,
    }
}

/// What of the request decides how its reply is framed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) is_head: bool,
    pub(super) version: Version,
}

/// A reply as its request lets it be: without content where there can be none.
pub(super) struct Framed {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The length that is told; `None` where none can be.
    pub(super) length: Option<u64>,
    pub(super) parts: Vec<usize>,
    pub(super) receipt: Option<Receipt>,
}

impl Shape {
    /// The reply as hyper sends it whole.
    pub(super) fn respond(self, reply: Reply) -> Response<Content> {
        let Framed { status, mut headers, body, length, parts, receipt } = self.frame(reply);
        if self.is_head
            && let Some(length) = length
        {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let mut response = Response::new(Content::new(body, parts, receipt));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    /// The reply without a body, and its length told, where there can't be one; a problem if it can't be sent.
    pub(super) fn frame(self, reply: Reply) -> Framed {
        let Reply { status, mut headers, mut body, mut parts, delivery: _, receipt, waiting: _ } = reply;
        let Some(status) = StatusCode::from_u16(status).ok().filter(|status| !status.is_informational())
        else {
            return self.frame(Problem::Defect.reply());
        };
        unframe(&mut headers);
        let mut length = Some(body.len() as u64);
        if matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED) {
            length = None;
            body = Bytes::new();
            parts = Vec::new();
        } else if self.is_head {
            // `GET` of parts would not tell a length either (RFC 9110 8.6).
            length = length.filter(|_| parts.is_empty());
            body = Bytes::new();
            parts = Vec::new();
        }
        Framed { status, headers, body, length, parts, receipt }
    }
}

/// Removes what says how a message is framed: that is the server's to say.
fn unframe(headers: &mut HeaderMap) {
    // To look at the few there are is cheaper than to look for two that are hardly ever there.
    if headers.keys().any(|name| *name == CONTENT_LENGTH || *name == TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
        headers.remove(TRANSFER_ENCODING);
    }
}

/// A request that is being answered, in its connection's pulse; also when it is given up.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Pulse>);

impl UnderWay {
    fn begin(pulse: &Arc<Pulse>) -> Self {
        pulse.begin();
        Self(Arc::clone(pulse))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.end();
    }
}
