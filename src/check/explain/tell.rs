//! The sentence of each cause: what was found, what the contract says, what to do.

use serde_json::Value;

use super::cause::{Cause, What};
use crate::pointer::Pointer;
use crate::schema::Mismatch;
use crate::text;

/// So many characters of a document's value are shown.
const LONGEST: usize = 200;

/// What is told of a cause, without the name of the place in the message.
pub(super) struct Told {
    pub(super) message: String,
    pub(super) expected: Option<String>,
    pub(super) help: Option<String>,
}

impl Told {
    fn new(message: impl Into<String>, expected: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), expected: Some(expected.into()), help: Some(help.into()) }
    }
}

/// What is wrong; `found` is what may be shown of the value.
pub(super) fn tell(root: &Value, cause: &Cause, found: &str) -> Told {
    match &cause.what {
        What::Keyword(mismatch) => of_keyword(root, mismatch, found),
        What::Missing { name, beside } => missing(root, cause, &text::harmless(name), beside.as_deref()),
        What::NotAllowed { near, known } => not_allowed(near.as_deref(), known),
        What::TagMissing { name, keyword, choices } => Told::new(
            format!(
                "the property `{}`, which tells the branches of `{keyword}` apart, is missing",
                text::harmless(name)
            ),
            format!("one of {}", listed(choices)),
            format!("add the property `{}` with one of {}", text::harmless(name), listed(choices)),
        ),
        What::TagUnknown { keyword, choices } => {
            let message =
                format!("{found} names no branch of `{keyword}`, expected one of {}", listed(choices));
            let near = cause.found.as_ref().and_then(|found| nearest(found, choices));
            let help = near.unwrap_or_else(|| format!("send one of {}", listed(choices)));
            Told::new(message, format!("one of {}", listed(choices)), help)
        }
        What::NoType { types } => is_not(found, &with_articles(types.iter().map(String::as_str))),
        What::Several { branches } => Told::new(
            format!(
                "{found} is valid by {} of `oneOf`, where exactly one must take it",
                branches.join(" and ")
            ),
            "a value that one branch takes",
            "send what only one of them takes, or let the schema tell them apart (a `required` or `const` in each)",
        ),
    }
}

/// What is wrong, by keyword.
fn of_keyword(root: &Value, mismatch: &Mismatch, found: &str) -> Told {
    let limit = mismatch.schema.find(root).unwrap_or(&Value::Null);
    let bound = text::shortened(&text::harmless(&limit.to_string()), LONGEST);
    match mismatch.keyword.as_str() {
        "type" => is_not(found, &types(limit)),
        "maximum" => bounded(found, "more than the maximum of", &bound, ["", " or less"]),
        "minimum" => bounded(found, "less than the minimum of", &bound, ["", " or more"]),
        "exclusiveMaximum" => bounded(found, "not less than", &bound, ["less than ", ""]),
        "exclusiveMinimum" => bounded(found, "not more than", &bound, ["more than ", ""]),
        "multipleOf" => {
            let expected = format!("a multiple of {bound}");
            Told::new(format!("{found} is not {expected}"), expected.clone(), format!("send {expected}"))
        }
        "maxLength" => counted(found, "longer than", "at most", limit, "character"),
        "minLength" => counted(found, "shorter than", "at least", limit, "character"),
        "maxItems" => counted(found, "more than", "at most", limit, "item"),
        "minItems" => counted(found, "fewer than", "at least", limit, "item"),
        "maxProperties" => counted(found, "more than", "at most", limit, "property"),
        "minProperties" => counted(found, "fewer than", "at least", limit, "property"),
        "uniqueItems" => {
            let message = match equal_items(&mismatch.found) {
                Some((one, other)) => format!("the items {one} and {other} are equal (counted from 0)"),
                None => format!("{found} has an item twice"),
            };
            Told::new(message, "items that differ", "send each item once")
        }
        "pattern" => Told::new(
            format!("{found} does not match the pattern {bound}"),
            format!("text that matches {bound}"),
            format!("send text that matches {bound}"),
        ),
        "format" => {
            let format = text::harmless(limit.as_str().unwrap_or_default());
            Told::new(
                format!("{found} is no `{format}`"),
                format!("`{format}`"),
                format!("send a value of the format `{format}`"),
            )
        }
        "enum" => {
            let values: Vec<String> = limit.as_array().into_iter().flatten().map(Value::to_string).collect();
            let expected = format!("one of {}", listed(&values));
            let help = nearest(&mismatch.found, &values).unwrap_or_else(|| format!("send {expected}"));
            Told::new(format!("{found} is none of {}", listed(&values)), expected, help)
        }
        "const" => Told::new(format!("{found} is not {bound}"), bound.clone(), format!("send {bound}")),
        "contains" => contains(root, mismatch, found),
        "not" => excluded(limit, found),
        "propertyNames" => wrong_name(root, mismatch),
        "falseSchema" => never(root, mismatch, found),
        "unevaluatedItems" => Told::new(
            format!("{found} has items that no schema allows"),
            "only the items that the schema names",
            "leave out the items at the end",
        ),
        // What is left has to do with content in strings, which is not asserted, and with references.
        _ => Told {
            message: text::shortened(&text::harmless(&mismatch.message), LONGEST),
            expected: None,
            help: None,
        },
    }
}

