//! Values of another type, as servers drift: a number as text, one thing where a list should be, null.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// A value of another type that is as near as can be to what was there.
pub(super) fn other(site: &Site<'_>) -> Vec<Vec<Change>> {
    let near = match site.value {
        Value::String(text) => {
            let number = text.parse::<i64>().map_or_else(|_| json!(0), |number| json!(number));
            vec![number, json!(0.5), json!(false), json!([text])]
        }
        Value::Number(number) => vec![json!(number.to_string()), json!(0.5), json!(false)],
        Value::Bool(truth) => vec![json!(truth.to_string()), json!(u8::from(*truth))],
        Value::Array(items) => vec![items.first().cloned().unwrap_or(json!({})), json!({}), json!("")],
        Value::Object(_) => vec![json!([site.value]), json!("")],
        Value::Null => vec![json!("null"), json!(0)],
    };
    let all = [json!(""), json!(0), json!(true), json!([]), json!({}), json!(0.5)];
    site.values(near.into_iter().chain(all).filter(|value| !value.is_null()))
}

/// Null.
pub(super) fn null(site: &Site<'_>) -> Vec<Vec<Change>> {
    site.values([Value::Null])
}
