//! Properties that must not be there: forbidden ones, and those with a name that is not allowed.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// A property that nothing declares, where that is forbidden.
pub(super) fn added(site: &Site<'_>) -> Vec<Vec<Change>> {
    // What a schema says of further properties is broken in them.
    if !site.value.is_object() || *site.limit != json!(false) {
        return Vec::new();
    }
    let with = |name: &str| Change::With(name.to_owned(), json!(true));
    vec![["undeclared", "x-undeclared", "Undeclared_1"].map(with).to_vec()]
}

/// A property with a name that is not allowed.
pub(super) fn named(site: &Site<'_>) -> Vec<Vec<Change>> {
    let Value::Object(members) = site.value else { return Vec::new() };
    let mut values: Vec<Value> = members.values().next_back().cloned().into_iter().collect();
    values.extend([json!(true), json!("a"), json!(1), json!({})]);
    let names = ["~", "undeclared", "Not Allowed", "", "0"];
    let ways = values.iter().flat_map(|value| names.map(|name| Change::With(name.to_owned(), value.clone())));
    vec![ways.collect()]
}
