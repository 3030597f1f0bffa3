//! `/_standin/faults`: rules in their short form, a failure of one operation.

use super::rules::{RuleEntry, add, list, remove};
use super::scenarios::Added;
use super::{Body, Endpoint, Scope, schema};
use crate::scenario::{self, FaultRule, Origin};

pub(super) static LIST: Endpoint = Endpoint {
    method: "GET",
    path: "/faults",
    id: "listFaults",
    summary: "Lists the faults that were added and have not ended, in the order in which they are asked.",
    parameters: &[],
    scope: Scope::Any,
    body: None,
    reply: Some(schema::<Vec<RuleEntry>>),
    answer: |context| list(context, Origin::Fault),
};

pub(super) static ADD: Endpoint = Endpoint {
    method: "POST",
    path: "/faults",
    id: "addFault",
    summary: "Adds a fault, a delay or a status, which is asked before all other rules; one of the same name gives way. Of all sessions, to those that begin later, too.",
    parameters: &[],
    scope: Scope::Any,
    body: Some(Body {
        schema: schema::<FaultRule>,
        explain: |context| {
            let file = context.file().ok();
            file.map_or_else(Vec::new, |file| scenario::fault(file, context.engine.contracts()).diagnostics)
        },
    }),
    reply: Some(schema::<Added>),
    answer: |context| {
        add(context, Origin::Fault, scenario::fault(context.file()?, context.engine.contracts()))
    },
};

pub(super) static REMOVE: Endpoint = Endpoint {
    method: "DELETE",
    path: "/faults/{id}",
    id: "removeFault",
    summary: "Removes a fault.",
    parameters: &[],
    scope: Scope::Any,
    body: None,
    reply: None,
    answer: |context| remove(context, Origin::Fault),
};
