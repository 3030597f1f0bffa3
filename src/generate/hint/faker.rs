//! `x-faker`: the names that faker.js has for kinds of values, old and new, and what reads like each.

mod names;

use serde_json::Value;

use super::{Hint, folded};
use crate::generate::persona::{Field, Moment};
use names::NAMES;

/// What a name of faker.js stands for.
pub(super) enum Meaning {
    /// What a property's name could say too.
    Is(Hint),
    /// A time, in the notation that the schema asks for.
    Time(Moment),
    /// A number within bounds that the arguments may narrow: low, high, decimal places.
    Number(i64, i64, u32),
    /// One of some texts.
    One(&'static [&'static str]),
    /// One of the values that the arguments list.
    Pick,
    /// What is drawn anyway: `datatype.boolean`.
    Anything,
}

/// What the value of an `x-faker` keyword asks for; `None` if it is not known, or if nothing could follow it.
///
/// The keyword holds a name, or an object of one name with its arguments: a list as faker.js takes them, or an object.
pub(in crate::generate) fn wanted(keyword: &Value, format: Option<&str>, numeric: bool) -> Option<Hint> {
    let (name, arguments) = parts(keyword)?;
    match meaning(name)? {
        Meaning::Is(hint) => Some(hint.clone()),
        Meaning::Time(moment) => Some(Hint::Field(match format {
            _ if numeric => Field::Seconds(*moment),
            Some("date") => Field::Date(*moment),
            _ => Field::DateTime(*moment),
        })),
        Meaning::Number(low, high, scale) => Some(number(arguments, (*low, *high, *scale))),
        Meaning::One(texts) => Some(Hint::One(texts)),
        Meaning::Pick => {
            let given = arguments?;
            let list = given.as_array().and_then(|list| list.first()).filter(|first| first.is_array());
            Some(Hint::Listed(list.unwrap_or(given).as_array()?.clone()))
        }
        Meaning::Anything => None,
    }
}

/// The name that an `x-faker` keyword holds, if it is not known here.
pub fn unknown(keyword: &Value) -> Option<String> {
    match parts(keyword) {
        Some((name, _)) => meaning(name).is_none().then(|| name.to_owned()),
        None => Some(keyword.to_string()),
    }
}

/// Every name that is known.
pub fn known() -> impl Iterator<Item = &'static str> {
    NAMES.iter().flat_map(|(names, _)| names.iter().copied())
}

fn parts(keyword: &Value) -> Option<(&str, Option<&Value>)> {
    match keyword {
        Value::String(name) => Some((name, None)),
        Value::Object(map) => {
            let (name, arguments) = map.iter().next()?;
            Some((name, Some(arguments)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn meaning(name: &str) -> Option<&'static Meaning> {
    let bare = name.trim().trim_start_matches("faker.").trim_end_matches("()");
    let wanted = folded(bare);
    // `person.name` and `personname` would fold to the same: the parts count.
    let module = |name: &str| name.split_once('.').map(|(module, _)| folded(module));
    let is_meant = |known: &&str| folded(known) == wanted && module(known) == module(bare);
    NAMES.iter().find(|(names, _)| names.iter().any(is_meant)).map(|(_, meaning)| meaning)
}

/// The bounds that the arguments give, by name or in their order: least, most, decimal places.
fn number(arguments: Option<&Value>, (low, high, scale): (i64, i64, u32)) -> Hint {
    let positional = |at: usize| arguments.and_then(|given| given.get(at));
    // `[{ min: 1, max: 9 }]` is the list of arguments that faker.js takes itself.
    let named = arguments.map(|given| given.get(0).filter(|first| first.is_object()).unwrap_or(given));
    let find = |name: &str, at: usize| {
        let found = named.and_then(|given| given.get(name)).or_else(|| positional(at));
        found.and_then(Value::as_f64)
    };
    let only = arguments.and_then(Value::as_f64);
    let given = (find("min", 0), find("max", 1).or(only));
    let places =
        find("fractionDigits", 2).or_else(|| find("dec", 2)).map(|places| places.clamp(0.0, 9.0) as u32);
    let scale = places.unwrap_or(scale);
    let low = given.0.map_or(if given.1.is_some() { 0 } else { low }, |low| low.ceil() as i64);
    let high = given.1.map_or(high.max(low), |high| high.floor() as i64);
    Hint::Number { low, high: high.max(low), scale }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generate::pool::Pool;

    #[test]
    fn old_and_new_names_mean_the_same() {
        for name in ["person.firstName", "name.firstName", "name.first_name", "faker.person.firstName()"] {
            assert_eq!(wanted(&json!(name), None, false), Some(Hint::Field(Field::FirstName)), "{name}");
        }
        let past = |format, numeric| wanted(&json!("date.past"), format, numeric);
        assert_eq!(past(Some("date"), false), Some(Hint::Field(Field::Date(Moment::Created))));
        assert_eq!(past(None, true), Some(Hint::Field(Field::Seconds(Moment::Created))));
        assert_eq!(unknown(&json!("internet.email")), None);
        assert_eq!(unknown(&json!("internet.emial")), Some("internet.emial".to_owned()));
        assert_eq!(unknown(&json!(["a"])), Some("[\"a\"]".to_owned()));
    }

    #[test]
    fn arguments_are_named_or_in_order() {
        let range = |low, high, scale| Some(Hint::Number { low, high, scale });
        let table = [
            (json!({ "number.int": { "min": 5, "max": 9 } }), range(5, 9, 0)),
            (json!({ "number.int": [{ "min": 5, "max": 9 }] }), range(5, 9, 0)),
            (json!({ "number.int": 7 }), range(0, 7, 0)),
            (json!({ "finance.amount": [1, 3, 1] }), range(1, 3, 1)),
            (
                json!({ "helpers.arrayElement": [["a", "b"]] }),
                Some(Hint::Listed(vec![json!("a"), json!("b")])),
            ),
            (json!({ "random.arrayElement": ["a"] }), Some(Hint::Listed(vec![json!("a")]))),
            (json!("helpers.arrayElement"), None),
            (json!({ "commerce.department": [] }), Some(Hint::Pool(Pool::Department))),
        ];
        for (keyword, expected) in table {
            assert_eq!(wanted(&keyword, None, true), expected, "{keyword}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<&str> = known().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
