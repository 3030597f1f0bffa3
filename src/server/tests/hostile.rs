//! Requests that nobody should send, as they come over a raw socket: each gets its status, or the connection its end,
//! and the server goes on.

use super::*;

/// What must come of it.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// One reply of this status, a problem that says why, and the end of the connection.
    Refused(u16),
    /// Replies of these statuses, in order, and the end of the connection.
    Replies(&'static [u16]),
    /// The end of the connection without a reply.
    Closed,
}
use Outcome::{Closed, Refused, Replies};

/// A request line and a `Host`, for what follows them.
fn get(lines: &str) -> Vec<u8> {
    format!("GET /a HTTP/1.1\r\nhost: here\r\n{lines}\r\n").into_bytes()
}

fn post(lines: &str, body: &str) -> Vec<u8> {
    format!("POST /a HTTP/1.1\r\nhost: here\r\n{lines}\r\n{body}").into_bytes()
}

fn chunked(body: &str) -> Vec<u8> {
    post("transfer-encoding: chunked\r\nconnection: close\r\n", body)
}

fn raw(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// What would be taken for a second request by a server that frames the first one in another way.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nhost: here\r\n\r\n";

/// RFC 9112 6.3: where both lengths are told, `chunked` counts, and the connection ends.
fn smuggling() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    let both = format!("0\r\n\r\n{SMUGGLED}");
    vec![
        (
            "length and chunked",
            post("content-length: 4\r\ntransfer-encoding: chunked\r\n", &both),
            Replies(&[200]),
        ),
        (
            "chunked and length",
            post("transfer-encoding: chunked\r\ncontent-length: 4\r\n", &both),
            Replies(&[200]),
        ),
        (
            "two lengths that differ",
            post("content-length: 0\r\ncontent-length: 40\r\n", SMUGGLED),
            Refused(400),
        ),
        ("a list of lengths that differ", post("content-length: 0, 40\r\n", SMUGGLED), Refused(400)),
        (
            "two equal lengths",
            post("content-length: 2\r\ncontent-length: 2\r\nconnection: close\r\n", "ab"),
            Replies(&[200]),
        ),
        ("chunked twice", post("transfer-encoding: chunked, chunked\r\n", &both), Refused(400)),
        (
            "chunked on two lines",
            post("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", &both),
            Refused(400),
        ),
        ("chunked is not last", post("transfer-encoding: chunked, identity\r\n", &both), Refused(400)),
        ("another transfer coding", post("transfer-encoding: gzip\r\n", SMUGGLED), Refused(400)),
        ("chunked with a twist", post("transfer-encoding: xchunked\r\n", &both), Refused(400)),
        ("chunked behind a vertical tab", post("transfer-encoding: \x0bchunked\r\n", &both), Refused(400)),
        (
            "chunked in HTTP/1.0",
            raw("POST /a HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            Refused(400),
        ),
        ("a length with a sign", post("content-length: +4\r\n", "abcd"), Refused(400)),
        ("a negative length", post("content-length: -1\r\n", ""), Refused(400)),
        ("a length in hexadecimal", post("content-length: 0x4\r\n", "abcd"), Refused(400)),
        ("a length that is no number", post("content-length: four\r\n", "abcd"), Refused(400)),
        ("a length beyond 64 bits", post("content-length: 18446744073709551616\r\n", "abcd"), Refused(400)),
        ("a length that is huge", post("content-length: 18446744073709551615\r\n", "abcd"), Refused(431)),
        ("an empty length", post("content-length:\r\n", "abcd"), Refused(400)),
        ("a folded line", get("x: a\r\n b\r\n"), Refused(400)),
        ("a folded length", get("content-length:\r\n 5\r\n"), Refused(400)),
        ("a space before the colon", get("content-length : 5\r\n"), Refused(400)),
        ("a tab before the colon", get("transfer-encoding\t: chunked\r\n"), Refused(400)),
        ("a space before the first name", raw("GET /a HTTP/1.1\r\n host: here\r\n\r\n"), Refused(400)),
        ("a name with a space", get("x y: z\r\n"), Refused(400)),
        ("a line without a colon", get("nothing\r\n"), Refused(400)),
        ("a line without a name", get(": nothing\r\n"), Refused(400)),
        (
            "lines that end in LF alone",
            raw("GET /a HTTP/1.1\nhost: here\nconnection: close\n\n"),
            Replies(&[200]),
        ),
        ("lines that end in CR alone", raw("GET /a HTTP/1.1\rhost: here\r\r"), Refused(400)),
        ("a bare CR in a value", get("x: a\rb\r\n"), Refused(400)),
        (
            "an empty line before the request",
            raw("\r\nGET /a HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"),
            Replies(&[200]),
        ),
        ("two hosts", get("host: there\r\n"), Refused(400)),
        ("no host", raw("GET /a HTTP/1.1\r\n\r\n"), Refused(400)),
        (
            "an obsolete body of GET",
            [get("content-length: 5\r\nconnection: close\r\n"), raw("hello")].concat(),
            Replies(&[200]),
        ),
    ]
}

fn chunks() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    vec![
        ("a chunk with an extension", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), Replies(&[200])),
        ("trailers", chunked("5\r\nhello\r\n0\r\nx: y\r\n\r\n"), Replies(&[200])),
        (
            "a chunk size in capitals and zeros",
            chunked("0000A\r\n0123456789\r\n000\r\n\r\n"),
            Replies(&[200]),
        ),
        ("a chunk size that is none", chunked("xyz\r\nhello\r\n0\r\n\r\n"), Refused(400)),
        ("an empty chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), Refused(400)),
        ("a chunk size with a sign", chunked("-5\r\nhello\r\n0\r\n\r\n"), Refused(400)),
        ("a chunk size with a prefix", chunked("0x5\r\nhello\r\n0\r\n\r\n"), Refused(400)),
        ("a chunk size beyond 64 bits", chunked("fffffffffffffffff\r\nhello\r\n"), Refused(400)),
        ("a chunk that is huge", chunked("7fffffffffffffff\r\nhello\r\n"), Refused(408)),
        ("a chunk longer than its size", chunked("2\r\nhello\r\n0\r\n\r\n"), Refused(400)),
        ("a chunk shorter than its size", chunked("9\r\nhello\r\n0\r\n\r\n"), Refused(400)),
        ("a chunk size that LF ends", chunked("5\nhello\r\n0\r\n\r\n"), Refused(400)),
        ("an extension without end", chunked(&format!("5;{}", "a".repeat(100_000))), Refused(400)),
        ("trailers without end", chunked(&format!("0\r\nx: {}\r\n\r\n", "y".repeat(200_000))), Refused(400)),
        ("a thousand trailers", chunked(&format!("0\r\n{}\r\n", "x: y\r\n".repeat(2000))), Refused(400)),
        ("no chunk", chunked(""), Refused(408)),
    ]
}

