//! Credentials by security scheme (OpenAPI 3.1 4.8.27 and 4.8.30): alternatives, each of schemes that hold together.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::credential as written;
use crate::codec::Input;
use crate::contract::{Contract, Operation, SchemeKind};
use crate::message::Request;
use crate::text;
use crate::violation::{Rule, Violation};

/// The literal credential that is well-formed and never accepted.
const INVALID: &str = "invalid";

/// Which credentials are accepted.
///
/// A credential is well-formed if it has the syntax that its scheme asks for. `bearerFormat` is a hint (OpenAPI 3.1
/// 4.8.27.1), so an opaque token passes for a JWT; signatures and times are not looked at.
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
    let search = Search { input: &input, headers: &request.headers, accepted: &Credentials::Any };
    let schemes = operation.security.iter().flat_map(|requirement| &requirement.schemes);
    let value = |kind: &SchemeKind| match kind {
        SchemeKind::MutualTls => None,
        SchemeKind::HeaderKey(name) => {
            Some(String::from_utf8_lossy(request.headers.get(name)?.as_bytes()).trim().to_owned())
        }
        SchemeKind::QueryKey(name) => input.query_value(name).map(Cow::into_owned),
        SchemeKind::CookieKey(name) => input.cookie_value(name).map(Cow::into_owned),
        SchemeKind::Bearer => search.authorization("bearer").ok().map(str::to_owned),
        SchemeKind::Basic => written::pair(search.authorization("basic").ok()?).ok(),
        SchemeKind::Http(name) => search.authorization(name).ok().map(str::to_owned),
    };
    schemes.filter_map(|(at, _)| value(&contract.schemes[*at].kind)).find(|value| !value.is_empty())
}

/// What came of looking for one scheme's credential.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Missing,
    /// `Authorization` has another scheme's credential.
    OtherScheme(String),
    Malformed(String),
    Invalid,
    /// The scopes that the token lacks.
    Scopes(Vec<String>),
    Accepted,
}

impl Outcome {
    /// The more came of it, the greater.
    fn rank(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::OtherScheme(_) => 1,
            Self::Malformed(_) => 2,
            Self::Invalid => 3,
            Self::Scopes(_) => 4,
            Self::Accepted => 5,
        }
    }
}

/// Where credentials are looked for, and which are accepted.
struct Search<'s, 'i> {
    input: &'s Input<'i>,
    headers: &'s HeaderMap,
    accepted: &'s Credentials,
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
    let search = Search { input, headers, accepted };
    let mut nearest: Option<(Outcome, usize, usize)> = None;
    for (index, requirement) in operation.security.iter().enumerate() {
        let mut worst = (Outcome::Accepted, 0);
        for (at, scopes) in &requirement.schemes {
            let outcome = search.outcome(&contract.schemes[*at].kind, scopes);
            if outcome.rank() < worst.0.rank() {
                worst = (outcome, *at);
            }
        }
        if worst.0 == Outcome::Accepted {
            return None;
        }
        if nearest.as_ref().is_none_or(|(known, ..)| worst.0.rank() > known.rank()) {
            nearest = Some((worst.0, worst.1, index));
        }
    }
    let (outcome, scheme, requirement) = nearest?;
    let kind = &contract.schemes[scheme].kind;
    let misplaced = if outcome == Outcome::Missing { search.misplaced(kind) } else { None };
    Some(violation(contract, operation, &outcome, scheme, requirement, misplaced))
}

