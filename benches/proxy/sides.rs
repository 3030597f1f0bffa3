//! The sides that the benchmark plays itself: the upstream, and a bare hyper proxy in front of it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::engine::{Engine, Options};
use standin::message;
use standin::server;

use crate::document::{CASES, DOCUMENT};

/// Serves as the named side until the process is ended. A proxy is told the upstream's port.
pub(crate) fn play(side: &str, port: usize) {
    let runtime = server::runtime().expect("a runtime can be made");
    match side {
        "--upstream" => runtime.block_on(upstream()),
        "--bare" => runtime.block_on(bare(port)),
        _ => println!("unknown side `{side}`; found neither `--upstream` nor `--bare`"),
    }
}

/// What is answered, by method and target.
type Answers = BTreeMap<(Method, String), (u16, Bytes)>;

/// The replies of the document's own stand-in: valid, and always the same.
fn answers() -> Answers {
    let source = Source::Text { name: "organizations.yaml".into(), text: DOCUMENT.into() };
    let document = Document::load(&source, LoadOptions::default()).value.expect("the document is good");
    let (contract, _) = Contract::build("organizations", document);
    let engine = Engine::new(vec![Arc::new(contract)], Vec::new(), Options::default());
    let answer = |case: &crate::document::Case| {
        let method: Method = case.method.parse().expect("a method");
        let mut request = message::Request::new(method.clone(), case.target);
        request.body = Bytes::from_static(case.body.as_bytes());
        request.headers.insert("content-type", HeaderValue::from_static("application/json"));
        let reply = engine.answer(request);
        ((method, case.target.to_owned()), (reply.status, reply.body))
    };
    CASES.iter().map(answer).collect()
}

async fn upstream() {
    let answers = Arc::new(answers());
    let listener = listen().await;
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true); // slower without, but no reason to stop
        let answers = Arc::clone(&answers);
        tokio::spawn(async move {
            let service = service_fn(move |request| constant(request, Arc::clone(&answers)));
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
        });
    }
}

async fn constant(
    request: Request<Incoming>,
    answers: Arc<Answers>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, content) = request.into_parts();
    if !content.is_end_stream() {
        let _ = content.collect().await; // a broken request is answered like any other
    }
    let known = answers.get(&(head.method, head.uri.path().to_owned()));
    let (status, body) = known.cloned().unwrap_or((404, Bytes::new()));
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status.try_into().expect("a reply has a status");
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    Ok(response)
}

/// A proxy of hyper's server and client, and nothing else.
async fn bare(port: usize) {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<HttpConnector, Incoming> = Client::builder(TokioExecutor::new()).build(connector);
    let listener = listen().await;
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true); // slower without, but no reason to stop
        let client = client.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| pass(request, client.clone(), port));
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
        });
    }
}

async fn pass(
    mut request: Request<Incoming>,
    client: Client<HttpConnector, Incoming>,
    port: usize,
) -> Result<Response<Incoming>, hyper_util::client::legacy::Error> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let uri = format!("http://127.0.0.1:{port}{target}");
    *request.uri_mut() = uri.parse::<Uri>().expect("a target stands in a URI");
    request.headers_mut().remove("host");
    client.request(request).await
}

async fn listen() -> tokio::net::TcpListener {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port can be bound");
    println!("http://{}", listener.local_addr().expect("a bound socket has an address"));
    let _ = std::io::stdout().flush(); // whoever waits for the line would notice
    listener
}
