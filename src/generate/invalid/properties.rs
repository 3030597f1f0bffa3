//! Objects with too few or too many properties.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// No object gets more properties than this.
const MOST: usize = 2000;

/// An object with one property less than the least, the optional ones gone first.
pub(super) fn fewer(site: &Site<'_>) -> Vec<Vec<Change>> {
    let (Value::Object(members), Some(least)) = (site.value, site.count()) else { return Vec::new() };
    let Some(length) = least.checked_sub(1).filter(|length| *length < members.len()) else {
        return Vec::new();
    };
    let required = site.schema.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_required = |name: &String| required.iter().any(|one| one == name.as_str());
    let mut order: Vec<&String> = members.keys().collect();
    order.sort_by_key(|name| !is_required(name));
    let kept = &order[..length];
    let mut fewer = members.clone();
    fewer.retain(|name, _| kept.contains(&name));
    site.values([Value::Object(fewer)])
}

/// An object with one property more than the most.
pub(super) fn more(site: &Site<'_>) -> Vec<Vec<Change>> {
    let (Value::Object(members), Some(most)) = (site.value, site.count()) else { return Vec::new() };
    if most >= MOST {
        return Vec::new();
    }
    let mut fillings: Vec<Value> = members.values().next_back().cloned().into_iter().collect();
    fillings.extend([json!(""), json!(0), json!(true), json!({}), json!([]), json!(null)]);
    let declared = site.schema.get("properties").and_then(Value::as_object);
    let named: Vec<String> = declared.into_iter().flat_map(|known| known.keys().cloned()).collect();
    // Short, for names can be bounded.
    let made = |number: usize| format!("p{number}");
    let filled = |filling: &Value| {
        let mut more = members.clone();
        for name in named.iter().cloned().chain((0..=most).map(made)) {
            if more.len() > most {
                break;
            }
            more.entry(name).or_insert_with(|| filling.clone());
        }
        Value::Object(more)
    };
    let ways: Vec<Value> = fillings.iter().map(filled).collect();
    site.values(ways)
}
