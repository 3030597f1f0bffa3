//! What a reply tells of the server: the engine judges the reply, and here it is judged whether that is what such a request
//! gets.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::case::{Case, Draft, Focus, Nature, Origin, Shown};
use super::ids::is_of_id;
use super::making::Maker;
use super::order::is_safe;
use super::outcome::Unconfirmed;
use crate::check::Received;
use crate::client::{Failure, WholeReply};
use crate::contract::Location;
use crate::delivery::Outcome;
use crate::drift::Coverage;
use crate::exchange::{Ended, Exchange};
use crate::message::{Request, SPEC};
use crate::violation::{Destination, Place, Policy, Rule, Severity, Violation};

/// What the names of header fields start with by which a stand-in tells of itself: it is judged like everybody.
const OURS: &str = "standin-";

/// What came of a case.
pub(super) struct Verdict {
    /// The exchange, with what is wrong with the reply.
    pub(super) exchange: Exchange,
    /// Why it says nothing of whether the server takes what it should.
    pub(super) unconfirmed: Option<Unconfirmed>,
}

/// What judges the replies to one operation.
pub(super) struct Judge<'a> {
    pub(super) maker: &'a Maker<'a>,
    pub(super) policy: &'a Policy,
    pub(super) coverage: &'a Coverage,
}

/// A request that was sent.
pub(super) struct Sent<'a> {
    pub(super) case: &'a Case,
    pub(super) draft: &'a Draft,
    pub(super) request: &'a Request,
    /// What is wrong with it, if it is meant to be wrong.
    pub(super) breach: Option<&'a Violation>,
}

