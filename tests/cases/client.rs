//! The other end of a socket: a server on a free port, and a client that knows no more than RFC 9112.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use standin::admin::{Access, Admin};
use standin::engine::Engine;
use standin::message::{Reply, Request};
use standin::server;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::Player;

/// How long a reply may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// An engine behind a socket, until it is dropped.
pub struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// Serves on a free port.
    pub fn start(engine: Arc<Engine>) -> Self {
        let admin = Admin::new(Arc::clone(&engine), Access::default());
        let listeners =
            runtime().block_on(server::bind(&server::Options { port: 0, ..server::Options::default() }));
        let listeners = listeners.unwrap();
        let address = listeners.addresses()[0];
        let handler = move |request: Request, _: &server::Connection| {
            admin.answer(&request).unwrap_or_else(|| engine.answer_over_wire(request))
        };
        let task = runtime().spawn(async move {
            server::serve(listeners, Arc::new(handler), std::future::pending()).await;
        });
        Self { address, task }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Player for Served {
    fn play(&self, request: Request) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(&written(&request)).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        read(&bytes, request.method == http::Method::HEAD)
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| server::runtime().unwrap())
}

fn written(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target()).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    if !request.body.is_empty() {
        bytes.extend_from_slice(format!("content-length: {}\r\n", request.body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    bytes.extend_from_slice(&request.body);
    bytes
}

fn read(bytes: &[u8], is_head: bool) -> Reply {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head that ends");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = &bytes[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
    let mut reply = Reply::new(status);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        reply.headers.append(name, HeaderValue::from_str(value.trim()).expect("a header's value"));
    }
    if let Some(length) = reply.headers.get("content-length").filter(|_| !is_head) {
        assert_eq!(length.to_str().unwrap(), body.len().to_string(), "the length is told");
    }
    reply.body = match reply.headers.remove("transfer-encoding") {
        Some(coding) => {
            assert_eq!(coding, "chunked", "no other coding is sent");
            if is_head { Bytes::new() } else { unchunked(body).into() }
        }
        None => Bytes::copy_from_slice(body),
    };
    reply
}

/// The content of chunks (RFC 9112 7.1), which must end as they should.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n").expect("the size of a chunk");
        let size = usize::from_str_radix(str::from_utf8(&rest[..line]).unwrap(), 16).expect("a size");
        let (chunk, behind) = rest[line + 2..].split_at(size);
        content.extend_from_slice(chunk);
        rest = behind.strip_prefix(b"\r\n").expect("the end of a chunk");
        if size == 0 {
            assert!(rest.is_empty(), "nothing behind the last chunk");
            return content;
        }
    }
}
