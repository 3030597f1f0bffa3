//! Messages judged by their text and by their value, as they are and with some of their bytes changed.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use standin::check::{Areas, Checker, Credentials, Received, Standards, Strictness};
use standin::contract::Operation;
use standin::message::{Reply, Request};
use standin::violation::Violation;

use crate::oracle::Subject;

/// So often the bytes of a message are changed.
const CHANGES: usize = 25;

/// What is looked for in requests: what is wrong with their content.
pub const OF_CONTENT: Standards<'_> = Standards {
    areas: Areas { security: false, parameters: false, body: true },
    credentials: &Credentials::Any,
    strictness: Strictness::Letter,
};

/// How many messages were judged, and how.
#[derive(Debug, Default)]
pub struct Counts {
    /// Valid ones with JSON.
    pub valid: usize,
    /// Those of them that were judged by their text.
    pub skimmed: usize,
    pub broken: usize,
    pub changed: usize,
    /// Those of them in which nothing was found that way.
    pub changed_and_skimmed: usize,
}

/// An operation, and what judges its messages.
pub struct Judge<'s> {
    pub subject: &'s Subject,
    pub operation: &'s Operation,
    pub checker: &'s Checker,
}

/// A request or a reply, of which content and media type count.
#[derive(Clone)]
pub enum Message {
    Request(Request),
    Reply(Reply),
}

impl Message {
    fn parts(&mut self) -> (&mut HeaderMap, &mut Bytes) {
        match self {
            Self::Request(request) => (&mut request.headers, &mut request.body),
            Self::Reply(reply) => (&mut reply.headers, &mut reply.body),
        }
    }
}

/// What was found in a message, and whether its text alone told that.
pub struct Judged {
    pub is_skimmed: bool,
    pub violations: Vec<Violation>,
}

impl Judge<'_> {
    pub fn check(&self, message: &Message) -> Judged {
        let (contract, operation) = (&self.subject.contract, self.operation);
        match message {
            Message::Request(request) => {
                let checked = self.checker.check(contract, operation, request, &[], None, OF_CONTENT);
                Judged { is_skimmed: checked.body.is_skimmed(), violations: checked.violations }
            }
            Message::Reply(reply) => {
                let (received, method) = (Received::from(reply), &operation.method);
                let letter = Strictness::Letter;
                let checked = self.checker.check_reply(contract, operation, method, received, letter);
                Judged { is_skimmed: checked.is_skimmed, violations: checked.violations }
            }
        }
    }

    /// As `check`, by the value: only a reader of values takes this for a name of UTF-8.
    fn check_value(&self, message: &Message) -> Judged {
        let mut message = message.clone();
        let (headers, _) = message.parts();
        let media_type = headers["content-type"].to_str().unwrap();
        let media_type = media_type.split("; charset").next().unwrap();
        let named = HeaderValue::from_str(&format!("{media_type}; charset=utf8")).unwrap();
        headers.insert("content-type", named);
        let judged = self.check(&message);
        assert!(!judged.is_skimmed);
        judged
    }

    /// Whether a message was judged by its text; an error if that was wrong.
    pub fn skims(&self, message: &Message) -> Result<bool, String> {
        let judged = self.check(message);
        if !judged.is_skimmed {
            return Ok(false);
        }
        let found = self.check_value(message).violations;
        let is_told = |one: &Violation| judged.violations.iter().any(|told| told.message == one.message);
        match found.iter().find(|violation| !is_told(violation)) {
            None => Ok(true),
            Some(violation) => Err(format!(
                "{} `{}`: {}: {}\n    {}",
                self.subject.name,
                self.operation.id,
                violation.rule,
                violation.message,
                String::from_utf8_lossy(message.clone().parts().1)
            )),
        }
    }

    /// Judges a message with some of its bytes changed, in many ways.
    pub fn changed(&self, message: &Message, seed: u64, counts: &mut Counts, failures: &mut Vec<String>) {
        let mut chance = Chance(seed);
        for _ in 0..CHANGES {
            let mut changed = message.clone();
            let (_, body) = changed.parts();
            *body = chance.change(body).into();
            counts.changed += 1;
            match self.skims(&changed) {
                Ok(skimmed) => counts.changed_and_skimmed += usize::from(skimmed),
                Err(why) => failures.push(why),
            }
        }
    }
}

/// Numbers that look like chance, and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    fn change(&mut self, bytes: &[u8]) -> Vec<u8> {
        const PIECES: [&[u8]; 24] = [
            b"\"",
            b"\\",
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b":",
            b"0",
            b"-",
            b".",
            b"e9",
            b"null",
            b"true",
            b"\"\"",
            b"{}",
            b"[]",
            b"\x01",
            b"\xff",
            b"\\u00e9",
            b"\\ud800",
            b"99999999999999999999",
            b"1.5",
            b" ",
        ];
        let (mut changed, start) = (bytes.to_vec(), self.below(bytes.len()));
        let end = (start + self.below(8)).min(bytes.len());
        match self.below(4) {
            0 => drop(changed.splice(start..end, [])),
            1 => drop(changed.splice(start..start, bytes[start..end].to_vec())),
            2 => drop(changed.splice(start..start, PIECES[self.below(PIECES.len())].to_vec())),
            _ => drop(changed.splice(start..end, PIECES[self.below(PIECES.len())].to_vec())),
        }
        changed
    }
}
