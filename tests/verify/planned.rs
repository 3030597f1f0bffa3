//! Which cases are made of a document: the same for the same seed, and one for each constraint.

use std::collections::BTreeSet;
use std::sync::Arc;

use standin::contract::Contract;
use standin::seed::Seed;
use standin::verify::{Asked, Case, Credential, GivenParameter, LeftOut, Nature, Plan};

use super::{cases, everything, judge};
use crate::support::{self, BUNDLED, bundled, inline};

/// One operation for each way to say something in a request.
const ORDERS: &str = r#"openapi: 3.1.0
info: { title: Orders, version: "1" }
security: [{ token: [] }]
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - { name: limit, in: query, required: true, schema: { type: integer, minimum: 1, maximum: 100, multipleOf: 5 } }
        - { name: tags, in: query, explode: false, schema: { type: array, minItems: 1, maxItems: 3, items: { enum: [a, b, c, d] } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, required: [from], properties: { from: { type: string, format: date } } } }
        - { name: X-Trace, in: header, schema: { type: string, pattern: "^[a-f]{4}$" } }
        - { name: mode, in: cookie, schema: { type: string, enum: [fast, slow] } }
      responses: { "200": { description: ok } }
    post:
      operationId: makeOrder
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              additionalProperties: false
              properties:
                name: { type: string, minLength: 2, maxLength: 9 }
                count: { type: integer, exclusiveMinimum: 0 }
                kind: { oneOf: [{ type: string, maxLength: 3 }, { type: integer, maximum: 5 }] }
            example: { name: abc, kind: a }
      responses: { "201": { description: made } }
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
    get:
      operationId: getOrder
      security: []
      responses: { "200": { description: ok } }
    delete:
      operationId: dropOrder
      responses: { "204": { description: gone } }
    put:
      operationId: fillForm
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: { type: object, required: [a], properties: { a: { type: integer, maximum: 3 } } }
      responses: { "204": { description: done } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
"#;

fn orders() -> Arc<Contract> {
    support::contract("orders", &inline("orders", ORDERS))
}

/// The cases of an operation, by name.
fn names<'p>(contract: &Contract, plan: &'p Plan, operation: &str) -> Vec<&'p str> {
    let is_its = |case: &&Case| contract.operations[case.operation].id == operation;
    plan.cases.iter().filter(is_its).map(|case| case.name.as_str()).collect()
}

#[test]
fn the_same_seed_makes_the_same_cases() {
    for name in BUNDLED {
        let contract = support::contract(name, &bundled(name));
        let plan = |asked: &Asked| cases(&judge(&contract), asked);
        let first = plan(&everything());
        assert_eq!(first.cases, plan(&everything()).cases, "{name}");
        assert_eq!(first.left_out, plan(&everything()).left_out, "{name}");
    }
    let plan = |seed| cases(&judge(&orders()), &Asked { seed: Seed(seed), ..everything() });
    assert_ne!(plan(1).cases, plan(2).cases);
}

#[test]
fn each_constraint_is_broken_once() {
    let contract = orders();
    let plan = cases(&judge(&contract), &everything());
    let expected: [(&str, &[&str]); 4] = [
        (
            "listOrders",
            &[
                "invalid/cookie.mode/enum",
                "invalid/credentials/missing",
                "invalid/credentials/wrong",
                "invalid/header.X-Trace/pattern",
                "invalid/query.filter#/from/format",
                "invalid/query.filter#/from/required",
                "invalid/query.limit/maximum",
                "invalid/query.limit/minimum",
                "invalid/query.limit/missing",
                "invalid/query.limit/multiple-of",
                "invalid/query.limit/null",
                "invalid/query.limit/type",
                "invalid/query.tags#/0/enum",
                "invalid/query.tags/max-items",
                "invalid/query.tags/min-items",
            ],
        ),
        (
            "makeOrder",
            &[
                "invalid/body#/count/exclusive-minimum",
                "invalid/body#/count/null",
                "invalid/body#/count/type",
                "invalid/body#/kind/max-length",
                "invalid/body#/kind/maximum",
                "invalid/body#/kind/no-branch",
                "invalid/body#/name/max-length",
                "invalid/body#/name/min-length",
                "invalid/body#/name/null",
                "invalid/body#/name/required",
                "invalid/body#/name/type",
                "invalid/body#/undeclared/additional-properties",
                "invalid/body/media-type",
                "invalid/body/missing",
                "invalid/body/null",
                "invalid/body/type",
                "invalid/body/unreadable",
            ],
        ),
        ("getOrder", &["invalid/path.id/format", "invalid/path.id/type"]),
        ("fillForm", &["invalid/body#/a/maximum", "invalid/body#/a/null", "invalid/body/media-type"]),
    ];
    for (operation, expected) in expected {
        let found: BTreeSet<&str> = names(&contract, &plan, operation).into_iter().collect();
        let missing: Vec<&&str> = expected.iter().filter(|name| !found.contains(**name)).collect();
        assert!(missing.is_empty(), "{operation}: {missing:?} of {found:#?}");
    }
    let get = names(&contract, &plan, "getOrder");
    assert!(!get.iter().any(|name| name.contains("credentials")), "nothing to break: {get:?}");
    for case in &plan.cases {
        assert_eq!(case.name.starts_with("valid/"), matches!(case.nature, Nature::Valid(_)), "{}", case.name);
    }
}

