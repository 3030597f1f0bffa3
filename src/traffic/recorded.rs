//! An exchange as it is kept in a file, one on a line (NDJSON): what recorders write and `standin check` reads.

use std::collections::BTreeSet;

use bytes::Bytes;
use data_encoding::BASE64;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::Received;
use crate::clock::Moment;
use crate::codec;
use crate::media_type::{Kind, MediaType};
use crate::message::{LARGEST_BODY, Request};
use crate::redact;

/// One request and its reply, as a line of JSON. What is left out was not recorded, so it is not judged; what is empty was
/// empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "standin exchange")]
pub struct Recorded {
    /// What the client sent.
    pub request: RecordedRequest,
    /// What it got; left out if no reply was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<RecordedReply>,
    /// When the request was sent (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Who sent it; left out, it is the header `standin-client`, else `User-Agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The session that it belonged to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Places whose values a recorder replaced, such as `request.query.api_key` or `response.body.items.*.token`: nothing
    /// at, above or below them is judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// What a client sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordedRequest {
    /// The method, such as `GET`.
    pub method: String,
    /// The URL as sent: whole, or path and query where the host is not known.
    pub url: String,
    /// The header fields in order, each a name and a value; `null` in place of the value if it was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<(String, Option<String>)>>,
    /// The content, behind its content codings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Content>,
}

/// What a server answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordedReply {
    /// The status code.
    pub status: u16,
    /// The header fields in order, each a name and a value; `null` in place of the value if it was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<(String, Option<String>)>>,
    /// The content, behind its content codings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Content>,
}

/// Content: text, or bytes that are no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a text or `{\"base64\": \"…\"}`")]
pub enum Content {
    /// As text; empty if there was none.
    Text(String),
    /// As base64 (RFC 4648 4).
    Base64 {
        /// The bytes.
        base64: String,
    },
}

impl Content {
    /// Bytes as they are kept: as text where they are text.
    pub fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64 { base64: BASE64.encode(bytes) },
        }
    }

    /// The bytes; `None` if what should be base64 is none.
    pub fn into_bytes(self) -> Option<Bytes> {
        match self {
            Self::Text(text) => Some(Bytes::from(text)),
            Self::Base64 { base64 } => BASE64.decode(base64.as_bytes()).ok().map(Bytes::from),
        }
    }
}

impl Recorded {
    /// Records an exchange without its secrets: what is named or looks like one is replaced, and said to be left out.
    ///
    /// `url` is what is told of where the request went: whole, or path and query. Of content whose codings can't be undone,
    /// that is larger than [`LARGEST_BODY`] or that has no structure in which a secret could be told from the rest, nothing
    /// is kept.
    pub fn new(request: &Request, url: &str, reply: Option<Received<'_>>, at: Moment) -> Self {
        let mut left_out = LeftOut::default();
        let reply = reply.map(|received| RecordedReply {
            status: received.status,
            headers: Some(fields(received.headers)),
            body: received
                .body
                .and_then(|body| left_out.content(received.headers, body, &["response", "body"])),
        });
        let request = RecordedRequest {
            method: request.method.to_string(),
            url: left_out.url(url),
            headers: Some(fields(&request.headers)),
            body: left_out.content(&request.headers, &request.body, &["request", "body"]),
        };
        Self {
            request,
            reply,
            time: Some(at.to_string()),
            client: None,
            session: None,
            left_out: left_out.places.into_iter().collect(),
        }
    }

    /// The exchange as a line, its line feed included.
    #[expect(clippy::missing_panics_doc, reason = "it never does")]
    pub fn line(&self) -> String {
        let mut line = serde_json::to_string(self).expect("texts and numbers can be written as JSON");
        line.push('\n');
        line
    }
}

/// The header fields; secrets without their values.
fn fields(headers: &HeaderMap) -> Vec<(String, Option<String>)> {
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let text = std::str::from_utf8(value.as_bytes()).ok();
        let shown = text.filter(|text| redact::header(name.as_str(), text) != redact::HIDDEN);
        (name.to_string(), shown.map(str::to_owned))
    };
    headers.iter().map(field).collect()
}

/// The places whose values were replaced.
#[derive(Default)]
struct LeftOut {
    places: BTreeSet<String>,
}

