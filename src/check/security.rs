//! Credentials by security scheme (OpenAPI 3.1 4.8.27 and 4.8.30): alternatives, each of schemes that hold together.

use data_encoding::BASE64_NOPAD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::Value;

use crate::codec::Input;
use crate::contract::{Contract, Operation, SchemeKind};
use crate::message::Request;
use crate::text;
use crate::violation::{Rule, Violation};

/// The literal credential that is well-formed and never accepted.
const INVALID: &str = "invalid";

/// Which credentials are accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Every well-formed one but the literal `invalid`.
    #[default]
    Any,
    /// Only this value: the token, the key, or the decoded `user:password`.
    Only(String),
}

/// The credential that a request has for an operation: the token, the key, or the decoded `user:password` of the first
/// scheme that has one. `None` if there is none, or none that is well-formed.
pub fn credential(contract: &Contract, operation: &Operation, request: &Request) -> Option<String> {
    let input = Input::new(&operation.parameters, &[], request.query.as_deref(), &request.headers);
    let schemes = operation.security.iter().flat_map(|requirement| &requirement.schemes);
    let value = |kind: &SchemeKind| match kind {
        SchemeKind::MutualTls => None,
        SchemeKind::HeaderKey(name) => {
            Some(String::from_utf8_lossy(request.headers.get(name)?.as_bytes()).trim().to_owned())
        }
        SchemeKind::QueryKey(name) => input.query_value(name),
        SchemeKind::CookieKey(name) => input.cookie_value(name),
        SchemeKind::Bearer => authorization(&request.headers, "bearer").ok(),
        SchemeKind::Basic => decoded_pair(&authorization(&request.headers, "basic").ok()?),
        SchemeKind::Http(name) => authorization(&request.headers, name).ok(),
    };
    schemes.filter_map(|(at, _)| value(&contract.schemes[*at].kind)).find(|value| !value.is_empty())
}

/// What came of looking for one scheme's credential; the more came of it, the greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Missing,
    Malformed(String),
    Invalid,
    /// The scopes that the token lacks.
    Scopes(Vec<String>),
    Accepted,
}

/// Holds a request's credentials against the operation's security. At most one violation: that of the alternative that
/// came nearest.
pub(super) fn check(
    contract: &Contract,
    operation: &Operation,
    input: &Input<'_>,
    headers: &HeaderMap,
    accepted: &Credentials,
) -> Option<Violation> {
    let mut nearest: Option<(Outcome, usize, usize)> = None;
    for (index, requirement) in operation.security.iter().enumerate() {
        let mut worst = (Outcome::Accepted, 0);
        for (at, scopes) in &requirement.schemes {
            let outcome = outcome(&contract.schemes[*at].kind, scopes, input, headers, accepted);
            if outcome < worst.0 {
                worst = (outcome, *at);
            }
        }
        if worst.0 == Outcome::Accepted {
            return None;
        }
        if nearest.as_ref().is_none_or(|(known, ..)| worst.0 > *known) {
            nearest = Some((worst.0, worst.1, index));
        }
    }
    let (outcome, scheme, requirement) = nearest?;
    Some(violation(contract, operation, &outcome, scheme, requirement))
}

fn outcome(
    kind: &SchemeKind,
    scopes: &[String],
    input: &Input<'_>,
    headers: &HeaderMap,
    accepted: &Credentials,
) -> Outcome {
    let by_value = |value: &str| match accepted {
        Credentials::Any if value == INVALID => Outcome::Invalid,
        Credentials::Only(only) if value != only => Outcome::Invalid,
        Credentials::Any | Credentials::Only(_) => Outcome::Accepted,
    };
    let key = |value: Option<String>| match value {
        None => Outcome::Missing,
        Some(value) if value.is_empty() => Outcome::Malformed("the key is empty".into()),
        Some(value) => by_value(&value),
    };
    match kind {
        SchemeKind::MutualTls => Outcome::Accepted,
        SchemeKind::HeaderKey(name) => {
            key(headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned()))
        }
        SchemeKind::QueryKey(name) => key(input.query_value(name)),
        SchemeKind::CookieKey(name) => key(input.cookie_value(name)),
        SchemeKind::Bearer => match authorization(headers, "bearer") {
            Ok(token) => match by_value(&token) {
                Outcome::Accepted => lacking(&token, scopes),
                other => other,
            },
            Err(outcome) => outcome,
        },
        SchemeKind::Basic => match authorization(headers, "basic") {
            Ok(encoded) => match decoded_pair(&encoded) {
                Some(pair) if pair.split(':').any(|part| part == INVALID) => Outcome::Invalid,
                Some(pair) => by_value(&pair),
                None => Outcome::Malformed("the value is not the base64 of `user:password`".into()),
            },
            Err(outcome) => outcome,
        },
        SchemeKind::Http(name) => match authorization(headers, name) {
            Ok(value) => by_value(&value),
            Err(outcome) => outcome,
        },
    }
}

