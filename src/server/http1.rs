//! Replies that break HTTP/1.1, as bytes.

use bytes::{Bytes, BytesMut};
use http::Version;
use http::header::{CONTENT_LENGTH, DATE, TRANSFER_ENCODING};

use super::exchange::Framed;
use super::script::{Ending, Step};
use crate::clock::Clock;
use crate::delivery::{Act, Delivery, End, Pace, Point};

/// What is written for a reply, and how the connection ends.
pub(super) fn steps(version: Version, reply: &Framed, delivery: Delivery) -> (Vec<Step>, Ending) {
    match delivery.act {
        Act::Raw(bytes) => (vec![Step::now(bytes)], Ending::Close),
        Act::BadChunk { after, bytes } => {
            let mut steps = vec![Step::now(head(version, reply, Framing::Chunked))];
            let after = after.min(reply.body.len());
            steps.extend(content(&reply.body.slice(..after), delivery.pace, Framing::Chunked));
            steps.push(Step::now(bytes));
            (steps, Ending::Close)
        }
        Act::Whole => {
            (up_to(version, reply, reply.body.len(), delivery.length, delivery.pace), Ending::Close)
        }
        Act::Cut { at, end } => {
            let mut steps = match at {
                Point::Start => Vec::new(),
                Point::MidHead => {
                    let head = head(version, reply, framing(version, reply, delivery.length));
                    vec![Step::now(head.slice(..head.len() / 2))]
                }
                Point::Content(bytes) => up_to(version, reply, bytes, delivery.length, delivery.pace),
            };
            let ending = ending(end);
            if matches!(ending, Ending::Reset) && !steps.is_empty() {
                steps.push(Step::lull());
            }
            (steps, ending)
        }
    }
}

fn ending(end: End) -> Ending {
    match end {
        End::Close | End::GoAway(_) => Ending::Close,
        End::Drop => Ending::Drop,
        End::Reset | End::ResetStream(_) => Ending::Reset,
        End::Stall(time) => Ending::Stall(time),
    }
}

/// How the end of the content is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(u64),
    Chunked,
    /// By the end of the connection, or because there can be none.
    Untold,
}

fn framing(version: Version, reply: &Framed, told: Option<u64>) -> Framing {
    match (told.or(reply.length), reply.parts.is_empty()) {
        (Some(length), true) => Framing::Length(length),
        (Some(_) | None, false) if version == Version::HTTP_11 => Framing::Chunked,
        (Some(_), false) | (None, _) => Framing::Untold,
    }
}

/// The head, and so many bytes of the content.
fn up_to(version: Version, reply: &Framed, bytes: usize, told: Option<u64>, pace: Option<Pace>) -> Vec<Step> {
    let framing = framing(version, reply, told);
    let bytes = bytes.min(reply.body.len());
    let mut steps = vec![Step::now(head(version, reply, framing))];
    steps.extend(content(&reply.body.slice(..bytes), pace, framing));
    if framing == Framing::Chunked && bytes == reply.body.len() {
        steps.push(Step::now(Bytes::from_static(b"0\r\n\r\n")));
    }
    steps
}

fn head(version: Version, reply: &Framed, framing: Framing) -> Bytes {
    let mut head = BytesMut::with_capacity(512);
    head.extend_from_slice(if version == Version::HTTP_10 { b"HTTP/1.0 " } else { b"HTTP/1.1 " });
    head.extend_from_slice(reply.status.as_str().as_bytes());
    head.extend_from_slice(b" ");
    head.extend_from_slice(reply.status.canonical_reason().unwrap_or_default().as_bytes());
    head.extend_from_slice(b"\r\n");
    let mut line = |name: &str, value: &[u8]| {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            head.extend_from_slice(part);
        }
    };
    for (name, value) in &reply.headers {
        line(name.as_str(), value.as_bytes());
    }
    match framing {
        Framing::Length(length) => {
            line(CONTENT_LENGTH.as_str(), itoa::Buffer::new().format(length).as_bytes());
        }
        Framing::Chunked if version == Version::HTTP_11 => line(TRANSFER_ENCODING.as_str(), b"chunked"),
        Framing::Chunked | Framing::Untold => {}
    }
    if !reply.headers.contains_key(DATE) {
        line(DATE.as_str(), Clock::System.now().http_date().as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    head.freeze()
}

fn content(bytes: &Bytes, pace: Option<Pace>, framing: Framing) -> Vec<Step> {
    let pace = pace.unwrap_or(Pace { piece: bytes.len().max(1), pause: std::time::Duration::ZERO });
    let pieces = (0..bytes.len()).step_by(pace.piece.max(1));
    let framed = |piece: Bytes| {
        if framing != Framing::Chunked {
            return piece;
        }
        let size = format!("{:x}\r\n", piece.len());
        Bytes::from([size.as_bytes(), &piece, b"\r\n"].concat())
    };
    pieces
        .map(|start| {
            let end = start.saturating_add(pace.piece.max(1)).min(bytes.len());
            Step { pause: pace.pause, bytes: framed(bytes.slice(start..end)), content: end - start }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn written(version: Version, parts: Vec<usize>, act: Act) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, http::HeaderValue::from_static("now"));
        let body = Bytes::from_static(b"onetwo");
        let length = Some(body.len() as u64);
        let reply = Framed { status: StatusCode::OK, headers, length, body, parts, receipt: None };
        let (steps, _) = steps(version, &reply, Delivery { act, ..Delivery::default() });
        let bytes: Vec<u8> = steps.iter().flat_map(|step| step.bytes.to_vec()).collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn content_is_cut_as_it_is_framed() {
        let cut = |bytes| Act::Cut { at: Point::Content(bytes), end: End::Drop };
        let (old, new) = (Version::HTTP_10, Version::HTTP_11);
        let chunked = "HTTP/1.1 200 OK\r\ndate: now\r\ntransfer-encoding: chunked\r\n\r\n";
        let measured = "HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 6\r\n\r\n";
        let untold = "HTTP/1.0 200 OK\r\ndate: now\r\n\r\n";
        for (version, parts, act, expected) in [
            (new, vec![], cut(4), format!("{measured}onet")),
            (new, vec![], cut(99), format!("{measured}onetwo")),
            (new, vec![], cut(0), measured.to_owned()),
            (new, vec![3, 6], cut(4), format!("{chunked}4\r\nonet\r\n")),
            (new, vec![3, 6], cut(6), format!("{chunked}6\r\nonetwo\r\n0\r\n\r\n")),
            (old, vec![3, 6], cut(4), format!("{untold}onet")),
            (
                new,
                vec![],
                Act::BadChunk { after: 3, bytes: "no\r\n".into() },
                format!("{chunked}3\r\none\r\nno\r\n"),
            ),
            (new, vec![], Act::Cut { at: Point::Start, end: End::Drop }, String::new()),
        ] {
            assert_eq!(written(version, parts, act.clone()), expected, "{act:?}");
        }
    }
}
