//! What credentials say by themselves: the pair of `Basic`, the parameters of `Digest`, the scopes of a token.

use data_encoding::BASE64_NOPAD;
use serde_json::Value;

/// Where a token tells what it grants: OAuth 2 (RFC 8693 4.2, RFC 9068), and what identity providers call it.
const GRANTS: [&str; 5] = ["scope", "scp", "scopes", "permissions", "roles"];

/// What every `Digest` credential has (RFC 7616 3.4).
const OF_DIGEST: [&str; 4] = ["realm", "nonce", "uri", "response"];

/// The `user:password` of a `Basic` credential, or why it is none (RFC 7617 2). Text that is not UTF-8 is read as
/// Latin-1: without a `charset` in the challenge, clients send either.
pub(super) fn pair(encoded: &str) -> Result<String, &'static str> {
    let no_pair = "the value is not the base64 of `user:password`";
    let bytes = base64(encoded).ok_or(no_pair)?;
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
    if text.chars().any(|c| c.is_ascii_control()) {
        return Err("the user or the password has a control character");
    }
    if text.contains(':') { Ok(text) } else { Err(no_pair) }
}

/// The user that a `Digest` credential names, or the parameter that it lacks.
pub(super) fn digest_user(credential: &str) -> Result<&str, &'static str> {
    let parameters = auth_parameters(credential);
    let value = |name: &str| {
        parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    };
    if let Some(missing) = OF_DIGEST.into_iter().find(|name| value(name).is_none()) {
        return Err(missing);
    }
    value("username").or_else(|| value("username*")).ok_or("username")
}

/// The `name=value` pairs between commas (RFC 9110 11.2), quotes taken away; what is no such pair is left out.
fn auth_parameters(text: &str) -> Vec<(&str, &str)> {
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    let mut pieces = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    let pairs = pieces.into_iter().filter_map(|piece| piece.split_once('='));
    pairs
        .map(|(name, value)| {
            let value = value.trim();
            let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            (name.trim(), unquoted.unwrap_or(value))
        })
        .collect()
}

/// The scopes or roles that a token tells it lacks. Only a JWT (RFC 7519) tells any; it is read and never verified, and
/// its times are not looked at: the same request gets the same reply tomorrow.
pub(super) fn lacking(token: &str, needed: &[String]) -> Vec<String> {
    if needed.is_empty() {
        return Vec::new();
    }
    let Some(granted) = granted(token) else { return Vec::new() };
    needed.iter().filter(|scope| !granted.contains(scope)).cloned().collect()
}

/// What a token says that it grants, all claims together; `None` if it says nothing.
fn granted(token: &str) -> Option<Vec<String>> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims: Value = serde_json::from_slice(&base64(claims)?).ok()?;
    let mut granted: Option<Vec<String>> = None;
    for told in GRANTS.into_iter().filter_map(|name| claims.get(name)) {
        let known = granted.get_or_insert_default();
        match told {
            Value::String(list) => known.extend(list.split_whitespace().map(str::to_owned)),
            Value::Array(list) => known.extend(list.iter().filter_map(Value::as_str).map(str::to_owned)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
        }
    }
    granted
}

/// Base64 of either alphabet, padding optional.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    BASE64_NOPAD.decode(digits.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::{BASE64, BASE64URL_NOPAD};
    use proptest::prelude::*;

    #[test]
    fn a_token_lacks_only_what_it_tells() {
        let needed = ["write".to_owned()];
        let table = [
            (r#"{"scope":"read write"}"#, true),
            (r#"{"scope":"read"}"#, false),
            (r#"{"scope":""}"#, false),
            (r#"{"scp":["read","write"]}"#, true),
            (r#"{"scp":"read"}"#, false),
            (r#"{"permissions":["write"]}"#, true),
            (r#"{"scope":"openid","roles":["write"]}"#, true),
            (r#"{"scope":"openid","roles":["reader"]}"#, false),
            (r#"{"scope":7}"#, true),
            (r#"{"sub":"x"}"#, true),
            (r#"{"scope":"write","exp":1}"#, true),
        ];
        for (claims, expected) in table {
            let token = format!("e30.{}.x", BASE64URL_NOPAD.encode(claims.as_bytes()));
            assert_eq!(lacking(&token, &needed).is_empty(), expected, "{claims}");
            assert!(lacking(&token, &[]).is_empty(), "{claims}");
        }
        for token in ["opaque", "a.%%%.c", "a.b.c.d", ".."] {
            assert!(lacking(token, &needed).is_empty(), "{token}");
        }
    }

    #[test]
    fn a_pair_has_a_colon_and_no_control_characters() {
        let no_pair: Result<&str, &str> = Err("the value is not the base64 of `user:password`");
        let table: [(&[u8], Result<&str, &str>); 6] = [
            (b"user:password", Ok("user:password")),
            (b":", Ok(":")),
            (b"user", no_pair),
            ("usér:p:w".as_bytes(), Ok("usér:p:w")),
            (b"us\xE9r:x", Ok("usér:x")),
            (b"user:\n", Err("the user or the password has a control character")),
        ];
        for (bytes, expected) in table {
            assert_eq!(pair(&BASE64.encode(bytes)), expected.map(str::to_owned), "{bytes:?}");
        }
        assert_eq!(pair("dXNlcjpwYXNz"), Ok("user:pass".to_owned()));
        assert_eq!(pair("user:pass"), no_pair.map(str::to_owned));
    }

    #[test]
    fn a_digest_names_a_user_and_what_it_was_made_of() {
        let whole = r#"username="Mufasa, \"x\"", realm="a", uri="/b,c", nonce=d, response="e""#;
        let table = [
            (whole, Ok(r#"Mufasa, \"x\""#)),
            (r#"username*=UTF-8''M, realm="a", uri="/b", nonce="d", response="e""#, Ok("UTF-8''M")),
            (r#"realm="a", uri="/b", nonce="d", response="e""#, Err("username")),
            (r#"username="a", realm="a", uri="/b", response="e""#, Err("nonce")),
            ("abc", Err("realm")),
            ("\"", Err("realm")),
        ];
        for (credential, expected) in table {
            assert_eq!(digest_user(credential), expected, "{credential}");
        }
    }

    proptest! {
        #[test]
        fn no_credential_panics(text in "[a-z=,\"\\\\ .é]{0,40}", bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = digest_user(&text);
            let _ = pair(&text);
            let pair = pair(&BASE64.encode(&bytes));
            prop_assert!(pair.is_err() || bytes.contains(&b':'));
            lacking(&text, std::slice::from_ref(&text));
            let token = format!("a.{}.c", BASE64.encode(&bytes));
            prop_assert!(lacking(&token, &[]).is_empty());
        }
    }
}
