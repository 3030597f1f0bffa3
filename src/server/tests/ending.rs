//! Binding and stopping.

use super::*;
use crate::error::Error;

#[tokio::test]
async fn both_loopback_addresses_share_a_port() {
    let listeners = bind(&options()).await.unwrap();
    let port = listeners.addresses()[0].port();
    assert!(port > 0);
    assert!(listeners.addresses().iter().all(|address| address.port() == port && address.ip().is_loopback()));
    assert_eq!(listeners.url(), format!("http://127.0.0.1:{port}"));
}

#[tokio::test]
async fn a_host_that_is_named_is_the_only_one_bound() {
    let options = Options { host: "0.0.0.0".to_owned(), ..options() };
    let listeners = bind(&options).await.unwrap();
    assert_eq!(listeners.addresses().len(), 1);
    assert!(listeners.url().starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_told() {
    let options = Options { host: "192.0.2.1".to_owned(), ..options() };
    let Err(Error::Network(message)) = bind(&options).await else { panic!("bound a foreign address") };
    assert!(message.contains("not an address of this machine"), "{message}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let first = bind(&options()).await.unwrap();
    let port = first.addresses()[0].port();
    let Err(Error::Network(message)) = bind(&Options { port, ..options() }).await else {
        panic!("bound twice")
    };
    assert!(message.contains(&format!("port {port} ")), "{message}");
    assert!(message.contains("`--port 0`"), "{message}");
}

#[tokio::test]
async fn a_stop_closes_what_is_idle_and_finishes_what_is_not() {
    let server = start().await;
    let mut kept = server.connect().await;
    kept.write_all(b"GET /pets HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
    until(&mut kept, "GET /pets 0").await;
    let mut silent = server.connect().await;
    let mut slow = server.connect().await;
    let head = "POST /pets HTTP/1.1\r\nhost: here\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n";
    slow.write_all(head.as_bytes()).await.unwrap();
    until(&mut slow, "100 Continue\r\n\r\n").await;

    let stopped = tokio::spawn(server.stop());
    assert_eq!(rest(&mut kept).await, "");
    assert_eq!(rest(&mut silent).await, "");
    slow.write_all(b"hello").await.unwrap();
    assert!(rest(&mut slow).await.ends_with("POST /pets 5"));
    let summary = stopped.await.unwrap();
    assert_eq!(summary, Summary { connections: 3, requests: 2, cut: 0 });
}
