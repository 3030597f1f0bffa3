//! `WireMock`'s matchers of one value, as tests of ours.

use std::collections::btree_map::Entry;

use serde_json::Value;

use super::json;
use crate::import::part::{LeftOut, Part, Told, object, strangers, text_of, truth, written};
use crate::scenario::format::{Plain, When};
use crate::scenario::predicate::{Predicate, Tests};

/// What is asked of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    Test(Box<Tests>),
    Not(Box<Wanted>),
    All(Vec<Wanted>),
    Any(Vec<Wanted>),
}

/// What a matcher looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// Text of a header field, query parameter or cookie.
    Text,
    /// A value within the content: `WireMock` holds it as text, so `"7"` is the number 7, too.
    Value,
}

/// The keys that say more of a matcher.
const MODIFIERS: &[&str] = &["caseInsensitive", "ignoreArrayOrder", "ignoreExtraElements"];
/// The matchers that can be said here.
const OPERATORS: &[&str] = &[
    "equalTo",
    "contains",
    "doesNotContain",
    "matches",
    "doesNotMatch",
    "absent",
    "equalToJson",
    "not",
    "and",
    "or",
    "includes",
];

/// The one member that says how a matcher matches.
pub(super) fn operator<'a>(
    matcher: &Part<'a>,
    known: &[&str],
    told: &mut Told,
) -> Result<(&'a str, Part<'a>), LeftOut> {
    object(matcher, told)?;
    let all: Vec<&str> = known.iter().chain(MODIFIERS).copied().collect();
    if let Some((stranger, help)) = strangers(matcher, &all).into_iter().next() {
        let name = stranger.at.last().unwrap_or_default();
        return Err(told.refuse(&stranger, format!("no test of ours does what `{name}` does"), &help));
    }
    let mut operators = matcher.members().filter(|(key, _)| known.contains(key));
    match (operators.next(), operators.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(told.wrong(matcher, "a matcher such as `{ \"equalTo\": \"a\" }`")),
        (Some(_), Some((_, second))) => {
            Err(told.refuse(&second, "a matcher has two operators", "put them into `and`"))
        }
    }
}

/// Reads a matcher.
pub(super) fn read(matcher: &Part<'_>, subject: Subject, told: &mut Told) -> Result<Wanted, LeftOut> {
    let (name, operand) = operator(matcher, OPERATORS, told)?;
    let test = |tests: Tests| Wanted::Test(Box::new(tests));
    Ok(match name {
        "equalTo" => {
            let text = written(&operand, told)?;
            if truth(matcher.member("caseInsensitive").as_ref(), told)? {
                let pattern = format!("^(?i:{})$", escape(&text));
                test(Tests { matches: Some(pattern), ..Tests::default() })
            } else {
                test(equals(text, subject))
            }
        }
        "contains" => test(contains(&operand, told)?),
        "doesNotContain" => Wanted::Not(Box::new(test(contains(&operand, told)?))),
        "matches" => test(matches(&operand, told)?),
        "doesNotMatch" => Wanted::Not(Box::new(test(matches(&operand, told)?))),
        "absent" => {
            let is_absent = truth(Some(&operand), told)?;
            test(Tests { present: Some(!is_absent), ..Tests::default() })
        }
        "equalToJson" => match subject {
            Subject::Value => {
                test(Tests { equals: Some(json::strictly(matcher, told)?), ..Tests::default() })
            }
            Subject::Text => {
                let message = "`equalToJson` is asked of a header field, query parameter or cookie";
                return Err(told.refuse(&operand, message, "such JSON is text here; use `equalTo`"));
            }
        },
        "not" => Wanted::Not(Box::new(read(&operand, subject, told)?)),
        "or" => Wanted::Any(list(&operand, subject, told)?),
        // "and", "includes": of several values under one name, each may pass another one.
        _ => Wanted::All(list(&operand, subject, told)?),
    })
}

fn list(operand: &Part<'_>, subject: Subject, told: &mut Told) -> Result<Vec<Wanted>, LeftOut> {
    let wanted: Vec<Wanted> =
        operand.items().map(|item| read(&item, subject, told)).collect::<Result<_, LeftOut>>()?;
    if wanted.is_empty() { Err(told.wrong(operand, "a list of matchers")) } else { Ok(wanted) }
}

fn equals(text: String, subject: Subject) -> Tests {
    let read = serde_json::from_str::<Value>(&text).ok();
    let is_written_so = |value: &Value| value.is_number() || value.is_boolean();
    match read.filter(|value| subject == Subject::Value && is_written_so(value)) {
        Some(value) => Tests { one_of: Some(vec![text.into(), value]), ..Tests::default() },
        None => Tests { equals: Some(text.into()), ..Tests::default() },
    }
}

fn contains(operand: &Part<'_>, told: &mut Told) -> Result<Tests, LeftOut> {
    Ok(Tests { contains: Some(written(operand, told)?.into()), ..Tests::default() })
}

fn matches(operand: &Part<'_>, told: &mut Told) -> Result<Tests, LeftOut> {
    Ok(Tests { matches: Some(whole(text_of(operand, told)?)), ..Tests::default() })
}

/// An expression that has to fit the whole of a text, as in `WireMock`.
pub(super) fn whole(pattern: &str) -> String {
    if pattern.contains('|') { format!("^(?:{pattern})$") } else { format!("^{pattern}$") }
}

/// Text as an expression that finds it.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\.+*?()|[]{}^$#&-~".contains(character)
            && character != '-'
            && character != '&'
            && character != '~'
        {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

impl Wanted {
    /// It as a condition; `make` puts a test at its place.
    pub(super) fn when(self, make: &dyn Fn(Predicate) -> When) -> When {
        let each = |wanted: Vec<Self>| wanted.into_iter().map(|one| one.when(make)).collect();
        match self {
            Self::Test(tests) => make(predicate(*tests)),
            Self::All(wanted) => When { all: each(wanted), ..When::default() },
            Self::Any(wanted) => When { any: each(wanted), ..When::default() },
            Self::Not(wanted) => match *wanted {
                Self::Test(tests) => {
                    let not = Some(Box::new(predicate(*tests)));
                    make(Predicate::Tests(Box::new(Tests { not, ..Tests::default() })))
                }
                other => When { not: Some(Box::new(other.when(make))), ..When::default() },
            },
        }
    }
}

/// Tests as short as they can be written.
pub(super) fn predicate(mut tests: Tests) -> Predicate {
    match tests.equals.take() {
        Some(value) if tests == Tests::default() && !value.is_object() && !value.is_array() => {
            Predicate::Plain(Plain(value))
        }
        equals => Predicate::Tests(Box::new(Tests { equals, ..tests })),
    }
}

/// Adds a condition to others that all have to hold.
pub(super) fn add(into: &mut When, mut more: When) {
    for (mine, theirs) in [
        (&mut into.header, &mut more.header),
        (&mut into.query, &mut more.query),
        (&mut into.cookie, &mut more.cookie),
        (&mut into.body, &mut more.body),
    ] {
        for (name, predicate) in std::mem::take(theirs) {
            match mine.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(predicate);
                }
                Entry::Occupied(place) => {
                    theirs.insert(place.key().clone(), predicate);
                }
            }
        }
    }
    into.all.append(&mut more.all);
    if into.any.is_empty() {
        into.any.append(&mut more.any);
    }
    if into.not.is_none() {
        into.not = more.not.take();
    }
    if more != When::default() {
        into.all.push(more);
    }
}
