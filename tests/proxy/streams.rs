//! Content that passes as it comes: events at once, files of any size, and what ends early.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::place::{PATIENCE, Place, Setup, run};
use super::things;
use super::upstream::{Sender, Upstream, reply, streamed};

/// Reads until the text has come.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(end) {
        let count = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("it comes").unwrap();
        assert!(count > 0, "closed before {end:?}: {text:?}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    text
}

/// A proxy before an upstream that hands each reply's sender out.
async fn handed_out(media_type: &'static str) -> (Place, Upstream, UnboundedReceiver<Sender>) {
    let (hand, hands) = unbounded_channel();
    let upstream = Upstream::start(None, move |_| {
        let (sender, response) = streamed(Response::builder().header("content-type", media_type));
        hand.send(sender).unwrap();
        response
    });
    let upstream = upstream.await;
    let place = Setup::of(things(), format!("http://{}", upstream.address)).start().await;
    (place, upstream, hands)
}

async fn begin(place: &Place, target: &str) -> TcpStream {
    let mut stream = place.connect().await;
    stream.write_all(format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

/// A proxy before an upstream whose connections a test takes itself.
async fn before_raw() -> (TcpListener, Place) {
    let raw = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", raw.local_addr().unwrap());
    (raw, Setup::of(things(), url).start().await)
}

fn data(text: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(text.as_bytes()))
}

#[test]
fn events_and_lines_pass_one_by_one_and_are_judged_one_by_one() {
    // The media type, the target, three items of which the second is wrong, the place in the message.
    let table = [
        (
            "text/event-stream",
            "/events",
            ["data: a\n\n", "data: long\n\n", "data: b\n\n"],
            "response.body.*.data",
        ),
        ("application/x-ndjson", "/lines", ["1\n", "\"two\"\n", "3\n"], "response.body.*"),
    ];
    for (media_type, target, items, location) in table {
        run(async {
            let (place, _upstream, mut hands) = handed_out(media_type).await;
            let mut client = begin(&place, target).await;
            let sender = hands.recv().await.unwrap();
            for item in items {
                // The next item is not sent before this one has come.
                sender.send(data(item)).await.unwrap();
                until(&mut client, item).await;
            }
            drop(sender);
            place.settled(1).await;
            let drifts = place.drifts();
            let told: Vec<(&str, &str, u64)> =
                drifts.iter().map(|(rule, location, _, count)| (&**rule, &**location, *count)).collect();
            assert_eq!(told, [("reply-body-invalid", location, 1)], "{media_type}");
        });
    }
}

#[test]
fn content_without_a_length_is_told_in_the_head_if_it_comes_in_one_go_and_passes_if_it_does_not() {
    run(async {
        let (place, _upstream, mut hands) = handed_out("application/json").await;
        let mut client = begin(&place, "/things/a").await;
        let sender = hands.recv().await.unwrap();
        sender.send(data("{\"name\":")).await.unwrap();
        sender.send(data("7}")).await.unwrap();
        drop(sender);
        let text = until(&mut client, "7}").await;
        assert!(text.contains("reply-body-invalid"), "{text}");
        let mut client = begin(&place, "/things/a").await;
        let sender = hands.recv().await.unwrap();
        sender.send(data("{\"name\":")).await.unwrap();
        let text = until(&mut client, "{\"name\":").await;
        assert!(!text.contains("standin-violations"), "{text}");
        sender.send(data("7}")).await.unwrap();
        drop(sender);
        until(&mut client, "7}").await;
        place.settled(2).await;
        assert_eq!(place.drifts().len(), 1);
        assert_eq!(place.drifts()[0].3, 2, "what came too late for the head is in the ledger");
    });
}

#[test]
fn a_client_that_goes_away_ends_the_upstreams_reply_and_is_judged_all_the_same() {
    run(async {
        let (place, _upstream, mut hands) = handed_out("text/event-stream").await;
        let mut client = begin(&place, "/events?odd=1").await;
        let sender = hands.recv().await.unwrap();
        sender.send(data("data: long\n\n")).await.unwrap();
        until(&mut client, "long").await;
        drop(client);
        timeout(PATIENCE, sender.closed()).await.expect("the upstream is told");
        place.settled(1).await;
        let rules: Vec<String> = place.drifts().into_iter().map(|(rule, ..)| rule).collect();
        assert_eq!(rules, ["reply-body-invalid", "parameter-unknown"]);
    });
}

#[test]
fn a_client_that_does_not_wait_for_the_reply_ends_the_request() {
    run(async {
        let (silent, place) = before_raw().await;
        let client = begin(&place, "/things?limit=500").await;
        let (mut upstream, _) = silent.accept().await.unwrap();
        until(&mut upstream, "\r\n\r\n").await;
        drop(client);
        let ended = timeout(PATIENCE, upstream.read(&mut [0; 16])).await.expect("the upstream is told");
        assert_eq!(ended.unwrap_or(0), 0);
        place.settled(1).await;
        assert_eq!(place.drifts()[0].0, "parameter-invalid");
    });
}

#[test]
fn large_content_passes_both_ways() {
    const PIECE: usize = 64 * 1024;
    const PIECES: usize = 512;
    run(async {
        let upstream = Upstream::start(None, |seen| {
            if seen.method == "PUT" {
                return reply(Response::builder().status(204).header("x-length", seen.length), "");
            }
            let (sender, response) =
                streamed(Response::builder().header("content-type", "application/octet-stream"));
            tokio::spawn(async move {
                for _ in 0..PIECES {
                    if sender.send(Frame::data(Bytes::from(vec![1; PIECE]))).await.is_err() {
                        return;
                    }
                }
            });
            response
        });
        let upstream = upstream.await;
        let place = Setup::of(things(), format!("http://{}", upstream.address)).start().await;
        let mut client = place.connect().await;
        let head = "PUT /files HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        client.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..PIECES {
            client.write_all(format!("{PIECE:x}\r\n").as_bytes()).await.unwrap();
            client.write_all(&vec![1; PIECE]).await.unwrap();
            client.write_all(b"\r\n").await.unwrap();
        }
        client.write_all(b"0\r\n\r\n").await.unwrap();
        let text = until(&mut client, "\r\n\r\n").await;
        assert!(text.contains(&format!("x-length: {}", PIECE * PIECES)), "{text}");
        let answer = place.get("/files", "").await;
        let content = answer.content.split(|byte| *byte == 1).count() - 1;
        assert_eq!((answer.status, content), (200, PIECE * PIECES));
        place.settled(2).await;
        assert_eq!(place.drifts(), [], "what is too large to be judged is no drift");
    });
}

