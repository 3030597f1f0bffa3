//! Content held against its declaration: media type, whether it can be read, schema, names that nothing declares.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::explain::Subject;
use super::names::Kind;
use super::prepared::{Prepared, PreparedContent};
use super::side::Side;
use super::{Strictness, strict};
use crate::codec::{self, Body, CODINGS, Expect, Folded, Item, Unreadable};
use crate::contract::{Content, Contract};
use crate::media_type::MediaType;
use crate::pointer::Pointer;
use crate::redact;
use crate::schema::Digits;
use crate::text;
use crate::violation::{Rule, Violation};

/// Where an item of a stream stands.
#[derive(Debug, Clone, Copy)]
struct At {
    index: usize,
    line: Option<usize>,
}

/// The content of a request or reply, and what it is held against.
pub(super) struct Judge<'a> {
    pub(super) side: &'static Side,
    pub(super) contract: &'a Contract,
    pub(super) contents: &'a [Content],
    /// Where the content is declared.
    pub(super) pointer: &'a Pointer,
    pub(super) headers: &'a HeaderMap,
    /// The content behind its codings.
    pub(super) bytes: &'a [u8],
    /// How many lines of content came before them.
    pub(super) lines_before: usize,
    pub(super) strictness: Strictness,
}

impl<'a> Judge<'a> {
    /// There is no content.
    pub(super) fn missing(&self) -> Violation {
        let place = self.contract.document.place(&self.pointer.join("required"));
        let mut violation =
            Violation::new(Rule::BodyMissing, &["request", "body"], "the content is missing", place);
        violation.expected = Some(self.media_types());
        violation.help = Some(format!("send content of the type {}", self.media_types()));
        violation
    }

    /// The value, and which of the declared contents it was read as.
    pub(super) fn run(
        &self,
        prepared: &[PreparedContent],
        judges: bool,
        found: &mut Vec<Violation>,
    ) -> Option<(Value, usize)> {
        let (index, media_type) = self.content(found)?;
        let content = &self.contents[index];
        // What to expect of large schemas takes long to make, so it is made only for what is read by it.
        let expect = if codec::is_led(media_type.kind()) {
            prepared[index].whole.expect(self.contract)
        } else {
            Expect::anything()
        };
        match codec::decode(content, &media_type, self.bytes, expect) {
            Err(unreadable) => {
                let mut violation = self.unreadable(&unreadable, &content.pointer);
                violation.expected = Some(format!("`{}`", content.media_type));
                violation.help = Some(format!("send well-formed `{}`", content.media_type.essence()));
                found.push(violation);
                None
            }
            Ok(Body::Opaque) => None,
            Ok(Body::Value(value)) => {
                if judges {
                    let subject = (&prepared[index].whole, &Digits::default());
                    found.extend(self.judge(content, subject, &value, None));
                    self.parts(content, &prepared[index], &media_type, found);
                }
                Some((value, index))
            }
            Ok(Body::Digits(value, digits)) => {
                if judges {
                    found.extend(self.judge(content, (&prepared[index].whole, &digits), &value, None));
                }
                Some((value, index))
            }
            Ok(Body::Values(values)) => {
                let subject = (&prepared[index].whole, &Digits::default());
                let value = self.judge_any(content, subject, values, None, found)?;
                if judges {
                    self.parts(content, &prepared[index], &media_type, found);
                }
                Some((value, index))
            }
            Ok(Body::Items(items)) => {
                let mut values = Vec::with_capacity(items.len());
                for (index_of_item, Item { values: readings, digits, line }) in items.into_iter().enumerate()
                {
                    let line = line.map(|line| line + self.lines_before);
                    let at = Some(At { index: index_of_item, line });
                    let subject = (&prepared[index].item, &digits);
                    values.extend(self.judge_any(content, subject, readings, at, found));
                }
                Some((Value::Array(values), index))
            }
        }
    }

