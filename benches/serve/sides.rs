//! The sides that the benchmark plays itself: a bare hyper server, and a constant handler in our own.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use standin::message::Reply;
use standin::server::{self, Options};

/// Serves as the named side, with a constant body of the size, until the process is ended.
pub(crate) fn play(side: &str, size: usize) {
    let body = Bytes::from(vec![b'x'; size]);
    let runtime = server::runtime().expect("a runtime can be made");
    match side {
        "--bare" => runtime.block_on(bare(body)),
        "--handler" => runtime.block_on(handler(body)),
        _ => println!("unknown side `{side}`; found neither `--bare` nor `--handler`"),
    }
}

async fn bare(body: Bytes) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port can be bound");
    ready(&format!("http://{}", listener.local_addr().expect("a bound socket has an address")));
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true); // slower without, but no reason to stop
        let body = body.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| constant(request, body.clone()));
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
        });
    }
}

async fn constant(request: Request<Incoming>, body: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    let content = request.into_body();
    if !content.is_end_stream() {
        let _ = content.collect().await; // a broken request is answered like any other
    }
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn handler(body: Bytes) {
    let listeners = server::bind(&Options { port: 0, ..Options::default() }).await.expect("a free port");
    ready(&listeners.url());
    let handler = Arc::new(move |_, _: &_| Reply::new(200).with_body("application/json", body.clone()));
    server::serve(listeners, handler, server::stop_signal()).await;
}

fn ready(url: &str) {
    println!("{url}");
    let _ = std::io::stdout().flush(); // whoever waits for the line would notice
}
