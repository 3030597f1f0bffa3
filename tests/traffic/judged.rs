//! What an exchange comes to: judged, in part, foreign; and that nothing unknown is taken for a violation.

use standin::traffic::Credentials::{self, MayBeStripped, Recorded};

use super::{PETS, judge, source, told};

/// An exchange and what is told of it.
type Row = (&'static str, &'static str, Credentials, &'static [&'static str]);

const GOOD: &str =
    r#""reply":{"status":200,"headers":[["content-type","application/json"],["x-total","0"]],"body":"[]"}"#;
const SENT: &str = r#"["authorization","Bearer t"],["cookie","theme=dark"]"#;

/// A line with `$GOOD` and `$SENT` put in.
fn line(text: &str) -> String {
    text.replace("$GOOD", GOOD).replace("$SENT", SENT)
}

#[test]
fn what_is_not_known_is_not_judged_and_never_a_violation() {
    let table: &[Row] = &[
        (
            "everything is known",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets","headers":[$SENT],"body":""},$GOOD}"#,
            Recorded,
            &["1 judged"],
        ),
        (
            "credentials and cookies may have been stripped",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets","headers":[],"body":""},$GOOD}"#,
            MayBeStripped,
            &["1 in part"],
        ),
        (
            "unless they are known to be recorded",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets","headers":[],"body":""},$GOOD}"#,
            Recorded,
            &[
                "1 judged",
                "parameter-missing listPets request.cookie.theme (unknown 1)",
                "credentials-missing listPets request.header.Authorization (unknown 1)",
            ],
        ),
        (
            "a value that was left out is known to be there",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets","headers":[["Authorization",null],["Cookie",null]],"body":""},$GOOD}"#,
            Recorded,
            &["1 in part"],
        ),
        (
            "what is recorded of credentials is judged",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets","headers":[["authorization","Basic dTpw"],["cookie","theme=dark"]],"body":""},$GOOD}"#,
            MayBeStripped,
            &["1 judged", "credentials-malformed listPets request.header.Authorization (unknown 1)"],
        ),
        (
            "without header fields and reply the query is left",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets?limit=500"}}"#,
            Recorded,
            &["1 in part", "parameter-invalid listPets request.query.limit (unknown 1)"],
        ),
        (
            "a body that was left out is not missing",
            r#"{"request":{"method":"POST","url":"https://api.pets.example/v1/pets","headers":[$SENT]},"reply":{"status":201,"headers":[],"body":""}}"#,
            Recorded,
            &["1 in part"],
        ),
        (
            "one that is empty is",
            r#"{"request":{"method":"POST","url":"https://api.pets.example/v1/pets","headers":[$SENT],"body":""},"reply":{"status":201,"headers":[],"body":""}}"#,
            Recorded,
            &["1 judged", "body-missing addPet request.body (unknown 1)"],
        ),
        (
            "a value that a recorder replaced is not judged, its neighbors are",
            r#"{"request":{"method":"POST","url":"https://api.pets.example/v1/pets","headers":[$SENT,["content-type","application/json"]],"body":"{\"id\":\"x\",\"name\":\"n\",\"pin\":\"[redacted]\"}"},"reply":{"status":201,"headers":[],"body":""},"left_out":["request.body.pin"]}"#,
            Recorded,
            &["1 in part", "body-invalid addPet request.body.id (unknown 1)"],
        ),
        (
            "without its header fields a reply's content is judged, and nothing is missing",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets","headers":[$SENT],"body":""},"reply":{"status":200,"body":"{}"}}"#,
            Recorded,
            &["1 in part", "reply-body-invalid listPets response.body (unknown 1)"],
        ),
        (
            "what breaks the contract on purpose is none of the server's",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets","headers":[$SENT],"body":""},"reply":{"status":200,"headers":[["standin-broke","type"]],"body":"{}"}}"#,
            Recorded,
            &["1 judged"],
        ),
        (
            "where the document declares nothing, what the stand-in answers is none of the server's",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets?limit=500","headers":[$SENT],"body":""},"reply":{"status":422,"headers":[["content-type","application/problem+json"]],"body":"{\"type\":\"urn:standin:parameter-invalid\"}"}}"#,
            Recorded,
            &["1 judged", "parameter-invalid listPets request.query.limit (unknown 1)"],
        ),
        (
            "a violation that was announced is no drift",
            r#"{"request":{"method":"GET","url":"https://api.pets.example/v1/pets?limit=500","headers":[$SENT,["prefer","expect=parameter-invalid"]],"body":""},$GOOD}"#,
            Recorded,
            &["1 judged"],
        ),
        (
            "who sent it is said by the line",
            r#"{"request":{"method":"GET","url":"/v1/pets?limit=x","headers":[$SENT,["user-agent","u"]],"body":""},$GOOD,"client":"web"}"#,
            Recorded,
            &["1 judged", "parameter-unreadable listPets request.query.limit (web 1)"],
        ),
    ];
    for (what, entry, credentials, expected) in table {
        let found = told(&judge("pets", PETS, &[], *credentials), vec![source(line(entry))], 1);
        let (counts, lines) = found.split_once('\n').unwrap();
        assert!(counts.contains(expected[0]), "{what}: {counts}");
        assert_eq!(lines.lines().collect::<Vec<_>>(), expected[1..], "{what}");
    }
}

