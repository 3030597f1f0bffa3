//! A request as a command for a shell (POSIX, with `$'…'` where a text has control characters), without its secrets.

use std::fmt::Write as _;

use data_encoding::BASE64;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method};

use super::asked::{Asked, Credential};
use super::case::{Draft, Origin};
use super::credentials::Place;
use super::making::Maker;
use crate::message::Request;
use crate::redact;

/// What stands for a secret while the command is written, the same in every escaping, and the variable that the command reads
/// it from: for credentials that of the flag.
const SECRETS: [(&str, &str); 2] = [
    ("standin-credentials-stand-here", "\"$STANDIN_CREDENTIALS\""),
    ("standin-param-stands-here", "\"$PARAM_VALUE\""),
];

/// The command that sends a draft's request again; `url` says where a request goes. `None` if it can't be written.
pub(super) fn command(
    maker: &Maker<'_>,
    draft: &Draft,
    url: impl FnOnce(&Request) -> String,
) -> Option<String> {
    let asked = veiled(maker.asked);
    let veiled = Maker { asked: &asked, places: maker.places.clone(), ..*maker };
    let mut draft = draft.clone();
    for argument in &mut draft.arguments {
        // What was made up is no secret, whatever it is called.
        let is_found = matches!(argument.origin, Origin::Given | Origin::Taken | Origin::Guessed);
        if is_found && redact::is_secret_name(&maker.operation.parameters[argument.parameter].name) {
            argument.value = SECRETS[1].0.into();
        }
    }
    let request = veiled.make(&draft).ok()?;
    Some(written(&request, &url(&request), &veiled.places))
}

/// What was asked for with its secrets veiled.
fn veiled(asked: &Asked) -> Asked {
    let credential = asked.credential.as_ref().map(|credential| match credential {
        Credential::MadeUp => Credential::MadeUp,
        Credential::Value(_) => Credential::Value(SECRETS[0].0.to_owned()),
    });
    let headers = asked.headers.iter().map(|(name, value)| {
        let is_secret = redact::header(name.as_str(), value.to_str().unwrap_or_default()) == redact::HIDDEN;
        (name.clone(), if is_secret { HeaderValue::from_static(SECRETS[0].0) } else { value.clone() })
    });
    Asked { credential, headers: headers.collect(), ..asked.clone() }
}

fn written(request: &Request, url: &str, places: &[Place]) -> String {
    let mut command = String::from("curl");
    let has_content = !request.body.is_empty();
    match &request.method {
        method if *method == Method::HEAD => command.push_str(" --head"),
        method if *method == Method::GET && !has_content => {}
        method => command.extend([" -X ", method.as_str()]),
    }
    if url.contains(['[', ']', '{', '}']) {
        command.push_str(" --globoff");
    }
    if url.contains("/.") {
        command.push_str(" --path-as-is");
    }
    let _ = write!(command, " {}", quoted(url));
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let is_usual = *name == USER_AGENT && value == "standin-verify" || *name == ACCEPT && value == "*/*";
        let pair = BASE64.encode(SECRETS[0].0.as_bytes());
        if is_usual {
            continue;
        }
        if *name == AUTHORIZATION && places.contains(&Place::Basic) && value == format!("Basic {pair}") {
            command.extend([" -u ", SECRETS[0].1]);
        } else {
            let _ = write!(command, " -H {}", quoted(&format!("{name}: {value}")));
        }
    }
    if !has_content {
        return command;
    }
    // Else curl would call it a form.
    if !request.headers.contains_key(CONTENT_TYPE) {
        command.push_str(" -H 'content-type:'");
    }
    match std::str::from_utf8(&request.body) {
        Ok(text) if !text.contains('\0') => {
            let _ = write!(command, " --data-raw {}", quoted(text));
            command
        }
        Ok(_) | Err(_) => {
            let encoded = BASE64.encode(&request.body);
            format!("echo '{encoded}' | base64 -d | {command} --data-binary @-")
        }
    }
}

/// A text as one word of a shell, secrets in it as their variables.
fn quoted(text: &str) -> String {
    if text.is_empty() {
        return word(text);
    }
    let (mut quoted, mut rest) = (String::new(), text);
    while !rest.is_empty() {
        let found =
            SECRETS.iter().filter_map(|(secret, variable)| Some((rest.find(secret)?, secret, variable)));
        let Some((at, secret, variable)) = found.min() else {
            quoted.push_str(&word(rest));
            break;
        };
        if at > 0 {
            quoted.push_str(&word(&rest[..at]));
        }
        quoted.push_str(variable);
        rest = &rest[at + secret.len()..];
    }
    quoted
}

fn word(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = String::from("$'");
    for character in text.chars() {
        match character {
            '\\' | '\'' => word.extend(['\\', character]),
            '\n' => word.push_str("\\n"),
            '\r' => word.push_str("\\r"),
            '\t' => word.push_str("\\t"),
            control if control.is_control() => {
                let mut bytes = [0; 4];
                for byte in control.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(word, "\\x{byte:02x}");
                }
            }
            other => word.push(other),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(target: &str, lines: &[(&'static str, &str)], body: &'static [u8]) -> Request {
        let mut request = Request::new(Method::POST, target);
        for (name, value) in lines {
            request.headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        request.body = bytes::Bytes::from_static(body);
        request
    }

    #[test]
    fn a_command_can_be_pasted_and_has_no_secret() {
        let url = |request: &Request| format!("http://localhost:1{}", request.target());
        let basic = format!("Basic {}", BASE64.encode(SECRETS[0].0.as_bytes()));
        let bearer = format!("Bearer {}", SECRETS[0].0);
        let json = ("content-type", "application/json");
        let table = [
            (
                post("/a", &[json], br#"{"a":"it's"}"#),
                r#"-X POST 'http://localhost:1/a' -H 'content-type: application/json' --data-raw '{"a":"it'\''s"}'"#,
            ),
            (
                post("/a", &[], b"a\r\n\x1b"),
                r"-X POST 'http://localhost:1/a' -H 'content-type:' --data-raw $'a\r\n\x1b'",
            ),
            (
                post("/a?key=standin-param-stands-here&b=1", &[("authorization", &bearer)], b""),
                r#"-X POST 'http://localhost:1/a?key='"$PARAM_VALUE"'&b=1' -H 'authorization: Bearer '"$STANDIN_CREDENTIALS""#,
            ),
            (
                post("/.a", &[("authorization", &basic), ("accept", "*/*")], b""),
                r#"-X POST --path-as-is 'http://localhost:1/.a' -u "$STANDIN_CREDENTIALS""#,
            ),
        ];
        for (request, expected) in table {
            assert_eq!(written(&request, &url(&request), &[Place::Basic]), format!("curl {expected}"));
        }
        let bytes = post("/a", &[json], b"\xff");
        assert_eq!(
            written(&bytes, "http://a/", &[]),
            "echo '/w==' | base64 -d | curl -X POST 'http://a/' -H 'content-type: application/json' --data-binary @-"
        );
    }
}