#[test]
fn what_lists_is_asked_first_and_what_deletes_last() {
    let contract = orders();
    let plan = cases(&judge(&contract), &everything());
    let mut order: Vec<&str> =
        plan.cases.iter().map(|case| contract.operations[case.operation].id.as_str()).collect();
    order.dedup();
    assert_eq!(order, ["listOrders", "makeOrder", "getOrder", "fillForm", "dropOrder"]);
}

#[test]
fn what_is_not_sent_is_counted_by_its_reason() {
    let contract = orders();
    let engine = judge(&contract);
    let all = cases(&engine, &everything()).cases.len();
    let safe = cases(&engine, &Asked { allows_unsafe: false, ..everything() });
    let is_safe =
        |case: &Case| ["listOrders", "getOrder"].contains(&contract.operations[case.operation].id.as_str());
    assert!(safe.cases.iter().all(is_safe));
    assert_eq!(safe.left_out[&LeftOut::UnsafeMethod], 3, "operations are not even looked at");
    let few = cases(&engine, &Asked { most_cases: Some(7), ..everything() });
    assert_eq!((few.cases.len(), few.left_out[&LeftOut::MostCases] as usize), (7, all - 7));
    let operations: BTreeSet<usize> = few.cases.iter().map(|case| case.operation).collect();
    assert_eq!(operations.len(), contract.operations.len(), "the budget is for all operations");
    let anonymous = cases(&engine, &Asked { credential: None, ..everything() });
    let of_list = names(&contract, &anonymous, "listOrders");
    assert_eq!(of_list, ["invalid/credentials/missing", "invalid/credentials/wrong"]);
    assert!(anonymous.left_out[&LeftOut::Credentials] > 20);
    let shown = Asked { credential: Some(Credential::Value("s3cret".to_owned())), ..everything() };
    assert_eq!(cases(&engine, &shown).cases.len(), all);
}

#[test]
fn a_given_value_is_sent_wherever_its_parameter_is_declared() {
    let contract = orders();
    let engine = judge(&contract);
    let given = |operation: Option<&str>, name: &str, text: &str| GivenParameter {
        operation: operation.map(str::to_owned),
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let own = "3f2b9c1e-0000-4000-8000-000000000001";
    let other = "3f2b9c1e-0000-4000-8000-000000000002";
    let parameters = vec![
        given(None, "id", own),
        given(Some("orders/dropOrder"), "id", other),
        given(None, "mode", "slow"),
    ];
    let plan = cases(&engine, &Asked { parameters, ..everything() });
    let sent = |operation: &str, parameter: &str| -> BTreeSet<String> {
        let cases = plan.cases.iter().filter(|case| {
            contract.operations[case.operation].id == operation && matches!(case.nature, Nature::Valid(_))
        });
        let arguments = cases.flat_map(|case| case.draft.arguments.iter().map(move |one| (case, one)));
        let named = arguments.filter(|(case, one)| {
            contract.operations[case.operation].parameters[one.parameter].name == parameter
        });
        named.map(|(_, one)| one.value.as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(sent("getOrder", "id"), BTreeSet::from([own.to_owned()]));
    assert_eq!(sent("dropOrder", "id"), BTreeSet::from([other.to_owned()]));
    assert_eq!(sent("listOrders", "mode"), BTreeSet::from(["slow".to_owned()]), "though it is optional");
}
