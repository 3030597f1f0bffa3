//! `WireMock`'s matchers of JSON content: a value, or parts of it by `JSONPath`.

use serde_json::Value;

use super::matcher::{self, Subject, Wanted};
use crate::import::part::{LeftOut, Part, Told, truth};
use crate::pointer::Pointer;
use crate::scenario::format::When;
use crate::scenario::predicate::{Predicate, Tests};

/// The value of `equalToJson`, which may be written as text; it has to be equal in all.
pub(super) fn strictly(matcher: &Part<'_>, told: &mut Told) -> Result<Value, LeftOut> {
    let (value, extra) = value(matcher, told)?;
    match extra {
        Extra::Refused => Ok(value),
        Extra::Taken => {
            let message = "`ignoreExtraElements` is asked of a part of the content";
            Err(told.refuse(matcher, message, "ask for its members by `JSONPath`"))
        }
    }
}

/// Whether members that are not asked for may be there.
enum Extra {
    Refused,
    Taken,
}

fn value(matcher: &Part<'_>, told: &mut Told) -> Result<(Value, Extra), LeftOut> {
    let Some(operand) = matcher.member("equalToJson") else {
        return Err(told.wrong(matcher, "a matcher with `equalToJson`"));
    };
    let value = match operand.value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(value) => value,
            Err(_) => return Err(told.wrong(&operand, "JSON")),
        },
        other => other.clone(),
    };
    if let Some(placeholder) = placeholder(&value) {
        let message = format!("`{placeholder}` is a placeholder of json-unit, which has no counterpart");
        return Err(told.refuse(&operand, message, "ask for the other members by `JSONPath`"));
    }
    let order = matcher.member("ignoreArrayOrder");
    if let Some(order) = order.filter(|_| has_list(&value, 2))
        && truth(Some(&order), told)?
    {
        let message = "lists in any order can't be asked for";
        return Err(told.refuse(&order, message, "ask for the other members by `JSONPath`"));
    }
    let extra = matcher.member("ignoreExtraElements");
    if !truth(extra.as_ref(), told)? || !value.is_object() {
        return Ok((value, Extra::Refused));
    }
    if let Some(extra) = extra.filter(|_| has_list(&value, 0)) {
        let message = "lists that may have more items can't be asked for";
        return Err(told.refuse(&extra, message, "ask for the other members by `JSONPath`"));
    }
    Ok((value, Extra::Taken))
}

fn placeholder(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| text.contains("{json-unit.")),
        Value::Array(items) => items.iter().find_map(placeholder),
        Value::Object(members) => members.values().find_map(placeholder),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Whether there is a list of at least so many items in a value.
fn has_list(value: &Value, least: usize) -> bool {
    match value {
        Value::Array(items) => items.len() >= least || items.iter().any(|item| has_list(item, least)),
        Value::Object(members) => members.values().any(|member| has_list(member, least)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// `equalToJson` of the whole content.
pub(super) fn equal(matcher: &Part<'_>, told: &mut Told) -> Result<When, LeftOut> {
    let (value, extra) = value(matcher, told)?;
    let mut when = When::default();
    match extra {
        Extra::Refused => {
            when.body.insert(String::new(), equals(value));
        }
        Extra::Taken => leaves(&value, &Pointer::root(), &mut when),
    }
    Ok(when)
}

fn leaves(value: &Value, at: &Pointer, when: &mut When) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                leaves(member, &at.join(key), when);
            }
        }
        Value::Object(_) => {
            let there = Tests { present: Some(true), ..Tests::default() };
            when.body.insert(at.as_str().to_owned(), matcher::predicate(there));
        }
        other => {
            when.body.insert(at.as_str().to_owned(), equals(other.clone()));
        }
    }
}

fn equals(value: Value) -> Predicate {
    matcher::predicate(Tests { equals: Some(value), ..Tests::default() })
}

/// `matchesJsonPath`: an expression, or an expression with a matcher of what it finds.
pub(super) fn path(operand: &Part<'_>, told: &mut Told) -> Result<When, LeftOut> {
    let expression =
        if operand.value.is_object() { operand.member("expression") } else { Some(operand.clone()) };
    let Some(expression) = expression else { return Err(told.wrong(operand, "an object with `expression`")) };
    let Some(text) = expression.value.as_str() else { return Err(told.wrong(&expression, "a JSONPath")) };
    let Some(pointer) = pointer(text) else {
        let message = format!("`{text}` finds what no JSON pointer names");
        let help = "conditions name one place, such as `$.address.country` or `$['items'][0]`";
        return Err(told.refuse(&expression, message, help));
    };
    let wanted = if operand.value.is_object() {
        let rest = operand.value.as_object().map(|members| {
            let mut members = members.clone();
            members.shift_remove("expression");
            Value::Object(members)
        });
        let rest = rest.unwrap_or_default();
        matcher::read(
            &Part { file: operand.file, value: &rest, at: operand.at.clone() },
            Subject::Value,
            told,
        )?
    } else {
        // What is null or empty counts as not found.
        let empty = [Value::Null, Value::Array(Vec::new()), Value::Object(serde_json::Map::new())];
        let not = matcher::predicate(Tests { one_of: Some(empty.to_vec()), ..Tests::default() });
        Wanted::Test(Box::new(Tests { present: Some(true), not: Some(Box::new(not)), ..Tests::default() }))
    };
    Ok(wanted.when(&|predicate| When {
        body: [(pointer.as_str().to_owned(), predicate)].into(),
        ..When::default()
    }))
}

/// The place that a `JSONPath` names, if it names one.
pub(super) fn pointer(expression: &str) -> Option<Pointer> {
    let mut rest = expression.trim().strip_prefix('$')?;
    let mut pointer = Pointer::root();
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('[') {
            let (inner, behind) = behind.split_once(']')?;
            let inner = inner.trim();
            let quoted =
                ['\'', '"'].iter().find_map(|quote| inner.strip_prefix(*quote)?.strip_suffix(*quote));
            let is_index = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
            pointer = pointer.join(quoted.or_else(|| is_index.then_some(inner))?);
            rest = behind;
            continue;
        }
        let behind = rest.strip_prefix('.')?;
        let end = behind.find(['.', '[']).unwrap_or(behind.len());
        let name = &behind[..end];
        let is_name =
            !name.is_empty() && name.chars().all(|inside| inside.is_alphanumeric() || "_-$".contains(inside));
        pointer = pointer.join(Some(name).filter(|_| is_name)?);
        rest = &behind[end..];
    }
    Some(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_path_that_names_one_place_is_a_pointer() {
        let table = [
            ("$", Some("")),
            ("$.a", Some("/a")),
            ("$.a.b[0].c-d", Some("/a/b/0/c-d")),
            ("$['a']['b c'][\"d/e\"]", Some("/a/b c/d~1e")),
            ("$..a", None),
            ("$.a[*]", None),
            ("$.a[?(@.b == 'c')]", None),
            ("$.a.length()", None),
            ("$.a[-1]", None),
            ("a", None),
            ("$.", None),
            ("$[", None),
            ("$.*", None),
        ];
        for (expression, expected) in table {
            let found = pointer(expression);
            assert_eq!(found.as_ref().map(Pointer::as_str), expected, "{expression}");
        }
    }
}
