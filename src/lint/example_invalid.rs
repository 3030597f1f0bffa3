//! Examples that are not valid by the schema that they stand beside.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::judge::Judge;
use super::schemas::used;
use super::{Finding, Rule};
use crate::codec::judge_example;
use crate::contract::{Content, Contract, Example};
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
        for parameter in &operation.parameters {
            of_examples(&mut request, (&parameter.examples, &parameter.schema), &mut seen, &mut findings);
        }
        for header in operation.responses.iter().flat_map(|response| &response.headers) {
            of_examples(&mut response, (&header.examples, &header.schema), &mut seen, &mut findings);
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

/// What is wrong with the examples of content: with their values, and with what is written already.
fn of_content(
    judge: &mut Judge<'_>,
    content: &Content,
    seen: &mut BTreeSet<Pointer>,
    findings: &mut Vec<Finding>,
) {
    let schemas = Arc::clone(&judge.contract.schemas);
    for example in &content.examples {
        if seen.contains(&example.pointer) {
            continue;
        }
        let Some(bytes) = example.written(&schemas) else { continue };
        let direction = judge.direction;
        let mismatch = |schema: &Pointer, value: &Value| judge.first_mismatch(schema, value);
        let message = match judge_example(&schemas, content, direction, &bytes, mismatch) {
            Ok(None) => continue,
            Ok(Some((_, message))) => format!("this example is not valid by its schema: {message}"),
            Err(unreadable) => format!("this example {unreadable}"),
        };
        seen.insert(example.pointer.clone());
        findings.push(finding(example.pointer.clone(), message));
    }
    of_examples(judge, (&content.examples, &content.schema), seen, findings);
}

/// What is wrong with the values of examples beside a schema.
fn of_examples(
    judge: &mut Judge<'_>,
    (examples, schema): (&[Example], &Option<Pointer>),
    seen: &mut BTreeSet<Pointer>,
    findings: &mut Vec<Finding>,
) {
    let Some(schema) = schema else { return };
    for example in examples {
        if let Some(value) = example.value(&judge.contract.schemas)
            && seen.insert(example.pointer.clone())
        {
            findings.extend(judged(judge, (schema, &example.pointer), value));
        }
    }
}

/// What is wrong with a value that stands at a place beside a schema.
fn judged(judge: &mut Judge<'_>, (schema, place): (&Pointer, &Pointer), value: &Value) -> Option<Finding> {
    let (pointer, message) = judge.first_mismatch(schema, value)?;
    Some(finding(place.concat(&pointer), format!("this example is not valid by its schema: {message}")))
}

fn finding(pointer: Pointer, message: String) -> Finding {
    let help = "correct the example, or the schema; until then it is not served".to_owned();
    Finding { pointer, message, help }
}
