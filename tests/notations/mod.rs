//! What is written in a notation other than JSON is read back by the codec to a value that its schema takes.

use std::sync::Arc;

use http::Method;
use standin::codec::{Body, Expect, as_sent, decode, judge_example};
use standin::contract::{Content, Contract, Operation};
use standin::document::Source;
use standin::engine::{Engine, Options};
use standin::message::{Reply, Request};
use standin::schema::Direction;

use crate::support::{self, repository};

const SEEDS: u64 = 60;

fn contract() -> Arc<Contract> {
    support::contract("media32", &Source::File(repository("tests/notations/media32.yaml")))
}

fn engine(contract: &Arc<Contract>) -> Engine {
    Engine::new(vec![Arc::clone(contract)], Vec::new(), Options::default())
}

fn ask(engine: &Engine, operation: &Operation, content: &Content, prefer: &str) -> Reply {
    let mut request = Request::new(Method::GET, &operation.template);
    request.headers.insert("accept", content.media_type.essence().parse().unwrap());
    request.headers.insert("prefer", prefer.parse().unwrap());
    engine.answer(request)
}

/// Why the bytes are no value of the content; `None` if they are.
fn wrong(contract: &Contract, content: &Content, bytes: &[u8]) -> Option<String> {
    let schemas = &contract.schemas;
    let mismatch = |schema: &standin::pointer::Pointer, value: &serde_json::Value| {
        let validator = schemas.validator(schema, Direction::Response).unwrap();
        (!validator.is_valid(value)).then(|| format!("{value} is invalid by {schema:?}"))
    };
    let expect = Expect::compile(schemas, content.schema.as_ref(), Direction::Response);
    let sent = as_sent(&content.media_type, bytes);
    if matches!(decode(content, &sent, bytes, &expect), Ok(Body::Opaque)) {
        return Some("nothing was read".to_owned());
    }
    match judge_example(schemas, content, Direction::Response, bytes, mismatch) {
        Ok(found) => found,
        Err(unreadable) => Some(unreadable.to_string()),
    }
}

#[test]
fn every_notation_is_read_back_to_a_valid_value() {
    let contract = contract();
    let engine = engine(&contract);
    let (mut judged, mut failures) = (0, Vec::new());
    for operation in &contract.operations {
        for content in operation.responses.iter().flat_map(|response| &response.content) {
            for seed in 0..SEEDS {
                let reply = ask(&engine, operation, content, &format!("dynamic=true, seed={seed}"));
                assert_eq!(reply.status, 200, "{}: {}", operation.id, String::from_utf8_lossy(&reply.body));
                judged += 1;
                if let Some(why) = wrong(&contract, content, &reply.body) {
                    let text = String::from_utf8_lossy(&reply.body).into_owned();
                    failures.push(format!("{} seed {seed}: {why}\n{text}", operation.id));
                    break;
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(judged >= 7 * SEEDS, "{judged}");
}

#[test]
fn parts_have_the_media_types_and_header_fields_of_their_encoding() {
    let contract = contract();
    let engine = engine(&contract);
    let told = |id: &str| {
        let operation = contract.operations.iter().find(|operation| operation.id == id).unwrap();
        let reply = ask(&engine, operation, &operation.responses[0].content[0], "dynamic=true, seed=1");
        String::from_utf8_lossy(&reply.body).into_owned()
    };
    let files = told("files");
    for expected in [
        "name=\"scan\"; filename=\"scan\"\r\nContent-Type: image/png\r\nX-Pages: 3\r\n\r\n",
        "name=\"scans\"; filename=\"scans\"\r\nContent-Type: image/png\r\n\r\n",
        "name=\"page\"\r\nContent-Type: text/html\r\n\r\n",
        "name=\"pet\"\r\nContent-Type: application/xml\r\n\r\n<?xml",
        "name=\"fields\"\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=",
        "name=\"none\"\r\nContent-Type: application/json\r\n\r\nnull\r\n",
    ] {
        assert!(files.contains(expected), "{expected}\n{files}");
    }
    let places = told("places");
    let found: Vec<_> = places.match_indices("X-Kind: ").map(|(at, _)| &places[at + 8..at + 11]).collect();
    assert_eq!(found[..2], ["sca", "row"]);
    assert!(places.contains("\r\nContent-Type: application/xml\r\n\r\n<?xml"), "{places}");
}