#[test]
fn an_upstream_that_breaks_off_is_told_as_far_as_that_can_be() {
    run(async {
        let (raw, place) = before_raw().await;
        // What the upstream sends before it closes, and the status that the client gets.
        let table = [
            ("", 502),
            ("HTTP/1.1 200 OK\r\ncontent-", 502),
            ("nonsense\r\n\r\n", 502),
            ("HTTP/1.1 200 OK\r\ncontent-length: 20\r\ncontent-type: application/json\r\n\r\n{\"name\"", 502),
            ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"nam\r\nzz\r\n", 502),
        ];
        for (number, (sent, status)) in table.into_iter().enumerate() {
            let content = format!(r#"{{"name":"{number}"}}"#);
            let asked = place.ask("POST", "/things", "", &content);
            let answered = async {
                let (mut stream, _) = raw.accept().await.unwrap();
                until(&mut stream, "}").await;
                stream.write_all(sent.as_bytes()).await.unwrap();
            };
            let (answer, ()) = tokio::join!(asked, answered);
            assert_eq!(answer.status, status, "{sent:?}: {answer:?}");
        }
        assert_eq!(place.drifts(), [], "what is no reply breaks no contract");
    });
}

#[test]
fn requests_that_are_given_up_together_are_no_retries_of_each_other() {
    run(async {
        let (raw, place) = before_raw().await;
        let (mut clients, mut unanswered) = (Vec::new(), Vec::new());
        for _ in 0..10 {
            clients.push(begin(&place, "/things").await);
            unanswered.push(raw.accept().await.unwrap());
        }
        drop(clients);
        place.settled(10).await;
        let answered = async {
            let (mut stream, _) = raw.accept().await.unwrap();
            until(&mut stream, "\r\n\r\n").await;
            let list = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
            stream.write_all(list.as_bytes()).await.unwrap();
        };
        let (answer, ()) = tokio::join!(place.get("/things", ""), answered);
        assert_eq!(answer.status, 200);
        let told = place.drifts().into_iter().filter(|(rule, ..)| rule.starts_with("retry-"));
        assert_eq!(told.count(), 0, "{:?}", place.drifts());
    });
}

#[test]
fn trailers_pass_both_ways() {
    run(async {
        let upstream = Upstream::start(None, |seen| {
            let told = seen.trailers.as_ref().and_then(|trailers| trailers.get("x-sum")).cloned();
            let builder = Response::builder()
                .header("content-type", "application/json")
                .header("trailer", "x-end")
                .header("x-told", told.unwrap_or(HeaderValue::from_static("nothing")));
            let (sender, response) = streamed(builder);
            tokio::spawn(async move {
                let mut trailers = HeaderMap::new();
                trailers.insert("x-end", HeaderValue::from_static("yes"));
                sender.send(data(r#"{"name":"a"}"#)).await.unwrap();
                sender.send(Frame::trailers(trailers)).await.unwrap();
            });
            response
        });
        let upstream = upstream.await;
        let place = Setup::of(things(), format!("http://{}", upstream.address)).start().await;
        let mut client = place.connect().await;
        let request = "POST /things HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nte: trailers\r\n\
                       trailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\nc\r\n{\"name\":\"a\"}\r\n0\r\nx-sum: 5\r\n\r\n";
        client.write_all(request.as_bytes()).await.unwrap();
        let text = until(&mut client, "0\r\n").await;
        let text =
            if text.ends_with("\r\n\r\n") { text } else { text + &until(&mut client, "\r\n\r\n").await };
        assert!(text.contains("x-told: 5"), "{text}");
        assert!(text.ends_with("0\r\nx-end: yes\r\n\r\n"), "{text}");
    });
}

#[test]
fn a_client_that_stops_amid_its_content_is_told() {
    run(async {
        let upstream = Upstream::start(None, |_| reply(Response::builder().status(204), "")).await;
        let setup = Setup::of(things(), format!("http://{}", upstream.address));
        let place = Setup { timeout: std::time::Duration::from_millis(150), ..setup }.start().await;
        let head = "PUT /files HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        let mut client = place.connect().await;
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(b"1\r\na\r\n").await.unwrap();
        let text = until(&mut client, "}").await;
        assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    });
}