fn is_not(found: &str, expected: &str) -> Told {
    Told::new(format!("{found} is not {expected}"), expected, format!("send {expected}"))
}

/// A bound on a number; `around` is what stands around the bound where it is told what is right.
fn bounded(found: &str, wrong: &str, bound: &str, [before, behind]: [&str; 2]) -> Told {
    let expected = format!("{before}{bound}{behind}");
    let help =
        if before.is_empty() { format!("send a value of {expected}") } else { format!("send {expected}") };
    Told::new(format!("{found} is {wrong} {bound}"), expected, help)
}

/// A bound on how many there are of something.
fn counted(found: &str, wrong: &str, right: &str, limit: &Value, thing: &str) -> Told {
    let bound = limit.as_f64().map_or_else(|| limit.to_string(), |number| number.to_string());
    let things = match (bound.as_str(), thing) {
        ("1", _) => thing.to_owned(),
        (_, "property") => "properties".to_owned(),
        _ => format!("{thing}s"),
    };
    let verb = if thing == "character" { "is" } else { "has" };
    let expected = format!("{right} {bound} {things}");
    Told::new(
        format!("{found} {verb} {wrong} {bound} {things}"),
        expected.clone(),
        format!("send {expected}"),
    )
}

/// A property that is missing: asked for always, beside another one, or on a condition.
fn missing(root: &Value, cause: &Cause, name: &str, beside: Option<&str>) -> Told {
    let beside = beside.map(str::to_owned).or_else(|| dependent(&cause.schema));
    let because = match (beside, condition(root, &cause.schema)) {
        (Some(other), _) => format!(", which `{}` asks for", text::harmless(&other)),
        (None, Some(keyword)) => format!(", which `{keyword}` asks for here"),
        (None, None) => String::new(),
    };
    Told::new(
        format!("the property `{name}` is missing{because}"),
        format!("a property `{name}`"),
        format!("add the property `{name}`"),
    )
}

/// The property under `dependentSchemas` that a keyword stands in the schema of.
fn dependent(keyword: &Pointer) -> Option<String> {
    let schema = keyword.parent()?;
    let is_dependent = schema.parent()?.last()? == "dependentSchemas";
    is_dependent.then(|| schema.last()).flatten()
}

/// `then` or `else`, where a keyword stands in one of them.
fn condition(root: &Value, keyword: &Pointer) -> Option<String> {
    let schema = keyword.parent()?;
    let name = schema.last().filter(|name| ["then", "else"].contains(&name.as_str()))?;
    schema.parent()?.find(root)?.get("if").map(|_| name)
}

fn not_allowed(near: Option<&str>, known: &[String]) -> Told {
    let known = text::list(known.iter().map(String::as_str));
    let mut told = Told::new(
        "no property of this name is allowed",
        format!("one of {known}"),
        "leave out what the schema does not name",
    );
    if known.is_empty() {
        told.expected = None;
    }
    if let Some(near) = near {
        told.help = Some(format!("did you mean `{}`?", text::harmless(near)));
    }
    told
}

/// `contains`, `minContains` and `maxContains`.
fn contains(root: &Value, mismatch: &Mismatch, found: &str) -> Told {
    let keyword = mismatch.schema.last().unwrap_or_default();
    let bound =
        mismatch.schema.find(root).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
    let items = format!("{} for `contains`", text::counted(bound.unwrap_or_default(), "fitting item"));
    let (wrong, expected) = match keyword.as_str() {
        "minContains" => (format!("fewer than {items}"), format!("at least {items}")),
        "maxContains" => (format!("more than {items}"), format!("at most {items}")),
        _ => ("no item that fits `contains`".to_owned(), "an item that fits `contains`".to_owned()),
    };
    Told::new(format!("{found} has {wrong}"), expected.clone(), format!("send {expected}"))
}

