//! Content held against its declaration: media type, whether it can be read, schema, names that nothing declares.

use std::borrow::Cow;

use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::Checked;
use super::explain::Subject;
use super::prepared::{Prepared, PreparedContent};
use crate::codec::{self, Body, CODINGS, Folded, Item, Unreadable};
use crate::contract::{Content, Contract, Operation, RequestBody};
use crate::media_type::MediaType;
use crate::message::{LARGEST_BODY, Request};
use crate::pointer::Pointer;
use crate::redact;
use crate::schema::mismatches;
use crate::text;
use crate::violation::{Rule, Violation};

/// Reads the content, and judges it if `judges`.
pub(super) fn check(
    contract: &Contract,
    operation: &Operation,
    prepared: &[PreparedContent],
    request: &Request,
    judges: bool,
    checked: &mut Checked,
) {
    let Some(declared) = &operation.body else {
        if judges && !request.body.is_empty() {
            let place = contract.document.place(&operation.pointer);
            let message =
                format!("`{}` declares no content, and {} bytes were sent", operation.id, request.body.len());
            let mut violation = Violation::new(Rule::BodyUndeclared, &["request", "body"], message, place);
            violation.help = Some("leave the content out, or declare it".into());
            checked.violations.push(violation);
        }
        return;
    };
    let mut judge = Judge { contract, declared, request, bytes: &request.body };
    let mut found = Vec::new();
    let unfolded = match codec::unfolded(&request.headers, &request.body, LARGEST_BODY) {
        Ok(unfolded) => unfolded,
        Err(Folded::TooLarge) => {
            checked.is_too_large = true;
            return;
        }
        Err(folded) if judges && !request.body.is_empty() => {
            checked.violations.push(judge.folded(folded));
            return;
        }
        Err(_) => return,
    };
    if let Some(unfolded) = &unfolded {
        judge.bytes = unfolded;
    }
    let read = judge.run(prepared, judges, &mut found);
    let (body, content) = read.map_or((None, None), |(body, content)| (Some(body), Some(content)));
    checked.body = body;
    checked.unfolded = unfolded;
    if judges {
        checked.valid_as = content.filter(|_| !found.iter().any(Violation::is_error));
        checked.violations.append(&mut found);
    }
}

/// Where an item of a stream stands.
#[derive(Debug, Clone, Copy)]
struct At {
    index: usize,
    line: Option<usize>,
}

pub(super) struct Judge<'a> {
    pub(super) contract: &'a Contract,
    declared: &'a RequestBody,
    request: &'a Request,
    /// The content behind its codings.
    pub(super) bytes: &'a [u8],
}