    /// Content that can't be unfolded.
    pub(super) fn folded(&self, folded: Folded) -> Violation {
        let pointer = self.pointer.join("content");
        let name = match folded {
            Folded::Broken(unreadable) => return self.unreadable(&unreadable, &pointer),
            Folded::Unknown(name) => name,
            Folded::TooLarge => String::new(), // is no violation
        };
        let shown = redact::shown(&name, 40);
        let message = format!("{} is encoded as `{shown}`, which can't be read", self.side.content);
        let location = [self.side.word, "header", "content-encoding"];
        let place = self.contract.document.place(&pointer);
        let mut violation = Violation::new(Rule::EncodingUnsupported, &location, message, place);
        violation.found = Some(shown);
        violation.expected = Some(text::list(CODINGS.split(", ")));
        violation.help = Some(format!("send the content as it is, or in one of {CODINGS}"));
        violation
    }

    fn unreadable(&self, unreadable: &Unreadable, pointer: &Pointer) -> Violation {
        let message = format!("{} {unreadable}", self.side.content);
        let place = self.contract.document.place(pointer);
        Violation::new(self.side.unreadable, &[self.side.word, "body"], message, place)
    }

    /// The declared content that the media type falls under: the most specific one.
    pub(super) fn content(&self, found: &mut Vec<Violation>) -> Option<(usize, Cow<'a, MediaType>)> {
        let declared = self.contents;
        let mut lines = self.headers.get_all(CONTENT_TYPE).iter();
        let Some(sent) = lines.next() else {
            // RFC 9110 8.3: without a type the recipient may guess; with one declared there is nothing to guess.
            let content = declared.first()?;
            return Some((0, Cow::Borrowed(&content.media_type)));
        };
        if let Some(other) = lines.find(|other| *other != sent) {
            let both = [sent, other].map(|value| String::from_utf8_lossy(value.as_bytes()));
            found.push(self.wrong_type(&both.join("` and `"), "is not one but two"));
            return None;
        }
        if let Some(at) = declared.iter().position(|content| content.media_type.is_written(sent.as_bytes())) {
            return Some((at, Cow::Borrowed(&declared[at].media_type)));
        }
        let text = String::from_utf8_lossy(sent.as_bytes()).into_owned();
        let Some(media_type) = MediaType::parse(&text) else {
            found.push(self.wrong_type(&text, "is no media type"));
            return None;
        };
        if media_type.is_range() {
            found.push(self.wrong_type(&text, "is a range, not a media type"));
            return None;
        }
        let best = Content::best_of(declared, &media_type);
        if best.is_none() && !declared.is_empty() {
            found.push(self.wrong_type(&text, "is not declared"));
        }
        best.map(|index| (index, Cow::Owned(media_type)))
    }

    fn wrong_type(&self, sent: &str, why: &str) -> Violation {
        let shown = redact::text(sent, 80);
        let place = self.contract.document.place(&self.pointer.join("content"));
        let Side { word, media_type, undeclared_type, .. } = self.side;
        let message = format!("{media_type} `{shown}` {why}, expected {}", self.media_types());
        let mut violation =
            Violation::new(*undeclared_type, &[word, "header", "content-type"], message, place);
        violation.found = Some(shown);
        violation.expected = Some(self.media_types());
        violation.help = Some(format!("send {}", self.media_types()));
        violation
    }

    pub(super) fn media_types(&self) -> String {
        let names: Vec<String> = self.contents.iter().map(|content| content.media_type.to_string()).collect();
        text::list(names.iter().map(String::as_str))
    }

