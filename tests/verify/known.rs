//! What earlier replies tell: ids that agree with one another, and where links lead.

use http::Method;
use serde_json::{Value, json};
use standin::message::{Reply, Request};
use standin::verify::{self, Asked, Origin};

use super::{Server, at_once, cases, everything, judge, run, told, verified};
use crate::support::{self, inline};

const TREE: &str = r#"openapi: 3.0.3
info: { title: Tree, version: "1" }
paths:
  /orgs:
    get: { operationId: listOrgs, responses: { "200": { description: all, content: { application/json: {} } } } }
  /orgs/{org_id}/projects:
    parameters: [{ name: org_id, in: path, required: true, schema: { type: integer } }]
    get: { operationId: listProjects, responses: { "200": { description: all, content: { application/json: {} } }, "404": { description: none } } }
  /orgs/{org_id}/projects/{projectId}:
    parameters:
      - { name: org_id, in: path, required: true, schema: { type: integer } }
      - { name: projectId, in: path, required: true, schema: { type: string } }
    get: { operationId: getProject, responses: { "200": { description: one, content: { application/json: {} } }, "404": { description: none } } }
    delete: { operationId: dropProject, responses: { "204": { description: gone }, "404": { description: none } } }
  /tickets:
    get:
      operationId: listTickets
      responses:
        "200":
          description: all
          content: { application/json: {} }
          links: { job: { operationId: getJob, parameters: { key: $response.body#/first/handle } } }
  /jobs/{key}:
    parameters: [{ name: key, in: path, required: true, schema: { type: string } }]
    get: { operationId: getJob, responses: { "200": { description: one, content: { application/json: {} } }, "404": { description: none } } }
"#;

/// Two organizations with a project each, and a job that only a link leads to.
fn tree(request: &Request) -> Reply {
    let json = |value: Value| Reply::new(200).with_body("application/json", value.to_string());
    if request.method == Method::DELETE {
        return Reply::new(404);
    }
    match request.path.as_str() {
        "/orgs" => json(json!({ "data": [{ "id": 1 }, { "id": 2 }], "id": "page" })),
        "/orgs/1/projects" => json(json!([{ "id": "one", "name": "a" }])),
        "/orgs/2/projects" => json(json!([{ "id": "two", "name": "b" }])),
        "/orgs/1/projects/one" | "/orgs/2/projects/two" | "/jobs/t%2F1" => json(json!({})),
        "/tickets" => json(json!({ "first": { "handle": "t/1" } })),
        _ => Reply::new(404),
    }
}

#[test]
fn ids_of_one_path_agree_and_links_are_followed() {
    run(async {
        let contract = support::contract("tree", &inline("tree", TREE));
        let server = Server::start(|request| tree(&request)).await;
        let (engine, asked) = (judge(&contract), everything());
        let mut plan = cases(&engine, &asked);
        // An id that the case is about stays what it is.
        plan.cases
            .retain(|case| case.draft.arguments.iter().all(|argument| argument.origin != Origin::Meant));
        let outcome = verified(&engine, &asked, plan, server.address, at_once()).await;
        let targets = server.targets();
        for expected in [
            "GET /orgs/1/projects",
            "GET /orgs/2/projects",
            "GET /orgs/1/projects/one",
            "GET /orgs/2/projects/two",
            "GET /jobs/t%2F1",
        ] {
            assert!(targets.iter().any(|target| target == expected), "{expected}: {targets:#?}");
        }
        let asks_in_vain = |target: &&String| {
            target.starts_with("GET ") && tree(&Request::new(Method::GET, &target[4..])).status == 404
        };
        let in_vain: Vec<&String> = targets.iter().filter(asks_in_vain).collect();
        assert!(in_vain.is_empty(), "{in_vain:#?} of {targets:#?}");
        assert_eq!(told(&outcome), [""; 0], "{outcome}");
        // What a server does not know how to delete is no finding: it may be gone.
        assert!(targets.iter().any(|target| target.starts_with("DELETE /orgs/")), "{targets:#?}");
    });
}

#[test]
fn what_the_user_gives_beats_what_replies_tell() {
    run(async {
        let contract = support::contract("tree", &inline("tree", TREE));
        let server = Server::start(|request| tree(&request)).await;
        let given = |name: &str, text: &str| verify::GivenParameter {
            operation: None,
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let (engine, asked) =
            (judge(&contract), Asked { parameters: vec![given("org_id", "2")], ..everything() });
        let mut plan = cases(&engine, &asked);
        plan.cases.retain(|case| case.name.starts_with("valid/") && !case.name.contains("/edge/"));
        verified(&engine, &asked, plan, server.address, at_once()).await;
        let targets = server.targets();
        assert!(targets.iter().any(|target| target == "GET /orgs/2/projects/two"), "{targets:#?}");
        assert!(!targets.iter().any(|target| target.contains("/orgs/1")), "{targets:#?}");
    });
}