fn heads() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    vec![
        ("a NUL in the target", raw("GET /a\0b HTTP/1.1\r\nhost: here\r\n\r\n"), Refused(400)),
        ("a NUL in a value", get("x: a\0b\r\n"), Refused(400)),
        ("a NUL in a name", get("x\0y: a\r\n"), Refused(400)),
        ("a control byte in a value", get("x: a\x01b\r\n"), Refused(400)),
        ("DEL in a value", get("x: a\x7fb\r\n"), Refused(400)),
        (
            "bytes beyond ASCII in a value",
            [
                raw("GET /a HTTP/1.1\r\nhost: here\r\nconnection: close\r\nx: "),
                vec![0xff, 0xe9],
                raw("\r\n\r\n"),
            ]
            .concat(),
            Replies(&[200]),
        ),
        (
            "bytes beyond ASCII in the target",
            [raw("GET /"), vec![0xff], raw(" HTTP/1.1\r\nhost: here\r\n\r\n")].concat(),
            Refused(400),
        ),
        ("bytes beyond ASCII in a name", get("\u{e9}: a\r\n"), Refused(400)),
        ("a space in the target", raw("GET /a b HTTP/1.1\r\nhost: here\r\n\r\n"), Refused(400)),
        (
            "a long target",
            raw(&format!("GET /{} HTTP/1.1\r\nhost: here\r\n\r\n", "a".repeat(5000))),
            Refused(414),
        ),
        (
            "an endless target",
            raw(&format!("GET /{} HTTP/1.1\r\nhost: here\r\n\r\n", "a".repeat(100_000))),
            Refused(414),
        ),
        ("a long value", get(&format!("x: {}\r\n", "a".repeat(10_000))), Refused(431)),
        ("an endless value", get(&format!("x: {}\r\n", "a".repeat(600_000))), Refused(431)),
        ("an endless name", get(&format!("{}: a\r\n", "x".repeat(70_000))), Refused(431)),
        ("10,000 header fields", get(&"x: y\r\n".repeat(10_000)), Refused(431)),
        ("a method that is none", raw("G(T /a HTTP/1.1\r\nhost: here\r\n\r\n"), Refused(400)),
        (
            "an endless method",
            raw(&format!("{} /a HTTP/1.1\r\nhost: here\r\n\r\n", "G".repeat(70_000))),
            Refused(501),
        ),
        (
            "a method in lower case",
            raw("get /a HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"),
            Replies(&[200]),
        ),
        ("no method", raw(" /a HTTP/1.1\r\nhost: here\r\n\r\n"), Refused(400)),
        ("a version to come", raw("GET /a HTTP/1.2\r\nhost: here\r\n\r\n"), Refused(400)),
        ("HTTP/3 in words", raw("GET /a HTTP/3.0\r\nhost: here\r\n\r\n"), Refused(400)),
        ("HTTP/0.9", raw("GET /a\r\n"), Refused(400)),
        ("another protocol", raw("SSH-2.0-OpenSSH_9.2\r\n"), Refused(400)),
        ("TLS", vec![0x16, 3, 1, 0, 0x10, 1, 0, 0, 0x0c, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Refused(400)),
        (
            "the absolute form",
            raw("GET http://there/a HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"),
            Replies(&[200]),
        ),
        (
            "the authority form without CONNECT",
            raw("GET there:80 HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"),
            Refused(400),
        ),
        ("CONNECT", raw("CONNECT there:80 HTTP/1.1\r\nhost: there\r\n\r\n"), Refused(501)),
        (
            "the asterisk form",
            raw("OPTIONS * HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"),
            Replies(&[200]),
        ),
        (
            "an asterisk of another method",
            raw("GET * HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"),
            Refused(400),
        ),
        ("no target", raw("GET  HTTP/1.1\r\nhost: here\r\n\r\n"), Refused(400)),
        (
            "a target without a slash",
            raw("GET a HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"),
            Refused(400),
        ),
        (
            "HTTP/2 with garbage behind its preface",
            raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame, and so the end"),
            Closed,
        ),
        ("half of HTTP/2's preface", raw("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"), Refused(400)),
    ]
}