/// The credential in `Authorization` behind the scheme's name, which is compared without regard to case (RFC 9110 11.1).
fn authorization(headers: &HeaderMap, scheme: &str) -> Result<String, Outcome> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Err(Outcome::Missing) };
    let Ok(value) = value.to_str() else {
        return Err(Outcome::Malformed("`Authorization` is not text".into()));
    };
    let (name, credential) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
    if !name.eq_ignore_ascii_case(scheme) {
        let found = text::shortened(&text::harmless(name), 20);
        // Without a scheme's name the first word may be the secret itself.
        let found =
            if credential.is_empty() { "no scheme".to_owned() } else { format!("the scheme `{found}`") };
        return Err(Outcome::Malformed(format!("`Authorization` has {found}, expected `{}`", title(scheme))));
    }
    let credential = credential.trim();
    if credential.is_empty() || (scheme == "bearer" && credential.contains(' ')) {
        return Err(Outcome::Malformed(format!(
            "`Authorization` has no single credential behind `{}`",
            title(scheme)
        )));
    }
    Ok(credential.to_owned())
}

fn title(scheme: &str) -> String {
    let mut letters = scheme.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn decoded_pair(encoded: &str) -> Option<String> {
    String::from_utf8(base64(encoded)?).ok().filter(|pair| pair.contains(':'))
}

/// The scopes that a token tells it lacks: only a JWT (RFC 7519) tells its scopes, in `scope`, `scp` or `scopes`.
fn lacking(token: &str, needed: &[String]) -> Outcome {
    let Some(claims) = token.split('.').nth(1).filter(|_| token.matches('.').count() == 2) else {
        return Outcome::Accepted;
    };
    let claims = base64(claims).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let Some(told) = claims
        .as_ref()
        .and_then(|claims| ["scope", "scp", "scopes"].into_iter().find_map(|name| claims.get(name)))
    else {
        return Outcome::Accepted;
    };
    let granted: Vec<&str> = match told {
        Value::String(list) => list.split_whitespace().collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return Outcome::Accepted,
    };
    let lacking: Vec<String> =
        needed.iter().filter(|scope| !granted.contains(&scope.as_str())).cloned().collect();
    if lacking.is_empty() { Outcome::Accepted } else { Outcome::Scopes(lacking) }
}

/// Base64 of either alphabet, padding optional.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    BASE64_NOPAD.decode(digits.as_bytes()).ok()
}

fn violation(
    contract: &Contract,
    operation: &Operation,
    outcome: &Outcome,
    scheme: usize,
    requirement: usize,
) -> Violation {
    let scheme = &contract.schemes[scheme];
    let (location, name): (&[&str], String) = match &scheme.kind {
        SchemeKind::HeaderKey(name) => (&["request", "header"], name.clone()),
        SchemeKind::QueryKey(name) => (&["request", "query"], name.clone()),
        SchemeKind::CookieKey(name) => (&["request", "cookie"], name.clone()),
        SchemeKind::Bearer | SchemeKind::Basic | SchemeKind::Http(_) | SchemeKind::MutualTls => {
            (&["request", "header"], "Authorization".into())
        }
    };
    let wanted = match &scheme.kind {
        SchemeKind::Bearer => "`Authorization: Bearer TOKEN`".to_owned(),
        SchemeKind::Basic => "`Authorization: Basic` and the base64 of `user:password`".to_owned(),
        SchemeKind::Http(other) => format!("`Authorization: {} …`", title(other)),
        SchemeKind::HeaderKey(name) => format!("a key in the header `{name}`"),
        SchemeKind::QueryKey(name) => format!("a key in the query parameter `{name}`"),
        SchemeKind::CookieKey(name) => format!("a key in the cookie `{name}`"),
        SchemeKind::MutualTls => "a client certificate".to_owned(),
    };
    let (rule, message) = match outcome {
        Outcome::Missing => {
            (Rule::CredentialsMissing, format!("no credentials: `{}` asks for {wanted}", scheme.name))
        }
        Outcome::Malformed(why) => (Rule::CredentialsMalformed, format!("malformed credentials: {why}")),
        Outcome::Invalid | Outcome::Accepted => {
            (Rule::CredentialsInvalid, format!("the credentials for `{}` are not accepted", scheme.name))
        }
        Outcome::Scopes(scopes) => {
            (Rule::ScopeMissing, format!("the token lacks {}", text::list(scopes.iter().map(String::as_str))))
        }
    };
    let parts = [location[0], location[1], name.as_str()];
    let place = contract.document.place(&operation.security[requirement].pointer);
    let mut violation = Violation::new(rule, &parts, message, place);
    violation.expected = Some(wanted.clone());
    violation.help = Some(match outcome {
        Outcome::Scopes(_) => "ask for a token with the scopes that the operation declares".to_owned(),
        Outcome::Missing | Outcome::Malformed(_) | Outcome::Invalid | Outcome::Accepted => {
            format!("send {wanted}")
        }
    });
    violation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lacks_only_what_it_tells() {
        let needed = ["write".to_owned()];
        // {"scope":"read write"}, {"scope":"read"}, {"sub":"x"}
        let table = [
            ("e30.eyJzY29wZSI6InJlYWQgd3JpdGUifQ.x", Outcome::Accepted),
            ("e30.eyJzY29wZSI6InJlYWQifQ.x", Outcome::Scopes(vec!["write".into()])),
            ("e30.eyJzdWIiOiJ4In0.x", Outcome::Accepted),
            ("opaque", Outcome::Accepted),
            ("a.%%%.c", Outcome::Accepted),
        ];
        for (token, expected) in table {
            assert_eq!(lacking(token, &needed), expected, "{token}");
        }
    }
}
