//! Texts that are too short or too long.

use serde_json::{Value, json};

use super::site::{Change, Site};

/// Longer texts than this are not made.
const LONGEST: usize = 200_000;

/// A text with one character less than the least.
pub(super) fn shorter(site: &Site<'_>) -> Vec<Vec<Change>> {
    let (Value::String(text), Some(least)) = (site.value, site.count()) else { return Vec::new() };
    let Some(length) = least.checked_sub(1) else { return Vec::new() };
    let length = length.min(LONGEST);
    let behind: String = {
        let all = text.chars().count();
        text.chars().skip(all.saturating_sub(length)).collect()
    };
    site.values([
        json!(text.chars().take(length).collect::<String>()),
        json!(behind),
        json!("a".repeat(length)),
    ])
}

/// A text with one character more than the most.
pub(super) fn longer(site: &Site<'_>) -> Vec<Vec<Change>> {
    let (Value::String(text), Some(most)) = (site.value, site.count()) else { return Vec::new() };
    if most >= LONGEST {
        return Vec::new();
    }
    let more = (most + 1).saturating_sub(text.chars().count());
    let last = text.chars().last().unwrap_or('a').to_string();
    let first = text.chars().next().unwrap_or('a').to_string();
    let ways = [last.as_str(), "a", "0"].map(|filling| format!("{text}{}", filling.repeat(more)));
    let before = [first.as_str(), "a", "0"].map(|filling| format!("{}{text}", filling.repeat(more)));
    let middle = amid(text, more);
    let all = ways.into_iter().chain(before).chain([middle, "a".repeat(most + 1), "0".repeat(most + 1)]);
    site.values(all.map(|text| json!(text)))
}

/// The text with more of the character in its middle.
fn amid(text: &str, more: usize) -> String {
    let half = text.chars().count() / 2;
    let filling = text.chars().nth(half).unwrap_or('a').to_string().repeat(more);
    let before: String = text.chars().take(half).collect();
    let behind: String = text.chars().skip(half).collect();
    format!("{before}{filling}{behind}")
}
