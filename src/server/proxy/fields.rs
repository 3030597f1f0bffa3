//! Which header fields go through a proxy: none of the connection's, none of ours (RFC 9110 7.6.1).

use http::header::{CONNECTION, TE, UPGRADE, VIA};
use http::{HeaderMap, HeaderName, HeaderValue, Version};

use crate::codec::CODINGS;
use crate::message::has_field;
use crate::negotiate;

/// Names another server at the same place, which the proxy is not.
const ALT_SVC: &str = "alt-svc";
/// What the names of our own header fields start with, and the name of the session's cookie and member of `baggage`.
const OURS: &str = "standin-";
const SESSION: &str = "standin-session";

/// Whether a field of this name belongs to one connection, whatever `Connection` lists.
fn is_of_connection(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-connection"
            | "te"
            | "transfer-encoding"
            | "upgrade"
            | "http2-settings"
            | "proxy-authenticate"
            | "proxy-authorization"
    )
}

/// The names that `Connection` lists, in lower case.
fn listed(headers: &HeaderMap) -> Vec<String> {
    let mut names = Vec::new();
    for line in headers.get_all(CONNECTION) {
        let line = String::from_utf8_lossy(line.as_bytes());
        let members = line.split(',').map(|name| name.trim().to_ascii_lowercase());
        // Nobody can take the fields off that say what the message is.
        names.extend(
            members.filter(|name| !name.is_empty() && !matches!(name.as_str(), "host" | "content-length")),
        );
    }
    names
}

/// The fields of a request as they go to an upstream. The length and the host are told by who sends it.
pub(super) fn to_upstream(headers: &HeaderMap, version: Version) -> HeaderMap {
    let listed = if has_field(headers, &CONNECTION) { listed(headers) } else { Vec::new() };
    let mut sent = HeaderMap::with_capacity(headers.keys_len() + 2);
    for (name, value) in headers {
        let text = name.as_str();
        if is_of_connection(text) || matches!(text, "host" | "content-length" | "expect") {
            continue;
        }
        if text.starts_with(OURS) || listed.iter().any(|listed| listed == text) {
            continue;
        }
        let value = match text {
            "cookie" => without_member(value, ';'),
            "baggage" => without_member(value, ','),
            "prefer" => negotiate::foreign_preferences(value),
            "accept-encoding" => Some(readable(value)),
            _ => Some(value.clone()),
        };
        if let Some(value) = value {
            sent.append(name.clone(), value);
        }
    }
    if has_field(headers, &TE) && takes_trailers(headers) {
        sent.insert(TE, HeaderValue::from_static("trailers"));
    }
    sent.append(VIA, received_by(version));
    sent
}

/// Makes the fields of an upstream's reply those that go to the client. How long its content is stays as it is.
pub(super) fn from_upstream(headers: &mut HeaderMap, version: Version) {
    let listed = if has_field(headers, &CONNECTION) { listed(headers) } else { Vec::new() };
    let goes = |name: &HeaderName| {
        let text = name.as_str();
        is_of_connection(text)
            || text == ALT_SVC
            || text.starts_with(OURS)
            || listed.iter().any(|one| one == text)
    };
    let gone: Vec<HeaderName> = headers.keys().filter(|name| goes(name)).cloned().collect();
    for name in gone {
        headers.remove(name);
    }
    // With those that tell what was found, in one go.
    headers.reserve(4);
    headers.append(VIA, received_by(version));
}

/// Whether a request asks for another protocol in place of HTTP. An upgrade to HTTP/2 may be passed over (RFC 9110 7.8).
pub(super) fn wants_another_protocol(headers: &HeaderMap) -> bool {
    if !has_field(headers, &UPGRADE) {
        return false;
    }
    let lines = headers.get_all(UPGRADE).iter().filter_map(|line| line.to_str().ok());
    let mut protocols = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|name| !name.is_empty());
    let is_http = |name: &str| {
        let name = name.to_ascii_lowercase();
        name == "h2c" || name.starts_with("http/") || name.starts_with("tls/")
    };
    protocols.any(|name| !is_http(name))
}

/// Whether the client takes trailers (RFC 9110 10.1.4).
fn takes_trailers(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(TE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|member| member.trim().eq_ignore_ascii_case("trailers"))
}

/// The value of `Via` for a message of a version (RFC 9110 7.6.3).
fn received_by(version: Version) -> HeaderValue {
    match version {
        Version::HTTP_2 => HeaderValue::from_static("2.0 standin"),
        Version::HTTP_10 => HeaderValue::from_static("1.0 standin"),
        _ => HeaderValue::from_static("1.1 standin"),
    }
}

