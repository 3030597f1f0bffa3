//! Parts of a multipart body held against their Encoding Objects (OpenAPI 3.1 4.8.15): media types and header fields.

use super::body::Judge;
use super::explain::Subject;
use super::names::Excuses;
use super::prepared::{Prepared, PreparedContent};
use crate::codec::{self, Decoded, PartHead};
use crate::contract::{Content, Encoding, Header};
use crate::media_type::{Kind, MediaType};
use crate::redact;
use crate::schema::mismatches;
use crate::text;
use crate::violation::{Rule, Violation};

impl Judge<'_> {
    /// Holds the heads of the parts against what is declared for parts of their names.
    pub(super) fn parts(
        &self,
        content: &Content,
        prepared: &PreparedContent,
        media_type: &MediaType,
        found: &mut Vec<Violation>,
    ) {
        if content.encoding.is_empty() || media_type.kind() != Kind::Multipart {
            return;
        }
        for head in codec::part_heads(media_type, self.bytes) {
            let Some(encoding) = content.encoding.get(&head.name) else { continue };
            let part = Part { judge: self, content, encoding, head: &head };
            found.extend(part.media_type());
            let declared = prepared.part_headers.get(&head.name).into_iter().flatten();
            for (header, prepared) in encoding.headers.iter().zip(declared) {
                // OpenAPI 3.1 4.8.15.1: `contentType` is for that.
                if !header.name.eq_ignore_ascii_case("content-type") {
                    part.header(header, prepared, found);
                }
            }
        }
    }
}

struct Part<'a> {
    judge: &'a Judge<'a>,
    content: &'a Content,
    encoding: &'a Encoding,
    head: &'a PartHead,
}

impl Part<'_> {
    fn called(&self) -> String {
        format!("{} part `{}`", self.judge.side.called, text::harmless(&text::shortened(&self.head.name, 80)))
    }

    fn location(&self) -> Vec<String> {
        [self.judge.side.word, "body", &self.head.name].map(str::to_owned).to_vec()
    }

    fn violation(&self, rule: Rule, message: String, within: &str) -> Violation {
        let location = self.location();
        let parts: Vec<&str> = location.iter().map(String::as_str).collect();
        let pointer = self.content.pointer.join("encoding").join(&self.head.name).join(within);
        Violation::new(rule, &parts, message, self.judge.contract.document.place(&pointer))
    }

    /// A media type that the part may not have; one that does not say is taken to have one that it may.
    fn media_type(&self) -> Option<Violation> {
        let allowed = &self.encoding.content_types;
        let sent = self.head.headers.get("content-type").filter(|_| !allowed.is_empty())?;
        let sent = String::from_utf8_lossy(sent.as_bytes()).into_owned();
        let parsed = MediaType::parse(&sent).filter(|parsed| !parsed.is_range());
        if parsed.is_some_and(|parsed| allowed.iter().any(|allowed| allowed.includes(&parsed))) {
            return None;
        }
        let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        let expected = text::list(names.iter().map(String::as_str));
        let shown = redact::text(&sent, 80);
        let message =
            format!("{}: the media type `{shown}` is not declared, expected {expected}", self.called());
        let mut violation = self.violation(self.judge.side.undeclared_type, message, "contentType");
        violation.found = Some(shown);
        violation.help = Some(format!("send the part as {expected}"));
        violation.expected = Some(expected);
        Some(violation)
    }

    fn header(&self, header: &Header, prepared: &Prepared, found: &mut Vec<Violation>) {
        let called = format!("{}: the header `{}`", self.called(), header.name);
        let values = match codec::header(header, prepared.expect(self.judge.contract), &self.head.headers) {
            Decoded::Absent | Decoded::Empty if !header.required => return,
            Decoded::Absent | Decoded::Empty => {
                let mut violation =
                    self.violation(self.judge.side.invalid, format!("{called} is missing"), "headers");
                violation.help = Some(format!("send the header `{}` with the part", header.name));
                found.push(violation);
                return;
            }
            Decoded::Unreadable { found: text, reason } => {
                let shown = redact::header(&header.name, &text);
                let message = format!("{called}: `{shown}` {reason}");
                found.push(self.violation(self.judge.side.invalid, message, "headers"));
                return;
            }
            Decoded::Repeated { count } => {
                let message = format!("{called} was sent {count} times and takes one value");
                found.push(self.violation(self.judge.side.invalid, message, "headers"));
                return;
            }
            Decoded::Value(value) => vec![value],
            Decoded::Values(values) => values,
        };
        let Some(validator) = prepared.validator(self.judge.contract) else { return };
        let (Some(likeliest), false) = (values.first(), values.iter().any(|value| validator.is_valid(value)))
        else {
            return;
        };
        let location = self.location();
        let subject = Subject {
            rule: self.judge.side.invalid,
            location,
            called,
            contract: self.judge.contract,
            direction: self.judge.side.direction,
            excuses: Excuses::default(),
            digits: Vec::new(),
        };
        found.extend(subject.violations(mismatches(validator, likeliest)));
    }
}
