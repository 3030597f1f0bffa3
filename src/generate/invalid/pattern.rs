//! Texts that do not match their pattern.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// A text that is near to what was there and does not match.
pub(super) fn unmatched(site: &Site<'_>) -> Vec<Vec<Change>> {
    let Value::String(text) = site.value else { return Vec::new() };
    let length = text.chars().count();
    let but_last: String = text.chars().take(length.saturating_sub(1)).collect();
    let but_first: String = text.chars().skip(1).collect();
    let mut near = vec![
        // One character is another; the length is the same.
        format!("{but_last}~"),
        format!("~{but_first}"),
        format!("{but_last} "),
        text.to_uppercase(),
        text.to_lowercase(),
        format!("{text}~"),
        but_last,
        but_first,
    ];
    for filling in ["~", " ", "0", "a", "A", "-", "é", "\n"] {
        near.push(filling.repeat(length.max(1)));
    }
    near.push(String::new());
    site.values(near.into_iter().map(|text| json!(text)))
}
