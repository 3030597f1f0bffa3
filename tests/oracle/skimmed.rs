//! Replies that are judged by their text alone: of each in which the program finds nothing that way, it finds nothing when
//! it reads the value either. Generated replies, broken ones, and both with some bytes changed.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use standin::check::{CheckedReply, Checker, Received, Strictness};
use standin::contract::Operation;
use standin::document::Source;
use standin::message::Reply;
use standin::violation::Violation;

use super::reading::Reading;
use super::{HARD, LARGE, Subject, corpus, log, tell, wishes};
use crate::support::{self, BUNDLED, repository};

/// So often the bytes of a reply are changed.
const CHANGES: usize = 25;
/// Replies of so many statuses of an operation are broken: those of errors are much alike.
const MOST_BROKEN: usize = 3;
/// So many operations of a document of the corpus are asked; of a large one, less.
const MOST_OPERATIONS: usize = 6;
const MOST_OPERATIONS_OF_LARGE: usize = 2;

/// How many replies were judged, and how.
#[derive(Debug, Default)]
struct Counts {
    /// Valid replies with JSON.
    valid: usize,
    /// Those of them that were judged by their text.
    skimmed: usize,
    broken: usize,
    changed: usize,
    /// Those of them in which nothing was found that way.
    changed_and_skimmed: usize,
}

/// An operation, and what judges its replies.
struct Judge<'s> {
    subject: &'s Subject,
    operation: &'s Operation,
    checker: Checker,
}

