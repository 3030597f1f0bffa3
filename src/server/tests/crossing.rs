//! Requests of pages from other origins.

use super::*;

const PREFLIGHT: &str = "origin: http://page\r\naccess-control-request-method: PUT\r\n\
    access-control-request-headers: x-one\r\naccess-control-request-private-network: true\r\n";

async fn options_of(server: &Running, path: &str, lines: &str) -> String {
    server.send(format!("OPTIONS {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{lines}\r\n")).await
}

#[tokio::test]
async fn a_preflight_is_answered_without_the_handler() {
    let server = start().await;
    let text = options_of(&server, "/pets", PREFLIGHT).await;
    assert!(text.starts_with("HTTP/1.1 204 "), "{text}");
    for line in [
        "access-control-allow-origin: http://page",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: PUT",
        "access-control-allow-headers: x-one",
        "access-control-allow-private-network: true",
        "access-control-max-age: 600",
        "vary: Origin, ",
    ] {
        assert!(text.contains(&format!("\r\n{line}")), "{line}: {text}");
    }
}

#[tokio::test]
async fn a_plain_options_request_is_the_handlers() {
    let server = start().await;
    assert!(options_of(&server, "/pets", "").await.ends_with("OPTIONS /pets 0"));
    assert!(options_of(&server, "/pets", "origin: http://page\r\n").await.ends_with("OPTIONS /pets 0"));
}

#[tokio::test]
async fn a_page_may_read_every_header_of_a_reply() {
    let server = start().await;
    let text = server.get("/pets", "origin: http://page\r\n").await;
    for line in [
        "access-control-allow-origin: http://page\r\n",
        "access-control-expose-headers: standin-operation, content-type\r\n",
        "vary: Origin\r\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!server.get("/pets", "").await.contains("access-control"));
}

#[tokio::test]
async fn a_page_may_read_what_the_server_refuses() {
    let server = start().await;
    let head = "POST / HTTP/1.1\r\nhost: here\r\norigin: http://page\r\ncontent-length: 100001\r\n\r\n";
    let text = server.send(head).await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
    assert!(text.contains("access-control-allow-origin: http://page\r\n"), "{text}");
}

#[tokio::test]
async fn the_reserved_prefix_is_closed_to_other_origins() {
    let server = start().await;
    let text = server.get("/_standin/reset", "origin: http://page\r\n").await;
    assert!(!text.contains("access-control"), "{text}");
    assert!(options_of(&server, "/_standin/reset", PREFLIGHT).await.ends_with("OPTIONS /_standin/reset 0"));
}

#[tokio::test]
async fn no_word_on_origins_where_that_is_off() {
    let server = start_with(Options { cors: Cors::Off, ..options() }).await;
    assert!(!server.get("/pets", "origin: http://page\r\n").await.contains("access-control"));
    assert!(options_of(&server, "/pets", PREFLIGHT).await.ends_with("OPTIONS /pets 0"));
}
