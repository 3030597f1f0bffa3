//! Requests made of bytes: any method, target, header fields and content, from pieces that mean something somewhere.
//!
//! Shared with `fuzz/`, so it uses no other part of the tests.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::{HeaderName, HeaderValue, Method};
use standin::contract::{Contract, Operation};
use standin::delivery::Outcome;
use standin::engine::{Engine, Extent};
use standin::message::Request;

/// Methods, of which one is nobody's.
pub const METHODS: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "ODD"];
/// Header fields that decide something.
pub const FIELDS: [&str; 14] = [
    "prefer",
    "accept",
    "authorization",
    "x-auth-token",
    "content-type",
    "content-encoding",
    "host",
    "standin-spec",
    "standin-session",
    "baggage",
    "cookie",
    "user-agent",
    "expect",
    "x-rate",
];
const CODINGS: [&str; 6] = ["gzip", "deflate", "br", "gzip, deflate", "identity", "zstd"];
/// Pieces that mean something somewhere; random bytes alone get nowhere.
pub const PIECES: [&str; 72] = [
    "code=",
    "404",
    "error=",
    "seed=",
    "items=",
    "edge=",
    "\"",
    "\\",
    ",",
    ";",
    "=",
    "&",
    "%",
    "%5B",
    "%00",
    "%FF",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "/>",
    "</",
    "<a",
    "<?xml version=\"1.0\" encoding=\"",
    "<!DOCTYPE a [",
    "<![CDATA[",
    "]]>",
    "&#0;",
    "&amp;",
    "xmlns:x=\"u\"",
    "x:",
    "--b",
    "--b--",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "Content-Disposition: form-data; name=\"",
    "Content-Type: application/json",
    "data: ",
    "event: ",
    "\u{1e}",
    "\u{feff}",
    "limit",
    "organization[id]",
    "__code",
    "99999999999999999999",
    "-1",
    "1e400",
    "0.1",
    "application/json",
    "application/xml",
    "multipart/form-data; boundary=b",
    "text/plain; charset=iso-8859-1",
    "*/*",
    ";q=",
    "Bearer ",
    "Basic ",
    "invalid",
    "null",
    "true",
    "\u{0}",
    "\u{e9}",
    "\u{1f600}",
    "/",
    "..",
    "~",
    ":",
    " ",
    "a",
    "\"a\":",
];

/// Bytes that are used up one after the other.
pub struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    /// All of them are left.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[usize::from(self.next()) * from.len() / 256]
    }

    fn chance(&mut self, of_256: u8) -> bool {
        self.next() < of_256
    }

    fn text(&mut self, most: u8) -> String {
        let count = self.next() % most;
        let mut text = String::new();
        for _ in 0..count {
            match self.next() {
                0 => text.push(char::from(self.next())),
                other => text.push_str(PIECES[usize::from(other) % PIECES.len()]),
            }
        }
        text
    }

    fn rest(&mut self) -> &'b [u8] {
        std::mem::take(&mut self.0)
    }
}

/// A request to one of an engine's documents: mostly to an operation that is there, in a shape that it may take.
pub fn request(engine: &Engine, bytes: &mut Bytes<'_>) -> Request {
    let contract = bytes.pick(engine.contracts());
    if contract.operations.is_empty() || bytes.chance(16) {
        let method = Method::from_bytes(bytes.pick::<&str>(&METHODS).as_bytes()).unwrap_or_default();
        let mut request = Request::new(method, &bytes.text(20));
        fields(&mut request, bytes);
        request.body = bytes.rest().to_vec().into();
        return request;
    }
    let operation = bytes.pick(&contract.operations);
    let mut request = Request::new(operation.method.clone(), &target(contract, operation, bytes));
    if bytes.chance(8) {
        request.method = Method::from_bytes(bytes.pick::<&str>(&METHODS).as_bytes()).unwrap_or_default();
    }
    let media_types: Vec<String> = operation
        .body
        .iter()
        .flat_map(|body| &body.content)
        .map(|content| match content.media_type.parameter("boundary") {
            None if content.media_type.main == "multipart" => format!("{}; boundary=b", content.media_type),
            _ => content.media_type.to_string(),
        })
        .collect();
    if !media_types.is_empty()
        && bytes.chance(230)
        && let Ok(value) = HeaderValue::from_str(bytes.pick::<String>(&media_types))
    {
        request.headers.insert("content-type", value);
    }
    fields(&mut request, bytes);
    let content = if bytes.chance(128) { bytes.rest().to_vec() } else { made(bytes) };
    request.body = folded(&mut request, content, bytes).into();
    request
}

fn target(contract: &Contract, operation: &Operation, bytes: &mut Bytes<'_>) -> String {
    let mut target = format!("/{}", contract.name);
    let mut rest = operation.template.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        target.push_str(before);
        let (_, behind) = behind.split_once('}').unwrap_or(("", ""));
        match bytes.next() {
            0..=99 => target.push('1'),
            100..=199 => target.push_str("4405ffd0-0aca-44ef-bae2-c8545bce94f4"),
            _ => target.push_str(&bytes.text(4)),
        }
        rest = behind;
    }
    target.push_str(rest);
    let mut separator = '?';
    for parameter in &operation.parameters {
        if bytes.chance(100) {
            let _ = write!(target, "{separator}{}={}", parameter.name, bytes.text(5));
            separator = '&';
        }
    }
    if bytes.chance(40) {
        let _ = write!(target, "{separator}{}", bytes.text(8));
    }
    target
}