impl Search<'_, '_> {
    fn outcome(&self, kind: &SchemeKind, scopes: &[String]) -> Outcome {
        match kind {
            // No certificate is seen without TLS: it counts as shown, and `standin lint` says so.
            SchemeKind::MutualTls => Outcome::Accepted,
            SchemeKind::HeaderKey(name) => {
                let mut lines = self.headers.get_all(name).iter();
                let first = lines.next().map(|line| String::from_utf8_lossy(line.as_bytes()));
                self.key("header", name, first.as_deref(), usize::from(first.is_some()) + lines.count())
            }
            SchemeKind::QueryKey(name) => {
                let count = self.input.query().iter().filter(|pair| pair.key == *name).count();
                self.key("query parameter", name, self.input.query_value(name).as_deref(), count)
            }
            // A browser sends cookies of one name for several paths; the first is the nearest (RFC 6265 5.4).
            SchemeKind::CookieKey(name) => {
                self.key("cookie", name, self.input.cookie_value(name).as_deref(), 1)
            }
            SchemeKind::Bearer => match self.authorization("bearer") {
                Ok(token) => match self.by_value(token) {
                    Outcome::Accepted => match written::lacking(token, scopes) {
                        lacking if lacking.is_empty() => Outcome::Accepted,
                        lacking => Outcome::Scopes(lacking),
                    },
                    other => other,
                },
                Err(outcome) => outcome,
            },
            SchemeKind::Basic => match self.authorization("basic").map(written::pair) {
                Ok(Ok(pair)) if pair.split(':').any(|part| part == INVALID) => Outcome::Invalid,
                Ok(Ok(pair)) => self.by_value(&pair),
                Ok(Err(why)) => Outcome::Malformed(why.to_owned()),
                Err(outcome) => outcome,
            },
            SchemeKind::Http(name) => match self.authorization(name) {
                Ok(value) if name == "digest" && value != INVALID => match written::digest_user(value) {
                    Ok(user) if user == INVALID => Outcome::Invalid,
                    Ok(_) => self.by_value(value),
                    Err(missing) => Outcome::Malformed(format!("the digest has no `{missing}`")),
                },
                Ok(value) => self.by_value(value),
                Err(outcome) => outcome,
            },
        }
    }

    fn by_value(&self, value: &str) -> Outcome {
        match self.accepted {
            Credentials::Any if value == INVALID => Outcome::Invalid,
            Credentials::Only(only) if value != only => Outcome::Invalid,
            Credentials::Any | Credentials::Only(_) => Outcome::Accepted,
        }
    }

    fn key(&self, place: &str, name: &str, value: Option<&str>, count: usize) -> Outcome {
        match value.map(str::trim) {
            None => Outcome::Missing,
            Some(_) if count > 1 => repeated(&format!("the {place} `{}`", text::harmless(name)), count),
            Some("") => Outcome::Malformed("the key is empty".into()),
            Some(value) => self.by_value(value),
        }
    }

    /// The credential in `Authorization` behind the scheme's name, which is compared without regard to case (RFC 9110
    /// 11.1).
    fn authorization(&self, scheme: &str) -> Result<&str, Outcome> {
        let mut lines = self.headers.get_all(AUTHORIZATION).iter();
        let Some(value) = lines.next() else { return Err(Outcome::Missing) };
        // RFC 9110 5.3: a field that is no list is sent once.
        match lines.count() {
            0 => {}
            more => return Err(repeated("`Authorization`", more + 1)),
        }
        let Ok(value) = value.to_str() else {
            return Err(Outcome::Malformed("`Authorization` is not text".into()));
        };
        let (name, credential) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        if !name.eq_ignore_ascii_case(scheme) {
            let found = text::shortened(&text::harmless(name), 20);
            // Without a scheme's name the first word may be the secret itself.
            let found =
                if credential.is_empty() { "no scheme".to_owned() } else { format!("the scheme `{found}`") };
            let why = format!("`Authorization` has {found}, expected `{}`", title(scheme));
            return Err(Outcome::OtherScheme(why));
        }
        let credential = credential.trim();
        if credential.is_empty() || (scheme == "bearer" && credential.contains(' ')) {
            return Err(Outcome::Malformed(format!(
                "`Authorization` has no single credential behind `{}`",
                title(scheme)
            )));
        }
        Ok(credential)
    }

