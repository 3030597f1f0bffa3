//! JSON Pointer (RFC 6901): the address of a value in a document.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// What can't stand in a fragment as it is (RFC 3986 3.5).
const OUTSIDE_FRAGMENTS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A JSON Pointer in its escaped text form: empty for the root, else `/a/b~1c`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The root of a document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Takes a pointer that is already in its escaped text form, such as `/paths/~1pets`.
    pub fn from_escaped(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Takes the fragment of a URI, with or without its `#`, percent-encoding undone (RFC 6901 6).
    pub fn from_fragment(fragment: &str) -> Self {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        Self(percent_decode_str(fragment).decode_utf8_lossy().into_owned())
    }

    /// The pointer as the fragment of a URI, with its `#`, percent-encoded where RFC 3986 asks for it.
    pub fn to_fragment(&self) -> String {
        format!("#{}", utf8_percent_encode(&self.0, OUTSIDE_FRAGMENTS))
    }

    /// The escaped text: empty, or starting with `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it points at the whole document.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The pointer of a member of this value; `token` is a plain name or an index as text.
    #[must_use]
    pub fn join(&self, token: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + token.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        escape_into(token, &mut text);
        Self(text)
    }

    /// The pointer of an element of this array.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer with another pointer's tokens behind its own.
    #[must_use]
    pub fn concat(&self, rest: &Pointer) -> Self {
        Self(format!("{}{}", self.0, rest.0))
    }

    /// The pointer of the value that holds this one; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|at| Self(self.0[..at].to_owned()))
    }

    /// The unescaped tokens, first to last.
    pub fn tokens(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(unescape)
    }

    /// The unescaped token with this index; `None` where there are fewer.
    pub fn token(&self, index: usize) -> Option<String> {
        self.0.split('/').nth(index + 1).map(unescape)
    }

    /// The last unescaped token; `None` for the root.
    pub fn last(&self) -> Option<String> {
        self.0.rfind('/').map(|at| unescape(&self.0[at + 1..]))
    }

    /// What is left of this pointer behind `prefix`; `None` if it does not lie under it.
    pub fn strip_prefix(&self, prefix: &Pointer) -> Option<Pointer> {
        let rest = self.0.strip_prefix(prefix.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Self(rest.to_owned()))
    }

    /// The value that it points at in `document`. Makes no text of each token, as `Value::pointer` does: so it is some
    /// times as fast, and loading a document asks it hundreds of thousands of times.
    pub fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        if self.0.is_empty() {
            return Some(document);
        }
        self.0.strip_prefix('/')?.split('/').try_fold(document, member)
    }
}

impl fmt::Display for Pointer {
    /// Writes it as people read it: `#` and the pointer, nothing percent-encoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What an escaped token names in a value.
fn member<'a>(value: &'a Value, token: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) if token.contains('~') => map.get(&unescape(token)),
        Value::Object(map) => map.get(token),
        Value::Array(items) => {
            let is_index = token == "0" || !token.starts_with(['0', '+']);
            is_index.then(|| items.get(token.parse::<usize>().ok()?)).flatten()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn escape_into(token: &str, text: &mut String) {
    if !token.contains(['~', '/']) {
        return text.push_str(token);
    }
    for character in token.chars() {
        match character {
            '~' => text.push_str("~0"),
            '/' => text.push_str("~1"),
            other => text.push(other),
        }
    }
}

fn unescape(token: &str) -> String {
    if !token.contains('~') {
        return token.to_owned();
    }
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_escaping() {
        let pointer = Pointer::root().join("paths").join("/a~b").index(2);
        assert_eq!(pointer.as_str(), "/paths/~1a~0b/2");
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["paths", "/a~b", "2"]);
        assert_eq!(pointer.parent().unwrap().last().unwrap(), "/a~b");
    }

    #[test]
    fn a_value_is_found_as_the_standard_says() {
        let document = serde_json::json!({ "": 1, "a/b": { "~": [5, 6] }, "00": [7], "n": null });
        let pointers =
            ["", "/", "/a~1b/~0/1", "/a~1b/~0/01", "/a~1b/~0/+1", "/a~1b/~0/2", "/00/0", "/n", "/n/0", "n"];
        for pointer in pointers {
            let found = Pointer::from_escaped(pointer).find(&document);
            assert_eq!(found, document.pointer(pointer), "{pointer}");
        }
    }

    #[test]
    fn a_prefix_ends_at_a_token() {
        let whole = Pointer::from_escaped("/a/bc");
        assert_eq!(whole.strip_prefix(&Pointer::from_escaped("/a/b")), None);
        assert_eq!(whole.strip_prefix(&Pointer::from_escaped("/a")).unwrap().as_str(), "/bc");
    }
}
