//! Examples that are not valid by the schema that they stand beside.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schemas::used;
use super::{Finding, Rule};
use crate::contract::{Contract, Example};
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::schema::{Direction, mismatches};
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "example-invalid",
    severity: Severity::Warning,
    means: "An example is not valid by the schema that it is an example of.",
    matters: "Readers copy it, and it can't be served: a generated reply takes its place.",
    example: "`example: { id: abc }` where `id` is an integer",
    fix: "Correct the example, or the schema.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for operation in &contract.operations {
        for content in operation.body.iter().flat_map(|body| &body.content) {
            let given = (&content.examples[..], &content.schema);
            of_examples(contract, given, Direction::Request, &mut seen, &mut findings);
        }
        for content in operation.responses.iter().flat_map(|response| &response.content) {
            let given = (&content.examples[..], &content.schema);
            of_examples(contract, given, Direction::Response, &mut seen, &mut findings);
        }
        for parameter in &operation.parameters {
            let given = (&parameter.examples[..], &parameter.schema);
            of_examples(contract, given, Direction::Request, &mut seen, &mut findings);
        }
        for header in operation.responses.iter().flat_map(|response| &response.headers) {
            let given = (&header.examples[..], &header.schema);
            of_examples(contract, given, Direction::Response, &mut seen, &mut findings);
        }
    }
    for direction in [Direction::Response, Direction::Request] {
        for (pointer, schema) in used(contract, direction) {
            let single = schema.get("example").map(|value| (pointer.join("example"), value));
            let list = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
            let listed = list.enumerate().map(|(at, value)| (pointer.join("examples").index(at), value));
            for (place, value) in single.into_iter().chain(listed) {
                if seen.insert(place.clone()) {
                    findings.extend(judged(contract, direction, (&pointer, &place), value));
                }
            }
        }
    }
    findings
}

/// What is wrong with the examples beside a schema; those of which only the bytes are known are not judged.
fn of_examples(
    contract: &Contract,
    (examples, schema): (&[Example], &Option<Pointer>),
    direction: Direction,
    seen: &mut BTreeSet<Pointer>,
    findings: &mut Vec<Finding>,
) {
    let Some(schema) = schema else { return };
    for example in examples {
        if let Some(value) = &example.value
            && seen.insert(example.pointer.clone())
        {
            findings.extend(judged(contract, direction, (schema, &example.pointer), value));
        }
    }
}

/// What is wrong with a value that stands at a place beside a schema.
fn judged(
    contract: &Contract,
    direction: Direction,
    (schema, place): (&Pointer, &Pointer),
    value: &Value,
) -> Option<Finding> {
    let (pointer, message) = first_mismatch(contract, direction, schema, value)?;
    Some(Finding {
        pointer: place.concat(&pointer),
        message: format!("this example is not valid by its schema: {message}"),
        help: "correct the example, or the schema; until then it is not served".to_owned(),
    })
}

/// The first keyword that a value fails: its place in the value, and what is wrong; `None` if it is valid.
pub(super) fn first_mismatch(
    contract: &Contract,
    direction: Direction,
    schema: &Pointer,
    value: &Value,
) -> Option<(Pointer, String)> {
    // A schema that can't be compiled has been reported where it was read.
    let validator = contract.schemas.validator(schema, direction).ok()?;
    if validator.is_valid(value) {
        return None;
    }
    let mismatch = mismatches(&validator, value).into_iter().next()?;
    let place = if mismatch.instance.is_root() {
        String::new()
    } else {
        format!("at `{}`: ", mismatch.instance.as_str())
    };
    Some((mismatch.instance.clone(), format!("{place}{}", text::shortened(&mismatch.message, 160))))
}
