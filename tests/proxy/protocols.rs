//! HTTP/1.1 and HTTP/2 on both sides, and TLS to the upstream.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Version};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::place::{Place, Setup, run};
use super::upstream::Upstream;
use super::{things, usual};

/// A certificate for `localhost` as a file, and a server that offers these protocols with it.
fn certified(protocols: &[&[u8]]) -> (TempDir, PathBuf, TlsAcceptor) {
    certified_as(IsCa::NoCa, protocols)
}

fn certified_as(is_ca: IsCa, protocols: &[&[u8]]) -> (TempDir, PathBuf, TlsAcceptor) {
    let key = KeyPair::generate().unwrap();
    let mut asked = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    asked.is_ca = is_ca;
    let made = asked.self_signed(&key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, made.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    (folder, path, TlsAcceptor::from(Arc::new(config)))
}

/// Asks over HTTP/2; status, a header field, content.
async fn over_http2(place: &Place, target: &str, field: &str) -> (u16, String, String) {
    let stream = TokioIo::new(place.connect().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let driven = tokio::spawn(connection);
    let request = Request::get(format!("http://localhost{target}")).body(Full::<Bytes>::default()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let field =
        response.headers().get(field).map_or(String::new(), |value| value.to_str().unwrap().to_owned());
    let content = response.into_body().collect().await.unwrap().to_bytes();
    driven.abort();
    (status, field, String::from_utf8_lossy(&content).into_owned())
}

#[test]
fn both_sides_speak_the_versions_that_they_can() {
    run(async {
        // What the upstream offers in TLS, if it does, and what it is spoken to in.
        let table: [(Option<&[&[u8]]>, Version); 3] = [
            (None, Version::HTTP_11),
            (Some(&[b"h2", b"http/1.1"]), Version::HTTP_2),
            (Some(&[b"http/1.1"]), Version::HTTP_11),
        ];
        for (offers, version) in table {
            let tls = offers.map(certified);
            let acceptor = tls.as_ref().map(|(_, _, acceptor)| acceptor.clone());
            let upstream = Upstream::start(acceptor, usual).await;
            let scheme = if tls.is_some() { "https" } else { "http" };
            let setup = Setup::of(things(), format!("{scheme}://localhost:{}", upstream.address.port()));
            let certificates = tls.iter().map(|(_, path, _)| path.clone()).collect();
            let place = Setup { certificates, ..setup }.start().await;
            let plain = place.get("/things", "te: trailers\r\n").await;
            assert_eq!((plain.status, plain.text().as_str()), (200, r#"[{"name":"one"}]"#));
            let found = over_http2(&place, "/things/bad", "standin-violations").await;
            assert!(found.1.contains("reply-body-invalid"), "{found:?}");
            assert_eq!((found.0, found.2.as_str()), (200, r#"{"name":7}"#));
            let seen = upstream.seen();
            let versions: Vec<Version> = seen.iter().map(|seen| seen.version).collect();
            assert_eq!(versions, [version, version]);
            let vias: Vec<&str> = seen.iter().map(|seen| seen.header("via")).collect();
            assert_eq!(vias, ["1.1 standin", "2.0 standin"]);
            assert_eq!(seen[0].header("te"), "trailers");
        }
    });
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_not_taken() {
    run(async {
        let (_folder, _path, acceptor) = certified(&[b"h2"]);
        let upstream = Upstream::start(Some(acceptor), usual).await;
        let place =
            Setup::of(things(), format!("https://localhost:{}", upstream.address.port())).start().await;
        let answer = place.get("/things", "").await;
        assert_eq!((answer.status, answer.header("standin-source")), (502, "proxy"));
        assert!(answer.text().contains("certificate"), "{}", answer.text());
        assert_eq!(upstream.seen().len(), 0);
    });
}

#[test]
fn a_certificate_that_can_not_be_a_servers_is_told_with_what_to_do() {
    run(async {
        let authority = IsCa::Ca(BasicConstraints::Unconstrained);
        let (_folder, path, acceptor) = certified_as(authority, &[b"http/1.1"]);
        let upstream = Upstream::start(Some(acceptor), usual).await;
        let url = format!("https://localhost:{}", upstream.address.port());
        let place = Setup { certificates: vec![path], ..Setup::of(things(), url) }.start().await;
        let answer = place.get("/things", "").await;
        assert_eq!(answer.status, 502);
        assert!(answer.text().contains("basicConstraints=CA:FALSE"), "{}", answer.text());
    });
}
