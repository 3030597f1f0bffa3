//! Messages on the wire: keep-alive, pipelining, bodies, methods and versions.

use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

#[tokio::test]
async fn a_connection_is_kept_and_may_be_written_ahead() {
    let server = start().await;
    let mut stream = server.connect().await;
    let two = "GET /one HTTP/1.1\r\nhost: here\r\n\r\nGET /two?a=b HTTP/1.1\r\nhost: here\r\n\r\n";
    stream.write_all(two.as_bytes()).await.unwrap();
    let text = until(&mut stream, "GET /two?a=b 0").await;
    assert!(text.contains("GET /one 0"));
    stream.write_all(b"GET /three HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
    until(&mut stream, "GET /three 0").await;
    drop(stream);
    assert_eq!(server.stop().await.requests, 3);
}

#[tokio::test]
async fn a_reply_does_not_wait_for_the_rest_of_the_next_request() {
    let server = start().await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /one HTTP/1.1\r\nhost: here\r\n\r\nGET /tw").await.unwrap();
    until(&mut stream, "GET /one 0").await;
    stream.write_all(b"o HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
    until(&mut stream, "GET /two 0").await;
}

#[tokio::test]
async fn a_head_request_gets_the_length_without_the_body() {
    let server = start().await;
    let text = server.send("HEAD /pets HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
    assert!(text.contains("content-length: 12\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\n"), "{text}");
}

#[tokio::test]
async fn a_reply_without_content_has_no_length() {
    let server = start().await;
    let text = server.get("/nothing", "").await;
    assert!(text.starts_with("HTTP/1.1 204 No Content\r\n"), "{text}");
    assert!(!text.contains("content-length"), "{text}");
    assert!(text.ends_with("\r\n\r\n"), "{text}");
}

#[tokio::test]
async fn a_chunked_body_is_read_whole() {
    let server = start().await;
    let head = "POST /pets HTTP/1.1\r\nhost: here\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    let text = server.send(format!("{head}5\r\nhello\r\n6\r\n world\r\n2\r\n!!\r\n0\r\n\r\n")).await;
    assert!(text.ends_with("POST /pets 13"), "{text}");
}

#[tokio::test]
async fn a_large_body_is_handled_aside() {
    let server = start().await;
    let head = "POST /pets HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: 60000\r\n\r\n";
    let text = server.send(format!("{head}{}", "x".repeat(60_000))).await;
    assert!(text.ends_with("POST /pets 60000"), "{text}");
}

#[tokio::test]
async fn continue_is_sent_to_those_who_wait_for_it() {
    let server = start().await;
    let mut stream = server.connect().await;
    let head = "POST /pets HTTP/1.1\r\nhost: here\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    until(&mut stream, "100 Continue\r\n\r\n").await;
    stream.write_all(b"hello").await.unwrap();
    until(&mut stream, "POST /pets 5").await;
}

#[tokio::test]
async fn http_1_0_is_answered_and_closed() {
    let server = start().await;
    let text = server.send("GET /pets HTTP/1.0\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.0 200 OK\r\n"), "{text}");
    assert!(text.ends_with("GET /pets 0"), "{text}");
}

#[tokio::test]
async fn the_host_of_a_target_with_an_authority_counts() {
    let server = start().await;
    let text = server.send("GET http://there/host HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
    assert!(text.ends_with("\r\n\r\nthere"), "{text}");
}

#[tokio::test]
async fn http_2_is_spoken_to_those_who_know_it() {
    use http_body_util::{BodyExt, Full};
    let server = start().await;
    let io = TokioIo::new(server.connect().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let driver = tokio::spawn(connection);
    for (method, path, length, expected) in [
        ("POST", "http://there/pets", "12", "POST /pets 5"),
        ("HEAD", "http://there/pets", "12", ""),
        ("GET", "http://there/host", "5", "there"),
    ] {
        let body = Full::new(bytes::Bytes::from(if method == "POST" { "hello" } else { "" }));
        let request = http::Request::builder().method(method).uri(path).body(body).unwrap();
        let reply = sender.send_request(request).await.unwrap();
        assert_eq!(reply.headers()["content-length"], length);
        assert_eq!(reply.into_body().collect().await.unwrap().to_bytes(), expected);
    }
    let body = Full::new(bytes::Bytes::from(vec![0; 3_000_000]));
    let request = http::Request::post("http://there/pets").body(body).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 413);
    assert_eq!(server.stop().await, Summary { connections: 1, requests: 4, cut: 0 });
    driver.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_offer_to_upgrade_is_passed_over() {
    let server = start().await;
    let mut stream = server.connect().await;
    let offer = "GET /one HTTP/1.1\r\nhost: here\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\n\
        http2-settings: AAEAAEAAAAIAAAAB\r\n\r\n";
    stream.write_all(offer.as_bytes()).await.unwrap();
    until(&mut stream, "GET /one 0").await;
    stream.write_all(b"GET /two HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
    until(&mut stream, "GET /two 0").await;
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_server_goes_on() {
    let server = start().await;
    let text = server.get("/panic", "").await;
    assert!(text.starts_with("HTTP/1.1 500 "), "{text}");
    assert!(text.contains("content-type: application/problem+json\r\n"), "{text}");
    assert!(server.get("/pets", "").await.ends_with("GET /pets 0"));
}

#[tokio::test]
async fn a_request_needs_one_host() {
    let server = start().await;
    for lines in ["", "host: one\r\nhost: two\r\n"] {
        let text = server.send(format!("GET / HTTP/1.1\r\n{lines}\r\n")).await;
        assert!(text.starts_with("HTTP/1.1 400 "), "{text}");
    }
}

#[tokio::test]
async fn parts_are_chunks_without_a_length() {
    let server = start().await;
    let text = server.get("/parts", "").await;
    assert!(text.contains("transfer-encoding: chunked\r\n"), "{text}");
    assert!(!text.contains("content-length"), "{text}");
    assert!(text.ends_with("\r\n\r\n2\r\n1\n\r\n3\r\n{}\n\r\n0\r\n\r\n"), "{text}");
    let text = server.send("HEAD /parts HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
    assert!(!text.contains("content-length") && text.ends_with("\r\n\r\n"), "{text}");
    let old = server.send("GET /parts HTTP/1.0\r\n\r\n").await;
    assert!(!old.contains("chunked") && old.ends_with("\r\n\r\n1\n{}\n"), "{old}");
}

#[tokio::test]
async fn parts_are_frames_of_http_2() {
    use http_body_util::BodyExt;

    let server = start().await;
    let io = TokioIo::new(server.connect().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let driver = tokio::spawn(connection);
    let uri = "http://here/parts";
    let request = http::Request::get(uri).body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
    let mut body = sender.send_request(request).await.unwrap().into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.extend(frame.unwrap().into_data().map(|data| String::from_utf8(data.to_vec()).unwrap()));
    }
    frames.retain(|frame| !frame.is_empty());
    assert_eq!(frames, ["1\n", "{}\n"]);
    drop(sender);
    driver.abort();
    server.stop().await;
}
