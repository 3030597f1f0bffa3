//! Header fields and cookies that nothing declares.

use http::{HeaderMap, HeaderName};

use super::prepared::Prepared;
use super::standard_fields::is_standard;
use crate::codec::{self, Input};
use crate::contract::{Contract, Location, Operation, Response, SchemeKind};
use crate::redact;
use crate::text;
use crate::violation::{Direction, Rule, Violation};

/// How many of a kind are told of one message.
const MOST: usize = 20;

/// Header fields and cookies of a request that neither the operation nor a security scheme declares, nor a standard.
pub(super) fn in_request(
    contract: &Contract,
    operation: &Operation,
    prepared: &[Prepared],
    headers: &HeaderMap,
    input: &Input<'_>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    let is_header = |name: &HeaderName| {
        is_standard(Direction::Request, name)
            || operation.parameter(Location::Header, name.as_str()).is_some()
            || all_keys(contract).any(|(_, key)| key.eq_ignore_ascii_case(name.as_str()))
    };
    let fields = headers.keys().filter(|name| !is_header(name)).map(HeaderName::as_str);
    for name in fields.take(MOST) {
        let place = contract.document.place(&operation.pointer);
        let message = format!("header `{name}` is not declared");
        let mut violation =
            Violation::new(Rule::HeaderUndeclared, &["request", "header", name], message, place);
        violation.help = Some(help(name, names(contract, operation, Location::Header)));
        found.push(violation);
    }
    let of_cookies = || {
        let all = operation.parameters.iter().zip(prepared);
        all.filter(|(parameter, _)| parameter.location == Location::Cookie)
    };
    let declared: Vec<&str> = of_cookies().map(|(parameter, _)| parameter.name.as_str()).collect();
    let is_cookie = |name: &str| {
        name.starts_with("standin-")
            || of_cookies().any(|(parameter, prepared)| {
                codec::takes(parameter, prepared.expect(contract), &declared, name)
            })
            || all_keys(contract).any(|(_, key)| key == name)
    };
    let mut told: Vec<&str> = Vec::new();
    for name in input.cookies().iter().map(|pair| &*pair.key).filter(|name| !is_cookie(name)) {
        if told.contains(&name) || told.len() == MOST {
            continue;
        }
        told.push(name);
        let shown = redact::shown(name, 80);
        let place = contract.document.place(&operation.pointer);
        let message = format!("cookie `{shown}` is not declared");
        let mut violation =
            Violation::new(Rule::CookieUndeclared, &["request", "cookie", &shown], message, place);
        violation.help = Some(help(name, names(contract, operation, Location::Cookie)));
        found.push(violation);
    }
    found
}

/// Header fields of a reply that neither the response nor a standard declares.
pub(super) fn in_reply(contract: &Contract, response: &Response, headers: &HeaderMap) -> Vec<Violation> {
    let declared = || response.headers.iter().map(|header| header.name.as_str());
    let is_known = |name: &HeaderName| {
        is_standard(Direction::Response, name)
            || declared().any(|known| known.eq_ignore_ascii_case(name.as_str()))
    };
    let fields = headers.keys().filter(|name| !is_known(name)).map(HeaderName::as_str);
    let violation = |name| {
        let place = contract.document.place(&response.pointer);
        let message = format!("reply header `{name}` is not declared");
        let mut violation =
            Violation::new(Rule::ReplyHeaderUndeclared, &["response", "header", name], message, place);
        violation.help = Some(help(name, declared()));
        violation
    };
    fields.take(MOST).map(violation).collect()
}

/// The names under which security schemes take keys, and where. A key in another place is told by its scheme.
fn all_keys(contract: &Contract) -> impl Iterator<Item = (Location, &str)> {
    contract.schemes.iter().filter_map(|scheme| match &scheme.kind {
        SchemeKind::HeaderKey(name) => Some((Location::Header, name.as_str())),
        SchemeKind::CookieKey(name) => Some((Location::Cookie, name.as_str())),
        SchemeKind::QueryKey(name) => Some((Location::Query, name.as_str())),
        SchemeKind::Bearer | SchemeKind::Basic | SchemeKind::Http(_) | SchemeKind::MutualTls => None,
    })
}

fn names<'a>(
    contract: &'a Contract,
    operation: &'a Operation,
    location: Location,
) -> impl Iterator<Item = &'a str> {
    let parameters = operation.parameters.iter().filter(move |parameter| parameter.location == location);
    let keys = all_keys(contract).filter(move |(place, _)| *place == location);
    parameters.map(|parameter| parameter.name.as_str()).chain(keys.map(|(_, name)| name))
}

fn help<'a>(name: &str, declared: impl Iterator<Item = &'a str>) -> String {
    match text::nearest(name, declared) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "leave it out, or declare it".to_owned(),
    }
}
