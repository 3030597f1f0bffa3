//! The load: connections that are kept, each with one request under way, and as little parsing as possible.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::document::Case;

/// How many connections send at the same time.
const CONNECTIONS: usize = 32;

/// What one round saw.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Measured {
    /// Replies read whole.
    pub(crate) requests: u64,
    /// Replies of another status than the case expects, and broken connections.
    pub(crate) failed: u64,
    /// The bytes of all bodies.
    bodies: u64,
    time: Duration,
}

impl Measured {
    /// Requests a second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.time.as_secs_f64()
    }

    /// The mean size of a body in bytes.
    pub(crate) fn mean_body(&self) -> Option<usize> {
        self.bodies.checked_div(self.requests).map(|size| size as usize)
    }
}

/// One request, to be sent again and again.
pub(crate) struct Load {
    address: SocketAddr,
    request: Vec<u8>,
    expected: String,
    runtime: tokio::runtime::Runtime,
}

impl Load {
    /// The load of a case on the server at an address.
    pub(crate) fn new(address: SocketAddr, case: &Case) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let expected = format!("HTTP/1.1 {} ", case.status);
        let runtime = runtime.expect("a runtime on this thread can be made");
        Self { address, request: case.request(address).into_bytes(), expected, runtime }
    }

    /// Sends one request; yields its body, or the head of an unexpected reply.
    pub(crate) fn one(&self) -> Result<Vec<u8>, String> {
        self.runtime.block_on(async {
            let mut line = Line::open(self.address).await.map_err(|error| error.to_string())?;
            let length = line.ask(&self.request).await.map_err(|error| error.to_string())?;
            let (head, body) = line.buffer[..line.filled].split_at(line.filled - length);
            if head.starts_with(self.expected.as_bytes()) {
                return Ok(body.to_vec());
            }
            let (head, body) = (String::from_utf8_lossy(head), String::from_utf8_lossy(body));
            Err(format!("answered `{}`: {body}", head.lines().next().unwrap_or_default()))
        })
    }

    /// Sends as many requests as the server answers in the time.
    pub(crate) fn run(&self, time: Duration) -> Measured {
        self.runtime.block_on(async {
            let begin = Instant::now();
            let end = begin + time;
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..CONNECTIONS {
                tasks.spawn(repeat(self.address, self.request.clone(), self.expected.clone(), end));
            }
            let mut sum = Measured::default();
            while let Some(one) = tasks.join_next().await {
                let one = one.unwrap_or_default();
                sum.requests += one.requests;
                sum.failed += one.failed;
                sum.bodies += one.bodies;
            }
            sum.time = begin.elapsed();
            sum
        })
    }
}

async fn repeat(address: SocketAddr, request: Vec<u8>, expected: String, end: Instant) -> Measured {
    let mut measured = Measured::default();
    let Ok(mut line) = Line::open(address).await else { return Measured { failed: 1, ..measured } };
    while Instant::now() < end {
        let Ok(length) = line.ask(&request).await else {
            measured.failed += 1;
            return measured;
        };
        measured.requests += 1;
        measured.bodies += length as u64;
        measured.failed += u64::from(!line.buffer.starts_with(expected.as_bytes()));
    }
    measured
}

/// One connection and the last reply on it.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Line {
    async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 1024 * 1024], filled: 0 })
    }

    /// Sends the request and reads its reply; yields the length of the body.
    async fn ask(&mut self, request: &[u8]) -> std::io::Result<usize> {
        self.stream.write_all(request).await?;
        self.filled = 0;
        let mut whole = None;
        loop {
            let read = self.stream.read(&mut self.buffer[self.filled..]).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            self.filled += read;
            whole = whole.or_else(|| framed(&self.buffer[..self.filled]));
            if let Some((head, body)) = whole
                && self.filled >= head + body
            {
                return Ok(body);
            }
        }
    }
}

/// The lengths of head and body, once the head is there.
fn framed(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let name = b"content-length: ";
    let Some(start) = bytes[..head].windows(name.len()).position(|found| found == name) else {
        return Some((head, 0));
    };
    let digits = bytes[start + name.len()..head].iter().take_while(|byte| byte.is_ascii_digit());
    Some((head, digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))))
}
