//! What can't be imported is told with its place, and no file brings the importer down.

use serde_json::{Value, json};
use standin::diagnostic::Severity;

use super::{import, import_stubs, import_text, shop, shown};

#[test]
fn a_stub_that_can_not_be_said_is_left_out_with_its_place() {
    let request = |more: Value| {
        let mut request = json!({ "method": "POST", "urlPath": "/v1/users" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "request": request, "response": { "status": 201 } })
    };
    let response = |response: Value| json!({ "request": { "method": "GET", "urlPath": "/v1/users" }, "response": response });
    let body = |pattern: Value| request(json!({ "bodyPatterns": [pattern] }));
    let table: Vec<(Value, &str)> = vec![
        (body(json!({ "matchesXPath": "//a" })), "`matchesXPath`"),
        (body(json!({ "equalToXml": "<a/>" })), "`equalToXml`"),
        (body(json!({ "matchesJsonSchema": "{}" })), "`matchesJsonSchema`"),
        (body(json!({ "matchesJsonPath": "$..a" })), "`$..a` finds what no JSON pointer names"),
        (body(json!({ "equalToJson": "{\"a\": \"${json-unit.any-string}\"}" })), "placeholder"),
        (body(json!({ "equalToJson": "{" })), "expected JSON"),
        (body(json!({ "equalToJson": "[1,2]", "ignoreArrayOrder": true })), "any order"),
        (body(json!({ "equalToJson": "{\"a\":[1]}", "ignoreExtraElements": true })), "more items"),
        (body(json!({ "contains": "\"a\"" })), "held against a text"),
        (body(json!({ "equlTo": "a" })), "`equlTo`"),
        (body(json!({})), "expected a matcher"),
        (body(json!({ "contains": "a", "matches": "b" })), "two operators"),
        (request(json!({ "multipartPatterns": [] })), "`multipartPatterns`"),
        (request(json!({ "host": { "equalTo": "a" } })), "`host`"),
        (request(json!({ "customMatcher": {} })), "`customMatcher`"),
        (request(json!({ "url": "/v1/users" })), "a request has one of"),
        (request(json!({ "headers": [] })), "`headers` is a list, expected an object"),
        (request(json!({ "headers": { "A": "b" } })), "expected an object"),
        (request(json!({ "queryParameters": { "a": { "hasExactly": [] } } })), "`hasExactly`"),
        (request(json!({ "queryParameters": { "a": { "matches": "(" } } })), "no regular expression"),
        (request(json!({ "method": 7 })), "`method` is `7`, expected text"),
        (request(json!({ "basicAuth": { "username": "a" } })), "`username` and `password`"),
        (
            json!({ "request": { "method": "PUT", "url": "/v1/users" } }),
            "no operation of the documents fits `PUT /v1/users`",
        ),
        (json!({ "request": { "method": "GET", "urlPath": "v1" } }), "starts with `/`"),
        (json!({ "request": { "urlPattern": "/v1/users\\?(a|b)" } }), "whole query"),
        (
            json!({ "request": { "urlPath": "/v1/users", "pathParameters": { "a": {} } } }),
            "without `urlPathTemplate`",
        ),
        (json!({ "response": {} }), "expected a stub"),
        (json!(7), "expected an object"),
        (response(json!({ "status": 100 })), "the status is 100"),
        (response(json!({ "status": "ok" })), "`status` is the text `ok`, expected a whole number"),
        (response(json!({ "proxyBaseUrl": "http://a" })), "forwards to another server"),
        (response(json!({ "fault": "BANG" })), "expected one of `EMPTY_RESPONSE`"),
        (response(json!({ "base64Body": "!" })), "Base64"),
        (
            response(json!({ "delayDistribution": { "type": "poisson" } })),
            "`fixed`, `uniform` or `lognormal`",
        ),
        (response(json!({ "delayDistribution": { "type": "uniform", "lower": 5, "upper": 1 } })), "`lower`"),
        (
            response(json!({ "delayDistribution": { "type": "lognormal", "median": -1, "sigma": 1 } })),
            "milliseconds from 0",
        ),
        (
            response(json!({ "delayDistribution": { "type": "lognormal", "median": 1, "sigma": 11 } })),
            "from 0 to 10",
        ),
        (
            response(json!({ "chunkedDribbleDelay": { "numberOfChunks": 0, "totalDuration": 1 } })),
            "at least 1",
        ),
        (response(json!({ "headers": { "A": "b\nc" } })), "can't have"),
        (
            json!({ "request": { "urlPath": "/v1/users" }, "requiredScenarioState": "a" }),
            "without `scenarioName`",
        ),
        (json!({ "request": { "urlPath": "/v1/users" }, "priority": "high" }), "expected a whole number"),
    ];
    let contracts = shop();
    for (stub, message) in table {
        let imported = import_stubs(&json!([stub]), &contracts);
        let told = shown(&imported.diagnostics);
        assert!(imported.scenarios.is_empty(), "{stub}\n{}", imported.scenarios[0].text);
        assert_eq!((imported.stubs, imported.imported), (1, 0));
        let error = imported.diagnostics.iter().find(|one| one.severity == Severity::Error).unwrap();
        assert!(error.message.contains(message), "{stub}\n{told}");
        assert!(error.span.is_some() && error.help.is_some(), "{told}");
    }
}