fn fields(request: &mut Request, bytes: &mut Bytes<'_>) {
    for _ in 0..bytes.next() % 4 {
        let name = HeaderName::from_static(bytes.pick::<&str>(&FIELDS));
        if let Ok(value) = HeaderValue::from_bytes(bytes.text(8).as_bytes()) {
            request.headers.append(name, value);
        }
    }
}

/// Content of some form: JSON that nests, a form, parts, XML, or pieces.
fn made(bytes: &mut Bytes<'_>) -> Vec<u8> {
    let mut text = String::new();
    match bytes.next() % 6 {
        0 | 1 => json(bytes, &mut text, 5),
        2 => {
            for _ in 0..bytes.next() % 6 {
                let _ = write!(text, "{}={}&", bytes.text(3), bytes.text(4));
            }
        }
        3 => {
            for _ in 0..bytes.next() % 4 {
                let (name, head, content) = (bytes.text(3), bytes.text(3), bytes.text(6));
                let _ = write!(
                    text,
                    "--b\r\nContent-Disposition: form-data; name=\"{name}\"{head}\r\n\r\n{content}\r\n"
                );
            }
            text.push_str("--b--\r\n");
        }
        4 => xml(bytes, &mut text, 4),
        _ => text = bytes.text(40),
    }
    text.into_bytes()
}

fn json(bytes: &mut Bytes<'_>, out: &mut String, depth: u8) {
    match bytes.next() % 8 {
        0..=2 if depth > 0 => {
            out.push('{');
            for index in 0..bytes.next() % 5 {
                let separator = if index == 0 { "" } else { "," };
                let name = ["id", "name", "a", "b", "items", "value"][usize::from(bytes.next() % 6)];
                let _ = write!(out, "{separator}\"{name}\":");
                json(bytes, out, depth - 1);
            }
            out.push('}');
        }
        3 if depth > 0 => {
            out.push('[');
            for index in 0..bytes.next() % 4 {
                out.push_str(if index == 0 { "" } else { "," });
                json(bytes, out, depth - 1);
            }
            out.push(']');
        }
        4 => {
            let _ = write!(out, "{}", i16::from_be_bytes([bytes.next(), bytes.next()]));
        }
        5 => out.push_str(
            ["null", "true", "1e400", "0.01", "18446744073709551616", "-0.0"][usize::from(bytes.next() % 6)],
        ),
        _ => {
            let _ = write!(out, "{:?}", bytes.text(3));
        }
    }
}

fn xml(bytes: &mut Bytes<'_>, out: &mut String, depth: u8) {
    let name = ["a", "b", "item", "name", "x:a"][usize::from(bytes.next() % 5)];
    let _ = write!(out, "<{name} xmlns:x=\"u\" id='{}'>", bytes.next());
    for _ in 0..bytes.next() % 4 {
        if depth > 0 && bytes.chance(170) { xml(bytes, out, depth - 1) } else { out.push_str(&bytes.text(3)) }
    }
    let _ = write!(out, "</{name}>");
}

/// The content in a coding that the head names, mostly rightly so.
fn folded(request: &mut Request, content: Vec<u8>, bytes: &mut Bytes<'_>) -> Vec<u8> {
    if !bytes.chance(48) {
        return content;
    }
    let coding = *bytes.pick(&CODINGS);
    request.headers.insert("content-encoding", HeaderValue::from_static(coding));
    let zlib = |content: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).and_then(|()| encoder.finish()).unwrap_or_default()
    };
    let gzip = |content: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).and_then(|()| encoder.finish()).unwrap_or_default()
    };
    match coding {
        "gzip" => gzip(&content),
        "deflate" => zlib(&content),
        "gzip, deflate" => zlib(&gzip(&content)),
        _ => content,
    }
}

/// Answers a request twice, and tells what is wrong with the replies or with what was found.
pub fn hold(engine: &Engine, request: &Request) -> Result<(), String> {
    let session = engine.sessions().default();
    let mut turn = engine.begin(session, request.clone(), Extent::Whole);
    for violation in &turn.violations {
        let place = &violation.place;
        if place.file.is_empty() || place.line == 0 || place.column == 0 {
            return Err(format!("`{}` has no place: {place:?}", violation.message));
        }
        if violation.message.is_empty() || violation.message.contains(['\n', '\r', '\0']) {
            return Err(format!("the message {:?} is not one line", violation.message));
        }
        if violation.location.is_empty() {
            return Err(format!("`{}` has no location", violation.message));
        }
    }
    let mut reply = engine.mock(&mut turn);
    let mut exchange = engine.finish(session, turn, &mut reply);
    engine.settle(session, &mut exchange, Outcome::Whole, engine.now());
    if !(200..600).contains(&reply.status) {
        return Err(format!("the status is {}", reply.status));
    }
    for (name, value) in &reply.headers {
        if !value.as_bytes().iter().all(|byte| (b' '..=b'~').contains(byte)) {
            return Err(format!("{name}: {value:?} can't be sent"));
        }
    }
    if reply.body.starts_with(b"{\"type\":\"urn:standin")
        && serde_json::from_slice::<serde_json::Value>(&reply.body).is_err()
    {
        return Err("a problem is no JSON".to_owned());
    }
    Ok(())
}
