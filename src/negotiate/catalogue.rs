//! Every declared failure by name.

use serde_json::Value;

use crate::contract::{Branch, Contract, Operation, Response, StatusKey};
use crate::pointer::Pointer;
use crate::schema::{Direction, resolve};

/// A declared failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The operation's id.
    pub operation: String,
    /// The key of its response: `403`, `4XX`, `default`.
    pub status: String,
    /// Its name within the status: what tells it apart there, else the status.
    pub name: String,
    /// `status/name`, unique within the operation.
    pub qualified: String,
    /// What the document says of it.
    pub description: String,
    /// What to answer with.
    pub answer: Answer,
}

/// How a failure is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The response's place in the operation.
    pub response: usize,
    /// The status to send.
    pub status: u16,
    /// The alternative of its schema.
    pub branch: Option<usize>,
    /// The named example.
    pub example: Option<String>,
}

/// The failures of all operations of a contract, in the document's order.
pub fn catalogue(contract: &Contract) -> Vec<Failure> {
    contract.operations.iter().flat_map(|operation| failures(contract, operation)).collect()
}

/// The failures of one operation.
pub fn failures(contract: &Contract, operation: &Operation) -> Vec<Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    for (index, response) in operation.responses.iter().enumerate() {
        let status = match response.key {
            StatusKey::Exact(status) if status >= 400 => status,
            StatusKey::Range(hundred @ 4..=5) => u16::from(hundred) * 100,
            StatusKey::Default => 500,
            StatusKey::Exact(_) | StatusKey::Range(_) => continue,
        };
        for (name, description, branch, example) in parts(contract, response) {
            let key = response.key.to_string();
            let mut name = name.unwrap_or_else(|| key.clone());
            let mut qualified = format!("{key}/{name}");
            if failures.iter().any(|known| known.qualified == qualified) {
                name = format!("{name}-{}", failures.len());
                qualified = format!("{key}/{name}");
            }
            failures.push(Failure {
                operation: operation.id.clone(),
                status: key,
                name,
                qualified,
                description,
                answer: Answer { response: index, status, branch, example },
            });
        }
    }
    failures
}

/// The failure of an operation that a name means: qualified, or plain where it is unique; `Err` holds the names there are.
pub fn find(contract: &Contract, operation: &Operation, name: &str) -> Result<Failure, Vec<String>> {
    let mut failures = failures(contract, operation);
    let matching: Vec<usize> = failures
        .iter()
        .enumerate()
        .filter(|(_, failure)| failure.qualified == name || failure.name == name)
        .map(|(index, _)| index)
        .collect();
    match matching[..] {
        [index] => Ok(failures.swap_remove(index)),
        [] => Err(failures.into_iter().map(|failure| failure.name).collect()),
        _ => Err(matching.into_iter().map(|index| failures[index].qualified.clone()).collect()),
    }
}

type Part = (Option<String>, String, Option<usize>, Option<String>);

/// The parts of a response that can be told apart: alternatives, else named examples, else the response itself.
fn parts(contract: &Contract, response: &Response) -> Vec<Part> {
    if response.branches.len() > 1 {
        return response.branches.iter().map(|branch| of_branch(contract, response, branch)).collect();
    }
    let examples = response.content.first().map(|content| &content.examples[..]).unwrap_or_default();
    let named: Vec<Part> = examples
        .iter()
        .filter_map(|example| {
            Some((Some(example.name.clone()?), response.description.clone(), None, example.name.clone()))
        })
        .collect();
    if named.len() > 1 {
        return named;
    }
    let schema = response.content.first().and_then(|content| content.schema.as_ref());
    let name = schema.and_then(|schema| single_value(contract, schema));
    vec![(name, response.description.clone(), None, None)]
}

fn of_branch(contract: &Contract, response: &Response, branch: &Branch) -> Part {
    let root = contract.schemas.root(Direction::Response);
    let schema = branch.pointer.find(root).unwrap_or(&Value::Null);
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str).map(str::to_owned);
    let by_reference = || {
        branch
            .pointer
            .parent()?
            .last()
            .filter(|parent| parent == "schemas" || parent == "definitions")
            .and(branch.pointer.last())
    };
    let name = single_value(contract, &branch.pointer)
        .or_else(|| by_mapping(root, branch))
        .or_else(|| text("title"))
        .or_else(by_reference)
        .unwrap_or_else(|| format!("branch-{}", branch.index));
    let description = text("description").unwrap_or_else(|| response.description.clone());
    (Some(name), description, Some(branch.index), None)
}

fn by_mapping(root: &Value, branch: &Branch) -> Option<String> {
    let mapping = branch.whole.find(root)?.pointer("/discriminator/mapping")?.as_object()?;
    let target = branch.pointer.to_fragment();
    mapping.iter().find(|(_, found)| found.as_str() == Some(target.as_str())).map(|(name, _)| name.clone())
}

/// The only value that a property of the schema can have, such as Katapult's `code`: the first such property.
fn single_value(contract: &Contract, schema: &Pointer) -> Option<String> {
    let root = contract.schemas.root(Direction::Response);
    let (pointer, schema) = resolve(root, schema)?;
    let properties = schema.get("properties")?.as_object()?;
    properties.keys().find_map(|name| {
        let (_, property) = resolve(root, &pointer.join("properties").join(name))?;
        let listed = property.get("enum").and_then(Value::as_array).map(Vec::as_slice);
        let only = property.get("const").or(match listed {
            Some([value]) => Some(value),
            Some(_) | None => None,
        })?;
        only.as_str().map(str::to_owned)
    })
}
