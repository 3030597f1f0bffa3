//! One operation, ready to be checked and answered: everything that can be decided before a request, on first use.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use http::{HeaderName, HeaderValue};

use super::example::{self, CheckedExample};
use crate::check::Checker;
use crate::contract::{Branch, Content, Contract, Header, Operation, Response};
use crate::drift::Layout;
use crate::generate::{self, Body, Notation, Plans, Unsatisfiable};
use crate::media_type::MediaType;
use crate::schema::Direction;
use crate::seed::Seed;

/// How many kinds of one content are kept: a client can make up media types within a declared range.
const MOST_BODIES: usize = 64;

pub(super) struct Compiled {
    pub(super) id: Arc<str>,
    /// `NAME/operationId`, fit for a header.
    pub(super) label: HeaderValue,
    /// What the operation adds to every seed.
    pub(super) salt: Seed,
    pub(super) checker: Checker,
    /// Which counter of what is exercised is which.
    pub(super) layout: Layout,
    responses: Vec<Vec<CompiledContent>>,
    headers: Vec<Vec<CompiledHeader>>,
}

/// What is declared for one media type of one response.
#[derive(Default)]
pub(super) struct CompiledContent {
    /// By what `Accept` made of the media type, and by branch.
    bodies: Mutex<BTreeMap<Wanted, Planned<Made>>>,
    /// The one that is asked for most: the media type as declared, any branch.
    usual: OnceLock<Planned<Made>>,
    /// The examples that count, each with whether it is valid: the media type's own, else the schema's.
    examples: OnceLock<Vec<CheckedExample>>,
    /// The declared media type, fit for a header.
    declared_type: OnceLock<HeaderValue>,
}

/// A media type as text, and the branch of the schema if one is meant.
type Wanted = (String, Option<usize>);

/// A body that can be written, and its `Content-Type`.
pub(super) struct Made {
    pub(super) body: Body,
    pub(super) content_type: HeaderValue,
    /// How many bytes to have ready: a little more than the longest so far.
    pub(super) usual_size: AtomicUsize,
}

/// A response header field that can be sent.
pub(super) struct CompiledHeader {
    pub(super) name: HeaderName,
    value: OnceLock<Planned<generate::HeaderValue>>,
}

/// What was compiled, or why it can't be.
type Planned<T> = Result<Arc<T>, Unsatisfiable>;

impl Compiled {
    pub(super) fn new(contract: &Contract, index: usize) -> Self {
        let operation = &contract.operations[index];
        let label = format!("{}/{}", contract.name, operation.id);
        let visible: String =
            label.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
        let contents =
            |response: &Response| response.content.iter().map(|_| CompiledContent::default()).collect();
        let headers = |response: &Response| response.headers.iter().filter_map(CompiledHeader::new).collect();
        Self {
            id: operation.id.as_str().into(),
            label: HeaderValue::from_str(&visible).unwrap_or(HeaderValue::from_static("?")),
            salt: Seed(0).mix(operation.method.as_str().as_bytes()).mix(operation.template.as_bytes()),
            checker: Checker::compile(operation),
            layout: Layout::new(operation),
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
        generate::HeaderValue::name_of(header).map(|name| Self { name, value: OnceLock::new() })
    }

    /// What writes its value, compiled on first use.
    pub(super) fn value(&self, plans: &Plans, declared: &Header) -> Planned<generate::HeaderValue> {
        let compile = || generate::HeaderValue::compile(plans, declared).map(Arc::new);
        self.value.get_or_init(compile).clone()
    }
}

impl CompiledContent {
    /// What writes the content as a media type, compiled on first use.
    pub(super) fn body(
        &self,
        plans: &Plans,
        content: &Content,
        media_type: &MediaType,
        branch: Option<&Branch>,
    ) -> Planned<Made> {
        if branch.is_none() && *media_type == content.media_type {
            return self.usual.get_or_init(|| made(plans, content, media_type, None)).clone();
        }
        let key = (media_type.to_string(), branch.map(|branch| branch.index));
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        if bodies.len() >= MOST_BODIES {
            bodies.clear();
        }
        bodies.entry(key).or_insert_with(|| made(plans, content, media_type, branch)).clone()
    }

    /// The `Content-Type` of an example that is sent as a media type.
    pub(super) fn declared_type(
        &self,
        contract: &Contract,
        content: &Content,
        media_type: &MediaType,
    ) -> HeaderValue {
        let written = || {
            let notation = Notation::new(&contract.schemas, content, media_type, Direction::Response);
            super::send::written(&notation.content_type())
        };
        if *media_type == content.media_type {
            self.declared_type.get_or_init(written).clone()
        } else {
            written()
        }
    }

    /// The examples, checked on first use.
    pub(super) fn examples(&self, contract: &Contract, content: &Content) -> &[CheckedExample] {
        self.examples.get_or_init(|| example::all(contract, content, Direction::Response))
    }
}

fn made(plans: &Plans, content: &Content, media_type: &MediaType, branch: Option<&Branch>) -> Planned<Made> {
    let body = match branch {
        Some(branch) => {
            Body::compile_branch(plans, content, media_type, &branch.whole, branch.index, Direction::Response)
        }
        None => Body::compile(plans, content, media_type, Direction::Response),
    }?;
    let content_type = super::send::written(&body.content_type());
    Ok(Arc::new(Made { body, content_type, usual_size: AtomicUsize::new(256) }))
}
