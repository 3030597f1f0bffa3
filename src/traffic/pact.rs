//! Contract files of Pact, versions 2 to 4: each HTTP interaction as an exchange that its consumer expects.
//!
//! What is judged are the example values: matchers and generators say what else may come, and provider states in which state
//! the server is, neither of which the document tells.

use std::io::Read;

use serde_json::{Map, Value};

use super::destination::Foreign;
use super::entries::LARGEST_ENTRY;
use super::recorded::{Content, Recorded, RecordedReply, RecordedRequest};
use super::source::told;

/// What an interaction comes to, where it can be read.
pub(super) type Interaction = Result<Result<Box<Recorded>, Foreign>, String>;

/// Reads a file. Errors tell why it is none of Pact's.
pub(super) fn read(reader: impl Read) -> Result<Vec<Interaction>, String> {
    let mut text = Vec::new();
    reader.take(LARGEST_ENTRY as u64 + 1).read_to_end(&mut text).map_err(|error| told(&error))?;
    if text.len() > LARGEST_ENTRY {
        return Err(format!("a Pact file has at most {LARGEST_ENTRY} bytes"));
    }
    let file: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let name = |party: &str| file[party]["name"].as_str().map(str::to_owned);
    let interactions = file["interactions"].as_array();
    let messages = file["messages"].as_array();
    if interactions.is_none() && messages.is_none() {
        return Err("it has no `interactions`, which every Pact file has".to_owned());
    }
    let consumer = name("consumer");
    let read = interactions.into_iter().flatten().map(|one| interaction(one, consumer.as_deref()));
    Ok(read.chain(messages.into_iter().flatten().map(|_| Ok(Err(Foreign::Message)))).collect())
}

fn interaction(one: &Value, consumer: Option<&str>) -> Interaction {
    if one["type"].as_str().is_some_and(|kind| kind != "Synchronous/HTTP") {
        return Ok(Err(Foreign::Message));
    }
    if one["pending"] == Value::Bool(true) {
        return Ok(Err(Foreign::Pending));
    }
    let (request, response) = (&one["request"], &one["response"]);
    let text = |key: &str| request[key].as_str();
    let method = text("method").ok_or("an interaction's request has no `method`")?;
    let path = text("path").ok_or("an interaction's request has no `path`")?;
    let mut url = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    if let Some(query) = query(&request["query"]).filter(|query| !query.is_empty()) {
        url.extend(["?", &query]);
    }
    let is_described = one["type"].is_string();
    let (headers, body) = message(request, is_described);
    let request = RecordedRequest { method: method.to_ascii_uppercase(), url, headers: Some(headers), body };
    let reply = match response {
        Value::Object(_) => {
            let (headers, body) = message(response, is_described);
            let status = response["status"].as_u64().unwrap_or(200);
            let status = u16::try_from(status).map_err(|_| format!("{status} is no status code"))?;
            Some(RecordedReply { status, headers: Some(headers), body })
        }
        _ => None,
    };
    let client = consumer.map(str::to_owned);
    Ok(Ok(Box::new(Recorded { request, reply, client, ..Recorded::default() })))
}

/// A query is a text in version 2, and a map of names to one or more values from version 3 on.
fn query(query: &Value) -> Option<String> {
    match query {
        Value::String(text) => Some(text.clone()),
        Value::Object(map) => {
            let mut text = form_urlencoded::Serializer::new(String::new());
            for (name, values) in map {
                for value in several(values) {
                    text.append_pair(name, &value);
                }
            }
            Some(text.finish())
        }
        _ => None,
    }
}

/// The texts of one value or of a list of them.
fn several(values: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match values {
        Value::Array(items) => items.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

type Fields = Vec<(String, Option<String>)>;

/// Header fields and content. Content that is not mentioned may be any; it `is_described` from version 4 on, by its type.
fn message(message: &Value, is_described: bool) -> (Fields, Option<Content>) {
    let none = Map::new();
    let declared = message["headers"].as_object().unwrap_or(&none);
    let mut headers: Fields = declared
        .iter()
        .flat_map(|(name, values)| several(values).into_iter().map(move |value| (name.clone(), Some(value))))
        .collect();
    let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let (content, media_type) = match message.get("body") {
        None => return (headers, None),
        Some(Value::Null) => return (headers, Some(Content::Text(String::new()))),
        Some(Value::Object(body)) if is_described => {
            let media_type = body.get("contentType").and_then(Value::as_str);
            let Some(content) = body.get("content") else { return (headers, None) };
            let content = match (content, body.get("encoded")) {
                (Value::String(text), Some(Value::String(encoding)))
                    if encoding.eq_ignore_ascii_case("base64") =>
                {
                    Content::Base64 { base64: text.clone() }
                }
                (Value::String(text), _) if media_type.is_none_or(|name| !name.contains("json")) => {
                    Content::Text(text.clone())
                }
                (Value::String(text), Some(encoding)) if is_json_already(encoding) => {
                    Content::Text(text.clone())
                }
                (value, _) => Content::Text(value.to_string()),
            };
            (content, media_type.map(str::to_owned))
        }
        Some(Value::String(text)) => {
            let json = headers.iter().any(|(name, value)| {
                name.eq_ignore_ascii_case("content-type")
                    && value.as_deref().is_some_and(|value| value.contains("json"))
            });
            (Content::Text(if json { Value::from(text.as_str()).to_string() } else { text.clone() }), None)
        }
        Some(value) => (Content::Text(value.to_string()), Some("application/json".to_owned())),
    };
    if let (false, Some(media_type)) = (has_type, media_type) {
        headers.push(("content-type".to_owned(), Some(media_type)));
    }
    (headers, Some(content))
}

/// `encoded: "json"` says that the text is JSON as it stands.
fn is_json_already(encoding: &Value) -> bool {
    encoding.as_str().is_some_and(|encoding| encoding.eq_ignore_ascii_case("json"))
}
