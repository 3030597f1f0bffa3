//! Media types and media ranges (RFC 9110 8.3.1 and 12.5.1): parsing, matching, specificity.

use std::fmt;

/// A media type or a media range: `application/json; charset=utf-8`, `text/*`, `*/*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType {
    /// The type in lower case, or `*`.
    pub main: String,
    /// The subtype in lower case, or `*`.
    pub sub: String,
    /// Parameters in the order written; names in lower case, values unquoted.
    pub parameters: Vec<(String, String)>,
}

/// What kind of content a media type stands for: decides the codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `application/json` and `+json`.
    Json,
    /// JSON texts one after the other: `application/x-ndjson`, `application/jsonl`, `application/json-seq`.
    JsonLines,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/*`.
    Multipart,
    /// `text/event-stream`.
    EventStream,
    /// `application/xml`, `text/xml` and `+xml`.
    Xml,
    /// `text/*` and what else is plain characters.
    Text,
    /// Everything else: bytes.
    Binary,
}

impl MediaType {
    /// Reads a media type or range; `None` if it has no `/` or holds characters that a token can't.
    ///
    /// ```
    /// # use standin::media_type::MediaType;
    /// let json = MediaType::parse("Application/JSON; charset=\"utf-8\"").unwrap();
    /// assert_eq!(json.to_string(), "application/json; charset=utf-8");
    /// assert!(MediaType::parse("json").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = split_outside_quotes(text, ';').into_iter();
        let (main, sub) = parts.next()?.trim().split_once('/')?;
        if !is_token(main) || !is_token(sub) {
            return None;
        }
        let mut parameters = Vec::new();
        for part in parts {
            if part.trim().is_empty() {
                continue;
            }
            let (name, value) = part.split_once('=')?;
            let value = value.trim();
            let value = match value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) {
                Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
                None => value.to_owned(),
            };
            parameters.push((name.trim().to_ascii_lowercase(), value));
        }
        Some(Self { main: main.to_ascii_lowercase(), sub: sub.to_ascii_lowercase(), parameters })
    }

    /// The type and subtype without parameters: `application/json`.
    pub fn essence(&self) -> String {
        format!("{}/{}", self.main, self.sub)
    }

    /// Whether these bytes are the type and subtype as they stand here, without parameters: a quick look that saves
    /// reading what is the same every time.
    pub fn is_written(&self, bytes: &[u8]) -> bool {
        let Some((main, [b'/', sub @ ..])) = bytes.split_at_checked(self.main.len()) else { return false };
        sub == self.sub.as_bytes()
            && main == self.main.as_bytes()
            && self.parameters.is_empty()
            && !self.is_range()
    }

    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether this range, as it stands in a document or in `Accept`, takes in `other`. Parameters other than `q` and
    /// `charset` that the range names must be there with the same value.
    pub fn includes(&self, other: &MediaType) -> bool {
        let main = self.main == "*" || other.main == "*" || self.main == other.main;
        let sub = self.sub == "*" || other.sub == "*" || self.sub == other.sub || self.takes_suffix(other);
        let parameters = self.parameters.iter().filter(|(name, _)| name != "q" && name != "charset");
        main && sub
            && parameters.into_iter().all(|(name, value)| {
                other.parameter(name).is_some_and(|found| found.eq_ignore_ascii_case(value))
            })
    }

    /// `application/*+json`: not of RFC 9110, but written in documents.
    fn takes_suffix(&self, other: &MediaType) -> bool {
        self.sub
            .strip_prefix('*')
            .is_some_and(|suffix| suffix.starts_with('+') && other.sub.ends_with(suffix))
    }

    /// How exact a range is: `*/*` is 0, `text/*` 1, `text/html` 2, and each parameter adds one.
    pub fn specificity(&self) -> usize {
        let base = match (self.main.as_str(), self.sub.as_str()) {
            ("*", _) => 0,
            (_, sub) if sub.starts_with('*') => 1,
            _ => 2,
        };
        base + self.parameters.iter().filter(|(name, _)| name != "q" && name != "charset").count()
    }

    /// Whether it is a range rather than one media type.
    pub fn is_range(&self) -> bool {
        self.main.contains('*') || self.sub.contains('*')
    }

    /// The kind of content it stands for; `*/*` and `application/*` count as JSON, what an API most likely means.
    pub fn kind(&self) -> Kind {
        match (self.main.as_str(), self.sub.as_str()) {
            ("application" | "text", "json") | ("*" | "application", "*") => Kind::Json,
            (
                "application",
                "x-ndjson" | "ndjson" | "jsonl" | "x-jsonlines" | "json-seq" | "jsonlines" | "x-json-stream",
            ) => Kind::JsonLines,
            ("application", "x-www-form-urlencoded") => Kind::Form,
            ("text", "event-stream") => Kind::EventStream,
            ("multipart", _) => Kind::Multipart,
            ("application" | "text", "xml") => Kind::Xml,
            (_, sub) if sub.ends_with("+json") => Kind::Json,
            (_, sub) if sub.ends_with("+xml") && self.main != "image" => Kind::Xml,
            ("text", _)
            | (
                "application",
                "yaml" | "x-yaml" | "javascript" | "graphql" | "toml" | "sql" | "jwt" | "jose",
            ) => Kind::Text,
            (_, sub) if sub.ends_with("+yaml") => Kind::Text,
            _ => Kind::Binary,
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.main, self.sub)?;
        for (name, value) in &self.parameters {
            if is_token(value) { write!(f, "; {name}={value}")? } else { write!(f, "; {name}={value:?}")? }
        }
        Ok(())
    }
}

/// Splits at a separator that does not stand within double quotes; used by every list-valued header field.
pub fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quoted && character == '\\' {
            escaped = true;
        } else if character == '"' {
            quoted = !quoted;
        } else if character == separator && !quoted {
            parts.push(&text[start..at]);
            start = at + character.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Whether text is a token (RFC 9110 5.6.2).
pub fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_take_in_what_they_name() {
        let table = [
            ("application/json", "application/json; charset=utf-8", true),
            ("application/json; charset=utf-8", "application/json", true),
            ("application/*", "application/json", true),
            ("*/*", "image/png", true),
            ("application/*+json", "application/problem+json", true),
            ("application/json", "application/problem+json", false),
            ("application/json; version=1", "application/json", false),
            ("application/json; version=1", "application/json;version=1", true),
            ("text/*", "application/json", false),
        ];
        for (range, media_type, expected) in table {
            let (one, other) = (MediaType::parse(range).unwrap(), MediaType::parse(media_type).unwrap());
            assert_eq!(one.includes(&other), expected, "{range} takes in {media_type}");
        }
    }

    #[test]
    fn separators_within_quotes_do_not_split() {
        assert_eq!(split_outside_quotes(r#"a="x,\"y",b"#, ','), [r#"a="x,\"y""#, "b"]);
    }
}
