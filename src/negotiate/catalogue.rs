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
            let plain = name.clone();
            let mut number = 1;
            while failures.iter().any(|known| known.qualified == qualified) {
                number += 1;
                name = format!("{plain}-{number}");
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
    let root = contract.schemas.root(Direction::Response);
    if response.branches.len() > 1 {
        return of_branches(root, response);
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
    let by_value = || schema.and_then(|schema| single_values(root, schema).into_iter().next());
    let name = response.pointer.find(root).and_then(said).or_else(by_value);
    vec![(name, response.description.clone(), None, None)]
}

/// The alternatives, each by the first of its names that no other one has.
fn of_branches(root: &Value, response: &Response) -> Vec<Part> {
    let names: Vec<Vec<String>> = response.branches.iter().map(|branch| names(root, branch)).collect();
    let is_its_own = |name: &str, own: usize| {
        let others = names.iter().enumerate().filter(|(index, _)| *index != own);
        others.flat_map(|(_, names)| names).all(|other| other != name)
    };
    let part = |(index, branch): (usize, &Branch)| {
        let own = names[index].iter().find(|name| is_its_own(name, index)).or(names[index].first());
        let name = own.cloned().unwrap_or_else(|| format!("branch-{}", branch.index));
        let told = branch.pointer.find(root).and_then(|schema| schema.get("description")?.as_str());
        let description = told.unwrap_or(&response.description).to_owned();
        (Some(name), description, Some(branch.index), None)
    };
    response.branches.iter().enumerate().map(part).collect()
}

/// What an alternative can be called, the best name first: what the document calls it by an extension, the values that
/// only it has, the value of the discriminator, its title, its component.
fn names(root: &Value, branch: &Branch) -> Vec<String> {
    let schema = branch.pointer.find(root).unwrap_or(&Value::Null);
    let component = branch
        .pointer
        .parent()
        .and_then(|parent| parent.last())
        .filter(|parent| parent == "schemas" || parent == "definitions")
        .and(branch.pointer.last());
    let whole = branch.whole.find(root);
    let has_discriminator = whole.is_some_and(|whole| whole.get("discriminator").is_some());
    let mut names: Vec<String> = said(schema).into_iter().collect();
    names.extend(single_values(root, &branch.pointer));
    names.extend(by_mapping(root, branch));
    // Without a mapping, the discriminator's value is the component's name (OpenAPI 3.1 4.8.25).
    names.extend(component.clone().filter(|_| has_discriminator));
    names.extend(schema.get("title").and_then(Value::as_str).map(str::to_owned));
    names.extend(component);
    names
}

/// Extensions by which documents name a failure, on a schema or a response.
const EXTENSIONS: [&str; 5] = ["x-standin-error", "x-error-code", "x-error-name", "x-error", "x-code"];

/// The name that a schema or response says itself to have.
fn said(declared: &Value) -> Option<String> {
    let named = EXTENSIONS.iter().find_map(|extension| declared.get(*extension)?.as_str());
    named.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

fn by_mapping(root: &Value, branch: &Branch) -> Option<String> {
    let mapping = branch.whole.find(root)?.pointer("/discriminator/mapping")?.as_object()?;
    let target = branch.pointer.to_fragment();
    mapping.iter().find(|(_, found)| found.as_str() == Some(target.as_str())).map(|(name, _)| name.clone())
}

/// The values that are the only ones of a property, such as Katapult's `code`: those of the schema's own properties, then
/// those one level deeper, as in `error.code`.
fn single_values(root: &Value, schema: &Pointer) -> Vec<String> {
    let own = properties(root, schema, 0);
    let inside = own.iter().flat_map(|property| properties(root, property, 0));
    own.iter().cloned().chain(inside).filter_map(|property| single_value(root, &property)).collect()
}

/// The properties of a schema, with those of its `allOf`.
fn properties(root: &Value, schema: &Pointer, depth: usize) -> Vec<Pointer> {
    const DEEPEST: usize = 4;
    let Some((pointer, schema)) = resolve(root, schema).filter(|_| depth < DEEPEST) else {
        return Vec::new();
    };
    let declared = schema.get("properties").and_then(Value::as_object);
    let names = declared.into_iter().flat_map(|declared| declared.keys());
    let mut found: Vec<Pointer> = names.map(|name| pointer.join("properties").join(name)).collect();
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    let parts = (0..parts).map(|index| pointer.join("allOf").index(index));
    found.extend(parts.flat_map(|part| properties(root, &part, depth + 1)));
    found
}

fn single_value(root: &Value, property: &Pointer) -> Option<String> {
    let (_, property) = resolve(root, property)?;
    let listed = property.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    let only = property.get("const").or(match listed {
        Some([value]) => Some(value),
        Some(_) | None => None,
    })?;
    match only {
        Value::String(text) => Some(text.clone()),
        // The code of an error, but not the status that stands beside it.
        Value::Number(number) if !number.as_u64().is_some_and(|code| (100..600).contains(&code)) => {
            Some(number.to_string())
        }
        Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, LoadOptions, Source};

    /// The qualified names of the failures that a response of 400 with this content declares.
    fn names(response: &str) -> Vec<String> {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: t, version: '1' }}\npaths:\n  /a:\n    get:\n      operationId: a\n      \
             responses: {{ '400': {response} }}\ncomponents: {{ schemas: {{ Lost: {{ type: object, title: It is lost }}, \
             Gone: {{ type: object, title: It is gone }} }} }}\n"
        );
        let loaded = Document::load(&Source::Text { name: "t.yaml".into(), text }, LoadOptions::default());
        let (contract, _) = Contract::build("t", loaded.value.unwrap());
        catalogue(&contract).into_iter().map(|failure| failure.qualified).collect()
    }

    fn of_schema(schema: &str) -> Vec<String> {
        names(&format!("{{ description: bad, content: {{ application/json: {{ schema: {schema} }} }} }}"))
    }

    #[test]
    fn every_source_gives_its_names() {
        let table: [(&str, &[&str]); 11] = [
            ("{ type: object }", &["400/400"]),
            ("{ properties: { code: { enum: [gone] } } }", &["400/gone"]),
            ("{ properties: { error: { properties: { code: { const: gone } } } } }", &["400/gone"]),
            ("{ allOf: [{ type: object }, { properties: { code: { const: 4711 } } }] }", &["400/4711"]),
            ("{ properties: { status: { const: 400 } } }", &["400/400"]),
            (
                "{ oneOf: [{ properties: { type: { const: e }, code: { const: a } } }, { properties: { type: { const: e }, code: { const: b } } }] }",
                &["400/a", "400/b"],
            ),
            ("{ oneOf: [{ title: A b }, { x-error-code: c, title: d }] }", &["400/A b", "400/c"]),
            (
                "{ oneOf: [{ $ref: '#/components/schemas/Lost' }, { $ref: '#/components/schemas/Gone' }] }",
                &["400/It is lost", "400/It is gone"],
            ),
            (
                "{ discriminator: { propertyName: kind }, oneOf: [{ $ref: '#/components/schemas/Lost' }, { $ref: '#/components/schemas/Gone' }] }",
                &["400/Lost", "400/Gone"],
            ),
            (
                "{ discriminator: { propertyName: kind, mapping: { lost: '#/components/schemas/Lost' } }, oneOf: [{ $ref: '#/components/schemas/Lost' }, { $ref: '#/components/schemas/Gone' }] }",
                &["400/lost", "400/Gone"],
            ),
            (
                "{ oneOf: [{ title: a }, { title: a }, { title: a-2 }, {}] }",
                &["400/a", "400/a-2", "400/a-2-2", "400/branch-3"],
            ),
        ];
        for (schema, expected) in table {
            assert_eq!(of_schema(schema), expected, "{schema}");
        }
    }

    #[test]
    fn examples_and_the_response_itself_have_names() {
        let examples = "{ description: bad, content: { application/json: { examples: { one: { value: 1 }, two: { value: 2 } } } } }";
        assert_eq!(names(examples), ["400/one", "400/two"]);
        assert_eq!(names("{ description: bad, x-standin-error: too_bad }"), ["400/too_bad"]);
        assert_eq!(names("{ description: bad }"), ["400/400"]);
    }
}