impl Judge<'_> {
    fn check(&self, reply: &Reply) -> CheckedReply {
        let received = Received::from(reply);
        self.checker.check_reply(
            &self.subject.contract,
            self.operation,
            &self.operation.method,
            received,
            Strictness::Letter,
        )
    }

    /// As `check`, by the value: only a reader of values takes this for a name of UTF-8.
    fn check_value(&self, reply: &Reply) -> CheckedReply {
        let mut reply = reply.clone();
        let media_type = reply.headers["content-type"].to_str().unwrap();
        let media_type = media_type.split("; charset").next().unwrap();
        let named = HeaderValue::from_str(&format!("{media_type}; charset=utf8")).unwrap();
        reply.headers.insert("content-type", named);
        let checked = self.check(&reply);
        assert!(!checked.is_skimmed);
        checked
    }

    /// Whether a reply was judged by its text; an error if that was wrong.
    fn skims(&self, reply: &Reply) -> Result<bool, String> {
        let checked = self.check(reply);
        if !checked.is_skimmed {
            return Ok(false);
        }
        let found = self.check_value(reply).violations;
        let is_told = |one: &Violation| checked.violations.iter().any(|told| told.message == one.message);
        match found.iter().find(|violation| !is_told(violation)) {
            None => Ok(true),
            Some(violation) => Err(format!(
                "{} `{}` {}: {}: {}\n    {}",
                self.subject.name,
                self.operation.id,
                reply.status,
                violation.rule,
                violation.message,
                String::from_utf8_lossy(&reply.body)
            )),
        }
    }

    /// Judges a reply with some of its bytes changed, in many ways.
    fn changed(&self, reply: &Reply, seed: u64, counts: &mut Counts, failures: &mut Vec<String>) {
        let mut chance = Chance(seed);
        for _ in 0..CHANGES {
            let changed = Reply { body: chance.change(&reply.body).into(), ..reply.clone() };
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

/// Judges replies of each operation of a document: generated under so many seeds, and broken.
fn judge_all(subject: &Subject, seeds: u64, failures: &mut Vec<String>) -> Counts {
    let mut counts = Counts::default();
    for operation in &subject.reading.operations {
        let Some(declared) = subject.contract.operations.iter().find(|one| one.id == operation.id) else {
            continue;
        };
        let judge = Judge { subject, operation: declared, checker: Checker::compile(declared) };
        for wish in wishes(subject, operation) {
            for seed in 0..seeds {
                let reply = subject.reply(operation, &format!("{wish}, dynamic=true, seed={seed}"), None);
                let label = reply.headers.get("standin-operation").and_then(|value| value.to_str().ok());
                let is_own = label == Some(format!("{}/{}", subject.name, operation.id).as_str());
                let media_type = reply.headers.get("content-type").and_then(|value| value.to_str().ok());
                if !is_own || reply.body.is_empty() || !media_type.is_some_and(|name| name.contains("json")) {
                    break;
                }
                match judge.skims(&reply) {
                    Ok(skimmed) if skimmed || judge.check(&reply).violations.is_empty() => {
                        counts.valid += 1;
                        counts.skimmed += usize::from(skimmed);
                    }
                    Ok(_) => {}
                    Err(why) => failures.push(why),
                }
                judge.changed(&reply, seed, &mut counts, failures);
            }
        }
        for status in operation.statuses().into_iter().take(MOST_BROKEN) {
            let broken = subject.engine.broken_replies(&subject.name, &operation.id, Some(status));
            for (broken, seed) in broken.unwrap_or_default().into_iter().zip(0_u64..300) {
                counts.broken += 1;
                failures.extend(judge.skims(&broken.reply).err());
                if seed % 10 == 0 {
                    judge.changed(&broken.reply, seed, &mut counts, failures);
                }
            }
        }
    }
    counts
}

#[test]
fn json_in_utf_8_is_judged_by_its_text_and_nothing_else_is() {
    let contract = support::contract("shop", &support::inline("shop", SHOP));
    let operation = &contract.operations[0];
    let checker = Checker::compile(operation);
    let check = |media_type: &str, body: &str, strictness| {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_str(media_type).unwrap());
        let body = Bytes::copy_from_slice(body.as_bytes());
        let received = Received { status: 200, headers: &headers, body: Some(&body) };
        let checked = checker.check_reply(&contract, operation, &Method::GET, received, strictness);
        (checked.is_skimmed, checked.violations.len())
    };
    let table = [
        ("application/json", "{\"id\":1}", (true, 0)),
        ("application/json; charset=UTF-8", "{\"id\":1}", (true, 0)),
        ("application/json; charset=latin1", "{\"id\":1}", (false, 0)),
        ("application/json", "\u{feff}{\"id\":1}", (false, 0)),
        ("application/json", "{\"id\":\"1\"}", (false, 1)),
        ("application/json", "{\"id\":1", (false, 1)),
        ("application/x-ndjson", "{\"id\":1}\n\n {\"id\":2}\n", (true, 0)),
        ("application/x-ndjson", "{\"id\":1}\n{\"id\":\"2\"}\n", (false, 1)),
        ("text/plain", "{\"id\":1}", (false, 0)),
        ("image/png", "{\"id\":1}", (false, 1)),
    ];
    for (media_type, body, expected) in table {
        assert_eq!(check(media_type, body, Strictness::Letter), expected, "{media_type} {body}");
    }
    assert_eq!(check("application/json", "{\"id\":1}", Strictness::Strict), (false, 0));
}

/// One reply in several media types.
const SHOP: &str = "
openapi: 3.2.0
info: {title: Shop, version: '1'}
paths:
  /items:
    get:
      operationId: items
      responses:
        '200':
          description: Items
          content:
            application/json: {schema: {$ref: '#/components/schemas/Item'}}
            application/x-ndjson: {itemSchema: {$ref: '#/components/schemas/Item'}}
            text/plain: {schema: {type: string}}
components:
  schemas:
    Item: {type: object, required: [id], properties: {id: {type: integer}}}
";

#[test]
fn what_is_told_by_the_text_alone_is_told_by_the_value() {
    let documents = BUNDLED.map(|name| (name, format!("specs/{name}.yaml"), 30));
    let hard = HARD.map(|name| (name, format!("tests/hard/{name}.yaml"), 3));
    let (mut failures, mut valid, mut skimmed) = (Vec::new(), 0, 0);
    for (name, path, seeds) in documents.iter().chain(&hard) {
        let path = repository(path);
        let contract = support::contract(name, &Source::File(path.clone()));
        let subject = Subject::new(name, contract, Reading::of_file(&path));
        let counts = judge_all(&subject, *seeds, &mut failures);
        log(&format!("skimmed: {name}: {counts:?}"));
        if BUNDLED.contains(name) {
            (valid, skimmed) = (valid + counts.valid, skimmed + counts.skimmed);
        }
    }
    assert!(failures.is_empty(), "{}", tell(&failures));
    log(&format!("skimmed: {skimmed} of {valid} valid replies of the bundled documents"));
    assert!(valid > 500 && skimmed * 100 > valid * 80, "only {skimmed} of {valid} valid replies");
}

#[test]
fn what_is_told_by_the_text_alone_is_told_by_the_value_in_the_corpus() {
    let folder = corpus();
    let Ok(index) = std::fs::read_to_string(folder.join("index.tsv")) else {
        log("skimmed: 0 documents of a corpus");
        return;
    };
    let mut failures = Vec::new();
    for line in index.lines().skip(1) {
        let mut columns = line.split('\t');
        let (path, name) = (folder.join(columns.next().unwrap()), columns.next().unwrap());
        let (Some(contract), _) = support::build(name, &Source::File(path.clone())) else { continue };
        let is_large = std::fs::metadata(&path).unwrap().len() > LARGE;
        let most = if is_large { MOST_OPERATIONS_OF_LARGE } else { MOST_OPERATIONS };
        let (reading, ..) = Reading::of_some(&path, most);
        let subject = Subject::new(name, Arc::new(contract), reading);
        let counts = judge_all(&subject, 2, &mut failures);
        log(&format!("skimmed: {name}: {counts:?}"));
    }
    assert!(failures.is_empty(), "{}", tell(&failures));
}