/// A list of `NAME=VALUE` without our session; `None` if nothing is left.
fn without_member(value: &HeaderValue, separator: char) -> Option<HeaderValue> {
    let Ok(text) = value.to_str() else { return Some(value.clone()) };
    if !text.contains(SESSION) {
        return Some(value.clone());
    }
    let is_ours = |member: &&str| {
        let name = member.split(';').next().and_then(|pair| pair.split('=').next());
        name.is_some_and(|name| name.trim() == SESSION)
    };
    let kept: Vec<&str> = text.split(separator).filter(|member| !is_ours(member)).collect();
    let kept = kept.join(&separator.to_string());
    if kept.trim().is_empty() { None } else { HeaderValue::from_str(kept.trim()).ok() }
}

/// The codings of `Accept-Encoding` that can be undone, so that what comes can be judged; none but the plain one if there
/// are none.
fn readable(value: &HeaderValue) -> HeaderValue {
    let text = value.to_str().unwrap_or_default();
    let can_be = |member: &&str| {
        let name = member.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        name == "identity" || CODINGS.split(", ").any(|coding| coding == name)
    };
    if text.split(',').all(|member| can_be(&member)) && !text.trim().is_empty() {
        return value.clone();
    }
    let kept: Vec<&str> = text.split(',').map(str::trim).filter(can_be).collect();
    let kept = if kept.is_empty() { "identity".to_owned() } else { kept.join(", ") };
    HeaderValue::from_str(&kept).unwrap_or(HeaderValue::from_static("identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn told(headers: &HeaderMap) -> Vec<String> {
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
    }

    /// Fields as they come, and as they are sent on.
    type Row = (&'static [(&'static str, &'static str)], &'static [&'static str]);

    #[test]
    fn a_request_goes_on_without_what_is_the_connections_and_ours() {
        let table: &[Row] = &[
            (
                &[("host", "h"), ("content-length", "3"), ("expect", "100-continue"), ("accept", "*/*")],
                &["accept: */*"],
            ),
            (&[("connection", "close, X-Hop"), ("x-hop", "1"), ("x-stay", "1")], &["x-stay: 1"]),
            (
                &[
                    ("connection", "keep-alive"),
                    ("keep-alive", "9"),
                    ("proxy-connection", "a"),
                    ("upgrade", "h2c"),
                ],
                &[],
            ),
            (&[("te", "gzip, trailers")], &["te: trailers"]),
            (&[("te", "gzip")], &[]),
            (&[("transfer-encoding", "chunked"), ("proxy-authorization", "Basic x")], &[]),
            (&[("standin-session", "a"), ("standin-spec", "b"), ("standin-client", "c")], &[]),
            (&[("cookie", "a=1; standin-session=x; b=2")], &["cookie: a=1; b=2"]),
            (&[("cookie", "standin-session=x")], &[]),
            (&[("baggage", "standin-session=x;p=1,k=v")], &["baggage: k=v"]),
            (
                &[("prefer", "code=404, respond-async, wait=5; x"), ("prefer", "fault=reset")],
                &["prefer: respond-async, wait=5; x"],
            ),
            (&[("accept-encoding", "gzip, zstd;q=1, br;q=0.5, *")], &["accept-encoding: gzip, br;q=0.5"]),
            (&[("accept-encoding", "zstd")], &["accept-encoding: identity"]),
            (
                &[("x-forwarded-for", "1.2.3.4"), ("forwarded", "for=a")],
                &["x-forwarded-for: 1.2.3.4", "forwarded: for=a"],
            ),
            (&[("via", "1.0 other")], &["via: 1.0 other"]),
        ];
        for (lines, expected) in table {
            let sent = told(&to_upstream(&map(lines), Version::HTTP_11));
            let mut expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
            expected.push("via: 1.1 standin".to_owned());
            assert_eq!(sent, expected, "{lines:?}");
        }
    }

    #[test]
    fn a_reply_goes_on_without_what_is_the_connections_and_looks_like_ours() {
        let mut headers = map(&[
            ("connection", "x-hop"),
            ("x-hop", "1"),
            ("standin-violations", "[]"),
            ("alt-svc", "h3=\":443\""),
            ("content-length", "3"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
        ]);
        from_upstream(&mut headers, Version::HTTP_2);
        let mut told = told(&headers);
        told.sort_unstable();
        assert_eq!(told, ["content-length: 3", "set-cookie: a=1", "set-cookie: b=2", "via: 2.0 standin"]);
    }

    #[test]
    fn only_other_protocols_than_http_are_refused() {
        for (value, expected) in
            [("websocket", true), ("h2c", false), ("HTTP/2.0, websocket", true), ("", false)]
        {
            assert_eq!(wants_another_protocol(&map(&[("upgrade", value)])), expected, "{value}");
        }
    }
}
