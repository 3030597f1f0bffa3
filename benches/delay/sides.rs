//! The sides: our own server with a handler that delays, and a bare hyper server that sleeps.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use standin::delivery::Delivery;
use standin::message::Reply;
use standin::server::{self, Options};

const CONTENT: &[u8] = &[b'x'; 999];

/// Serves as the named side until the process is ended.
pub(crate) fn play(side: &str) {
    let content = Bytes::from([CONTENT, b"!"].concat());
    let runtime = server::runtime().expect("a runtime can be made");
    match side {
        "--side-bare" => runtime.block_on(bare(content)),
        "--side-standin" => runtime.block_on(standin(content)),
        _ => println!("unknown side `{side}`"),
    }
}

async fn standin(content: Bytes) {
    let options = Options { host: "127.0.0.1".to_owned(), port: 0, ..Options::default() };
    let listeners = server::bind(&options).await.expect("a free port can be bound");
    ready(&listeners.url());
    let handler = Arc::new(move |request: standin::message::Request, _: &_| {
        let mut reply = Reply::new(200).with_body("text/plain", content.clone());
        if request.path == "/late" {
            reply.delivery = Some(Box::new(Delivery { delay: super::DELAY, ..Delivery::default() }));
        }
        reply
    });
    server::serve(listeners, handler, server::stop_signal()).await;
}

async fn bare(content: Bytes) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port can be bound");
    ready(&format!("http://{}", listener.local_addr().expect("a bound socket has an address")));
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true); // slower without, but no reason to stop
        let content = content.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, content.clone()));
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
        });
    }
}

async fn answer(request: Request<Incoming>, content: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/late" {
        tokio::time::sleep(super::DELAY).await;
    }
    let mut response = Response::new(Full::new(content));
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("text/plain"));
    Ok(response)
}

fn ready(url: &str) {
    println!("{url}");
    let _ = std::io::stdout().flush(); // whoever waits for the line would notice
}
