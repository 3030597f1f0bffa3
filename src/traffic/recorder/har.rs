//! Recorded exchanges as entries of HAR 1.2. What was left out is left out here, too.

use serde_json::{Map, Value, json};

use super::super::recorded::{Content, Recorded, RecordedReply};

/// What a file begins with.
pub(super) const BEGIN: &str = concat!(
    r#"{"log":{"version":"1.2","creator":{"name":"standin","version":""#,
    env!("CARGO_PKG_VERSION"),
    r#""},"entries":["#,
    "\n"
);
/// What a file ends with.
pub(super) const END: &str = "\n]}}\n";

/// An entry, with what stands between it and the one before.
pub(super) fn entry(recorded: &Recorded, is_first: bool) -> String {
    let separator = if is_first { "" } else { ",\n" };
    format!("{separator}{}", value(recorded))
}

fn value(recorded: &Recorded) -> Value {
    let request = &recorded.request;
    let mut sent = json!({
        "method": request.method,
        "url": request.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(request.headers.as_ref()),
        "queryString": query(&request.url),
        "headersSize": -1,
        "bodySize": request.body.as_ref().map_or(-1, size),
    });
    if let Some(content) = request.body.as_ref().filter(|content| size(content) > 0) {
        let (text, encoding) = text(content);
        let mut data = json!({ "mimeType": media_type(request.headers.as_ref()), "text": text });
        put_encoding(&mut data, encoding);
        put(&mut sent, "postData", data);
    }
    let mut entry = json!({
        "startedDateTime": recorded.time,
        "time": 0,
        "request": sent,
        "response": response(recorded.reply.as_ref()),
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
    });
    if !recorded.left_out.is_empty() {
        put(&mut entry, "comment", json!(format!("left out: {}", recorded.left_out.join(", "))));
    }
    entry
}

/// A reply that was not seen has the status 0, as in the recordings of browsers.
fn response(reply: Option<&RecordedReply>) -> Value {
    let headers = reply.and_then(|reply| reply.headers.as_ref());
    let content = reply.and_then(|reply| reply.body.as_ref());
    let mut body = json!({ "size": content.map_or(-1, size), "mimeType": media_type(headers) });
    if let Some(content) = content {
        let (text, encoding) = text(content);
        put(&mut body, "text", json!(text));
        put_encoding(&mut body, encoding);
    }
    json!({
        "status": reply.map_or(0, |reply| reply.status),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": fields(headers),
        "content": body,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

type Fields = Vec<(String, Option<String>)>;

/// The fields whose values were recorded.
fn fields(fields: Option<&Fields>) -> Vec<Value> {
    let known = fields.into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    known.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn query(url: &str) -> Vec<Value> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn media_type(fields: Option<&Fields>) -> String {
    let found = fields.into_iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    found.and_then(|(_, value)| value.clone()).unwrap_or_default()
}

fn size(content: &Content) -> i64 {
    let length = match content {
        Content::Text(text) => text.len(),
        Content::Base64 { base64 } => base64.len() / 4 * 3,
    };
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn text(content: &Content) -> (&str, Option<&'static str>) {
    match content {
        Content::Text(text) => (text, None),
        Content::Base64 { base64 } => (base64, Some("base64")),
    }
}

fn put_encoding(value: &mut Value, encoding: Option<&'static str>) {
    if let Some(encoding) = encoding {
        put(value, "encoding", json!(encoding));
    }
}

fn put(value: &mut Value, key: &str, member: Value) {
    if let Some(map) = value.as_object_mut() as Option<&mut Map<String, Value>> {
        map.insert(key.to_owned(), member);
    }
}