#[test]
fn what_a_rule_goes_without_stands_in_its_name() {
    let table = [
        (json!({ "statusMessage": "Fine" }), "statusMessage"),
        (json!({ "transformers": ["my-own"] }), "transformers"),
        (json!({ "body": "{{now}}", "transformers": ["response-template"] }), "body"),
        (json!({ "headers": { "X-A": "{{randomValue}}" }, "transformers": ["response-template"] }), "X-A"),
        (json!({ "bodyFileName": "gone.json" }), "bodyFileName"),
        (json!({ "bodyFileName": "../stubs.json" }), "bodyFileName"),
        (json!({ "base64Body": "//8=" }), "base64Body"),
        (json!({ "headers": { "Set-Cookie": ["a=b", "c=d"] } }), "Set-Cookie"),
        (json!({ "body": "a", "jsonBody": {} }), "jsonBody"),
    ];
    for (response, lost) in table {
        let stub = json!({ "request": { "method": "POST", "url": "/v1/notes" }, "response": response });
        let imported = import_stubs(&json!([stub]), &shop());
        let told = shown(&imported.diagnostics);
        assert_eq!((imported.imported, imported.in_part), (1, 1), "{response}\n{told}");
        let name = format!("name: POST /v1/notes (without {lost})");
        let quoted = format!("name: \"POST /v1/notes (without {lost})\"");
        let text = &imported.scenarios[0].text;
        assert!(text.contains(&name) || text.contains(&quoted), "{text}");
        assert!(told.contains("stub-in-part"), "{told}");
        assert!(!imported.diagnostics.iter().any(|one| one.severity == Severity::Error), "{told}");
    }
    let hooked = json!({ "request": { "method": "POST", "url": "/v1/notes" }, "response": { "body": "a" }, "postServeActions": {} });
    let imported = import_stubs(&json!([hooked]), &shop());
    assert!(imported.scenarios[0].text.contains("(without postServeActions)"));
}

#[test]
fn content_that_breaks_the_contract_is_told_at_its_place() {
    let stub = json!({ "request": { "method": "GET", "url": "/v1/users/7" }, "response": { "jsonBody": { "id": 7, "name": "A" } } });
    let imported = import_text(&serde_json::to_string_pretty(&stub).unwrap(), &shop());
    let found: Vec<String> = imported
        .diagnostics
        .iter()
        .filter(|one| one.code == "stub-unchecked")
        .map(|one| format!("{} {:?}", one.message, one.span.as_ref().unwrap().line_and_column()))
        .collect();
    assert_eq!(found, ["the body breaks the contract of `getUser`: 7 is not of type \"string\" (7, 5)"]);
}

#[test]
fn no_file_brings_the_importer_down() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = |times: usize| {
        let matcher = (0..times).fold(json!({ "equalTo": "a" }), |inner, _| json!({ "not": inner }));
        json!({ "mappings": [{ "request": { "urlPath": "/v1/users", "headers": { "A": matcher } } }] })
            .to_string()
    };
    let stub = json!({ "request": { "urlPath": "/v1/users" }, "response": { "fault": "EMPTY_RESPONSE" } });
    let texts = [
        String::new(),
        "{".into(),
        "[]".into(),
        "{}".into(),
        "null".into(),
        "7".into(),
        "\u{0}".into(),
        "{\"mappings\": 7}".into(),
        "{\"mappings\": [null, [], \"a\"]}".into(),
        "{\"request\": {\"urlPathPattern\": \"((((((\"}}".into(),
        "{\"request\": {\"urlPathPattern\": \"(a+)+$\", \"method\": \"\"}}".into(),
        deep.clone(),
        format!("{{\"request\": {{\"url\": \"/v1/users\"}}, \"response\": {{\"jsonBody\": {deep}}}}}"),
        nested(100),
        nested(40),
        format!("[{}]", vec!["7"; 5_001].join(",")),
        format!("{{\"mappings\": [{}]}}", vec![stub.to_string(); 200].join(",")),
        format!("{{\"request\": {{\"url\": \"/{}\"}}}}", "a/".repeat(100_000)),
        format!("{{\"request\": {{\"urlPathTemplate\": \"/{}\"}}}}", "{a}/".repeat(10_000)),
    ];
    for contracts in [shop(), Vec::new()] {
        for text in &texts {
            let imported = import_text(text, &contracts);
            let is_told = !imported.diagnostics.is_empty();
            assert!(
                is_told || !imported.scenarios.is_empty() || text == "[]",
                "{}",
                &text[..text.len().min(80)]
            );
            if !imported.scenarios.is_empty() && !contracts.is_empty() {
                let _ = super::play(&imported, &contracts);
            }
        }
    }
}

#[test]
fn a_path_that_holds_no_stub_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let empty = import(folder.path(), &[]);
    assert!(shown(&empty.diagnostics).contains("there is no stub mapping in the folder"));
    let gone = import(&folder.path().join("gone.json"), &[]);
    assert!(shown(&gone.diagnostics).contains("cannot read"));
}
