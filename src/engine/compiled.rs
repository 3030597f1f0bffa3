//! One operation, ready to be checked and answered: everything that can be decided before a request, on first use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::check::Checker;
use crate::contract::{Content, Contract, Example, Header, Operation, Response};
use crate::generate::{Plan, Unsatisfiable};
use crate::pointer::Pointer;
use crate::schema::Direction;
use crate::seed::Seed;

pub(super) struct Compiled {
    pub(super) id: Arc<str>,
    /// `NAME/operationId`, fit for a header.
    pub(super) label: HeaderValue,
    /// What the operation adds to every seed.
    pub(super) salt: Seed,
    pub(super) checker: Checker,
    responses: Vec<Vec<CompiledContent>>,
    headers: Vec<Vec<CompiledHeader>>,
}

/// What is declared for one media type of one response.
pub(super) struct CompiledContent {
    plan: OnceLock<Planned>,
    /// By branch.
    branches: Mutex<BTreeMap<usize, Planned>>,
    /// The examples that count, each with whether it is valid: the media type's own, else the schema's.
    examples: OnceLock<Vec<CheckedExample>>,
}

/// A response header field that can be sent.
pub(super) struct CompiledHeader {
    pub(super) name: HeaderName,
    plan: OnceLock<Planned>,
}

/// A plan, or why there is none.
pub(super) type Planned = Result<Arc<Plan>, Unsatisfiable>;

/// An example of the document.
#[derive(Debug, Clone)]
pub(super) struct CheckedExample {
    pub(super) name: Option<String>,
    pub(super) value: Arc<Value>,
    /// The value as JSON.
    pub(super) json: Bytes,
    pub(super) is_valid: bool,
}

impl Compiled {
    pub(super) fn new(contract: &Contract, index: usize) -> Self {
        let operation = &contract.operations[index];
        let label = format!("{}/{}", contract.name, operation.id);
        let visible: String =
            label.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
        let contents =
            |response: &Response| response.content.iter().map(|_| CompiledContent::new()).collect();
        let headers = |response: &Response| response.headers.iter().filter_map(CompiledHeader::new).collect();
        Self {
            id: operation.id.as_str().into(),
            label: HeaderValue::from_str(&visible).unwrap_or(HeaderValue::from_static("?")),
            salt: Seed(0).mix(operation.method.as_str().as_bytes()).mix(operation.template.as_bytes()),
            checker: Checker::compile(contract, operation),
            responses: operation.responses.iter().map(contents).collect(),
            headers: operation.responses.iter().map(headers).collect(),
        }
    }

    pub(super) fn content(&self, response: usize, content: usize) -> &CompiledContent {
        &self.responses[response][content]
    }

    /// The header fields of a response, each with its declaration.
    pub(super) fn headers<'a>(
        &'a self,
        operation: &'a Operation,
        response: usize,
    ) -> impl Iterator<Item = (&'a CompiledHeader, &'a Header)> {
        let declared = &operation.responses[response].headers;
        self.headers[response].iter().filter_map(move |compiled| {
            let header =
                declared.iter().find(|header| header.name.eq_ignore_ascii_case(compiled.name.as_str()))?;
            Some((compiled, header))
        })
    }
}

impl CompiledHeader {
    fn new(header: &Header) -> Option<Self> {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        // What frames a message is the server's to say, whatever the document declares.
        let frames = [
            "content-length",
            "transfer-encoding",
            "connection",
            "date",
            "content-encoding",
            "trailer",
            "upgrade",
        ];
        (!frames.contains(&name.as_str())).then(|| Self { name, plan: OnceLock::new() })
    }

    pub(super) fn plan(&self, contract: &Contract, schema: &Pointer) -> &Planned {
        self.plan.get_or_init(|| plan(contract, schema))
    }
}

impl CompiledContent {
    fn new() -> Self {
        Self { plan: OnceLock::new(), branches: Mutex::new(BTreeMap::new()), examples: OnceLock::new() }
    }

    /// The plan of the whole schema, or of one alternative of it.
    pub(super) fn plan(
        &self,
        contract: &Contract,
        schema: &Pointer,
        whole_and_branch: Option<(&Pointer, usize)>,
    ) -> Planned {
        let Some((whole, branch)) = whole_and_branch else {
            return self.plan.get_or_init(|| plan(contract, schema)).clone();
        };
        let mut branches = self.branches.lock().unwrap_or_else(PoisonError::into_inner);
        let planned = branches.entry(branch).or_insert_with(|| {
            Plan::compile_branch(&contract.schemas, whole, branch, Direction::Response).map(Arc::new)
        });
        planned.clone()
    }

    /// The examples, checked on first use.
    pub(super) fn examples(&self, contract: &Contract, content: &Content) -> &[CheckedExample] {
        self.examples.get_or_init(|| {
            let own = content
                .examples
                .iter()
                .map(|example: &Example| (example.name.clone(), example.value.clone()));
            let mut found: Vec<(Option<String>, Value)> = own.collect();
            if found.is_empty() {
                found.extend(schema_example(contract, content).map(|value| (None, value)));
            }
            found.into_iter().map(|(name, value)| checked(contract, content, name, value)).collect()
        })
    }
}

fn plan(contract: &Contract, schema: &Pointer) -> Planned {
    Plan::compile(&contract.schemas, schema, Direction::Response).map(Arc::new)
}

/// The example that the schema itself gives (`example`, or the first of 3.1's `examples`).
fn schema_example(contract: &Contract, content: &Content) -> Option<Value> {
    let (_, schema) = contract.schemas.resolve(content.schema.as_ref()?, Direction::Response)?;
    let listed = || schema.get("examples").and_then(Value::as_array).and_then(|list| list.first());
    schema.get("example").or_else(listed).cloned()
}

fn checked(contract: &Contract, content: &Content, name: Option<String>, value: Value) -> CheckedExample {
    let is_valid = fits(contract, content, &value);
    let json = Bytes::from(serde_json::to_vec(&value).unwrap_or_default());
    CheckedExample { name, value: Arc::new(value), json, is_valid }
}

/// Whether a value satisfies the content's schema as it stands in a reply.
pub(super) fn fits(contract: &Contract, content: &Content, value: &Value) -> bool {
    content.schema.as_ref().is_none_or(|schema| {
        contract
            .schemas
            .validator(schema, Direction::Response)
            .is_ok_and(|validator| validator.is_valid(value))
    })
}
