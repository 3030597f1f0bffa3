//! Multipart bodies held against their encoding: their lines end in a way that a case file's do not.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderValue, Method};
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};

use crate::support::{contract, inline};

const UPLOADS: &str = r#"
openapi: 3.0.3
info: { title: Uploads, version: "1" }
paths:
  /uploads:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [title]
              properties:
                title: { type: string }
                count: { type: integer, maximum: 5 }
                photo: { type: string, format: binary }
                files: { type: array, maxItems: 2, items: { type: string, format: binary } }
                meta: { type: object, required: [a], properties: { a: { type: integer } } }
            encoding:
              photo:
                contentType: image/png, image/jpeg
                headers: { X-Rate: { required: true, schema: { type: integer, maximum: 9 } } }
              files: { contentType: image/* }
      responses: { "204": { description: ok } }
"#;

/// A part: its name, what follows that in its head, and its content.
type Part<'p> = (&'p str, &'p str, &'p [u8]);

/// Sends parts in one body.
fn sent(engine: &Engine, parts: &[Part<'_>]) -> Reply {
    let mut body = Vec::new();
    for (name, more, content) in parts {
        let mut head = String::from("--a b\r\n");
        let _ = write!(head, "Content-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--a b--\r\n");
    let mut request = Request::new(Method::POST, "/uploads");
    request.headers.insert("content-type", HeaderValue::from_static("multipart/form-data; boundary=\"a b\""));
    request.body = Bytes::from(body);
    engine.answer(request)
}

#[test]
fn parts_are_held_against_their_media_types_and_header_fields() {
    let engine =
        Engine::new(vec![contract("uploads", &inline("uploads", UPLOADS))], Vec::new(), Options::default());
    let title: Part<'_> = ("title", "", b"x");
    let file = |media_type: &str| format!("; filename=\"f\"\r\nContent-Type: {media_type}");
    let photo = |media_type: &str, rate: &str| format!("{}\r\nX-Rate: {rate}", file(media_type));
    let (jpeg, png, text) =
        (photo("image/JPEG; q=1", "9"), photo("image/png", "10"), photo("text/plain", "1"));
    let (gif, range, nameless) = (file("image/gif"), file("image/*"), file("x"));
    let unmeasured = file("image/png");
    let worded = photo("image/png", "many");
    let table: [(&[Part<'_>], u16, &str); 15] = [
        (&[title, ("photo", &jpeg, b"\xff\x00\r\n--a")], 204, ""),
        (&[title, ("photo", &png, b"")], 422, "body part `photo`: the header `X-Rate`: 10"),
        (&[title, ("photo", &worded, b"")], 422, "the header `X-Rate`: `many` is not an integer"),
        (&[title, ("photo", &unmeasured, b"")], 422, "body part `photo`: the header `X-Rate` is missing"),
        (
            &[title, ("photo", &text, b"")],
            415,
            "body part `photo`: the media type `text/plain` is not declared, expected `image/png`, `image/jpeg`",
        ),
        (&[title, ("files", &gif, b"1"), ("files", &gif, b"\xff")], 204, ""),
        (&[title, ("files[]", &gif, b"1")], 204, ""),
        (&[title, ("files", &range, b"1")], 415, "the media type `image/*` is not declared"),
        (&[title, ("files", &nameless, b"1")], 415, "the media type `x` is not declared"),
        (&[title, ("files", "", b"1"), ("files", "", b"2"), ("files", "", b"3")], 422, "body `files`"),
        (&[("count", "", b"5")], 422, "the property `title` is missing"),
        (&[title, ("count", "", b"6")], 422, "body `count`: 6"),
        (&[title, ("count", "", b"1"), ("count", "", b"2")], 422, "body `count`"),
        (&[title, ("meta[a]", "", b"x")], 422, "body `meta.a`"),
        (
            &[title, ("meta", "\r\nContent-Type: application/json", b"{")],
            400,
            "has a part `meta` that is not JSON",
        ),
    ];
    for (parts, status, expected) in table {
        let reply = sent(&engine, parts);
        let told = reply.headers.get("standin-violations").map_or("", |told| told.to_str().unwrap());
        assert_eq!(reply.status, status, "{parts:?}: {told}");
        assert!(told.contains(expected) && told.is_empty() == expected.is_empty(), "{parts:?}: {told}");
    }
}
