//! Every feature of a stub mapping, and what is printed for it.

use serde_json::{Value, json};
use standin::diagnostic::Severity;

use super::{import_stubs, shop, shown};

/// The first rule that is printed for a stub, without its name.
fn rule(stub: &Value, with_document: &str) -> String {
    let contracts = if with_document == "shop" { shop() } else { Vec::new() };
    let imported = import_stubs(&json!([stub]), &contracts);
    let worst = imported.diagnostics.iter().map(|one| one.severity).max();
    assert!(worst < Some(Severity::Error), "{stub}\n{}", shown(&imported.diagnostics));
    let text = &imported.scenarios[0].text;
    let rule = text.split_once("rules:\n").unwrap().1;
    rule.lines().skip(1).map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_part_of_a_request_becomes_a_condition() {
    let table = [
        (
            json!({ "method": "DELETE", "url": "/v1/users/7" }),
            "{ operation: deleteUser, path: { matches: \"/users/7$\" } }",
        ),
        (
            json!({ "method": "GET", "url": "/v1/users?page=2&tag=a&tag=b" }),
            "{ operation: listUsers, query: { page: \"2\", tag: a }, all: [{ query: { tag: b } }] }",
        ),
        (json!({ "method": "ANY", "urlPath": "/v1/users" }), "{ operation: [listUsers, createUser] }"),
        (json!({ "method": "GET", "urlPathTemplate": "/v1/users/{id}" }), "{ operation: getUser }"),
        (
            json!({ "method": "GET", "urlPathTemplate": "/v1/users/{id}", "pathParameters": { "id": { "matches": "[0-9]+" } } }),
            "{ operation: getUser, path: { matches: \"/users/(?:[0-9]+)$\" } }",
        ),
        (
            json!({ "method": "GET", "urlPathTemplate": "/v1/users/{id}", "pathParameters": { "id": { "equalTo": "a.b" } } }),
            "{ operation: getUser, path: { matches: \"/users/a\\\\.b$\" } }",
        ),
        (
            json!({ "method": "GET", "urlPathPattern": "/v1/users/[a-z]+" }),
            "{ operation: getUser, path: { matches: \"^/v1/users/[a-z]+$\" } }",
        ),
        (
            json!({ "method": "GET", "urlPattern": "/v1/users\\?page=[0-9]+" }),
            "{ operation: listUsers, path: { matches: \"^/v1/users$\" }, query: { page: { matches: \"^[0-9]+$\" } } }",
        ),
        (json!({ "urlPattern": ".*" }), "{}"),
        (
            json!({ "method": "GET", "urlPath": "/v1/users", "headers": {
            "Accept": { "equalTo": "a" }, "X-Tenant": { "equalTo": "b.c", "caseInsensitive": true } } }),
            "{ operation: listUsers, header: { Accept: a, X-Tenant: { matches: \"^(?i:b\\\\.c)$\" } } }",
        ),
        (
            json!({ "method": "GET", "urlPath": "/v1/users", "queryParameters": {
            "page": { "matches": "1|2" }, "tag": { "doesNotMatch": "x.*" } } }),
            "{ operation: listUsers, query: { page: { matches: \"^(?:1|2)$\" }, tag: { not: { matches: \"^x.*$\" } } } }",
        ),
        (
            json!({ "method": "GET", "urlPath": "/v1/users", "queryParameters": {
            "page": { "absent": true }, "tag": { "includes": [{ "equalTo": "a" }, { "contains": "b" }] } } }),
            "{ operation: listUsers, query: { page: { present: false } }, all: [{ query: { tag: a } }, { query: { tag: { contains: b } } }] }",
        ),
        (
            json!({ "method": "GET", "urlPath": "/v1/users", "cookies": { "theme": { "contains": "dark" } } }),
            "{ operation: listUsers, cookie: { theme: { contains: dark } } }",
        ),
        (
            json!({ "method": "GET", "urlPath": "/v1/users", "headers": { "X-Tenant": { "or": [{ "equalTo": "a" }, { "doesNotContain": "b" }] } } }),
            "{ operation: listUsers, any: [{ header: { X-Tenant: a } }, { header: { X-Tenant: { not: { contains: b } } } }] }",
        ),
        (
            json!({ "method": "GET", "urlPath": "/v1/users", "headers": { "X-Tenant": { "not": { "and": [{ "contains": "a" }, { "contains": "b" }] } } } }),
            "{ operation: listUsers, not: { all: [{ header: { X-Tenant: { contains: a } } }, { header: { X-Tenant: { contains: b } } }] } }",
        ),
        (
            json!({ "method": "GET", "urlPath": "/v1/users", "basicAuth": { "username": "jeff", "password": "teeny" } }),
            "{ operation: listUsers, header: { authorization: \"Basic amVmZjp0ZWVueQ==\" } }",
        ),
        (
            json!({ "method": "POST", "urlPath": "/v1/users", "bodyPatterns": [{ "equalToJson": "{\"name\": \"A\"}" }] }),
            "{ operation: createUser, body: { \"\": { equals: { name: A } } } }",
        ),
        (
            json!({ "method": "POST", "urlPath": "/v1/users", "bodyPatterns": [
            { "equalToJson": { "a": { "b": 1 }, "c": null }, "ignoreExtraElements": true, "ignoreArrayOrder": true } ] }),
            "{ operation: createUser, body: { /a/b: 1, /c: null } }",
        ),
        (
            json!({ "method": "POST", "urlPath": "/v1/users", "bodyPatterns": [
            { "matchesJsonPath": "$.address.country" }, { "matchesJsonPath": { "expression": "$.tags[0]", "equalTo": "7" } } ] }),
            "{ operation: createUser, body: { /address/country: { present: true, not: { one_of: [null, [], {}] } }, /tags/0: { one_of: [\"7\", 7] } } }",
        ),
        (
            json!({ "method": "POST", "urlPath": "/v1/users", "bodyPatterns": [
            { "matchesJsonPath": { "expression": "$['name']", "matches": "A.*" } }, { "matchesJsonPath": { "expression": "$.age", "absent": true } } ] }),
            "{ operation: createUser, body: { /age: { present: false }, /name: { matches: \"^A.*$\" } } }",
        ),
        (
            json!({ "method": "POST", "urlPath": "/v1/users", "bodyPatterns": [{ "equalTo": "{\"a\":1}" }, { "absent": true }] }),
            "{ operation: createUser, body: { \"\": { equals: { a: 1 } } }, all: [{ body: { \"\": { present: false } } }] }",
        ),
        (
            json!({ "method": "POST", "urlPath": "/v1/notes", "bodyPatterns": [{ "contains": "milk" }, { "doesNotContain": "oat" }] }),
            "{ operation: createNote, body: { \"\": { contains: milk } }, all: [{ body: { \"\": { not: { contains: oat } } } }] }",
        ),
        (
            json!({ "method": "POST", "urlPath": "/v1/login", "formParameters": { "age": { "equalTo": "7" } } }),
            "{ operation: logIn, body: { /age: { one_of: [\"7\", 7] } } }",
        ),
    ];
    for (request, expected) in table {
        let printed = rule(&json!({ "request": request, "response": { "fault": "EMPTY_RESPONSE" } }), "shop");
        let flat = printed.replace("\n  ", " ").replace('\n', " ");
        let expected = match expected {
            "{}" => "fault: empty".to_owned(),
            expected => format!("when: {expected} fault: empty"),
        };
        // What is too long for a line stands below its key.
        let squeeze = |text: &str| {
            text.replace(['{', '}', ',', ' '], "")
                .replace("-query", "[query")
                .replace("-body", "[body")
                .replace("-header", "[header")
                .replace(']', "")
        };
        assert_eq!(squeeze(&flat), squeeze(&expected), "{request}\n{printed}");
    }
}

#[test]
fn without_a_document_rules_go_by_method_and_path() {
    let table = [
        (json!({ "method": "GET", "url": "/a/b?c=d" }), "when: { method: GET, path: /a/b, query: { c: d } }"),
        (json!({ "urlPath": "/a" }), "when: { path: /a }"),
        (
            json!({ "method": "GET", "urlPathTemplate": "/a/{b}/c" }),
            "when: { method: GET, path: { matches: \"^/a/[^/]+/c$\" } }",
        ),
        (
            json!({ "method": "PATCH", "urlPathPattern": "/a/.*" }),
            "when: { method: PATCH, path: { matches: \"^/a/.*$\" } }",
        ),
        (json!({ "method": "GET" }), "when: { method: GET }"),
    ];
    for (request, expected) in table {
        let printed = rule(&json!({ "request": request, "response": { "body": "x" } }), "none");
        assert_eq!(
            printed,
            format!("{expected}\nrespond: {{ status: 200, text: x, unchecked: true }}"),
            "{request}"
        );
    }
}

#[test]
fn each_part_of_a_response_becomes_what_happens() {
    let table = [
        (json!({ "status": 503 }), "respond: { status: 503 }"),
        (json!({ "status": 500 }), "respond: { status: 500, text: \"\" }"),
        (json!({ "jsonBody": [] }), "respond: { status: 200, body: [] }"),
        (
            json!({ "jsonBody": [{ "id": "1", "name": "{{x}}" }] }),
            "respond: { status: 200, body: [{ id: \"1\", name: \"{{{{x}}\" }] }",
        ),
        (
            json!({ "body": "[{\"id\":\"1\",\"name\":\"A\"}]" }),
            "respond: { status: 200, body: [{ id: \"1\", name: A }] }",
        ),
        (json!({ "body": "[ ]" }), "respond: { status: 200, text: \"[ ]\" }"),
        (json!({ "base64Body": "W10=" }), "respond: { status: 200, body: [] }"),
        (
            json!({ "jsonBody": [{ "id": 1 }] }),
            "respond: { status: 200, body: [{ id: 1 }], unchecked: true }",
        ),
        (json!({ "status": 200 }), "respond: { status: 200, text: \"\", unchecked: true }"),
        (
            json!({ "jsonBody": [], "headers": { "X-A": "1", "Link": ["a", "b"], "Content-Length": "2" } }),
            "respond: { status: 200, headers: { Link: \"a, b\", X-A: \"1\" }, body: [] }",
        ),
        (
            json!({ "jsonBody": [], "fixedDelayMilliseconds": 1500 }),
            "respond: { status: 200, body: [] }\ndelay: 1.5s",
        ),
        (
            json!({ "jsonBody": [], "delayDistribution": { "type": "uniform", "lower": 15, "upper": 25 } }),
            "respond: { status: 200, body: [] }\ndelay: { uniform: { from: 15ms, to: 25ms } }",
        ),
        (
            json!({ "jsonBody": [], "delayDistribution": { "type": "lognormal", "median": 80, "sigma": 0.4 } }),
            "respond: { status: 200, body: [] }\ndelay: { lognormal: { median: 80ms, sigma: 0.4 } }",
        ),
        (
            json!({ "jsonBody": [], "fixedDelayMilliseconds": 5, "delayDistribution": { "type": "fixed", "milliseconds": 7 } }),
            "respond: { status: 200, body: [] }\nfault: { delay: 7ms }\ndelay: 5ms",
        ),
        (
            json!({ "jsonBody": [], "fixedDelayMilliseconds": 700_000 }),
            "respond: { status: 200, body: [] }\ndelay: 600s",
        ),
        (
            json!({ "jsonBody": [], "chunkedDribbleDelay": { "numberOfChunks": 5, "totalDuration": 1000 } }),
            "respond: { status: 200, body: [] }\nfault: { dribble: { pieces: 5, over: 1s } }",
        ),
        (json!({ "fault": "EMPTY_RESPONSE", "status": 200, "body": "x" }), "fault: empty"),
        (json!({ "fault": "RANDOM_DATA_THEN_CLOSE" }), "fault: garbage"),
        (
            json!({ "fault": "CONNECTION_RESET_BY_PEER", "fixedDelayMilliseconds": 20 }),
            "fault: reset\ndelay: 20ms",
        ),
        (json!({ "fault": "MALFORMED_RESPONSE_CHUNK" }), "respond: { status: 200 }\nfault: malformed_chunk"),
        (
            json!({ "jsonBody": [{ "id": "{{request.query.page}}", "name": "{{request.headers.[X-Tenant]}}" }], "transformers": ["response-template"] }),
            "respond: { status: 200, body: [{ id: \"{{query page}}\", name: \"{{header X-Tenant}}\" }] }",
        ),
    ];
    for (response, expected) in table {
        let request = json!({ "method": "GET", "urlPath": "/v1/users" });
        let printed = rule(&json!({ "request": request, "response": response }), "shop");
        assert_eq!(printed, format!("when: {{ operation: listUsers }}\n{expected}"), "{response}");
    }
}

#[test]
fn a_folder_is_printed_in_the_order_in_which_its_stubs_are_asked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let stub = |url: &str, more: Value| {
        let mut stub = json!({ "request": { "method": "GET", "url": url }, "response": { "bodyFileName": "users/a.json" } });
        stub.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stub
    };
    write("__files/users/a.json", "[\n  {\"id\": \"1\", \"name\": \"A\"}\n]\n".into());
    write(
        "mappings/a.json",
        json!({ "mappings": [stub("/v1/users", json!({})), stub("/v1/users?page=2", json!({}))] })
            .to_string(),
    );
    write(
        "mappings/deep/b.json",
        stub("/v1/users", json!({ "name": "asked last", "priority": 9 })).to_string(),
    );
    write(
        "mappings/c.json",
        json!([stub(
            "/v1/users",
            json!({ "priority": 1, "name": "asked first", "id": "x", "metadata": {} })
        )])
        .to_string(),
    );
    write("mappings/notes.txt", "no stub".into());
    let contracts = shop();
    let imported = super::import(folder.path(), &contracts);
    assert_eq!(
        (imported.stubs, imported.imported, imported.in_part),
        (4, 4, 0),
        "{}",
        shown(&imported.diagnostics)
    );
    let (_, rules) = imported.scenarios[0].text.split_once("rules:\n").unwrap();
    insta::assert_snapshot!(rules);
}
