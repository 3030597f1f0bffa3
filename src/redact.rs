//! Secrets out of whatever is shown: by the name of what holds them, by the format of the schema, by their look.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::text;

/// What stands for a secret.
pub const HIDDEN: &str = "[redacted]";

/// Parts of names that hold secrets, in lower case without separators.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "credential",
    "cookie",
    "session",
    "signature",
    "pincode",
    "cvc",
    "cvv",
    "cardnumber",
    "creditcard",
    "csrf",
    "jwt",
    "bearer",
];

/// Whether what is called this is a secret. Names that only count or name tokens (`page_token`, `next_token`) are not.
pub fn is_secret_name(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if ["pagetoken", "nexttoken", "continuationtoken"].contains(&plain.as_str()) {
        return false;
    }
    let exact = ["auth", "pwd", "pin", "pass", "xpass"];
    exact.contains(&plain.as_str()) || SECRET_NAMES.iter().any(|secret| plain.contains(secret))
}

/// Whether a value is a secret by its look, whatever its name: a JWT, or a URL with a password.
pub fn is_secret_value(text: &str) -> bool {
    looks_like_jwt(text) || has_user_info(text)
}

/// Whether text that has no structure we can read seems to hold a secret.
pub fn mentions_secret(text: &str) -> bool {
    let plain: String =
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| plain.contains(secret)) || is_secret_value(text)
}

/// `user:password@` before a host (RFC 3986 3.2.1).
fn has_user_info(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    rest.split('/').next().is_some_and(|authority| authority.contains('@'))
}

/// Three parts of base64, the first of which is a JSON object.
fn looks_like_jwt(text: &str) -> bool {
    text.split_whitespace().any(|word| word.starts_with("eyJ") && word.matches('.').count() == 2)
}

/// Text that is no JSON and no query, as it may be shown: not at all if it seems to hold a secret.
pub fn text(text: &str, limit: usize) -> String {
    if mentions_secret(text) { HIDDEN.to_owned() } else { shown(text, limit) }
}

/// The value of a header field as it may be shown.
pub fn header(name: &str, value: &str) -> String {
    if is_secret_name(name) { HIDDEN.to_owned() } else { text(value, 1000) }
}

/// A found value as text for a message: a secret hidden, anything else as JSON, harmless and shortened.
pub fn value(name: &str, value: &Value) -> String {
    if is_secret_name(name) {
        return HIDDEN.to_owned();
    }
    let shown = match value {
        Value::Object(_) | Value::Array(_) => inside(value).to_string(),
        other => other.to_string(),
    };
    text::harmless(&text::shortened(&shown, 120))
}

/// The value with the secrets in it hidden.
pub fn inside(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| {
                    let shown =
                        if is_secret_name(key) { Value::String(HIDDEN.into()) } else { inside(value) };
                    (key.clone(), shown)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(inside).collect()),
        Value::String(found) if is_secret_value(found) => Value::String(HIDDEN.into()),
        other => other.clone(),
    }
}

/// Path and query with the values of secret query keys hidden.
pub fn target(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return shown(target, 2000) };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if is_secret_name(&percent_decode_str(key).decode_utf8_lossy()) => {
                format!("{key}={HIDDEN}")
            }
            _ => pair.to_owned(),
        })
        .collect();
    shown(&format!("{path}?{}", pairs.join("&")), 2000)
}

/// Text that is safe to show anywhere as plain text, shortened.
pub fn shown(text: &str, limit: usize) -> String {
    text::harmless(&text::shortened(text, limit))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_tell_secrets() {
        for name in ["Authorization", "X-Auth-Token", "api_key", "clientSecret", "password", "Set-Cookie"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["author", "name", "page_token", "limit", "keyboard"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_hidden_wherever_they_are() {
        assert_eq!(target("/a?x=1&api%5Fkey=abc"), "/a?x=1&api%5Fkey=[redacted]");
        assert_eq!(
            value("list", &json!([{ "password": "p", "n": 1 }])),
            r#"[{"password":"[redacted]","n":1}]"#
        );
        assert_eq!(value("token", &json!("t")), HIDDEN);
    }
}
