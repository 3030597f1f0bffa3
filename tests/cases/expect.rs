//! What a case expects of a reply, and in what a reply differs from it.

use std::sync::Arc;

use fancy_regex::Regex;
use serde_json::Value;
use standin::message::Reply;

use super::Document;
use crate::oracle::reading::{Given, Verdict};

/// What is expected of a reply.
pub struct Expected {
    status: u16,
    headers: Vec<Header>,
    body: Vec<Body>,
}

enum Header {
    Is(String, String),
    Fits(String, Regex),
    Absent(String),
}

enum Body {
    /// Valid by the response that the operation declares for the status.
    Valid,
    Empty,
    Contains(String),
    Lacks(String),
    /// The bytes of the case's first reply, or not.
    Same,
    Other,
    /// Every member that is named is there; arrays have the same length; a text `~ …` is a regular expression.
    Json(Value),
}

impl Expected {
    /// Reads the lines of a reply's fence.
    pub fn read(lines: &[&str]) -> Result<Self, String> {
        let status = lines.first().and_then(|line| line.split(' ').next()?.parse().ok());
        let status = status.ok_or("the first line is the status")?;
        let mut expected = Self { status, headers: Vec::new(), body: Vec::new() };
        let head = lines.iter().skip(1).take_while(|line| !line.is_empty());
        for line in head.clone() {
            expected.headers.push(header(line)?);
        }
        let rest: Vec<&str> = lines.iter().skip(head.count() + 2).copied().collect();
        for (index, line) in rest.iter().enumerate() {
            let (word, text) = line.split_once(' ').unwrap_or((line, ""));
            let body = match word {
                "" => continue,
                "valid" => Body::Valid,
                "empty" => Body::Empty,
                "same" => Body::Same,
                "other" => Body::Other,
                "contains" => Body::Contains(text.to_owned()),
                "lacks" => Body::Lacks(text.to_owned()),
                _ if line.starts_with(['{', '[']) => {
                    let json = rest[index..].join("\n");
                    expected
                        .body
                        .push(Body::Json(serde_json::from_str(&json).map_err(|error| error.to_string())?));
                    break;
                }
                _ => return Err(format!("`{line}` says nothing about a body")),
            };
            expected.body.push(body);
        }
        Ok(expected)
    }
}

fn header(line: &str) -> Result<Header, String> {
    if let Some(name) = line.strip_prefix("! ") {
        return Ok(Header::Absent(name.to_owned()));
    }
    if let Some((name, pattern)) = line.split_once(" ~ ") {
        let pattern = Regex::new(pattern).map_err(|error| error.to_string())?;
        return Ok(Header::Fits(name.to_owned(), pattern));
    }
    let (name, value) =
        line.split_once(": ").ok_or_else(|| format!("`{line}` says nothing about a header field"))?;
    Ok(Header::Is(name.to_owned(), value.to_owned()))
}

/// In what a reply differs from what is expected of it.
pub fn differences(
    expected: &Expected,
    reply: &Reply,
    first: Option<&Reply>,
    documents: &[Arc<Document>],
) -> Vec<String> {
    let mut found = Vec::new();
    if reply.status != expected.status {
        found.push(format!("the status is {}, expected {}", reply.status, expected.status));
    }
    for header in &expected.headers {
        let (name, fits) = match header {
            Header::Is(name, value) => (name, sent(reply, name).is_some_and(|sent| sent == *value)),
            Header::Fits(name, pattern) => {
                (name, sent(reply, name).is_some_and(|sent| pattern.is_match(&sent).unwrap_or(false)))
            }
            Header::Absent(name) => (name, sent(reply, name).is_none()),
        };
        if !fits {
            found.push(format!("the header `{name}` is {:?}", sent(reply, name)));
        }
    }
    let text = String::from_utf8_lossy(&reply.body);
    for body in &expected.body {
        let difference = match body {
            Body::Valid => valid(reply, documents).err(),
            Body::Empty => (!reply.body.is_empty()).then(|| "the body is not empty".to_owned()),
            Body::Same => (first.is_none_or(|first| first.body != reply.body))
                .then(|| "the body is not that of the first reply".to_owned()),
            Body::Other => (first.is_none_or(|first| first.body == reply.body))
                .then(|| "the body is that of the first reply".to_owned()),
            Body::Contains(part) => (!text.contains(part)).then(|| format!("the body lacks `{part}`")),
            Body::Lacks(part) => text.contains(part).then(|| format!("the body contains `{part}`")),
            Body::Json(expected) => match serde_json::from_slice::<Value>(&reply.body) {
                Ok(found) => difference(expected, &found, ""),
                Err(error) => Some(format!("the body is not JSON: {error}")),
            },
        };
        found.extend(difference);
    }
    found
}

fn sent(reply: &Reply, name: &str) -> Option<String> {
    let values: Vec<_> =
        reply.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Judges a reply by the oracle's reading of the document that answered.
fn valid(reply: &Reply, documents: &[Arc<Document>]) -> Result<(), String> {
    let label = sent(reply, "standin-operation").ok_or("no operation answered")?;
    let (name, id) = label.split_once('/').ok_or("`standin-operation` has no `/`")?;
    let document = documents.iter().find(|document| document.contract.name == name);
    let document = document.ok_or_else(|| format!("there is no document `{name}`"))?;
    let header = |name: &str| sent(reply, name);
    let given = Given { status: reply.status, header: &header, body: &reply.body, is_head: false };
    match document.reading.judge(document.reading.operation(id), &given)? {
        Verdict::Judged => Ok(()),
        Verdict::InPart => Err("the oracle can't judge this content".into()),
    }
}

/// The first place in which a value differs from what is expected of it.
fn difference(expected: &Value, found: &Value, at: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(members), Value::Object(there)) => members.iter().find_map(|(key, expected)| {
            let at = format!("{at}/{key}");
            match there.get(key) {
                Some(found) => difference(expected, found, &at),
                None => Some(format!("`{at}` is not there")),
            }
        }),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => expected
            .iter()
            .zip(found)
            .enumerate()
            .find_map(|(index, (expected, found))| difference(expected, found, &format!("{at}/{index}"))),
        (Value::String(pattern), found) if pattern.starts_with("~ ") => {
            let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            let fits = Regex::new(&pattern[2..]).unwrap().is_match(&text).unwrap_or(false);
            (!fits).then(|| format!("`{at}` is {found}, expected {pattern}"))
        }
        (expected, found) => (expected != found).then(|| format!("`{at}` is {found}, expected {expected}")),
    }
}