    /// Where a credential was sent that the scheme expects somewhere else.
    fn misplaced(&self, kind: &SchemeKind) -> Option<String> {
        let in_query = |name: &str| {
            let sent = self.input.query().iter().find(|pair| pair.key.eq_ignore_ascii_case(name))?;
            Some(format!("the query parameter `{}`", text::harmless(&text::shortened(&sent.key, 40))))
        };
        let in_header = |name: &str| {
            self.headers.contains_key(name).then(|| format!("the header `{}`", text::harmless(name)))
        };
        let in_cookie = |name: &str| {
            self.input.cookie_value(name).map(|_| format!("the cookie `{}`", text::harmless(name)))
        };
        match kind {
            // RFC 6750 2.3 has it in the query as well; no scheme of OpenAPI asks for that.
            SchemeKind::Bearer => in_query("access_token"),
            SchemeKind::HeaderKey(name) => in_query(name)
                .or_else(|| in_cookie(name))
                .or_else(|| self.headers.contains_key(AUTHORIZATION).then(|| "`Authorization`".to_owned())),
            SchemeKind::QueryKey(name) => in_header(name).or_else(|| in_cookie(name)),
            SchemeKind::CookieKey(name) => in_header(name).or_else(|| in_query(name)),
            SchemeKind::Basic | SchemeKind::Http(_) | SchemeKind::MutualTls => None,
        }
    }
}

fn repeated(what: &str, count: usize) -> Outcome {
    Outcome::Malformed(format!("{what} was sent {count} times"))
}

fn title(scheme: &str) -> String {
    let mut letters = scheme.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn violation(
    contract: &Contract,
    operation: &Operation,
    outcome: &Outcome,
    scheme: usize,
    requirement: usize,
    misplaced: Option<String>,
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
        Outcome::OtherScheme(why) | Outcome::Malformed(why) => {
            (Rule::CredentialsMalformed, format!("malformed credentials: {why}"))
        }
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
    violation.help = Some(match (outcome, misplaced) {
        (Outcome::Scopes(_), _) => "ask for a token with the scopes that the operation declares".to_owned(),
        (_, Some(misplaced)) => format!("send {wanted}, not in {misplaced}"),
        (_, None) => format!("send {wanted}"),
    });
    violation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, LoadOptions, Source};

    /// What is found in a request without credentials, and the codes of what is wrong with the document.
    fn told(security: &str) -> (Option<Rule>, Vec<&'static str>) {
        let text = format!(
            "openapi: 3.0.3
info: {{ title: T, version: '1' }}
paths: {{ /a: {{ get: {{ security: {security}, responses: {{ '204': {{ description: good }} }} }} }} }}
components: {{ securitySchemes: {{ token: {{ type: http, scheme: bearer }} }} }}
"
        );
        let loaded = Document::load(&Source::Text { name: "t.yaml".into(), text }, LoadOptions::default());
        let (contract, diagnostics) = Contract::build("t", loaded.value.unwrap());
        let headers = HeaderMap::new();
        let input = Input::new(&[], &[], None, &headers);
        let found = check(&contract, &contract.operations[0], &input, &headers, &Credentials::Any);
        (
            found.map(|violation| violation.rule),
            diagnostics.iter().map(|diagnostic| diagnostic.code).collect(),
        )
    }

    #[test]
    fn what_an_unknown_scheme_asks_for_counts_as_shown() {
        let unknown = vec!["unknown-security-scheme"];
        let table = [
            ("[{ token: [] }]", Some(Rule::CredentialsMissing), vec![]),
            ("[{ tokens: [] }]", None, unknown.clone()),
            ("[{ token: [] }, { tokens: [] }]", None, unknown.clone()),
            ("[{ token: [], tokens: [] }]", Some(Rule::CredentialsMissing), unknown),
            ("[]", None, vec![]),
        ];
        for (security, found, diagnostics) in table {
            assert_eq!(told(security), (found, diagnostics), "{security}");
        }
    }
}
