//! Texts that do not have their format.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// A text that is near to the format and does not have it.
pub(super) fn malformed(site: &Site<'_>) -> Vec<Vec<Change>> {
    let Value::String(text) = site.value else { return Vec::new() };
    let length = text.chars().count();
    let mut near = vec![
        format!("{text} "),
        // As long as what was there, so that no bound of the length is in the way.
        " ".repeat(length),
        "~".repeat(length),
        format!("not a {}", site.limit.as_str().unwrap_or("format")),
        "\u{7f}".repeat(length.max(1)),
        "(".repeat(length.max(1)),
        "%".repeat(length.max(1)),
    ];
    if let Some(rest) = text.get(1..) {
        near.push(format!("~{rest}"));
    }
    near.extend(["", "{", "://", "9999999999999999"].map(str::to_owned));
    site.values(near.into_iter().map(|text| json!(text)))
}
