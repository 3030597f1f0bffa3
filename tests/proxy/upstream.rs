//! A real server for the proxy to talk to: HTTP/1.1, HTTP/2 and TLS, and a memory of what reached it.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Version};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A request that reached the upstream.
#[derive(Debug, Clone)]
pub struct Seen {
    pub version: Version,
    pub method: Method,
    pub target: String,
    pub headers: HeaderMap,
    pub length: usize,
    pub trailers: Option<HeaderMap>,
}

impl Seen {
    /// The value of a header field; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// What an upstream sends: what is put into the channel, frame by frame. Dropping the sender ends it.
pub struct Frames(mpsc::Receiver<Frame<Bytes>>);

/// Puts frames into a reply.
pub type Sender = mpsc::Sender<Frame<Bytes>>;

impl Body for Frames {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|frame| frame.map(Ok))
    }
}

/// A reply whose frames come from the sender.
pub fn streamed(builder: http::response::Builder) -> (Sender, Response<Frames>) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, builder.body(Frames(receiver)).unwrap())
}

/// A reply that is all there, in one chunk.
pub fn reply(builder: http::response::Builder, content: impl Into<Bytes>) -> Response<Frames> {
    let (sender, receiver) = mpsc::channel(1);
    let content = content.into();
    if !content.is_empty() {
        sender.try_send(Frame::data(content)).unwrap();
    }
    builder.body(Frames(receiver)).unwrap()
}

type Answer = Arc<dyn Fn(Seen) -> Response<Frames> + Send + Sync>;

/// A server under way until it is dropped.
pub struct Upstream {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Upstream {
    /// Answers on a free port, once each request is read.
    pub async fn start(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(Seen) -> Response<Frames> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&seen);
        let answer: Answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, memory, answer) = (tls.clone(), Arc::clone(&memory), Arc::clone(&answer));
                tokio::spawn(async move {
                    let service =
                        service_fn(|request| take(request, Arc::clone(&memory), Arc::clone(&answer)));
                    let builder = auto::Builder::new(TokioExecutor::new());
                    // Who hangs up is the test's affair.
                    match tls {
                        None => drop(builder.serve_connection(TokioIo::new(stream), service).await),
                        Some(tls) => {
                            let Ok(stream) = tls.accept(stream).await else { return };
                            drop(builder.serve_connection(TokioIo::new(stream), service).await);
                        }
                    }
                });
            }
        });
        Self { address, seen, task }
    }

    /// What has reached it since it was asked last.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(
    request: Request<Incoming>,
    memory: Arc<Mutex<Vec<Seen>>>,
    answer: Answer,
) -> Result<Response<Frames>, hyper::Error> {
    let (head, mut content) = request.into_parts();
    let (mut length, mut trailers) = (0, None);
    while let Some(frame) = content.frame().await {
        match frame?.into_data() {
            Ok(data) => length += data.len(),
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    let target = head.uri.path_and_query().map_or("", |target| target.as_str()).to_owned();
    let seen =
        Seen { version: head.version, method: head.method, target, headers: head.headers, length, trailers };
    memory.lock().unwrap().push(seen.clone());
    Ok(answer(seen))
}
