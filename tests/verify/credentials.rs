//! Where credentials go, and where requests go: by the security schemes, by the base paths of document and upstream.

use standin::message::{Reply, Request};
use standin::verify::{Asked, Credential};

use super::{Server, cases, everything, judge, run};
use crate::support::{self, inline};

const SHOP: &str = r#"openapi: 3.0.3
info: { title: Shop, version: "1" }
servers: [{ url: "https://shop.example.com/v1" }]
paths:
  /pair: { get: { security: [{ pair: [] }], responses: { "200": { description: ok } } } }
  /bearer: { get: { security: [{ bearer: [] }], responses: { "200": { description: ok } } } }
  /either: { get: { security: [{ pair: [] }, { bearer: [] }], responses: { "200": { description: ok } } } }
  /key:
    get:
      security: [{ key: [] }]
      parameters: [{ name: api-key, in: query, schema: { type: string } }]
      responses: { "200": { description: ok } }
  /cookie: { get: { security: [{ cookie: [], head: [] }], responses: { "200": { description: ok } } } }
  /optional: { get: { security: [{}, { bearer: [] }], responses: { "200": { description: ok } } } }
  /open: { get: { responses: { "200": { description: ok } } } }
components:
  securitySchemes:
    pair: { type: http, scheme: basic }
    bearer: { type: http, scheme: bearer }
    key: { type: apiKey, in: query, name: api-key }
    cookie: { type: apiKey, in: cookie, name: sid }
    head: { type: apiKey, in: header, name: X-Key }
"#;

/// What reaches a server that answers nothing but 500, and the commands for that.
async fn sent(credential: &str, base: &str) -> (Vec<Request>, Vec<String>) {
    let contract = support::contract("shop", &inline("shop", SHOP));
    let server = Server::start(|_| Reply::new(500)).await;
    let engine = judge(&contract);
    let asked = Asked { credential: Some(Credential::Value(credential.to_owned())), ..everything() };
    let mut plan = cases(&engine, &asked);
    plan.cases.retain(|case| case.name == "valid/least" || case.name.starts_with("invalid/credentials/"));
    let address = format!("http://{}{base}", server.address);
    let outcome = super::verified_at(&engine, &asked, plan, &address, super::at_once()).await;
    let seen = server.seen.lock().unwrap().clone();
    (seen, outcome.commands.into_values().collect())
}

/// The request of a path that shows a credential which is not `invalid`.
fn good<'s>(seen: &'s [Request], path: &str) -> &'s Request {
    let is_good = |request: &&Request| {
        let fields =
            ["authorization", "x-key", "cookie"].map(|name| request.header(name).unwrap_or_default());
        let query = request.query.as_deref().unwrap_or_default();
        let has_some = fields.iter().any(|field| !field.is_empty()) || query.contains("api-key");
        // `aW52…` is `invalid:invalid` in base64.
        let is_wrong = |text: &str| text.contains("invalid") || text.contains("aW52");
        request.path.ends_with(path)
            && has_some
            && !fields.iter().any(|field| is_wrong(field))
            && !is_wrong(query)
    };
    seen.iter().find(is_good).unwrap_or_else(|| panic!("{path} is not asked with good credentials"))
}

#[test]
fn credentials_go_where_the_schemes_say() {
    run(async {
        let (seen, commands) = sent("us:p w", "").await;
        assert_eq!(good(&seen, "/pair").header("authorization"), Some("Basic dXM6cCB3"));
        assert_eq!(
            good(&seen, "/either").header("authorization"),
            Some("Basic dXM6cCB3"),
            "a pair is for Basic"
        );
        assert_eq!(
            good(&seen, "/key").query.as_deref(),
            Some("api-key=us%3Ap%20w"),
            "once, though it is a parameter"
        );
        let cookie = good(&seen, "/cookie");
        assert_eq!(
            (cookie.header("cookie"), cookie.header("x-key")),
            (Some("sid=us%3Ap%20w"), Some("us:p w"))
        );
        let open = seen.iter().find(|request| request.path == "/v1/open").unwrap();
        assert_eq!(open.header("authorization"), None);
        let missing = |path: &str| {
            seen.iter().any(|one| one.path.ends_with(path) && one.header("authorization").is_none())
        };
        assert!(missing("/pair"), "it is asked without, too");
        let leaks =
            |command: &&String| ["us:p", "us%3Ap", "dXM6"].iter().any(|secret| command.contains(secret));
        assert_eq!(commands.iter().find(leaks), None);
        assert!(
            commands.iter().any(|command| command.ends_with(r#" -u "$STANDIN_CREDENTIALS""#)),
            "{commands:#?}"
        );

        let (seen, commands) = sent("t0ken", "").await;
        assert_eq!(good(&seen, "/bearer").header("authorization"), Some("Bearer t0ken"));
        assert_eq!(
            good(&seen, "/either").header("authorization"),
            Some("Bearer t0ken"),
            "no pair is for Bearer"
        );
        assert_eq!(good(&seen, "/optional").header("authorization"), Some("Bearer t0ken"));
        assert!(
            !seen.iter().any(|request| request.path == "/v1/pair"
                && request.header("authorization") == Some("Basic dDBrZW4="))
        );
        assert_eq!(commands.iter().find(|command| command.contains("t0ken")), None);
    });
}

#[test]
fn the_base_path_is_that_of_the_upstream_else_that_of_the_document() {
    run(async {
        for (base, expected) in [("", "/v1/"), ("/", "/v1/"), ("/next/v2/", "/next/v2/")] {
            let (seen, commands) = sent("a:b", base).await;
            assert!(
                seen.iter().all(|request| request.path.starts_with(expected)),
                "{base}: {:?}",
                seen[0].path
            );
            assert!(commands.iter().all(|command| command.contains(expected)), "{base}: {:?}", commands[0]);
        }
    });
}
