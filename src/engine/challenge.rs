//! `WWW-Authenticate`: how a refused client can show who it is (RFC 9110 11.6.1), one line a scheme.

use http::HeaderValue;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};

use super::mock::Answering;
use crate::contract::SchemeKind;
use crate::message::Reply;
use crate::violation::Rule;

impl Answering<'_> {
    /// A 401 names every scheme that the operation takes, a 403 for want of scopes those scopes; a field that the
    /// document declares stays as it is.
    pub(super) fn challenge(&self, reply: &mut Reply) {
        let lacks_scopes = || self.found(&[Rule::ScopeMissing]);
        let is_due = reply.status == 401 || (reply.status == 403 && lacks_scopes());
        if !is_due || reply.headers.contains_key(WWW_AUTHENTICATE) {
            return;
        }
        let mut challenges: Vec<String> = Vec::new();
        for (index, _) in self.operation.security.iter().flat_map(|requirement| &requirement.schemes) {
            let challenge = self.challenge_of(&self.mount.contract.schemes[*index].kind);
            if let Some(challenge) = challenge.filter(|challenge| !challenges.contains(challenge)) {
                challenges.push(challenge);
            }
        }
        if challenges.is_empty() {
            challenges.push("Bearer realm=\"standin\"".to_owned());
        }
        for challenge in challenges {
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                reply.headers.append(WWW_AUTHENTICATE, value);
            }
        }
    }

    /// What asks for one scheme's credential; `None` where no field can.
    fn challenge_of(&self, kind: &SchemeKind) -> Option<String> {
        Some(match kind {
            SchemeKind::Basic => "Basic realm=\"standin\", charset=\"UTF-8\"".to_owned(),
            SchemeKind::Bearer => format!("Bearer realm=\"standin\"{}", self.token_error()),
            // No `Digest` client can answer without these (RFC 7616 3.3); the nonce is fixed as all that we say is.
            SchemeKind::Http(name) if name == "digest" => {
                "Digest realm=\"standin\", qop=\"auth\", algorithm=SHA-256, nonce=\"standin\"".to_owned()
            }
            // It has no realm (RFC 4559 4.1).
            SchemeKind::Http(name) if name == "negotiate" => "Negotiate".to_owned(),
            SchemeKind::Http(name) if is_token(name) => format!("{name} realm=\"standin\""),
            SchemeKind::HeaderKey(_) | SchemeKind::QueryKey(_) | SchemeKind::CookieKey(_) => {
                "ApiKey realm=\"standin\"".to_owned()
            }
            SchemeKind::Http(_) | SchemeKind::MutualTls => return None,
        })
    }

    /// What is wrong with a token that was sent (RFC 6750 3.1); nothing where none was.
    fn token_error(&self) -> String {
        let sent = self.turn.request.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        if !sent.is_some_and(|sent| sent.get(..6).is_some_and(|name| name.eq_ignore_ascii_case(b"bearer"))) {
            return String::new();
        }
        if self.found(&[Rule::ScopeMissing]) {
            return format!(", error=\"insufficient_scope\"{}", self.scopes());
        }
        if self.found(&[Rule::CredentialsInvalid, Rule::CredentialsMalformed]) {
            return ", error=\"invalid_token\"".to_owned();
        }
        String::new()
    }

    /// The scopes of the first alternative that a token alone can satisfy, as far as the field can hold them.
    fn scopes(&self) -> String {
        let schemes = &self.mount.contract.schemes;
        let mut needed = self.operation.security.iter().flat_map(|requirement| &requirement.schemes);
        let needed =
            needed.find(|(index, scopes)| schemes[*index].kind == SchemeKind::Bearer && !scopes.is_empty());
        let fitting = needed.iter().flat_map(|(_, scopes)| scopes);
        // RFC 6749 3.3: printable, without space, quote and backslash.
        let fitting = fitting.filter(|scope| {
            !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte))
        });
        let fitting: Vec<&str> = fitting.map(String::as_str).collect();
        if fitting.is_empty() { String::new() } else { format!(", scope=\"{}\"", fitting.join(" ")) }
    }

    fn found(&self, rules: &[Rule]) -> bool {
        self.turn.violations.iter().any(|violation| rules.contains(&violation.rule))
    }
}

/// A name of RFC 9110 5.6.2.
fn is_token(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_part)
}
