//! Preferences as they are written: in `Prefer` (RFC 7240 2), and as query keys with two underscores.

use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode_str;

use crate::media_type::{is_token, split_outside_quotes};
use crate::message::has_field;

/// More of a value is not shown.
const LONGEST_SHOWN: usize = 200;

/// A preference as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preference {
    /// In lower case.
    pub(super) name: String,
    /// Unquoted and decoded.
    pub(super) value: String,
}

impl Preference {
    /// As in a header: a token or a quoted string of visible characters.
    pub(super) fn shown(&self) -> String {
        // The value may be left out (RFC 7240 3).
        if self.value.is_empty() || (self.value.len() > LONGEST_SHOWN && is_token(&self.value)) {
            return self.name.clone();
        }
        if is_token(&self.value) {
            return format!("{}={}", self.name, self.value);
        }
        let mut quoted = String::new();
        for character in self.value.chars().take(LONGEST_SHOWN) {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                ' '..='~' => quoted.push(character),
                _ => quoted.push('?'),
            }
        }
        format!("{}=\"{quoted}\"", self.name)
    }
}

/// The preferences in `Prefer`, all of its lines, in order.
pub(super) fn in_headers(headers: &HeaderMap) -> Vec<Preference> {
    const PREFER: HeaderName = HeaderName::from_static("prefer");
    let mut preferences = Vec::new();
    if !has_field(headers, &PREFER) {
        return preferences;
    }
    for line in headers.get_all(PREFER) {
        let line = String::from_utf8_lossy(line.as_bytes());
        preferences.extend(split_outside_quotes(&line, ',').into_iter().filter_map(from_header));
    }
    preferences
}

/// The preferences in a query, in order.
pub(super) fn in_query(query: &str) -> impl Iterator<Item = Preference> {
    query.split('&').filter_map(from_query)
}

/// The query without the keys that are wishes (two underscores at the start), otherwise as sent: what is forwarded,
/// and what counts as declared or undeclared parameters.
pub fn without_wishes(query: &str) -> String {
    query.split('&').filter(|pair| from_query(pair).is_none()).collect::<Vec<_>>().join("&")
}

/// One preference of `Prefer`, its parameters left out; `None` if it is empty.
fn from_header(member: &str) -> Option<Preference> {
    let preference = split_outside_quotes(member, ';')[0].trim();
    let (_, value) = preference.split_once('=').unwrap_or((preference, ""));
    let name = name_of(member);
    (!name.is_empty()).then(|| Preference { name, value: unquoted(value.trim()) })
}

/// The name of one preference of `Prefer`, in lower case.
pub(super) fn name_of(member: &str) -> String {
    let preference = split_outside_quotes(member, ';')[0];
    preference.split('=').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let mut plain = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    plain
}

fn from_query(pair: &str) -> Option<Preference> {
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    // Most keys don't start with `_` or `%5F`: nothing to decode.
    if !key.starts_with(['_', '%']) {
        return None;
    }
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let name = decoded(key).strip_prefix("__")?.to_ascii_lowercase();
    Some(Preference { name, value: decoded(value).trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_without_its_wishes_is_otherwise_as_sent() {
        assert_eq!(without_wishes("a=%20&__code=404&b&%5f%5fx=1&_c=2"), "a=%20&b&_c=2");
    }
}