impl Judge<'_> {
    /// The value, and which of the declared contents it was read as.
    fn run(
        &self,
        prepared: &[PreparedContent],
        judges: bool,
        found: &mut Vec<Violation>,
    ) -> Option<(Value, usize)> {
        if self.bytes.is_empty() {
            if self.declared.required {
                let place = self.contract.document.place(&self.declared.pointer.join("required"));
                let mut violation =
                    Violation::new(Rule::BodyMissing, &["request", "body"], "the content is missing", place);
                violation.expected = Some(self.media_types());
                violation.help = Some(format!("send content of the type {}", self.media_types()));
                found.push(violation);
            }
            return None;
        }
        let (index, media_type) = self.content(found)?;
        let content = &self.declared.content[index];
        match codec::decode(content, &media_type, self.bytes, &prepared[index].whole.expect) {
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
                    found.extend(self.judge(content, &prepared[index].whole, &value, None));
                    self.parts(content, &prepared[index], &media_type, found);
                }
                Some((value, index))
            }
            Ok(Body::Values(values)) => {
                let value = self.judge_any(content, &prepared[index].whole, values, None, found)?;
                if judges {
                    self.parts(content, &prepared[index], &media_type, found);
                }
                Some((value, index))
            }
            Ok(Body::Items(items)) => {
                let mut values = Vec::with_capacity(items.len());
                for (index_of_item, Item { values: readings, line }) in items.into_iter().enumerate() {
                    let at = Some(At { index: index_of_item, line });
                    values.extend(self.judge_any(content, &prepared[index].item, readings, at, found));
                }
                Some((Value::Array(values), index))
            }
        }
    }

    /// Content that can't be unfolded.
    fn folded(&self, folded: Folded) -> Violation {
        let pointer = self.declared.pointer.join("content");
        let name = match folded {
            Folded::Broken(unreadable) => return self.unreadable(&unreadable, &pointer),
            Folded::Unknown(name) => name,
            Folded::TooLarge => String::new(), // is no violation
        };
        let shown = redact::shown(&name, 40);
        let message = format!("the content is encoded as `{shown}`, which can't be read");
        let location = ["request", "header", "content-encoding"];
        let place = self.contract.document.place(&pointer);
        let mut violation = Violation::new(Rule::EncodingUnsupported, &location, message, place);
        violation.found = Some(shown);
        violation.expected = Some(text::list(CODINGS.split(", ")));
        violation.help = Some(format!("send the content as it is, or in one of {CODINGS}"));
        violation
    }

    fn unreadable(&self, unreadable: &Unreadable, pointer: &Pointer) -> Violation {
        let message = format!("the content {unreadable}");
        let place = self.contract.document.place(pointer);
        Violation::new(Rule::BodyUnreadable, &["request", "body"], message, place)
    }

    /// The declared content that the request's media type falls under: the most specific one.
    fn content(&self, found: &mut Vec<Violation>) -> Option<(usize, Cow<'_, MediaType>)> {
        let declared = &self.declared.content;
        let mut lines = self.request.headers.get_all(CONTENT_TYPE).iter();
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
        let fitting =
            declared.iter().enumerate().filter(|(_, content)| content.media_type.includes(&media_type));
        let best = fitting
            .max_by_key(|(index, content)| (content.media_type.specificity(), std::cmp::Reverse(*index)));
        if best.is_none() && !declared.is_empty() {
            found.push(self.wrong_type(&text, "is not declared"));
        }
        best.map(|(index, _)| (index, Cow::Owned(media_type)))
    }

    fn wrong_type(&self, sent: &str, why: &str) -> Violation {
        let shown = redact::text(sent, 80);
        let place = self.contract.document.place(&self.declared.pointer.join("content"));
        let message = format!("the media type `{shown}` {why}, expected {}", self.media_types());
        let mut violation =
            Violation::new(Rule::MediaTypeUndeclared, &["request", "header", "content-type"], message, place);
        violation.found = Some(shown);
        violation.expected = Some(self.media_types());
        violation.help = Some(format!("send {}", self.media_types()));
        violation
    }

    fn media_types(&self) -> String {
        let names: Vec<String> =
            self.declared.content.iter().map(|content| content.media_type.to_string()).collect();
        text::list(names.iter().map(String::as_str))
    }

    /// Holds a value, or an item of a stream, against its schema.
    fn judge(
        &self,
        content: &Content,
        prepared: &Prepared,
        value: &Value,
        item: Option<At>,
    ) -> Vec<Violation> {
        let Some(validator) = prepared.validator(self.contract) else { return Vec::new() };
        let location = || -> Vec<String> {
            ["request", "body"]
                .map(str::to_owned)
                .into_iter()
                .chain(item.map(|at| at.index.to_string()))
                .collect()
        };
        let called = item.map_or_else(
            || "body".to_owned(),
            |at| {
                at.line
                    .map_or_else(|| format!("body part {}", at.index + 1), |line| format!("body line {line}"))
            },
        );
        let mut found = Vec::new();
        if !validator.is_valid(value) {
            let subject = Subject {
                rule: Rule::BodyInvalid,
                location: location(),
                called: called.clone(),
                contract: self.contract,
            };
            found = subject.violations(mismatches(validator, value));
        }
        let Some(names) = prepared.names(self.contract) else { return found };
        for undeclared in names.undeclared(value) {
            let name = text::harmless(&undeclared.path.join("."));
            let place = self.contract.document.place(&content.pointer.join("schema"));
            let location = location();
            let parts: Vec<&str> = location.iter().chain(&undeclared.path).map(String::as_str).collect();
            if found.iter().any(|known| known.location == parts) {
                continue;
            }
            let message = format!("{called} `{name}` is not declared");
            let mut violation = Violation::new(Rule::PropertyUndeclared, &parts, message, place);
            violation.help = Some(match undeclared.nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "leave it out, or declare it".into(),
            });
            found.push(violation);
        }
        found
    }

    /// Judges content that can be read in several ways: the first reading that is valid is the value.
    fn judge_any(
        &self,
        content: &Content,
        prepared: &Prepared,
        values: Vec<Value>,
        item: Option<At>,
        found: &mut Vec<Violation>,
    ) -> Option<Value> {
        let mut first = None;
        for value in values {
            let judged = self.judge(content, prepared, &value, item);
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