#[test]
fn the_url_tells_whether_an_exchange_is_ours() {
    const STAGING: &str = "https://staging.example:8443/api=pets";
    let unknown = "path-unknown  request.path (unknown 1)";
    let table: &[(&str, &[&str], &str)] = &[
        ("https://api.pets.example/v1/pets", &[], "1 in part"),
        ("https://API.pets.example:443/v1/pets", &[], "1 in part"),
        ("https://api.pets.example/v1/dogs", &[], unknown),
        ("https://api.pets.example/assets/a.js", &[], "1 foreign"),
        ("https://other.example/v1/pets", &[], "1 foreign"),
        ("http://localhost:3000/v1/pets", &[], "1 in part"),
        ("http://localhost:3000/~run-7/pets/v1/pets", &[], "1 in part"),
        ("http://localhost:3000/main.js", &[], "1 foreign"),
        ("http://localhost:3000/v1/pets", &[STAGING], "1 foreign"),
        ("https://staging.example:8443/api/pets", &[STAGING], "1 in part"),
        ("https://staging.example:8443/api/dogs", &[STAGING], unknown),
        ("https://staging.example:8443/other", &[STAGING], "1 foreign"),
        ("https://api.pets.example/v1/pets", &[STAGING], "1 in part"),
        ("/v1/pets", &[], "1 in part"),
        ("/v1/dogs", &[], unknown),
        ("/favicon.ico", &[], "1 foreign"),
        ("/_standin/health", &[], "1 foreign"),
        ("wss://api.pets.example/v1/pets", &[], "1 foreign"),
        ("data:text/plain,x", &[], "1 foreign"),
        ("pets", &[], "1 unreadable"),
    ];
    for (url, servers, expected) in table {
        let entry = serde_json::json!({ "request": { "method": "GET", "url": url } });
        let judge = judge("pets", PETS, servers, MayBeStripped);
        let found = told(&judge, vec![source(entry.to_string())], 1);
        assert!(found.contains(expected), "{url} {servers:?}: {found}");
        assert_eq!(found.contains("path-unknown"), *expected == unknown, "{url}: {found}");
    }
}

#[test]
fn what_a_stand_in_answered_is_ours_though_it_knows_no_such_path() {
    let entry = |headers: &str| {
        format!(
            r#"{{"request":{{"method":"GET","url":"http://127.0.0.1:4010/v1/pet"}},"reply":{{"status":404,"headers":[{headers}]}}}}
{{"request":{{"method":"OPTIONS","url":"http://127.0.0.1:4010/v1/pets","headers":[["access-control-request-method","PUT"]]}}}}"#
        )
    };
    let judge = judge("pets", PETS, &[], MayBeStripped);
    let found = told(&judge, vec![source(entry(r#"["standin-exchange","7"]"#))], 1);
    insta::assert_snapshot!(found);
    let found = told(&judge, vec![source(entry(""))], 1);
    insta::assert_snapshot!(found);
}
