//! Requests that are too large, too slow or no requests at all.

use super::*;

fn post(lines: &str, body: &str) -> String {
    format!("POST /pets HTTP/1.1\r\nhost: here\r\n{lines}\r\n{body}")
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_the_connection_closed() {
    let server = start().await;
    let chunk = format!("{:x}\r\n{}\r\n", 60_000, "x".repeat(60_000));
    for (request, status) in [
        (post("content-length: 100001\r\n", ""), 413),
        (post("content-length: 100001\r\nexpect: 100-continue\r\n", ""), 413),
        (post("content-length: 3000000\r\n", &"x".repeat(3_000_000)), 413),
        (post("transfer-encoding: chunked\r\n", &format!("{chunk}{chunk}{chunk}0\r\n\r\n")), 413),
        (post(&format!("x-long: {}\r\n", "x".repeat(5000)), ""), 431),
        (format!("GET /{} HTTP/1.1\r\nhost: here\r\n\r\n", "x".repeat(2000)), 414),
    ] {
        let text = server.send(request).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {text}");
        assert!(text.contains("content-type: application/problem+json\r\n"), "{text}");
        assert!(text.contains(&format!(r#""status":{status},"#)), "{text}");
    }
    assert!(server.get("/pets", "").await.ends_with("GET /pets 0"));
}

#[tokio::test]
async fn what_hyper_refuses_has_its_status_too() {
    let server = start().await;
    let many = "x: y\r\n".repeat(200);
    for (request, status) in [
        (format!("GET / HTTP/1.1\r\nhost: here\r\n{many}\r\n"), 431),
        (format!("GET /{} HTTP/1.1\r\nhost: here\r\n\r\n", "x".repeat(70_000)), 414),
        ("\u{16}\u{3}\u{1} this is no HTTP\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nhost : here\r\n\r\nand more".to_owned(), 400),
        ("GET / HTTP/1.1\r\nhost: here\r\ncontent-length: x\r\n\r\n".to_owned(), 400),
    ] {
        let text = server.send(request).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {text:?}");
    }
    assert!(server.get("/pets", "").await.ends_with("GET /pets 0"));
}

#[tokio::test]
async fn a_slow_head_and_a_slow_body_time_out() {
    let mut options = options();
    options.limits.head_timeout = Duration::from_millis(100);
    options.limits.body_timeout = Duration::from_millis(100);
    let server = start_with(options).await;
    for request in ["GET /pets HT".to_owned(), post("content-length: 10\r\n", "half")] {
        let text = server.send(request).await;
        assert!(text.starts_with("HTTP/1.1 408 "), "{text:?}");
        assert!(text.contains(r#""status":408,"#), "{text}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_word() {
    let mut options = options();
    options.limits.idle_timeout = Duration::from_millis(100);
    let server = start_with(options).await;
    assert_eq!(server.send("").await, "");
    let text = server.send("GET /pets HTTP/1.1\r\nhost: here\r\n\r\n").await;
    assert!(text.ends_with("GET /pets 0"), "{text}");
}

#[tokio::test]
async fn connections_above_the_limit_wait_for_their_turn() {
    let mut options = options();
    options.limits.connections = 2; // one held, one about to be accepted, for IPv4 or IPv6
    options.host = "127.0.0.1".to_owned();
    let server = start_with(options).await;
    let first = server.connect().await;
    let second = server.connect().await;
    let mut third = server.connect().await;
    third.write_all(b"GET /pets HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await.unwrap();
    let early = timeout(Duration::from_millis(50), third.readable()).await;
    assert!(early.is_err(), "the third is not served while two are");
    drop((first, second));
    assert!(rest(&mut third).await.ends_with("GET /pets 0"));
}

#[tokio::test]
async fn connect_is_refused() {
    let server = start().await;
    let text = server.send("CONNECT there:443 HTTP/1.1\r\nhost: there\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 501 "), "{text}");
}
