//! The server, seen from the other end of a loopback socket.

mod crossing;
mod ending;
mod faulty;
mod framing;
mod hostile;
mod limiting;
mod secure;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Connection, Cors, Handler, Limits, Listeners, Options, Summary, bind, serve};
use crate::message::{Reply, Request};

/// How long a test waits on a busy machine for what happens at once on a quiet one.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port, and what stops it.
struct Running {
    port: u16,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Summary>,
}

impl Running {
    /// Stops the server; the panics of a handler are not its own.
    async fn stop(self) -> Summary {
        let _ = self.stop.send(());
        timeout(PATIENCE, self.served).await.expect("stops in time").unwrap()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// Sends bytes on a new connection and reads until the server closes it.
    async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_ref()).await.unwrap();
        rest(&mut stream).await
    }

    /// Sends a `GET` of the path that closes the connection, with further header lines.
    async fn get(&self, path: &str, lines: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: here\r\n{lines}connection: close\r\n\r\n")).await
    }
}

/// Everything until the end of the stream, within twenty seconds.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes").unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Everything until the text has come, within twenty seconds.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(end) {
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await;
        let count = read.unwrap_or_else(|_| panic!("no {end:?} after {text:?}")).unwrap();
        assert!(count > 0, "closed before {end:?}: {text:?}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    text
}

fn options() -> Options {
    let limits = Limits { target: 1024, head: 4096, body: 100_000, inline_body: 50_000, ..Limits::default() };
    Options { port: 0, limits, ..Options::default() }
}

/// Answers with what was asked: method, target, length of the body.
#[expect(clippy::needless_pass_by_value, reason = "a handler owns its request")]
fn describe(request: Request, _: &Connection) -> Reply {
    match request.path.as_str() {
        "/panic" => panic!("a handler may panic"),
        "/nothing" => return Reply::new(204).with_body("text/plain", "not to be sent"),
        "/parts" => {
            let mut reply = Reply::new(200).with_body("application/jsonl", "1\n{}\n");
            reply.parts = vec![2, 5];
            return reply;
        }
        "/host" => {
            return Reply::new(200).with_body("text/plain", request.header("host").unwrap_or("-").to_owned());
        }
        _ => {}
    }
    let text = format!("{} {} {}", request.method, request.target(), request.body.len());
    Reply::new(200).with_header("standin-operation", "here").with_body("text/plain", text)
}

async fn start() -> Running {
    start_with(options()).await
}

async fn start_with(options: Options) -> Running {
    serve_with(options, Arc::new(describe)).await
}

async fn serve_with(options: Options, handler: Handler) -> Running {
    let listeners: Listeners = bind(&options).await.unwrap();
    let port = listeners.addresses()[0].port();
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(serve(listeners, handler, async {
        let _ = stopped.await;
    }));
    Running { port, stop, served }
}
