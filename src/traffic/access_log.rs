//! A line of an access log in JSON, as nginx and Apache write them by a format of the user's: which keys are understood.

use serde_json::{Map, Value};

use super::recorded::{Recorded, RecordedReply, RecordedRequest};
use super::source::wrong;

/// The names under which each thing is looked for, the best first; those of nginx's variables, and usual ones.
const METHOD: &[&str] = &["request_method", "method", "verb", "http_method"];
const TARGET: &[&str] = &["request_uri", "uri", "url", "path", "target"];
const QUERY: &[&str] = &["args", "query_string", "query"];
const LINE: &[&str] = &["request", "request_line"];
const HOST: &[&str] = &["http_host", "host", "server_name", "vhost"];
const SCHEME: &[&str] = &["scheme", "request_scheme"];
const STATUS: &[&str] = &["status", "status_code", "response_code", "response_status"];
const TIME: &[&str] = &["time_iso8601", "time", "timestamp", "@timestamp", "date"];
const CLIENT: &[&str] = &["http_user_agent", "user_agent", "userAgent", "agent"];

/// What the help says of the keys.
pub const KEYS: &str = "the method (`request_method`, `method`, `verb`), the target (`request_uri`, `uri`, `url`, `path`, \
with `args` or `query_string`) or both in `request`; and where they are there the host (`http_host`, `host`, `server_name`), \
`scheme`, the status (`status`, `status_code`), the time (`time_iso8601`, `time`, `timestamp`; RFC 3339), the client \
(`http_user_agent`, `user_agent`)";

/// Reads a line. Errors tell what is missing.
pub(super) fn read(bytes: &[u8]) -> Result<Recorded, String> {
    let map: Map<String, Value> = serde_json::from_slice(bytes).map_err(|error| wrong(&error))?;
    let line = text(&map, LINE).unwrap_or_default();
    let mut words = line.split(' ');
    let (method_of_line, target_of_line) = (words.next().filter(|word| !word.is_empty()), words.next());
    let method = text(&map, METHOD).or(method_of_line);
    let method = method.ok_or_else(|| missing(&map, "method", METHOD))?;
    let mut target = match (target_of_line, text(&map, TARGET)) {
        // What was asked for beats what nginx made of it, which `uri` holds.
        (Some(target), _) | (None, Some(target)) => target.to_owned(),
        (None, None) => return Err(missing(&map, "target", TARGET)),
    };
    if !target.contains('?')
        && let Some(query) = text(&map, QUERY).filter(|query| !query.is_empty() && *query != "-")
    {
        target.extend(["?", query.trim_start_matches('?')]);
    }
    if let (true, Some(host)) = (target.starts_with('/'), text(&map, HOST)) {
        let scheme = text(&map, SCHEME).unwrap_or("http");
        target = format!("{scheme}://{host}{target}");
    }
    let reply = number(&map, STATUS).map(|status| RecordedReply { status, headers: None, body: None });
    Ok(Recorded {
        request: RecordedRequest { method: method.to_owned(), url: target, headers: None, body: None },
        reply,
        time: text(&map, TIME).map(str::to_owned),
        client: text(&map, CLIENT).map(str::to_owned),
        ..Recorded::default()
    })
}

/// A value that is there; nginx writes `-` for one that is not.
fn text<'a>(map: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().filter_map(|name| map.get(*name)?.as_str()).find(|text| !text.is_empty() && *text != "-")
}

fn number(map: &Map<String, Value>, names: &[&str]) -> Option<u16> {
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        other => u16::try_from(other.as_u64()?).ok(),
    };
    names.iter().filter_map(|name| number(map.get(*name)?)).find(|status| (100..600).contains(status))
}

fn missing(map: &Map<String, Value>, what: &str, names: &[&str]) -> String {
    let found: Vec<&str> = map.keys().map(String::as_str).collect();
    let names = crate::text::list(names.iter().copied());
    let found = crate::text::harmless(&crate::text::shortened(&crate::text::list(found), 300));
    format!("no {what} was found in the keys {found}, expected one of {names}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_keys_are_understood() {
        let told = |line: &str| {
            let Recorded { request, reply, client, .. } = read(line.as_bytes())?;
            let status = reply.map_or(0, |reply| reply.status);
            Ok::<_, String>(format!(
                "{} {} {status} {}",
                request.method,
                request.url,
                client.unwrap_or_default()
            ))
        };
        let table = [
            (r#"{"request":"GET /a?b=1 HTTP/1.1","status":"200","http_user_agent":"u"}"#, "GET /a?b=1 200 u"),
            (
                r#"{"request_method":"PUT","uri":"/a","args":"b=1","host":"h:8080","scheme":"https","status":204,"agent":"-"}"#,
                "PUT https://h:8080/a?b=1 204 ",
            ),
            (r#"{"method":"GET","url":"https://h/a?b","query":"?b","status":"-"}"#, "GET https://h/a?b 0 "),
            (r#"{"verb":"GET","path":"/a","args":"-","request_uri":"/raw?x"}"#, "GET /raw?x 0 "),
        ];
        for (line, expected) in table {
            assert_eq!(told(line).as_deref(), Ok(expected), "{line}");
        }
        let wrong = told(r#"{"level":"info","msg":"x"}"#).unwrap_err();
        assert_eq!(
            wrong,
            "no method was found in the keys `level`, `msg`, expected one of `request_method`, `method`, `verb`, `http_method`"
        );
    }
}
