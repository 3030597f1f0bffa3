//! The content of a request, and what it says: a value that is read no sooner than somebody wants to know.

use std::sync::OnceLock;

use serde_json::Value;

use super::body::Judge;
use super::prepared::PreparedContent;
use super::side::REQUEST;
use super::{Checked, Strictness};
use crate::codec::{self, Folded};
use crate::contract::{Contract, Operation};
use crate::media_type::Kind;
use crate::message::{LARGEST_BODY, Request};
use crate::violation::{Rule, Violation};

/// The content of a request as a value, if it is one.
#[derive(Debug, Default)]
pub struct Said(State);

#[derive(Debug, Default)]
enum State {
    /// It is none, or could not be read.
    #[default]
    Nothing,
    Value(Value),
    /// JSON whose text told by itself that nothing is to be found in it.
    Unread(OnceLock<Option<Value>>),
}

impl Said {
    /// Whether its text told all there was to find in it.
    pub fn is_skimmed(&self) -> bool {
        matches!(self.0, State::Unread(_))
    }

    /// The value; `content` is what it is read from, behind its content codings.
    pub fn value(&self, content: &[u8]) -> Option<&Value> {
        match &self.0 {
            State::Nothing => None,
            State::Value(value) => Some(value),
            State::Unread(value) => {
                let read = || codec::json(str::from_utf8(content).ok()?).ok();
                value.get_or_init(read).as_ref()
            }
        }
    }
}

/// Reads the content of a request, and judges it if `judges` says how.
pub(super) fn check(
    contract: &Contract,
    operation: &Operation,
    prepared: &[PreparedContent],
    request: &Request,
    judges: Option<Strictness>,
    checked: &mut Checked,
) {
    let Some(declared) = &operation.body else {
        if judges.is_some() && !request.body.is_empty() {
            let place = contract.document.place(&operation.pointer);
            let message =
                format!("`{}` declares no content, and {} bytes were sent", operation.id, request.body.len());
            let mut violation = Violation::new(Rule::BodyUndeclared, &["request", "body"], message, place);
            violation.help = Some("leave the content out, or declare it".into());
            checked.violations.push(violation);
        }
        return;
    };
    let mut judge = Judge {
        side: &REQUEST,
        contract,
        contents: &declared.content,
        pointer: &declared.pointer,
        headers: &request.headers,
        bytes: &request.body,
        lines_before: 0,
        strictness: judges.unwrap_or_default(),
    };
    let unfolded = match codec::unfolded(&request.headers, &request.body, LARGEST_BODY) {
        Ok(unfolded) => unfolded,
        Err(Folded::TooLarge) => {
            checked.is_too_large = true;
            return;
        }
        Err(folded) if judges.is_some() && !request.body.is_empty() => {
            checked.violations.push(judge.folded(folded));
            return;
        }
        Err(_) => return,
    };
    if let Some(unfolded) = &unfolded {
        judge.bytes = unfolded;
    }
    let skimmed = judges.and_then(|_| judge.skims(prepared));
    if let Some((content, Kind::Json)) = skimmed {
        checked.body = Said(State::Unread(OnceLock::new()));
        checked.valid_as = Some(content);
    } else {
        let mut found = Vec::new();
        let read = if judge.bytes.is_empty() {
            if declared.required {
                found.push(judge.missing());
            }
            None
        } else {
            judge.run(prepared, judges.is_some(), &mut found)
        };
        if judges.is_some() {
            let is_valid = !found.iter().any(Violation::is_error);
            checked.valid_as = read.as_ref().map(|(_, content)| *content).filter(|_| is_valid);
            checked.violations.append(&mut found);
        }
        checked.body = Said(read.map_or(State::Nothing, |(value, _)| State::Value(value)));
    }
    checked.unfolded = unfolded;
}
