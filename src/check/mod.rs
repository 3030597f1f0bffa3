//! Whether a request keeps the contract (credentials, parameters, content), and a reply (status, header fields, content);
//! all of it is told, nothing is invented.

mod body;
mod credential;
mod explain;
mod names;
mod parameters;
mod parts;
mod prepared;
mod reply;
mod said;
mod security;
mod side;
mod skim;
mod standard_fields;
mod strict;
mod undeclared;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::codec::Input;
use crate::contract::{Contract, Operation};
use crate::message::Request;
use crate::pointer::Pointer;
use crate::violation::{Direction, Rule, Violation};
use prepared::{Prepared, PreparedContent};
use reply::Replies;
pub use reply::{CheckedReply, Items, Received, Unjudged};
pub use said::Said;
pub use security::{Credentials, credential};

/// What an operation's declarations come to for checking, compiled once.
#[derive(Debug)]
pub struct Checker {
    /// One for each parameter of the operation.
    parameters: Vec<Prepared>,
    /// One for each content of its request body.
    contents: Vec<PreparedContent>,
    replies: Replies,
}

/// Which parts are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    /// Credentials.
    pub security: bool,
    /// Path, query, header and cookie parameters.
    pub parameters: bool,
    /// Media type and content.
    pub body: bool,
}

/// What is looked for, and what is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Standards<'a> {
    /// Which parts are judged.
    pub areas: Areas,
    /// Which credentials are accepted.
    pub credentials: &'a Credentials,
    /// How schemas are read.
    pub strictness: Strictness,
}

/// How schemas are read that allow more than they mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// By what they say.
    #[default]
    Letter,
    /// Also by what the author meant, as far as that is plain: findings of rules of their own (`strict-…`).
    Strict,
}

/// What was found in a request, and what it says.
#[derive(Debug, Default)]
pub struct Checked {
    /// Every breach: security first, then parameters, then the body.
    pub violations: Vec<Violation>,
    /// By the parameter's place in the operation: the values that could be read.
    pub parameters: Vec<(usize, Value)>,
    /// The content, if it is a value.
    pub body: Said,
    /// The content behind its content codings, if it had some.
    pub unfolded: Option<Bytes>,
    /// Whether the content was not read because it is larger behind its codings than [`LARGEST_BODY`].
    ///
    /// [`LARGEST_BODY`]: crate::message::LARGEST_BODY
    pub is_too_large: bool,
    /// Which of the declared contents the value satisfies, where it was judged.
    pub valid_as: Option<usize>,
}

impl Checker {
    /// Takes what an operation declares; each schema is compiled when something is first held against it.
    pub fn compile(operation: &Operation) -> Self {
        let contents = operation.body.iter().flat_map(|body| &body.content);
        Self {
            parameters: operation
                .parameters
                .iter()
                .map(|parameter| Prepared::new(parameter.schema.as_ref(), Direction::Request))
                .collect(),
            contents: contents.map(|content| PreparedContent::new(content, Direction::Request)).collect(),
            replies: Replies::new(operation),
        }
    }

    /// The schema of the request that a property satisfies where the whole content satisfies its own.
    pub fn property(&self, contract: &Contract, content: usize, name: &str) -> Option<&Pointer> {
        self.contents.get(content)?.whole.property(contract, name)
    }

    /// Holds a request against its operation. `path` has the router's raw path parameters, `query` is without wishes.
    pub fn check(
        &self,
        contract: &Contract,
        operation: &Operation,
        request: &Request,
        path: &[(&str, &str)],
        query: Option<&str>,
        standards: Standards<'_>,
    ) -> Checked {
        let Standards { areas, credentials, strictness } = standards;
        let input = Input::new(&operation.parameters, path, query, &request.headers);
        let mut checked = Checked::default();
        if areas.security {
            checked.violations.extend(security::check(
                contract,
                operation,
                &input,
                &request.headers,
                credentials,
            ));
        }
        let judge = parameters::Judge { contract, operation, prepared: &self.parameters, input: &input };
        judge.run(&mut checked, areas.parameters);
        if areas.parameters {
            judge.groups(&mut checked);
            judge.undeclared(&mut checked);
            checked.violations.extend(undeclared::in_request(
                contract,
                operation,
                &self.parameters,
                &request.headers,
                &input,
            ));
            if operation.deprecated {
                let message = format!("`{}` is deprecated", operation.id);
                let place = contract.document.place(&operation.pointer.join("deprecated"));
                checked.violations.push(Violation::new(
                    Rule::OperationDeprecated,
                    &["request"],
                    message,
                    place,
                ));
            }
        }
        if request.method != Method::HEAD || operation.method == Method::HEAD {
            let judges = areas.body.then_some(strictness);
            said::check(contract, operation, &self.contents, request, judges, &mut checked);
        }
        checked
    }

    /// Holds a reply to a request of this method against its operation. What a response declares is compiled when the
    /// first reply of its status comes.
    pub fn check_reply(
        &self,
        contract: &Contract,
        operation: &Operation,
        method: &Method,
        received: Received<'_>,
        strictness: Strictness,
    ) -> CheckedReply {
        self.replies.check(contract, operation, method, received, strictness)
    }

    /// Holds some items of a reply's content against the operation, as they come; of `received` only the head counts.
    pub fn check_reply_items(
        &self,
        contract: &Contract,
        operation: &Operation,
        received: Received<'_>,
        items: Items<'_>,
        strictness: Strictness,
    ) -> CheckedReply {
        self.replies.check_items(contract, operation, received, items, strictness)
    }
}
