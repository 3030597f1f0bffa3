//! Lists with too few or too many items, with one of them twice, or without the kind that is asked for.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// Longer lists than this are not made.
const MOST: usize = 10_000;

/// A list with one item less than the least.
pub(super) fn fewer(site: &Site<'_>) -> Vec<Vec<Change>> {
    let (Value::Array(items), Some(least)) = (site.value, site.count()) else { return Vec::new() };
    let Some(length) = least.checked_sub(1).filter(|length| *length < items.len()) else { return Vec::new() };
    site.values([json!(items[..length]), json!(items[items.len() - length..])])
}

/// A list with one item more than the most: the last ones once more, changed a little where they have to differ.
pub(super) fn more(site: &Site<'_>) -> Vec<Vec<Change>> {
    let (Value::Array(items), Some(most)) = (site.value, site.count()) else { return Vec::new() };
    if most >= MOST {
        return Vec::new();
    }
    let fillings: Vec<Value> = match items.last() {
        Some(last) => vec![last.clone()],
        None => [json!(""), json!(0), json!({}), json!(true), json!([]), json!(null)].to_vec(),
    };
    let filled = |filling: &Value, change: fn(&Value, usize) -> Value| {
        let mut longer = items.clone();
        for number in items.len()..=most {
            longer.push(change(filling, number));
        }
        Value::Array(longer)
    };
    let same = |filling: &Value, _: usize| filling.clone();
    let ways = fillings.iter().flat_map(|filling| [filled(filling, same), filled(filling, varied)]);
    site.values(ways.collect::<Vec<_>>())
}

/// A list with an item twice.
pub(super) fn twice(site: &Site<'_>) -> Vec<Vec<Change>> {
    let Value::Array(items) = site.value else { return Vec::new() };
    let Some(first) = items.first() else { return Vec::new() };
    let mut longer = items.clone();
    longer.push(first.clone());
    let mut same = items.clone();
    if let Some(second) = same.get_mut(1) {
        second.clone_from(first);
    }
    site.values([Value::Array(same), Value::Array(longer)])
}

/// A list in which no item is of the kind that is asked for.
pub(super) fn without_fitting(site: &Site<'_>) -> Vec<Vec<Change>> {
    let Value::Array(items) = site.value else { return Vec::new() };
    let others = [json!(null), json!(""), json!(0), json!(false), json!({}), json!([])];
    let filled = |other: &Value| Value::Array(vec![other.clone(); items.len().max(1)]);
    let one_less = (0..items.len()).map(|index| {
        let mut fewer = items.clone();
        fewer.remove(index);
        Value::Array(fewer)
    });
    let ways: Vec<Value> = others.iter().map(filled).chain([json!([])]).chain(one_less).collect();
    site.values(ways)
}

/// A value that differs from another by a number in its first text or number.
fn varied(value: &Value, number: usize) -> Value {
    match value {
        Value::String(text) => json!(format!("{text}{number}")),
        Value::Number(known) => match known.as_i64() {
            Some(whole) => json!(whole.wrapping_add(number as i64)),
            None => json!(known.as_f64().unwrap_or_default() + number as f64),
        },
        Value::Object(members) => {
            let mut members = members.clone();
            let changed = members.values_mut().find(|member| member.is_string() || member.is_number());
            if let Some(member) = changed {
                *member = varied(member, number);
            }
            Value::Object(members)
        }
        Value::Array(_) | Value::Bool(_) | Value::Null => value.clone(),
    }
}