fn bodies() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    let good = "GET /a HTTP/1.1\r\nhost: here\r\n\r\n";
    vec![
        ("nothing", Vec::new(), Closed),
        ("half a head", raw("GET /a HTTP/1.1\r\nhost"), Refused(408)),
        ("half a body", post("content-length: 10\r\n", "half"), Refused(408)),
        (
            "more than the body",
            post("content-length: 2\r\nconnection: close\r\n", "abGARBAGE"),
            Replies(&[200]),
        ),
        (
            "garbage behind a body",
            post("content-length: 2\r\n", "ab\x01\x02 garbage\r\n\r\n"),
            Replies(&[200, 400]),
        ),
        ("bad behind good", [raw(good), raw("BAD\r\n\r\n")].concat(), Replies(&[200, 400])),
        (
            "bad behind two good ones",
            [raw(good), raw(good), raw("G\0T / HTTP/1.1\r\n\r\n")].concat(),
            Replies(&[200, 200, 400]),
        ),
        ("good behind bad", [raw("BAD\r\n\r\n"), raw(good)].concat(), Refused(400)),
        (
            "too much behind an expectation",
            post("content-length: 100001\r\nexpect: 100-continue\r\n", ""),
            Refused(413),
        ),
        (
            "an expectation that is not met",
            get("expect: a-miracle\r\nconnection: close\r\n"),
            Replies(&[200]),
        ),
        (
            "an upgrade to WebSocket",
            get("upgrade: websocket\r\nconnection: upgrade, close\r\n"),
            Replies(&[200]),
        ),
        (
            "an upgrade to HTTP/2",
            get(
                "upgrade: h2c\r\nconnection: upgrade, http2-settings, close\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\n",
            ),
            Replies(&[200]),
        ),
        (
            "a host that is none",
            raw("GET /a HTTP/1.1\r\nhost: a b/c\r\nconnection: close\r\n\r\n"),
            Refused(400),
        ),
    ]
}

/// The statuses of the replies, one after the other.
fn statuses(text: &str) -> Vec<u16> {
    let heads = text.match_indices("HTTP/1.").filter(|(at, _)| *at == 0 || !text[..*at].ends_with(' '));
    heads.filter_map(|(at, _)| text[at..].split(' ').nth(1)?.parse().ok()).collect()
}

async fn play(table: Vec<(&'static str, Vec<u8>, Outcome)>) -> Vec<String> {
    let mut options = options();
    options.limits.head_timeout = Duration::from_millis(200);
    options.limits.body_timeout = Duration::from_millis(200);
    options.limits.idle_timeout = Duration::from_millis(500);
    let server = start_with(options).await;
    let mut wrong = Vec::new();
    for (name, bytes, expected) in table {
        let mut stream = server.connect().await;
        let _ = stream.write_all(&bytes).await; // a server that has refused need not read it all
        let text = rest(&mut stream).await;
        let found = statuses(&text);
        let right = match expected {
            Refused(status) => {
                found == [status]
                    && text.contains("content-type: application/problem+json\r\n")
                    && text.contains("\"detail\":\"")
                    && text.contains(&format!("\"status\":{status},"))
            }
            Replies(statuses) => {
                let refuses = statuses.iter().any(|status| *status >= 400);
                found == statuses && refuses == text.contains("application/problem+json")
            }
            Closed => found.is_empty(),
        };
        if !right || text.contains("smuggled") {
            wrong.push(format!("{name}: expected {expected:?}, got {found:?} {text:?}"));
        }
        if !server.get("/a", "").await.ends_with("GET /a 0") {
            wrong.push(format!("{name}: the server does not go on"));
        }
    }
    wrong
}

#[tokio::test]
async fn whatever_comes_gets_its_answer_or_its_end() {
    let table: Vec<_> = [smuggling(), chunks(), heads(), bodies()].into_iter().flatten().collect();
    assert!(table.len() >= 90);
    let wrong = play(table).await;
    assert!(wrong.is_empty(), "{} go otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
