//! Examples that are not valid by the schema that they stand beside.

use std::collections::BTreeSet;

use serde_json::Value;

use super::judge::Judge;
use super::schemas::used;
use super::{Finding, Rule};
use crate::contract::{Content, Contract};
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::schema::Direction;

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
    let [mut request, mut response] =
        [Direction::Request, Direction::Response].map(|direction| Judge::new(contract, direction));
    for operation in &contract.operations {
        for content in operation.body.iter().flat_map(|body| &body.content) {
            of_content(&mut request, content, &mut seen, &mut findings);
        }
        for content in operation.responses.iter().flat_map(|response| &response.content) {
            of_content(&mut response, content, &mut seen, &mut findings);
        }
        for header in operation.responses.iter().flat_map(|response| &response.headers) {
            for example in header.examples.iter().filter(|example| seen.insert(example.pointer.clone())) {
                let Some(schema) = &header.schema else { continue };
                let place = (schema, &example.pointer);
                findings.extend(judged(&mut response, place, contract.example(example)));
            }
        }
    }
    for (direction, judge) in [(Direction::Response, &mut response), (Direction::Request, &mut request)] {
        for (pointer, schema) in used(contract, direction) {
            let single = schema.get("example").map(|value| (pointer.join("example"), value));
            let list = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
            let listed = list.enumerate().map(|(at, value)| (pointer.join("examples").index(at), value));
            for (place, value) in single.into_iter().chain(listed) {
                if seen.insert(place.clone()) {
                    findings.extend(judged(judge, (&pointer, &place), value));
                }
            }
        }
    }
    findings
}

fn of_content(
    judge: &mut Judge<'_>,
    content: &Content,
    seen: &mut BTreeSet<Pointer>,
    findings: &mut Vec<Finding>,
) {
    let Some(schema) = &content.schema else { return };
    for example in &content.examples {
        // An example of a form or of XML may be the text as it is sent, which is not judged here.
        let value = judge.contract.example(example);
        let is_text = value.is_string() && content.media_type.kind() != crate::media_type::Kind::Json;
        if !is_text && seen.insert(example.pointer.clone()) {
            findings.extend(judged(judge, (schema, &example.pointer), value));
        }
    }
}

/// What is wrong with a value that stands at a place beside a schema.
fn judged(judge: &mut Judge<'_>, (schema, place): (&Pointer, &Pointer), value: &Value) -> Option<Finding> {
    let (pointer, message) = judge.first_mismatch(schema, value)?;
    Some(Finding {
        pointer: place.concat(&pointer),
        message: format!("this example is not valid by its schema: {message}"),
        help: "correct the example, or the schema; until then it is not served".to_owned(),
    })
}
