//! What a client sees of one reply, as a line of text.

use std::io;
use std::time::Duration;

use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::place::{Place, Way};

/// The header fields that a fault can show in.
const SHOWN: [&str; 6] = [
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "standin-fault",
];
/// How long nothing comes until a connection counts as stalled.
const STALLED: Duration = Duration::from_secs(5);

pub async fn of(place: &Place, way: Way, fault: &str) -> String {
    let caller = format!("{} {fault}", way.name());
    let fault = format!("fault=\"{}\"", fault.replace('"', "\\\""));
    let seen = if way.is_http2 {
        of_http2(place, way, &caller, &fault).await
    } else {
        of_http1(place, way, &caller, &fault).await
    };
    let told = place.told(&caller).await;
    let sent = told.sent().map(|sent| format!(" after {sent}")).unwrap_or_default();
    let seen = format!("{seen} | journal: {}{sent}", told.word());
    seen.replace("application/json", "json").replace("\\\"", "\"")
}

async fn of_http1(place: &Place, way: Way, caller: &str, fault: &str) -> String {
    let mut stream = place.connect(way).await;
    let head = format!(
        "GET /makers HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nstandin-client: {caller}\r\nprefer: {fault}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        match timeout(STALLED, stream.read(&mut buffer)).await {
            Err(_) => break "stays open".to_owned(),
            Ok(Ok(0)) => break "closed".to_owned(),
            Ok(Ok(count)) => bytes.extend_from_slice(&buffer[..count]),
            Ok(Err(error)) => break ended(&error).to_owned(),
        }
    };
    format!("{} | {end}", reply(&bytes))
}

fn ended(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionReset => "reset by peer",
        io::ErrorKind::UnexpectedEof => "closed without close_notify",
        _ => "broken",
    }
}

fn reply(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    if !bytes.starts_with(b"HTTP/1.1 ") {
        return format!("{} bytes that are no HTTP", bytes.len());
    }
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return "half a head".to_owned() };
    let mut lines = head.lines();
    let mut shown = vec![lines.next().unwrap().trim_start_matches("HTTP/1.1 ").to_owned()];
    for name in SHOWN {
        let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        shown.extend(value.map(|value| format!("{name}: {value}")));
    }
    format!("{} | {}", shown.join(", "), body.escape_debug())
}

async fn of_http2(place: &Place, way: Way, caller: &str, fault: &str) -> String {
    let stream = place.connect(way).await;
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let driver = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let request = http::Request::get("http://localhost/makers").header("standin-client", caller);
    let (asked, _) = client.send_request(request.header("prefer", fault).body(()).unwrap(), true).unwrap();
    let stream = match timeout(STALLED, asked).await {
        Err(_) => "nothing | stays open".to_owned(),
        Ok(Err(error)) => format!("nothing | {}", told(&error)),
        Ok(Ok(response)) => of_response(response).await,
    };
    if next(client).await.is_some() {
        return format!("{stream} | the connection goes on");
    }
    let ended = driver.await.unwrap().map_or_else(|error| reason(&error), |()| "closed".to_owned());
    format!("{stream} | the connection ends: {ended}")
}

async fn of_response(response: http::Response<h2::RecvStream>) -> String {
    let (head, mut body) = response.into_parts();
    let mut content = Vec::new();
    let end = loop {
        match timeout(STALLED, body.data()).await {
            Err(_) => break "stays open".to_owned(),
            Ok(None) => break "END_STREAM".to_owned(),
            Ok(Some(Ok(data))) => content.extend_from_slice(&data),
            Ok(Some(Err(error))) => break told(&error),
        }
    };
    let content = String::from_utf8_lossy(&content);
    format!("{} | {} | {end}", shown(head.status, &head.headers), content.escape_debug())
}

/// The reply to a request without a fault, on the same connection.
async fn next(client: h2::client::SendRequest<bytes::Bytes>) -> Option<http::Response<h2::RecvStream>> {
    let request = http::Request::get("http://localhost/makers").body(()).unwrap();
    let (asked, _) = client.ready().await.ok()?.send_request(request, true).ok()?;
    asked.await.ok()
}

fn shown(status: http::StatusCode, headers: &HeaderMap) -> String {
    let mut shown = vec![status.to_string()];
    for name in SHOWN {
        shown.extend(headers.get(name).map(|value| format!("{name}: {}", value.to_str().unwrap())));
    }
    shown.join(", ")
}

/// What a stream tells of its end. How the connection was lost is the connection's to tell: a stream may only find it gone.
fn told(error: &h2::Error) -> String {
    if error.is_io() { "lost with the connection".to_owned() } else { reason(error) }
}

fn reason(error: &h2::Error) -> String {
    let by = if error.is_remote() { "the server" } else { "the client" };
    if let Some(error) = error.get_io() {
        return ended(error).to_owned();
    }
    match error.reason() {
        Some(reason) if error.is_reset() => format!("RST_STREAM {reason:?} of {by}"),
        Some(reason) if error.is_go_away() => format!("GOAWAY {reason:?} of {by}"),
        Some(_) | None => error.to_string(),
    }
}
