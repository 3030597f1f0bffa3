//! Whatever a request holds, the engine answers it: with a status, with header fields that can be sent, never by a panic.

use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use proptest::prelude::*;
use standin::document::Source;
use standin::engine::{Engine, Options};
use standin::message::Request;

use super::bytes::{FIELDS, METHODS, PIECES};
use crate::support::{all_bundled, contract, repository};

const PATHS: [&str; 10] = [
    "/katapult/core/v1/organizations",
    "/katapult/organizations/organization",
    "/v1/identity/organizations",
    "/v1/identity/organizations/x",
    "/api/organizations",
    "/organizations",
    "/organizations/4405ffd0-0aca-44ef-bae2-c8545bce94f4",
    "/",
    "//",
    "/%",
];

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(all_bundled(), Vec::new(), Options::default()))
}

/// With every kind of content, too.
fn of_all_kinds() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut contracts = all_bundled();
        contracts.push(contract("bodies", &Source::File(repository("tests/hostile/bodies.yaml"))));
        Engine::new(contracts, Vec::new(), Options::default())
    })
}

fn text() -> impl Strategy<Value = String> {
    let piece =
        prop_oneof![4 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn target() -> impl Strategy<Value = String> {
    let path = prop_oneof![
        4 => proptest::sample::select(&PATHS[..]).prop_map(str::to_owned),
        1 => text().prop_map(|text| format!("/{text}")),
        1 => any::<String>(),
    ];
    (path, proptest::option::of(text())).prop_map(|(path, query)| match query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        proptest::collection::vec(any::<u8>(), 0..60),
        text().prop_map(String::into_bytes),
        text().prop_map(|text| format!("{{\"name\": {}}}", serde_json::Value::from(text)).into_bytes()),
        (1_usize..3000).prop_map(|depth| "[".repeat(depth).into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_is_answered(
        method in proptest::sample::select(&METHODS[..]),
        target in target(),
        fields in proptest::collection::vec((proptest::sample::select(&FIELDS[..]), text()), 0..5),
        body in body(),
    ) {
        let mut request = Request::new(Method::from_bytes(method.as_bytes()).unwrap(), &target);
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                request.headers.append(HeaderName::from_static(name), value);
            }
        }
        request.body = Bytes::from(body);
        let again = request.clone();
        let reply = engine().answer(request);
        prop_assert!((200..600).contains(&reply.status));
        prop_assert!(reply.status < 500 || reply.headers.contains_key("preference-applied"), "{} {:?}", reply.status, reply.body);
        for (name, value) in &reply.headers {
            let bytes = value.as_bytes();
            prop_assert!(bytes.iter().all(|byte| (b' '..=b'~').contains(byte)), "{name}: {value:?}");
            prop_assert!(bytes.len() < 20_000, "{name} has {} bytes", bytes.len());
        }
        if reply.headers.get("standin-seed").is_some_and(|seed| seed != "1") {
            return Ok(());
        }
        prop_assert_eq!(engine().answer(again).body, reply.body, "the same request gets the same bytes");
    }

    /// As `fuzz/` plays it for longer.
    #[test]
    fn whatever_is_made_of_bytes_is_answered(made in proptest::collection::vec(any::<u8>(), 0..300)) {
        let request = super::bytes::request(of_all_kinds(), &mut super::bytes::Bytes::new(&made));
        let held = super::bytes::hold(of_all_kinds(), &request);
        prop_assert!(held.is_ok(), "{}: {request:?}", held.unwrap_err());
    }
}
