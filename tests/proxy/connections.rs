//! The connections to an upstream without TLS: when one is used again, and when it is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::place::{Place, Setup, run};
use super::things;

/// What an upstream does once a request is there.
#[derive(Clone, Copy)]
enum Does {
    /// Sends this and waits for the next request.
    Answers(&'static str),
    /// Sends this and hangs up without having said so.
    HangsUpBehind(&'static str),
    /// Sends this as soon as the head is there, and hangs up once it has read all.
    AnswersAtOnce(&'static str),
    /// Sends nothing.
    Waits,
}

const LIST: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
const CLOSING: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\
                       connection: close\r\n\r\n[]";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
                       1\r\n[\r\n1\r\n]\r\n0\r\n\r\n";
const UNTIL_THE_END: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[]";
const HEAD_ONLY: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n";
const NOTHING: &str = "HTTP/1.1 204 No Content\r\n\r\n";
const MADE: &str = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n\
                    {\"name\":\"a\"}";
const TOO_LARGE: &str = "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n";
/// More than is short, and less than what is passed on before it has all come.
const LARGE: usize = 250_000;

/// An upstream that does these things, one for each request; how many connections it has had.
struct Upstream {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Upstream {
    async fn start(all: &'static [Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, next) = (Arc::clone(&connections), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, all, Arc::clone(&next)));
            }
        });
        Self { url, connections }
    }

    async fn behind_a_proxy(&self, timeout: Duration) -> Place {
        Setup { timeout, ..Setup::of(things(), &self.url) }.start().await
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, all: &[Does], next: Arc<AtomicUsize>) -> Option<()> {
    let mut waiting = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = waiting.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            stream.read_buf(&mut waiting).await.ok().filter(|count| *count > 0)?;
        };
        let head = String::from_utf8_lossy(&waiting[..end]).to_ascii_lowercase();
        let does = all[next.fetch_add(1, Ordering::SeqCst)];
        let told = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = told.map_or(0, |length| length.parse().unwrap());
        while !matches!(does, Does::AnswersAtOnce(_)) && waiting.len() < end + length {
            stream.read_buf(&mut waiting).await.ok().filter(|count| *count > 0)?;
        }
        match does {
            Does::Answers(reply) => stream.write_all(reply.as_bytes()).await.ok()?,
            Does::HangsUpBehind(reply) => return stream.write_all(reply.as_bytes()).await.ok(),
            Does::AnswersAtOnce(reply) => {
                stream.write_all(reply.as_bytes()).await.ok()?;
                tokio::time::sleep(Duration::from_millis(10)).await;
                while waiting.len() < end + length {
                    stream.read_buf(&mut waiting).await.ok().filter(|count| *count > 0)?;
                }
                return None;
            }
            Does::Waits => std::future::pending().await,
        }
        waiting.drain(..end + length);
    }
}

#[test]
fn one_connection_carries_one_request_after_another_as_long_as_that_can_be() {
    const PATIENCE: Duration = Duration::from_secs(20);
    // What is done; then for each request method, status, and how many connections there were.
    type Row = (&'static [Does], &'static [(&'static str, u16, usize)]);
    use Does::{Answers, AnswersAtOnce, HangsUpBehind};
    let table: &[Row] = &[
        (
            &[
                Answers(LIST),
                Answers(CHUNKED),
                Answers(MADE),
                Answers(NOTHING),
                Answers(HEAD_ONLY),
                Answers(LIST),
            ],
            &[
                ("GET", 200, 1),
                ("GET", 200, 1),
                ("POST", 201, 1),
                ("GET", 204, 1),
                ("HEAD", 200, 1),
                ("GET", 200, 1),
            ],
        ),
        (&[Answers(CLOSING), Answers(LIST)], &[("GET", 200, 1), ("GET", 200, 2)]),
        (&[HangsUpBehind(UNTIL_THE_END), Answers(LIST)], &[("GET", 200, 1), ("GET", 200, 2)]),
        // Nothing of a request is sent by a connection that is gone, so it may be sent by another one, whatever it is.
        (
            &[HangsUpBehind(LIST), HangsUpBehind(MADE), Answers(MADE)],
            &[("GET", 200, 1), ("POST", 201, 2), ("POST", 201, 3)],
        ),
        // What was sent may have been seen; it is sent again only if that makes no difference.
        (&[Answers(LIST), HangsUpBehind(""), Answers(LIST)], &[("GET", 200, 1), ("GET", 200, 2)]),
        (
            &[Answers(LIST), HangsUpBehind(""), Answers(MADE)],
            &[("GET", 200, 1), ("POST", 502, 1), ("POST", 201, 2)],
        ),
        (
            &[Answers(LIST), HangsUpBehind(""), Answers(LIST)],
            &[("GET", 200, 1), ("ASK", 502, 1), ("ASK", 200, 2)],
        ),
        (&[AnswersAtOnce(TOO_LARGE), Answers(LIST)], &[("PUSH", 413, 1), ("GET", 200, 2)]),
    ];
    run(async {
        for (row, (all, requests)) in table.iter().enumerate() {
            let upstream = Upstream::start(all).await;
            let place = upstream.behind_a_proxy(PATIENCE).await;
            for (index, (method, status, connections)) in requests.iter().enumerate() {
                let large;
                let (method, content) = match *method {
                    "POST" => ("POST", "{\"name\":\"a\"}"),
                    "ASK" => ("GET", "{}"),
                    "PUSH" => {
                        large = format!("{{\"name\":\"{}\"}}", "a".repeat(LARGE));
                        ("POST", large.as_str())
                    }
                    method => (method, ""),
                };
                let answer = place.ask(method, "/things", "", content).await;
                let found = (answer.status, upstream.connections());
                assert_eq!(found, (*status, *connections), "{row}.{index}: {}", answer.text());
                // That a connection was closed is known a moment later.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    });
}

#[test]
fn a_connection_by_which_nothing_comes_is_given_up() {
    run(async {
        let upstream = Upstream::start(&[Does::Waits, Does::Answers(LIST)]).await;
        let place = upstream.behind_a_proxy(Duration::from_millis(300)).await;
        let answers = [place.get("/things", "").await, place.get("/things", "").await];
        assert_eq!(answers.map(|answer| answer.status), [504, 200]);
        assert_eq!(upstream.connections(), 2);
    });
}
