//! An entry of a HAR (HTTP Archive 1.2 and 1.3), as browsers and proxies record them.

use serde::Deserialize;

use super::recorded::{Content, Recorded, RecordedReply, RecordedRequest};
use super::source::wrong;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: Option<String>,
    request: Request,
    response: Option<Response>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    headers: Option<Vec<Pair>>,
    post_data: Option<PostData>,
    body_size: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: Option<String>,
    text: Option<String>,
    params: Option<Vec<Pair>>,
    /// HAR 1.3.
    encoding: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status: f64,
    headers: Option<Vec<Pair>>,
    content: Option<ResponseContent>,
    body_size: Option<f64>,
}

#[derive(Deserialize)]
struct ResponseContent {
    size: Option<f64>,
    text: Option<String>,
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: Option<String>,
}

/// Reads an entry. Errors tell what is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<Recorded, String> {
    let entry: Entry = serde_json::from_slice(bytes).map_err(|error| wrong(&error))?;
    let Entry { started_date_time, request, response } = entry;
    let headers = request.headers.map(fields);
    let body = sent(request.post_data, request.body_size, headers.as_deref());
    let method = request.method;
    // Browsers write a status of 0 where no reply came.
    let reply = response.filter(|response| response.status > 0.0).map(reply);
    Ok(Recorded {
        request: RecordedRequest { method, url: request.url, headers, body },
        reply,
        time: started_date_time,
        ..Recorded::default()
    })
}

fn reply(response: Response) -> RecordedReply {
    let status = response.status as u16;
    let body = match response.content {
        // A browser shows what it had kept in place of the content that a 304 can't have.
        _ if status == 304 => Some(Content::Text(String::new())),
        Some(ResponseContent { text: Some(text), encoding, .. }) => Some(content(text, encoding.as_deref())),
        Some(ResponseContent { text: None, size, .. }) => {
            let is_empty = size == Some(0.0) || response.body_size == Some(0.0);
            is_empty.then(|| Content::Text(String::new()))
        }
        None => None,
    };
    RecordedReply { status, headers: response.headers.map(fields), body }
}

/// The content of a request. Of a form, some recorders keep only the fields.
fn sent(
    data: Option<PostData>,
    size: Option<f64>,
    headers: Option<&[(String, Option<String>)]>,
) -> Option<Content> {
    let field = |name: &str| headers.into_iter().flatten().find(|field| field.0.eq_ignore_ascii_case(name));
    let Some(data) = data else {
        let length = field("content-length").and_then(|field| field.1.as_deref());
        let has_some = size.is_some_and(|size| size > 0.0)
            || length.is_some_and(|length| length != "0")
            || field("transfer-encoding").is_some();
        return (!has_some).then(|| Content::Text(String::new()));
    };
    // What is encoded is no text, and was made one all the same.
    if field("content-encoding").is_some() {
        return None;
    }
    let is_form = data.mime_type.is_some_and(|name| name.starts_with("application/x-www-form-urlencoded"));
    match (data.text, data.params) {
        (Some(text), Some(params)) if text.is_empty() && !params.is_empty() && is_form => Some(form(&params)),
        (Some(text), Some(params)) if text.is_empty() && !params.is_empty() => None,
        (Some(text), _) => Some(content(text, data.encoding.as_deref())),
        (None, Some(params)) if is_form => Some(form(&params)),
        (None, _) => None,
    }
}

fn form(params: &[Pair]) -> Content {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for Pair { name, value } in params {
        text.append_pair(name, value.as_deref().unwrap_or_default());
    }
    Content::Text(text.finish())
}

fn content(text: String, encoding: Option<&str>) -> Content {
    match encoding {
        Some("base64") => Content::Base64 { base64: text },
        Some(_) | None => Content::Text(text),
    }
}

/// The header fields; those that start with `:` are HTTP/2's own.
fn fields(pairs: Vec<Pair>) -> Vec<(String, Option<String>)> {
    let pairs = pairs.into_iter().filter(|pair| !pair.name.starts_with(':'));
    pairs.map(|pair| (pair.name, pair.value)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn entry(request: Value, response: Value) -> Recorded {
        let mut entry = json!({
            "startedDateTime": "2026-01-02T03:04:05Z",
            "request": { "method": "POST", "url": "http://h/a", "headers": [] },
            "response": { "status": 200, "headers": [] },
        });
        let parts = [("request", request), ("response", response)];
        for (name, part) in parts {
            entry[name].as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        read(entry.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn what_a_browser_did_not_keep_is_not_empty() {
        let text = |text: &str| Some(Content::Text(text.into()));
        let form = json!([{ "name": "a b", "value": "1&2" }]);
        let urlencoded = "application/x-www-form-urlencoded;charset=UTF-8";
        let length = json!([{ "name": "Content-Length", "value": "7" }]);
        let requests = [
            (json!({}), text("")),
            (json!({ "bodySize": -1 }), text("")),
            (json!({ "bodySize": 7 }), None),
            (json!({ "headers": length }), None),
            (json!({ "postData": { "mimeType": "text/plain", "text": "x" } }), text("x")),
            (json!({ "postData": { "mimeType": urlencoded, "params": form } }), text("a+b=1%262")),
            (json!({ "postData": { "mimeType": "multipart/form-data", "params": form, "text": "" } }), None),
            (
                json!({ "headers": [{ "name": "content-encoding", "value": "gzip" }], "postData": { "text": "x" } }),
                None,
            ),
        ];
        for (part, expected) in requests {
            assert_eq!(entry(part.clone(), json!({})).request.body, expected, "{part}");
        }
        let replies = [
            (json!({}), None),
            (json!({ "content": { "size": 3 } }), None),
            (json!({ "content": { "size": 0 } }), text("")),
            (json!({ "content": { "text": "x" } }), text("x")),
            (
                json!({ "content": { "text": "/w==", "encoding": "base64" } }),
                Some(Content::Base64 { base64: "/w==".into() }),
            ),
            (json!({ "status": 304, "content": { "text": "kept" } }), text("")),
        ];
        for (part, expected) in replies {
            assert_eq!(entry(json!({}), part.clone()).reply.unwrap().body, expected, "{part}");
        }
        assert_eq!(entry(json!({}), json!({ "status": 0 })).reply, None);
    }
}
