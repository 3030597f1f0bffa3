//! The request of a stub, as the conditions of a rule.

use data_encoding::BASE64;

use super::matcher::{self, Subject};
use super::url::{self, Route};
use super::{Desk, json};
use crate::import::part::{LeftOut, Part, Told, object, strangers, text_of};
use crate::pointer::Pointer;
use crate::scenario::format::{Plain, When};
use crate::scenario::predicate::{Predicate, Tests};

/// The keys that can be imported, beside those of the URL.
const KEYS: &[&str] = &[
    "headers",
    "queryParameters",
    "cookies",
    "basicAuth",
    "basicAuthCredentials",
    "bodyPatterns",
    "formParameters",
];

/// Where a matched value stands among conditions.
type Place = fn(&str, Predicate) -> When;

fn header(name: &str, predicate: Predicate) -> When {
    When { header: [(name.to_owned(), predicate)].into(), ..When::default() }
}

fn query(name: &str, predicate: Predicate) -> When {
    When { query: [(name.to_owned(), predicate)].into(), ..When::default() }
}

fn cookie(name: &str, predicate: Predicate) -> When {
    When { cookie: [(name.to_owned(), predicate)].into(), ..When::default() }
}

fn form(name: &str, predicate: Predicate) -> When {
    content(Pointer::root().join(name).as_str(), predicate)
}

fn content(pointer: &str, predicate: Predicate) -> When {
    When { body: [(pointer.to_owned(), predicate)].into(), ..When::default() }
}

/// Reads what is asked of a request.
pub(super) fn read(request: &Part<'_>, desk: &Desk<'_>, told: &mut Told) -> Result<Route, LeftOut> {
    object(request, told)?;
    let known: Vec<&str> = url::KEYS.iter().chain(KEYS).copied().collect();
    if let Some((part, help)) = strangers(request, &known).into_iter().next() {
        let key = part.at.last().unwrap_or_default();
        return Err(told.refuse(&part, format!("nothing asks for what `{key}` does"), &help));
    }
    let mut route = url::read(request, desk, told)?;
    let named: [(&str, Subject, Place); 4] = [
        ("headers", Subject::Text, header),
        ("queryParameters", Subject::Text, query),
        ("cookies", Subject::Text, cookie),
        ("formParameters", Subject::Value, form),
    ];
    for (key, subject, place) in named {
        let Some(part) = request.member(key) else { continue };
        object(&part, told)?;
        for (name, one) in part.members() {
            let wanted = matcher::read(&one, subject, told)?;
            let when = wanted.when(&|predicate| place(name, predicate));
            matcher::add(&mut route.when, when);
        }
    }
    if let Some(part) = request.member("basicAuth").or_else(|| request.member("basicAuthCredentials")) {
        matcher::add(&mut route.when, basic(&part, told)?);
    }
    if let Some(part) = request.member("bodyPatterns") {
        if !part.value.is_array() {
            return Err(told.wrong(&part, "a list of matchers"));
        }
        for one in part.items() {
            let when = body(&one, &route, desk, told)?;
            matcher::add(&mut route.when, when);
        }
    }
    Ok(route)
}

/// Credentials of the scheme Basic (RFC 7617).
fn basic(part: &Part<'_>, told: &mut Told) -> Result<When, LeftOut> {
    object(part, told)?;
    let mut words = Vec::new();
    for key in ["username", "password"] {
        let Some(word) = part.member(key) else {
            return Err(told.wrong(part, "an object with `username` and `password`"));
        };
        words.push(text_of(&word, told)?);
    }
    let value = format!("Basic {}", BASE64.encode(words.join(":").as_bytes()));
    Ok(header("authorization", Predicate::Plain(Plain(value.into()))))
}

fn body(one: &Part<'_>, route: &Route, desk: &Desk<'_>, told: &mut Told) -> Result<When, LeftOut> {
    if one.member("matchesJsonPath").is_some() {
        let (_, operand) = matcher::operator(one, &["matchesJsonPath"], told)?;
        return json::path(&operand, told);
    }
    if one.member("equalToJson").is_some() {
        let _ = matcher::operator(one, &["equalToJson"], told)?;
        return json::equal(one, told);
    }
    let at_root = |predicate| content("", predicate);
    if let Some(text) = one.member("equalTo")
        && let Some(value) = text.value.as_str().and_then(|text| serde_json::from_str(text).ok())
        && (matches!(value, serde_json::Value::Object(_) | serde_json::Value::Array(_)))
    {
        return Ok(at_root(matcher::predicate(Tests { equals: Some(value), ..Tests::default() })));
    }
    let wanted = matcher::read(one, Subject::Value, told)?;
    let is_absence = matches!(&wanted, matcher::Wanted::Test(tests) if tests.present.is_some());
    if !is_absence && !desk.takes_text(&route.operations) {
        let message = "the content is held against a text, and it is read as values here";
        return Err(told.refuse(one, message, "use `matchesJsonPath` or `equalToJson`"));
    }
    if !is_absence && !desk.has_documents() {
        let message =
            "the content is held against a text: that fits only content that is no JSON and no form";
        told.note(one, message, "use `matchesJsonPath` or `equalToJson`");
    }
    Ok(wanted.when(&at_root))
}