    /// Holds a value, or an item of a stream, against its schema.
    fn judge(
        &self,
        content: &Content,
        (prepared, digits): (&Prepared, &Digits),
        value: &Value,
        item: Option<At>,
    ) -> Vec<Violation> {
        if prepared.validator(self.contract).is_none() {
            return Vec::new();
        }
        let location = || -> Vec<String> {
            [self.side.word, "body"]
                .map(str::to_owned)
                .into_iter()
                .chain(item.map(|at| at.index.to_string()))
                .collect()
        };
        let called = || self.called(item);
        let mut found = Vec::new();
        let mismatches = prepared.mismatches(self.contract, value, digits);
        if !mismatches.is_empty() {
            let subject = Subject {
                rule: self.side.invalid,
                location: location(),
                called: called(),
                contract: self.contract,
                direction: self.side.direction,
                excuses: prepared.names(self.contract).map(|names| names.excuses(value)).unwrap_or_default(),
                digits: digits.places(value),
            };
            found = subject.violations(mismatches);
        }
        let remarks = prepared.names(self.contract).map(|names| names.remarks(value)).unwrap_or_default();
        // By the letter, there is only something to find where a discriminator is.
        if self.strictness == Strictness::Strict || remarks.meets_discriminator {
            self.by_meaning(prepared, value, &called(), &location(), &mut found);
        }
        for remark in remarks.all {
            let Some(rule) = self.side.rule(&remark.kind) else { continue };
            let name = text::harmless(&remark.path.join("."));
            let place = self.contract.document.place(&content.pointer.join("schema"));
            let location = location();
            let parts: Vec<&str> = location.iter().chain(&remark.path).map(String::as_str).collect();
            if found.iter().any(|known| known.location == parts) {
                continue;
            }
            let (what, help) = match remark.kind {
                Kind::Undeclared(Some(nearest)) => ("not declared", format!("did you mean `{nearest}`?")),
                Kind::Undeclared(None) => ("not declared", "leave it out, or declare it".to_owned()),
                Kind::Deprecated => {
                    ("deprecated", "move to what the document recommends in its place".to_owned())
                }
                Kind::OtherDirection => (self.side.not_sent, "leave it out".to_owned()),
            };
            let message = format!("{} `{name}` is {what}", called());
            let mut violation = Violation::new(rule, &parts, message, place);
            violation.help = Some(help);
            found.push(violation);
        }
        found
    }

    /// What messages call a value, or an item of a stream.
    fn called(&self, item: Option<At>) -> String {
        let whole = self.side.called;
        match item {
            None => whole.to_owned(),
            Some(At { line: Some(line), .. }) => format!("{whole} line {line}"),
            Some(At { line: None, index }) => format!("{whole} part {}", index + 1),
        }
    }

    /// Holds a value against what its schema means beyond what it says; what the schema says was found already.
    fn by_meaning(
        &self,
        prepared: &Prepared,
        value: &Value,
        called: &str,
        location: &[String],
        found: &mut Vec<Violation>,
    ) {
        let Some(schema) = &prepared.schema else { return };
        let (schemas, direction) = (&self.contract.schemas, self.side.direction);
        let (findings, reading) = match self.strictness {
            Strictness::Letter => (strict::nameless(schemas, schema, direction, value), ""),
            Strictness::Strict => (strict::findings(schemas, schema, direction, value), " (strict reading)"),
        };
        for finding in findings {
            let parts: Vec<&str> = location.iter().chain(&finding.path).map(String::as_str).collect();
            // What breaks the alternative that is meant has been told where it lies.
            let is_told = |known: &Violation| match finding.rule {
                Rule::StrictBranchInvalid => {
                    known.location.iter().map(String::as_str).take(parts.len()).eq(parts.iter().copied())
                }
                _ => known.location == parts,
            };
            if found.iter().any(is_told) {
                continue;
            }
            let called = match &finding.path[..] {
                [] => called.to_owned(),
                path => format!("{called} `{}`", text::harmless(&path.join("."))),
            };
            let message = format!("{called}: {}{reading}", finding.message);
            let place = self.contract.document.place(&finding.schema);
            let rule = match self.strictness {
                Strictness::Letter => self.side.nameless,
                Strictness::Strict => finding.rule,
            };
            let mut violation = Violation::new(rule, &parts, message, place);
            violation.expected = finding.expected;
            violation.help = Some(finding.help);
            found.push(violation);
        }
    }

    /// Judges content that can be read in several ways: the first reading that is valid is the value.
    fn judge_any(
        &self,
        content: &Content,
        subject: (&Prepared, &Digits),
        values: Vec<Value>,
        item: Option<At>,
        found: &mut Vec<Violation>,
    ) -> Option<Value> {
        let mut first = None;
        for value in values {
            let judged = self.judge(content, subject, &value, item);
            if !judged.iter().any(Violation::is_error) {
                found.extend(judged);
                return Some(value);
            }
            first.get_or_insert((value, judged));
        }
        let (value, judged) = first?;
        found.extend(judged);
        Some(value)
    }
}
