//! Bodies that a case file can't hold, because they are no text: compressed ones.

mod parts;

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::{HeaderValue, Method};
use standin::engine::{Checks, Engine, Mode, Options};
use standin::message::{LARGEST_BODY, Reply, Request};

use crate::support::{bundled, contract};

fn engine(mode: Mode) -> Engine {
    let options = Options { check: Checks::all(mode), ..Options::default() };
    Engine::new(vec![contract("mserve", &bundled("mserve"))], Vec::new(), options)
}

fn post(coding: Option<&'static str>, body: Vec<u8>) -> Request {
    let mut request = Request::new(Method::POST, "/v1/identity/organizations");
    request.headers.insert("host", HeaderValue::from_static("localhost"));
    request.headers.insert("content-type", HeaderValue::from_static("application/json"));
    if let Some(coding) = coding {
        request.headers.insert("content-encoding", HeaderValue::from_static(coding));
    }
    request.body = Bytes::from(body);
    request
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn told(reply: &Reply) -> (u16, &[u8], Option<&HeaderValue>) {
    (reply.status, &reply.body, reply.headers.get("standin-violations"))
}

#[test]
fn content_is_judged_and_echoed_behind_its_codings() {
    let engine = engine(Mode::Refuse);
    for content in [r#"{"name": "Acme"}"#, r#"{"name": 5}"#, r#"{"name": "#] {
        let plain = engine.answer(post(None, content.into()));
        for (coding, folded) in [
            ("gzip", gzip(content.as_bytes())),
            ("deflate", zlib(content.as_bytes())),
            ("deflate, gzip", gzip(&zlib(content.as_bytes()))),
        ] {
            let reply = engine.answer(post(Some(coding), folded));
            assert_eq!(told(&reply), told(&plain), "{coding} {content}");
        }
    }
}

#[test]
fn the_journal_keeps_what_is_behind_the_coding() {
    let engine = engine(Mode::Refuse);
    let content = br#"{"name": "Acme"}"#;
    engine.answer(post(Some("gzip"), gzip(content)));
    let kept = engine.sessions().default().journal.all();
    assert_eq!(kept[0].request.body, content[..]);
    assert_eq!(kept[0].request.header("content-encoding"), Some("gzip"));
}

#[test]
fn a_bomb_is_refused_whatever_is_checked() {
    let bomb = gzip(&vec![b' '; LARGEST_BODY + 1]);
    assert!(bomb.len() < LARGEST_BODY / 100, "{} bytes", bomb.len());
    let twice = gzip(&bomb);
    for mode in [Mode::Refuse, Mode::Off] {
        let engine = engine(mode);
        for (coding, body) in [("gzip", bomb.clone()), ("gzip, gzip", twice.clone())] {
            let reply = engine.answer(post(Some(coding), body));
            assert_eq!(reply.status, 413, "{coding}");
            assert_eq!(reply.headers["content-type"], "application/problem+json");
            assert!(String::from_utf8_lossy(&reply.body).contains("behind its codings"));
        }
        assert_eq!(engine.answer(post(None, br#"{"name": "Acme"}"#.to_vec())).status, 200);
    }
}