impl LeftOut {
    /// The URL without the values of secret query keys and without user and password.
    fn url(&mut self, url: &str) -> String {
        let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
        let mut plain = match path.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                [scheme, "://", host, path].concat()
            }
            None => path.to_owned(),
        };
        let Some(query) = query else { return plain };
        let pairs: Vec<String> =
            query.split('&').map(|pair| self.pair(pair, &["request", "query"])).collect();
        plain.extend(["?", &pairs.join("&")]);
        plain
    }

    /// A pair of a query or form without its value if it is a secret.
    fn pair(&mut self, pair: &str, place: &[&str]) -> String {
        let Some((key, value)) = pair.split_once('=') else { return pair.to_owned() };
        let decoded = |text: &str| {
            percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
        };
        let name = decoded(key);
        if !redact::is_secret_name(&name) && !redact::is_secret_value(&decoded(value)) {
            return pair.to_owned();
        }
        self.places.insert([&place.join("."), ".", &name].concat());
        format!("{key}={}", redact::HIDDEN)
    }

    fn content(&mut self, headers: &HeaderMap, body: &Bytes, place: &[&str]) -> Option<Content> {
        // What was received by the engine is unfolded already, and then has no coding any more that fits.
        let unfolded = match codec::unfolded(headers, body, LARGEST_BODY) {
            Ok(unfolded) => unfolded,
            Err(codec::Folded::Broken(_)) if headers.contains_key(CONTENT_ENCODING) => None,
            Err(_) => return None,
        };
        let body = unfolded.as_ref().unwrap_or(body);
        if body.is_empty() {
            return Some(Content::Text(String::new()));
        }
        if body.len() > LARGEST_BODY {
            return None;
        }
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match media_type.and_then(MediaType::parse).map(|media_type| media_type.kind()) {
            Some(Kind::Form) => {
                let text = std::str::from_utf8(body).ok()?;
                let pairs: Vec<String> = text.split('&').map(|pair| self.pair(pair, place)).collect();
                return Some(Content::Text(pairs.join("&")));
            }
            Some(Kind::Json) | None => {
                if let Ok(mut value) = serde_json::from_slice::<Value>(body) {
                    let mut within: Vec<String> = place.iter().map(|part| (*part).to_owned()).collect();
                    return Some(if self.hide(&mut value, &mut within) {
                        Content::Text(value.to_string())
                    } else {
                        Content::of(body)
                    });
                }
            }
            Some(
                Kind::Xml | Kind::Multipart | Kind::JsonLines | Kind::EventStream | Kind::Text | Kind::Binary,
            ) => {}
        }
        (!redact::mentions_secret(&String::from_utf8_lossy(body))).then(|| Content::of(body))
    }

    /// Replaces the secrets in a value. Whether there were some.
    fn hide(&mut self, value: &mut Value, place: &mut Vec<String>) -> bool {
        let mut is_changed = false;
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    place.push(key.clone());
                    if redact::is_secret_name(key) {
                        *value = Value::String(redact::HIDDEN.into());
                        self.places.insert(place.join("."));
                        is_changed = true;
                    } else {
                        is_changed |= self.hide(value, place);
                    }
                    place.pop();
                }
            }
            Value::Array(items) => {
                place.push("*".into());
                for item in items {
                    is_changed |= self.hide(item, place);
                }
                place.pop();
            }
            Value::String(text) if redact::is_secret_value(text) => {
                redact::HIDDEN.clone_into(text);
                self.places.insert(place.join("."));
                is_changed = true;
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
        is_changed
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn secrets_are_left_out_and_the_places_are_told() {
        let mut request = Request::new(Method::POST, "/a");
        request.headers = headers(&[
            ("authorization", "Bearer eyJ.a.b"),
            ("accept", "*/*"),
            ("content-type", "application/json"),
        ]);
        request.body = r#"{"name":"n","login":{"password":"p"},"all":[{"token":1},{"token":2}]}"#.into();
        let reply_headers = headers(&[("set-cookie", "a=b")]);
        let body = Bytes::from_static(b"\xff\x00");
        let received = Received { status: 201, headers: &reply_headers, body: Some(&body) };
        let url = "https://u:p@h/a?x=1&api%5Fkey=k";
        let mut recorded = Recorded::new(&request, url, Some(received), Moment(0));
        recorded.client = Some("web".into());
        insta::assert_snapshot!(serde_json::to_string_pretty(&recorded).unwrap());
        assert_eq!(serde_json::from_str::<Recorded>(&recorded.line()).unwrap(), recorded);
    }

    #[test]
    fn what_is_left_out_is_not_what_is_empty() {
        let read = |text: &str| serde_json::from_str::<Recorded>(text).map(|recorded| recorded.request.body);
        let line = |body: &str| format!(r#"{{"request":{{"method":"GET","url":"/"{body}}}}}"#);
        assert_eq!(read(&line("")).unwrap(), None);
        assert_eq!(read(&line(r#","body":"""#)).unwrap(), Some(Content::Text(String::new())));
        let bytes = read(&line(r#","body":{"base64":"/wA="}"#)).unwrap().unwrap().into_bytes();
        assert_eq!(bytes.as_deref(), Some(&b"\xff\x00"[..]));
        let wrong = read(&line(r#","body":5"#)).unwrap_err().to_string();
        assert!(wrong.starts_with("a text or `{\"base64\": \"…\"}`"), "{wrong}");
        let misspelt = read(r#"{"request":{"method":"GET","url":"/"},"respons":{}}"#).unwrap_err();
        assert!(misspelt.to_string().starts_with("unknown field `respons`, expected one of"), "{misspelt}");
    }

    #[test]
    fn content_in_which_secrets_can_not_be_told_apart_is_not_kept() {
        let kept = |media_type: &'static str, body: &'static str| {
            let mut request = Request::new(Method::POST, "/");
            request.headers = headers(&[("content-type", media_type)]);
            request.body = body.into();
            Recorded::new(&request, "/", None, Moment(0)).request.body
        };
        let text = |text: &str| Some(Content::Text(text.into()));
        let table = [
            ("text/plain", "the password is p", None),
            ("text/plain", "hello", text("hello")),
            ("application/json", "{\"password\": ", None),
            ("application/x-www-form-urlencoded", "a=1&pin=2", text("a=1&pin=[redacted]")),
            ("application/json", r#"{"a":"https://u:p@h/"}"#, text(r#"{"a":"[redacted]"}"#)),
            ("application/json", r#"{ "a": 1.50 }"#, text(r#"{ "a": 1.50 }"#)),
        ];
        for (media_type, body, expected) in table {
            assert_eq!(kept(media_type, body), expected, "{body}");
        }
    }
}
