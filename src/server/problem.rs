//! Replies that the server makes itself when the handler can't be asked: RFC 9457 problems with fixed texts.

use http::StatusCode;

use crate::message::Reply;

/// Why a request never reached the handler, or the handler's reply never left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// The head is no request of HTTP/1.
    Malformed,
    /// No single `Host` field in an HTTP/1.1 request, or one that names no host (RFC 9112 3.2).
    Host,
    /// The target is none that the method may have (RFC 9112 3.2).
    Target,
    /// The body has a transfer coding that is not `chunked`, or that twice (RFC 9112 6.1).
    TransferCoding,
    /// The method is longer than any that there is (RFC 9112 3).
    MethodTooLong,
    /// The body is not framed as its head says, or ended early.
    BodyUnreadable,
    /// The head or body did not arrive in time.
    TooSlow,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The request target is longer than the limit.
    TargetTooLong,
    /// The header fields are larger than the limit.
    HeadTooLarge,
    /// `CONNECT`: this is no TCP proxy.
    Connect,
    /// The handler panicked, or made a reply that can't be sent.
    Defect,
}

impl Problem {
    fn status(self) -> StatusCode {
        match self {
            Problem::Malformed
            | Problem::Host
            | Problem::Target
            | Problem::TransferCoding
            | Problem::BodyUnreadable => StatusCode::BAD_REQUEST,
            Problem::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Problem::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::TargetTooLong => StatusCode::URI_TOO_LONG,
            Problem::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Problem::Connect | Problem::MethodTooLong => StatusCode::NOT_IMPLEMENTED,
            Problem::Defect => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn detail(self) -> &'static str {
        match self {
            Problem::Malformed => "the request line or a header field is not well-formed HTTP/1.1",
            Problem::Host => {
                "an HTTP/1.1 request carries exactly one `Host` header field, which names a host"
            }
            Problem::Target => "the request target is a path, or `*` for `OPTIONS`",
            Problem::TransferCoding => "the only transfer coding that is taken is `chunked`, once",
            Problem::MethodTooLong => "the request method is longer than any that is known",
            Problem::BodyUnreadable => "the request body ended early or is not framed as its head says",
            Problem::TooSlow => "the request did not arrive in time",
            Problem::BodyTooLarge => "the request body is larger than this server takes",
            Problem::TargetTooLong => "the request target is longer than this server takes",
            Problem::HeadTooLarge => {
                "the request's header fields, or a length that they tell, are larger than this server takes"
            }
            Problem::Connect => "this server is no proxy for `CONNECT`",
            Problem::Defect => {
                "a defect in standin: this reply could not be made; standard error has the details"
            }
        }
    }

    /// The content: `type`, `title`, `status` and `detail` (RFC 9457 3.1).
    pub(super) fn json(self) -> String {
        let status = self.status();
        let title = status.canonical_reason().unwrap_or_default();
        let detail = self.detail();
        format!(
            r#"{{"type":"about:blank","title":"{title}","status":{},"detail":"{detail}"}}"#,
            status.as_u16()
        )
    }

    /// The problem as a reply.
    pub(super) fn reply(self) -> Reply {
        Reply::new(self.status().as_u16()).with_body("application/problem+json", self.json())
    }

    /// The problem as the bytes of an HTTP/1.1 reply after which the connection is closed.
    pub(super) fn raw(self) -> String {
        let status = self.status();
        let json = self.json();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{json}",
            json.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_json_with_its_status() {
        let value: serde_json::Value = serde_json::from_str(&Problem::BodyTooLarge.json()).unwrap();
        assert_eq!(value["status"], 413);
        assert_eq!(value["type"], "about:blank");
    }
}
