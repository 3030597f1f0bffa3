//! The header fields that any message may have without its document's saying so; documented by this table alone.

use std::collections::HashSet;
use std::sync::LazyLock;

use http::HeaderName;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST};

use crate::violation::Direction;

/// Header fields of one origin. Names are in lower case; `x-*` stands for every name that starts with `x-`.
struct Group {
    /// `None` for both.
    direction: Option<Direction>,
    names: &'static [&'static str],
}

const GROUPS: &[Group] = &[
    // RFC 9110, RFC 9111 and RFC 9112, in both directions.
    Group {
        direction: None,
        names: &[
            "cache-control",
            "connection",
            "content-encoding",
            "content-language",
            "content-length",
            "content-location",
            "content-range",
            "content-type",
            "date",
            "keep-alive",
            "pragma",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "warning",
        ],
    },
    // RFC 9110 and RFC 9111, requests.
    Group {
        direction: Some(Direction::Request),
        names: &[
            "accept",
            "accept-charset",
            "accept-encoding",
            "accept-language",
            "authorization",
            "expect",
            "from",
            "host",
            "http2-settings",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "max-forwards",
            "proxy-authorization",
            "proxy-connection",
            "range",
            "referer",
            "te",
            "user-agent",
        ],
    },
    // RFC 9110 and RFC 9111, replies.
    Group {
        direction: Some(Direction::Response),
        names: &[
            "accept-ranges",
            "age",
            "allow",
            "authentication-info",
            "etag",
            "expires",
            "last-modified",
            "location",
            "proxy-authenticate",
            "proxy-authentication-info",
            "retry-after",
            "server",
            "vary",
            "www-authenticate",
        ],
    },
    // Other registered fields (IANA, HTTP Field Name Registry) that are common, in both directions.
    Group {
        direction: None,
        names: &[
            "content-digest",
            "content-disposition",
            "content-md5",
            "digest",
            "dpop",
            "link",
            "priority",
            "repr-digest",
            "signature",
            "signature-input",
            "want-content-digest",
            "want-repr-digest",
        ],
    },
    Group {
        direction: Some(Direction::Request),
        names: &[
            "accept-datetime",
            "access-control-request-*",
            "alt-used",
            "cookie",
            "depth",
            "early-data",
            "forwarded",
            "idempotency-key",
            "last-event-id",
            "origin",
            "prefer",
        ],
    },
    Group {
        direction: Some(Direction::Response),
        names: &[
            "accept-ch",
            "accept-patch",
            "accept-post",
            "access-control-*",
            "alt-svc",
            "cache-status",
            "cdn-cache-control",
            "clear-site-data",
            "content-security-policy",
            "content-security-policy-report-only",
            "critical-ch",
            "cross-origin-*",
            "deprecation",
            "nel",
            "origin-agent-cluster",
            "permissions-policy",
            "preference-applied",
            "proxy-status",
            "ratelimit",
            "ratelimit-policy",
            "referrer-policy",
            "refresh",
            "report-to",
            "reporting-endpoints",
            "server-timing",
            "set-cookie",
            "sourcemap",
            "strict-transport-security",
            "sunset",
            "timing-allow-origin",
            "x-content-type-options",
            "x-dns-prefetch-control",
            "x-download-options",
            "x-frame-options",
            "x-permitted-cross-domain-policies",
            "x-powered-by",
            "x-robots-tag",
            "x-ua-compatible",
            "x-xss-protection",
        ],
    },
    // What browsers add of their own accord: Fetch, client hints, privacy.
    Group {
        direction: Some(Direction::Request),
        names: &[
            "device-memory",
            "dnt",
            "downlink",
            "dpr",
            "ect",
            "purpose",
            "rtt",
            "save-data",
            "sec-*",
            "upgrade-insecure-requests",
            "viewport-width",
            "width",
            "x-requested-with",
        ],
    },
    // What proxies, gateways and content delivery networks add.
    Group {
        direction: Some(Direction::Request),
        names: &[
            "cdn-loop",
            "cf-*",
            "client-ip",
            "true-client-ip",
            "x-client-ip",
            "x-envoy-*",
            "x-forwarded-*",
            "x-original-*",
            "x-real-ip",
        ],
    },
    // Tracing, in both directions: W3C Trace Context and Baggage, Zipkin, Jaeger, and what clouds and vendors use.
    Group {
        direction: None,
        names: &[
            "b3",
            "baggage",
            "correlation-id",
            "newrelic",
            "request-id",
            "sentry-trace",
            "traceparent",
            "traceresponse",
            "tracestate",
            "uber-trace-id",
            "x-amzn-*",
            "x-b3-*",
            "x-cloud-trace-context",
            "x-correlation-id",
            "x-datadog-*",
            "x-request-id",
        ],
    },
    // Our own.
    Group { direction: None, names: &["standin-*"] },
];

/// What nearly every request has: told without a look into the table.
const COMMON: [HeaderName; 4] = [HOST, ACCEPT, CONTENT_TYPE, CONTENT_LENGTH];

/// The names of one direction.
struct Names {
    /// Asked for each field of each message.
    whole: HashSet<HeaderName, foldhash::fast::RandomState>,
    /// Without the star.
    starts: Vec<&'static str>,
}

impl Names {
    fn of(direction: Direction) -> Self {
        let groups = GROUPS.iter().filter(|group| group.direction.is_none_or(|own| own == direction));
        let names: Vec<&'static str> = groups.flat_map(|group| group.names).copied().collect();
        Self {
            starts: names.iter().filter_map(|name| name.strip_suffix('*')).collect(),
            whole: names
                .into_iter()
                .filter(|name| !name.ends_with('*'))
                .map(HeaderName::from_static)
                .collect(),
        }
    }
}

/// Whether messages of a direction may have a header field, whatever their document says.
pub(super) fn is_standard(direction: Direction, name: &HeaderName) -> bool {
    static REQUEST: LazyLock<Names> = LazyLock::new(|| Names::of(Direction::Request));
    static RESPONSE: LazyLock<Names> = LazyLock::new(|| Names::of(Direction::Response));
    let names = match direction {
        Direction::Request => &REQUEST,
        Direction::Response => &RESPONSE,
    };
    let is_common = direction == Direction::Request && COMMON.contains(name);
    is_common
        || names.whole.contains(name)
        || names.starts.iter().any(|start| name.as_str().starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_fields_are_known_by_name_or_by_their_start() {
        let table = [
            (Direction::Request, "accept", true),
            (Direction::Request, "sec-fetch-mode", true),
            (Direction::Request, "x-forwarded-for", true),
            (Direction::Request, "standin-session", true),
            (Direction::Request, "etag", false),
            (Direction::Request, "x-tenant", false),
            (Direction::Request, "security", false),
            (Direction::Response, "etag", true),
            (Direction::Response, "access-control-allow-origin", true),
            (Direction::Response, "accept-language", false),
        ];
        for (direction, name, expected) in table {
            assert_eq!(
                is_standard(direction, &HeaderName::from_static(name)),
                expected,
                "{direction:?} {name}"
            );
        }
    }

    #[test]
    fn every_name_of_the_table_is_one_that_a_request_can_have() {
        for name in GROUPS.iter().flat_map(|group| group.names) {
            let plain = name.strip_suffix('*').unwrap_or(name);
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(plain.bytes().all(is_plain), "{name}");
        }
    }
}
