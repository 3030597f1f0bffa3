//! Replies that are late or broken, beside the server's own business: limits, stops, clients that leave.

use super::*;
use crate::fault;
use crate::seed::Seed;

/// Answers with the fault that the path names.
#[expect(clippy::needless_pass_by_value, reason = "a handler owns its request")]
fn faulty(request: Request, _: &Connection) -> Reply {
    let mut reply = Reply::new(200).with_body("text/plain", "x".repeat(100));
    if request.query.is_some() {
        reply.parts = vec![40, 100];
    }
    let fault = request.path.trim_start_matches('/').replace("%22", "\"");
    if let Ok(fault) = fault.parse() {
        fault::apply(&[fault], None, &mut reply, &mut Seed(1).random());
    }
    reply
}

async fn start_faulty(options: Options) -> Running {
    serve_with(options, Arc::new(faulty)).await
}

fn ask(fault: &str) -> String {
    let target = fault.replace('"', "%22");
    format!("GET /{target} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_late_reply_is_not_idle_and_not_a_slow_head() {
    let mut options = options();
    options.limits.idle_timeout = Duration::from_millis(40);
    options.limits.head_timeout = Duration::from_millis(40);
    let server = start_faulty(options).await;
    for fault in [
        r#"{"delay":"400ms"}"#,
        r#"{"dribble":{"pieces":2,"pause":"300ms"}}"#,
        r#"{"dribble":{"pieces":2,"pause":"300ms"}}"#,
    ] {
        let text = server.send(ask(fault)).await;
        assert!(text.ends_with(&"x".repeat(100)), "{fault}: {text}");
    }
    assert_eq!(server.stop().await, Summary { connections: 3, requests: 3, cut: 0 });
}

#[tokio::test]
async fn a_connection_is_kept_after_a_late_and_after_a_slow_reply() {
    let server = start_faulty(options()).await;
    let mut stream = server.connect().await;
    for fault in [r#"{"delay":"10ms"}"#, r#"{"bandwidth":{"bytes_per_second":5000}}"#, "none"] {
        stream.write_all(ask(fault).replace("connection: close\r\n", "").as_bytes()).await.unwrap();
        until(&mut stream, &"x".repeat(100)).await;
    }
    drop(stream);
    assert_eq!(server.stop().await, Summary { connections: 1, requests: 3, cut: 0 });
}

#[tokio::test]
async fn a_stop_does_not_wait_for_what_is_stalled() {
    let server = start_faulty(options()).await;
    let mut stalled = server.connect().await;
    stalled.write_all(ask(r#"{"stall":{"at":10}}"#).as_bytes()).await.unwrap();
    until(&mut stalled, &"x".repeat(10)).await;
    let summary = timeout(Duration::from_secs(4), server.stop()).await.expect("stops before its grace ends");
    assert_eq!(summary, Summary { connections: 1, requests: 1, cut: 0 });
}

#[tokio::test]
async fn a_client_that_leaves_frees_its_place() {
    let mut options = options();
    options.limits.connections = 2; // one held, one about to be accepted
    options.host = "127.0.0.1".to_owned();
    let server = start_faulty(options).await;
    for fault in [r#"{"delay":"10m"}"#, "stall", r#"{"dribble":{"pieces":2,"pause":"4m"}}"#] {
        let mut left = server.connect().await;
        left.write_all(ask(fault).as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // each place was free again, or this one would wait for minutes
    assert!(server.send(ask("none")).await.ends_with(&"x".repeat(100)));
    assert_eq!(server.stop().await.cut, 0);
}

#[tokio::test]
async fn a_reply_before_a_fault_arrives_whole() {
    let server = start_faulty(options()).await;
    let first = "GET /none HTTP/1.1\r\nhost: here\r\n\r\n";
    let text = server.send(format!("{first}{}", ask("empty"))).await;
    assert!(text.ends_with(&"x".repeat(100)), "{text}");
    assert_eq!(text.matches("HTTP/1.1 200").count(), 1, "{text}");
}

#[tokio::test]
async fn a_fault_after_a_request_with_content_and_of_a_head_request() {
    let server = start_faulty(options()).await;
    let post = "POST /truncate HTTP/1.1\r\nhost: here\r\ncontent-length: 5\r\n\r\nhello";
    let text = server.send(post).await;
    assert!(text.contains("content-length: 100\r\n") && text.ends_with(&"x".repeat(50)), "{text}");
    let head = server.send(ask(r#"{"abort":{"at":0.5}}"#).replace("GET", "HEAD")).await;
    assert!(head.contains("content-length: 100\r\n") && head.ends_with("\r\n\r\n"), "{head}");
}

#[tokio::test]
async fn what_comes_in_parts_comes_in_parts_if_it_is_late() {
    let server = start_faulty(options()).await;
    let text = server.send(ask("delay?parts")).await;
    assert!(text.contains("transfer-encoding: chunked\r\n"), "{text}");
    assert!(text.contains("\r\n28\r\n") && text.ends_with("\r\n0\r\n\r\n"), "{text}");
}