impl Judge<'_> {
    /// Judges what came back.
    pub(super) fn judge(&self, id: u64, sent: &Sent<'_>, answer: Result<&WholeReply, &Failure>) -> Verdict {
        let form = self.maker.judged_form(sent.request);
        let headers = answer.map(|reply| without_ours(&reply.headers)).unwrap_or_default();
        let received = answer.ok().map(|reply| Received {
            status: reply.status,
            headers: &headers,
            body: reply.body.as_ref(),
        });
        let (judged, mut request) = self.maker.engine.judge_and_cover(form, received, self.coverage);
        request.headers.remove(SPEC);
        let mut violations = judged.violations;
        violations.retain(|one| one.location.first().is_some_and(|side| side == "response"));
        let (status, body) = match answer {
            Ok(reply) => (reply.status, reply.body.clone().unwrap_or_default()),
            Err(_) => (0, Bytes::new()),
        };
        let unconfirmed = answer.ok().and_then(|reply| self.excuse(sent, reply.status));
        match answer {
            Ok(reply) => self.answered(sent, reply.status, unconfirmed, &mut violations),
            Err(failure) => violations.push(self.unanswered(sent, failure)),
        }
        let contract = self.maker.contract;
        let operation = &self.maker.operation.id;
        let destination =
            Destination { document: Some(&contract.name), operation: Some(operation), path: &request.path };
        self.policy.settle(&mut violations, destination);
        let at = self.maker.engine.now();
        let exchange = Exchange {
            id,
            at,
            document: Some(contract.name.as_str().into()),
            operation: Some(operation.as_str().into()),
            request,
            status,
            reply: body,
            violations,
            expected: Vec::new(),
            rules: Vec::new(),
            replay: None,
            retry_after: None,
            ended: Some(Ended { outcome: Outcome::Whole, at }),
        };
        Verdict { exchange, unconfirmed }
    }

    /// Why a refusal may have nothing to do with what the case is about.
    fn excuse(&self, sent: &Sent<'_>, status: u16) -> Option<Unconfirmed> {
        let is_about_credentials = sent.draft.shown != Shown::Good;
        // Under an id that can't be one, nothing is found: that is a refusal.
        let is_about_path =
            sent.breach.is_some_and(|breach| breach.location.get(1).is_some_and(|part| part == "path"));
        match status {
            401 | 403 if !is_about_credentials => Some(Unconfirmed::Credentials),
            404 | 410 if !is_about_path && self.asks_for_made_up_ids(sent) => Some(Unconfirmed::MadeUpIds),
            429 => Some(Unconfirmed::RateLimit),
            409 | 412 | 423 | 428 if sent.breach.is_none() && self.declares(status) => {
                Some(Unconfirmed::State)
            }
            _ => None,
        }
    }

    fn declares(&self, status: u16) -> bool {
        self.maker.operation.response_of(status).is_some()
    }

    /// Whether what is asked for may not be there: some id is not known, or it may be gone by now.
    fn asks_for_made_up_ids(&self, sent: &Sent<'_>) -> bool {
        let operation = self.maker.operation;
        let is_made_up = sent.draft.arguments.iter().any(|argument| {
            let parameter = &operation.parameters[argument.parameter];
            let is_known = matches!(argument.origin, Origin::Given | Origin::Taken);
            let is_id = match parameter.location {
                Location::Path => true,
                Location::Query => is_of_id(&parameter.name),
                Location::QueryString | Location::Header | Location::Cookie => false,
            };
            is_id && !is_known
        });
        // What was deleted before is gone, and valid content may refer to what only the server knows.
        let is_gone = operation.method == Method::DELETE;
        let refers = !is_safe(&operation.method) && sent.draft.payload.is_some() && sent.breach.is_none();
        is_made_up || is_gone || refers
    }

    /// Adds what the status tells.
    fn answered(
        &self,
        sent: &Sent<'_>,
        status: u16,
        unconfirmed: Option<Unconfirmed>,
        violations: &mut Vec<Violation>,
    ) {
        if status >= 500 {
            // That nobody declares it is the smaller half of it.
            violations.retain(|found| found.rule != Rule::StatusUndeclared);
            let message = format!("answered with {status}{}", of(sent));
            violations.push(self.violation(sent, Rule::ServerError, message, status, "a status below 500"));
            return;
        }
        match (sent.breach, status) {
            (Some(breach), 200..=399) => {
                let message = format!("answered with {status} in place of a 4xx, though {}", breach.message);
                violations.push(self.violation(sent, Rule::InvalidRequestAccepted, message, status, "a 4xx"));
            }
            (Some(_), 400..=499) => {
                let is_undeclared = |found: &&mut Violation| {
                    matches!(found.rule, Rule::StatusUndeclared | Rule::ReplyMediaTypeUndeclared)
                };
                for found in violations.iter_mut().filter(is_undeclared) {
                    found.rule = Rule::RefusalUndeclared;
                    found.severity = Rule::RefusalUndeclared.definition().severity.unwrap_or(Severity::Info);
                }
            }
            (None, 400..=499) if unconfirmed == Some(Unconfirmed::MadeUpIds) => {
                violations.retain(|found| found.rule != Rule::StatusUndeclared);
            }
            (None, 400..=499) if unconfirmed.is_none() => {
                let message = format!("a valid request was refused with {status}{}", of(sent));
                violations.push(self.violation(sent, Rule::ValidRequestRefused, message, status, "a 2xx"));
            }
            (None | Some(_), _) => {}
        }
    }

    fn unanswered(&self, sent: &Sent<'_>, failure: &Failure) -> Violation {
        let message = format!("no reply: the server {failure}{}", of(sent));
        let mut violation = self.violation(sent, Rule::NoReply, message, 0, "a reply");
        violation.found = None;
        if violation.location.first().is_some_and(|side| side == "response") {
            violation.location = vec!["request".to_owned()];
        }
        violation
    }

    /// A violation at what the case is about: what is wrong in the request or at an edge, else the reply's status.
    fn violation(
        &self,
        sent: &Sent<'_>,
        rule: Rule,
        message: String,
        status: u16,
        expected: &str,
    ) -> Violation {
        let (location, place) = match (sent.breach, &sent.case.nature) {
            (Some(breach), _) => (breach.location.clone(), breach.place.clone()),
            (None, Nature::Valid(Some(Focus { location, pointer, .. }))) => {
                (location.clone(), self.maker.contract.document.place(pointer))
            }
            (None, Nature::Valid(None) | Nature::Invalid) => self.of_status(),
        };
        let parts: Vec<&str> = location.iter().map(String::as_str).collect();
        let mut violation = Violation::new(rule, &parts, message, place);
        violation.found = Some(status.to_string());
        violation.expected = Some(expected.to_owned());
        violation.help = help(rule).map(str::to_owned);
        violation
    }

    fn of_status(&self) -> (Vec<String>, Place) {
        let place = self.maker.contract.document.place(&self.maker.operation.pointer.join("responses"));
        (["response", "status"].map(str::to_owned).to_vec(), place)
    }
}

/// What a case is about, behind what became of it.
fn of(sent: &Sent<'_>) -> String {
    match (sent.breach, &sent.case.nature) {
        (Some(breach), _) => format!(", where {}", breach.message),
        (None, Nature::Valid(Some(focus))) => format!(", at {}", focus.what),
        (None, Nature::Valid(None) | Nature::Invalid) => String::new(),
    }
}

/// What to do about a rule of what a server makes of requests.
fn help(rule: Rule) -> Option<&'static str> {
    match rule {
        Rule::InvalidRequestAccepted => {
            Some("refuse such requests with a 4xx, or let the document allow them")
        }
        Rule::ValidRequestRefused => {
            Some("accept what the document allows, or declare the constraint that the server has")
        }
        Rule::ServerError => Some("answer the request, or refuse it with a 4xx if it is not valid"),
        Rule::NoReply => {
            Some("answer every request; if the server is slow, give it more time by `--timeout`")
        }
        _ => None,
    }
}

fn without_ours(headers: &HeaderMap) -> HeaderMap {
    let fields = headers.iter().filter(|(name, _)| !name.as_str().starts_with(OURS));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}