/// What `not` excludes, as far as one keyword says it.
fn excluded(limit: &Value, found: &str) -> Told {
    let only = limit.as_object().filter(|schema| schema.len() == 1).and_then(|schema| schema.iter().next());
    let told = |what: &str| {
        Told::new(
            format!("{found} is {what}, which `not` excludes"),
            format!("anything but {what}"),
            format!("send anything but {what}"),
        )
    };
    match only.map(|(keyword, value)| (keyword.as_str(), value)) {
        Some(("type", value)) => told(&types(value)),
        Some(("const", value)) => told(&text::shortened(&value.to_string(), LONGEST)),
        Some(("enum", Value::Array(values))) => {
            let values: Vec<String> = values.iter().map(Value::to_string).collect();
            told(&format!("one of {}", listed(&values)))
        }
        Some(("required", Value::Array(names))) => {
            let names = text::list(names.iter().filter_map(Value::as_str));
            Told::new(
                format!("{names} must not be there together, by `not`"),
                format!("an object without {names}"),
                "leave one of them out",
            )
        }
        _ => Told::new(
            format!("{found} is valid by the schema under `not`, which excludes it"),
            "a value that the schema under `not` does not take",
            "send another value",
        ),
    }
}

/// A property whose name breaks `propertyNames`.
fn wrong_name(root: &Value, mismatch: &Mismatch) -> Told {
    let name = Value::from(mismatch.names.first().map_or("", String::as_str)).to_string();
    let shown = text::harmless(&text::shortened(&name, LONGEST));
    let inner = mismatch.branches.first().and_then(|branch| branch.first());
    let mut told = match inner {
        Some(inner) => of_keyword(root, inner, &shown),
        None => Told::new(format!("{shown} is no name that is allowed"), "another name", "send another name"),
    };
    told.message = format!("the name of a property is wrong: {}", told.message);
    told
}

/// What nothing satisfies: items behind the last one, a property that must not be there.
fn never(root: &Value, mismatch: &Mismatch, found: &str) -> Told {
    let keyword = mismatch.schema.last().unwrap_or_default();
    let around = mismatch.schema.parent().and_then(|parent| parent.find(root));
    if ["items", "unevaluatedItems"].contains(&keyword.as_str()) {
        let count = around.and_then(|schema| schema.get("prefixItems")?.as_array()).map_or(0, Vec::len);
        let expected = format!("at most {}", text::counted(count, "item"));
        return Told::new(
            format!("there is an item too many, {found}: {expected} can be there"),
            expected,
            "leave out the items at the end",
        );
    }
    Told::new(format!("nothing may be here, but {found} is"), "nothing", "leave it out")
}

/// Which two items are equal.
fn equal_items(found: &Value) -> Option<(usize, usize)> {
    let mut seen = std::collections::HashMap::new();
    for (index, item) in found.as_array()?.iter().enumerate() {
        if let Some(first) = seen.insert(comparable(item), index) {
            return Some((first, index));
        }
    }
    None
}

/// Text that equal values have in common: names sorted, `1.0` like `1`.
fn comparable(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => float.to_string(),
            _ => number.to_string(),
        },
        Value::Object(members) => {
            let mut pairs: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), comparable(value)))
                .collect();
            pairs.sort();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(comparable).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

/// `did you mean …?`, where a listed value is near what was found: another spelling, or a number as text.
fn nearest(found: &Value, values: &[String]) -> Option<String> {
    let found = found.as_str()?;
    let texts: Vec<String> =
        values.iter().filter_map(|value| serde_json::from_str::<String>(value).ok()).collect();
    let near = text::nearest(found, texts.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", text::harmless(near)))
}

/// The values in backticks, as JSON.
fn listed(values: &[String]) -> String {
    let shown: Vec<String> =
        values.iter().map(|value| text::harmless(&text::shortened(value, LONGEST))).collect();
    text::list(shown.iter().map(String::as_str))
}

/// `an integer`, `a string or null`.
fn types(limit: &Value) -> String {
    match limit {
        Value::String(name) => with_articles([name.as_str()]),
        Value::Array(names) => with_articles(names.iter().filter_map(Value::as_str)),
        other => other.to_string(),
    }
}

fn with_articles<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let one = |name: &str| match name {
        "integer" | "array" | "object" => format!("an {name}"),
        "null" => "null".to_owned(),
        other => format!("a {other}"),
    };
    names.into_iter().map(one).collect::<Vec<_>>().join(" or ")
}
