//! Which declared response a status means, and which one is the success.

use crate::contract::{Operation, StatusKey};
use crate::violation::{Direction, Rule};

/// A declared response and the status that it is sent with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Its place among the operation's responses.
    pub response: usize,
    /// The status.
    pub status: u16,
    /// The alternative of its schema that is meant; `None` if any will do.
    pub branch: Option<usize>,
}

impl Chosen {
    fn new(response: usize, status: u16) -> Self {
        Self { response, status, branch: None }
    }
}

/// The response of a request that went well: the lowest declared 2xx, else `2XX` as 200, else `default` as 200, else the
/// lowest declared 3xx; `None` means 200 without content.
pub fn success(operation: &Operation) -> Option<Chosen> {
    let keys = || operation.responses.iter().map(|response| response.key).enumerate();
    let lowest = |hundred: u16| {
        keys()
            .filter_map(|(index, key)| match key {
                StatusKey::Exact(status) if status / 100 == hundred => Some(Chosen::new(index, status)),
                StatusKey::Exact(_) | StatusKey::Range(_) | StatusKey::Default => None,
            })
            .min_by_key(|chosen| chosen.status)
    };
    let of_key = |wanted: StatusKey, status| {
        keys().find(|(_, key)| *key == wanted).map(|(index, _)| Chosen::new(index, status))
    };
    lowest(2)
        .or_else(|| of_key(StatusKey::Range(2), 200))
        .or_else(|| of_key(StatusKey::Default, 200))
        .or_else(|| lowest(3))
        .or_else(|| of_key(StatusKey::Range(3), 302))
}

/// The response declared for a status: that status, else its range, else `default`.
pub fn declared(operation: &Operation, status: u16) -> Option<Chosen> {
    operation.response_of(status).map(|index| Chosen::new(index, status))
}

/// The documented failure that says best what is wrong; `None` if none is left for it.
///
/// A response or branch whose `x-standin-answers` names the rule comes first, lowest status first. A response that has
/// the extension answers nothing else.
pub fn refusal(operation: &Operation, rule: Rule) -> Option<Chosen> {
    if let Some(chosen) = answered(operation, rule) {
        return Some(chosen);
    }
    let open = |wanted: StatusKey| {
        operation
            .responses
            .iter()
            .position(|response| response.key == wanted && !response.answers_by_itself())
    };
    let (exact, fitting): (&[u16], u16) = match rule {
        Rule::CredentialsMissing | Rule::CredentialsMalformed | Rule::CredentialsInvalid => {
            (&[401, 403], 401)
        }
        Rule::ScopeMissing => (&[403, 401], 403),
        Rule::MediaTypeUndeclared | Rule::EncodingUnsupported => (&[415], 415),
        Rule::BodyUnreadable | Rule::ParameterConflict => (&[422, 400], 400),
        _ => (&[422, 400], 422),
    };
    exact
        .iter()
        .find_map(|status| open(StatusKey::Exact(*status)).map(|index| Chosen::new(index, *status)))
        .or_else(|| open(StatusKey::Range(4)).map(|index| Chosen::new(index, fitting)))
        .or_else(|| open(StatusKey::Default).map(|index| Chosen::new(index, fitting)))
}

/// The status of a problem for a rule that no declared failure answers.
pub fn problem_status(rule: Rule) -> u16 {
    match rule {
        Rule::PathUnknown => 404,
        Rule::MethodUnknown => 405,
        Rule::CredentialsMissing | Rule::CredentialsMalformed | Rule::CredentialsInvalid => 401,
        Rule::ScopeMissing => 403,
        Rule::MediaTypeUndeclared | Rule::EncodingUnsupported => 415,
        Rule::BodyUnreadable | Rule::ParameterConflict => 400,
        _ => 422,
    }
}

fn answered(operation: &Operation, rule: Rule) -> Option<Chosen> {
    debug_assert_ne!(rule.definition().direction, Some(Direction::Response), "only requests are refused");
    let mut found: Vec<Chosen> = Vec::new();
    for (index, response) in operation.responses.iter().enumerate() {
        let status = match response.key {
            StatusKey::Exact(status) => status,
            StatusKey::Range(hundred) if hundred == (problem_status(rule) / 100) as u8 => {
                problem_status(rule)
            }
            StatusKey::Range(hundred) => u16::from(hundred) * 100,
            StatusKey::Default => problem_status(rule),
        };
        if response.answers.contains(&rule) {
            found.push(Chosen::new(index, status));
        }
        let branch = response.branches.iter().find(|branch| branch.answers.contains(&rule));
        found.extend(branch.map(|branch| Chosen { response: index, status, branch: Some(branch.index) }));
    }
    found.into_iter().min_by_key(|chosen| chosen.status)
}
