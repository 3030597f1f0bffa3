//! Values beside those that `enum` or `const` list.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// A value of the same type that is not listed.
pub(super) fn unlisted(site: &Site<'_>) -> Vec<Vec<Change>> {
    let near = match site.value {
        Value::String(text) => {
            let same_length = "x".repeat(text.chars().count());
            vec![json!(format!("{text}-unlisted")), json!("unlisted"), json!(same_length), json!("")]
        }
        Value::Number(number) => {
            let whole = number.as_i64();
            let near = (1..8).filter_map(|step| Some(json!(whole?.checked_add(step)?)));
            near.chain([json!(-1), json!(0.125)]).collect()
        }
        Value::Bool(truth) => vec![json!(!truth)],
        Value::Array(items) => {
            vec![json!([]), json!([items.as_slice(), items].concat())]
        }
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert("unlisted".to_owned(), json!(true));
            vec![Value::Object(more), json!({})]
        }
        Value::Null => Vec::new(),
    };
    site.values(near.into_iter().chain([json!("unlisted"), json!(0.125), json!(false)]))
}
