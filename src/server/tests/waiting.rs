//! Replies that wait for something to happen.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

use super::*;
use crate::message::{Asked, Bell, Waiting};

/// A server whose `/ring` counts and rings, and whose other paths wait for a count of two, for at most so long; and what
/// tells that one waits.
async fn counting(at_most: Duration) -> (Running, Arc<Notify>) {
    let waits = Arc::new(Notify::new());
    let told = Arc::clone(&waits);
    let (bell, count) = (Arc::new(Bell::default()), Arc::new(AtomicU64::new(0)));
    let handler = move |request: Request, _: &Connection| {
        let mut reply = Reply::new(200).with_header("x-kept", "yes");
        if request.path == "/ring" {
            count.fetch_add(1, Ordering::SeqCst);
            bell.ring();
            return reply;
        }
        let (count, told) = (Arc::clone(&count), Arc::clone(&told));
        let ask = move |asked| match asked {
            _ if count.load(Ordering::SeqCst) >= 2 => Some("enough".into()),
            Asked::Rung => {
                told.notify_one();
                None
            }
            Asked::TimeOver => Some("time over".into()),
            Asked::Stopping => Some("stopping".into()),
        };
        let bell = Arc::clone(&bell);
        reply.waiting = Some(Box::new(Waiting { bell, at_most, ask: Arc::new(ask) }));
        reply
    };
    (serve_with(options(), Arc::new(handler)).await, waits)
}

#[tokio::test]
async fn a_reply_waits_until_it_has_happened_and_holds_up_no_other() {
    let (server, _) = counting(PATIENCE * 10).await;
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET /wait HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await.unwrap();
        waiting.push(stream);
    }
    server.get("/ring", "").await;
    server.get("/ring", "").await;
    for mut stream in waiting {
        let reply = rest(&mut stream).await;
        assert!(reply.ends_with("enough") && reply.contains("x-kept: yes"), "{reply}");
    }
    assert!(server.get("/wait", "").await.ends_with("enough"), "what has happened is not waited for");
    server.stop().await;
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_over_and_when_the_server_stops() {
    let (server, _) = counting(Duration::from_millis(1)).await;
    assert!(server.get("/wait", "").await.ends_with("time over"));
    server.stop().await;
    let (server, waits) = counting(PATIENCE * 10).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /wait HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
    waits.notified().await;
    let stopped = tokio::spawn(server.stop());
    let reply = rest(&mut stream).await;
    assert!(reply.ends_with("stopping"), "{reply}");
    assert_eq!(stopped.await.unwrap().cut, 0);
}
