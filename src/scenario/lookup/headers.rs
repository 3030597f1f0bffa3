//! Header fields that a rule answers with.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};

use super::Lookup;
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use crate::scenario::format::Plain;
use crate::scenario::template::Template;

/// What frames a message is the server's to say; to break that there are faults.
pub const FRAMING: &[&str] = &["content-length", "transfer-encoding", "connection", "upgrade", "trailer"];

impl Lookup<'_> {
    /// The header fields; `None` if a mistake makes them unusable.
    pub(super) fn headers(
        &mut self,
        headers: &BTreeMap<String, Plain>,
        at: &Pointer,
    ) -> Option<Vec<(HeaderName, Template)>> {
        let mut found = Vec::new();
        for (written, value) in headers {
            let at = at.join(written);
            let wrong = |lookup: &mut Self, message: String, help: &str| {
                let diagnostic = Diagnostic::error("wrong-header", message);
                lookup.report(if help.is_empty() { diagnostic } else { diagnostic.help(help) }, &at);
            };
            let Ok(name) = HeaderName::from_bytes(written.as_bytes()) else {
                wrong(self, format!("`{written}` can't be the name of a header field"), "");
                return None;
            };
            if FRAMING.contains(&name.as_str()) {
                let message = format!("`{written}` frames the message, so the server says it");
                wrong(self, message, "use a fault such as `wrong_length`");
                return None;
            }
            match Template::parse(&value.to_string()) {
                Err(message) => {
                    self.report(Diagnostic::error("wrong-template", message), &at);
                    return None;
                }
                Ok(template) if template.generates() => {
                    wrong(self, "`{{generate}}` stands for a value of `body` only".into(), "");
                    return None;
                }
                Ok(template) if template.plain().is_some_and(|text| HeaderValue::from_str(text).is_err()) => {
                    wrong(self, "the value has characters that a header field can't have".into(), "");
                    return None;
                }
                Ok(template) => found.push((name, template)),
            }
        }
        Some(found)
    }
}
