//! What hyper refuses by itself: it sends a status without content, which is told as a problem here.

use super::problem::Problem;

/// The reply to send in place of the head of a reply that hyper made itself; `None` if it is one of the handler's.
///
/// hyper 1.12 has no way to give content to its own replies. They have a status that refuses the head and no header
/// fields but those that every message has, while the engine and the server give theirs a name or content.
pub(super) fn told(head: &[u8]) -> Option<String> {
    let rest = head.strip_prefix(b"HTTP/1.1 4").or_else(|| head.strip_prefix(b"HTTP/1.0 4"))?;
    let problem = match rest.get(..2)? {
        b"00" => Problem::Malformed,
        b"14" => Problem::TargetTooLong,
        b"31" => Problem::HeadTooLarge,
        _ => return None,
    };
    let text = str::from_utf8(head).ok()?.strip_suffix("\r\n\r\n")?;
    let is_bare = text.split("\r\n").skip(1).all(|line| {
        matches!(line.split_once(": "), Some(("connection", "close") | ("content-length", "0") | ("date", _)))
    });
    is_bare.then(|| problem.raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_hyper_made_is_told_otherwise() {
        let table = [
            (
                "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
                Some(400),
            ),
            ("HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n", Some(431)),
            ("HTTP/1.1 414 URI Too Long\r\ncontent-length: 0\r\n\r\n", Some(414)),
            ("HTTP/1.1 400 Bad Request\r\nstandin-exchange: 1\r\ncontent-length: 0\r\n\r\n", None),
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n", None),
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", None),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", None),
            ("HTTP/1.1 4", None),
        ];
        for (head, expected) in table {
            let found = told(head.as_bytes());
            let status = found.as_deref().map(|text| text[9..12].parse::<u16>().unwrap());
            assert_eq!(status, expected, "{head:?}");
        }
    }
}
