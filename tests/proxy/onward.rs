//! What reaches an upstream of a request: path, query, header fields.

use http::Response;

use super::place::{Setup, run};
use super::upstream::{Upstream, reply};
use super::{things, usual};
use crate::support::{contract, inline};

#[test]
fn a_request_reaches_the_path_that_its_document_means() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        // How the upstream is given, what the client asks, what arrives.
        let table = [
            ("", "/things?limit=3", "/v1/things?limit=3"),
            ("", "/v1/things?limit=3", "/v1/things?limit=3"),
            ("", "/things/things/a%2Fb", "/v1/things/a%2Fb"),
            ("", "/~run-7/things/v1/things", "/v1/things"),
            ("", "/things?__seed=3&limit=4&a=%20", "/v1/things?limit=4&a=%20"),
            ("", "/things?__seed=3", "/v1/things"),
            ("", "/nowhere?x=1", "/nowhere?x=1"),
            ("/base/", "/things", "/base/things"),
            ("/base", "/v1/things", "/base/things"),
        ];
        for (base, target, expected) in table {
            let setup = Setup::of(things(), format!("http://{}{base}", upstream.address));
            let place = setup.start().await;
            let answer = place.get(target, "").await;
            let seen = upstream.seen();
            let targets: Vec<&str> = seen.iter().map(|seen| seen.target.as_str()).collect();
            assert_eq!(targets, [expected], "{base} {target}: {answer:?}");
            assert_eq!(answer.header("standin-source"), "upstream", "{target}");
            assert_eq!(seen[0].header("host"), upstream.address.to_string());
            assert_eq!(seen[0].header("via"), "1.1 standin");
        }
    });
}

#[test]
fn a_document_is_named_before_the_path_however_that_is_written() {
    const BOOKS: &str = r#"openapi: 3.1.0
info: { title: Books, version: "1" }
paths:
  /: { get: { responses: { "200": { description: all } } } }
  /books: { get: { responses: { "200": { description: books } } } }
"#;
    run(async {
        let upstream = Upstream::start(None, |_| reply(Response::builder(), "")).await;
        let url = format!("http://{}", upstream.address);
        let place = Setup::of(contract("bücher", &inline("bücher", BOOKS)), url).start().await;
        let table = [
            ("/b%C3%BCcher/books", "/books"),
            ("/%62%c3%bccher/books", "/books"),
            ("/books", "/books"),
            ("/b%C3%BCcher", "/"),
            ("/b%C3%BCcher/", "/"),
            ("/", "/"),
        ];
        for (target, expected) in table {
            let answer = place.get(target, "").await;
            let targets: Vec<String> = upstream.seen().into_iter().map(|seen| seen.target).collect();
            assert_eq!((answer.status, targets), (200, vec![expected.to_owned()]), "{target}");
        }
    });
}

#[test]
fn that_there_is_no_content_is_told_where_there_could_be_some() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let place = Setup::of(things(), format!("http://{}", upstream.address)).start().await;
        let table = [
            ("POST", "content-length: 0\r\n", "0"),
            ("POST", "", "0"),
            ("PUT", "", "0"),
            ("PATCH", "", "0"),
            ("DELETE", "", ""),
            ("GET", "", ""),
        ];
        for (method, lines, expected) in table {
            place.ask(method, "/things", lines, "").await;
            assert_eq!(upstream.seen()[0].header("content-length"), expected, "{method}");
        }
    });
}

#[test]
fn nothing_of_ours_and_of_the_connection_reaches_an_upstream_or_comes_back() {
    run(async {
        let upstream = Upstream::start(None, usual).await;
        let place = Setup::of(things(), format!("http://{}", upstream.address)).start().await;
        let lines = "standin-client: web\r\nstandin-session: s\r\ncookie: a=1; standin-session=s\r\nprefer: wait=5, \
                     handling=lenient\r\nconnection: x-hop\r\nx-hop: 1\r\nauthorization: Bearer t\r\n";
        let answer = place.get("/things/own", lines).await;
        let seen = upstream.seen().remove(0);
        let mut names: Vec<&str> = seen.headers.keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["authorization", "cookie", "host", "prefer", "via"]);
        assert_eq!((seen.header("cookie"), seen.header("prefer")), ("a=1", "wait=5"));
        assert_eq!((answer.header("x-hop"), answer.codes()), ("", vec!["header-undeclared".to_owned()]));
        assert_eq!((answer.header("x-kept"), answer.header("set-cookie")), ("yes", "a=1"));
        assert_eq!(answer.header("standin-operation"), "things/getThing");
    });
}
