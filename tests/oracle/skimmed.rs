//! Messages that are judged by their text alone: of each in which the program finds nothing that way, it finds nothing when
//! it reads the value either. Generated replies and requests, broken ones, and all of them with some bytes changed.

mod judge;

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use standin::check::{Checker, Received, Standards, Strictness};
use standin::document::Source;
use standin::message::Request;
use standin::verify::{self, Asked, Case, Credential};

use super::reading::Reading;
use super::{HARD, LARGE, Subject, corpus, log, tell, wishes};
use crate::support::{self, BUNDLED, repository};
use judge::{Counts, Judge, Message, OF_CONTENT};

/// Replies of so many statuses of an operation are broken: those of errors are much alike.
const MOST_BROKEN: usize = 3;
/// So many operations of a document of the corpus are asked; of a large one, less.
const MOST_OPERATIONS: usize = 6;
const MOST_OPERATIONS_OF_LARGE: usize = 2;
/// So many requests of a document are judged.
const MOST_REQUESTS: usize = 500;

/// Judges replies of each operation of a document: generated under so many seeds, and broken.
fn judge_all(subject: &Subject, seeds: u64, failures: &mut Vec<String>) -> Counts {
    let mut counts = Counts::default();
    for operation in &subject.reading.operations {
        let Some(declared) = subject.contract.operations.iter().find(|one| one.id == operation.id) else {
            continue;
        };
        let checker = Checker::compile(declared);
        let judge = Judge { subject, operation: declared, checker: &checker };
        for wish in wishes(subject, operation) {
            for seed in 0..seeds {
                let reply = subject.reply(operation, &format!("{wish}, dynamic=true, seed={seed}"), None);
                let label = reply.headers.get("standin-operation").and_then(|value| value.to_str().ok());
                let is_own = label == Some(format!("{}/{}", subject.name, operation.id).as_str());
                let media_type = reply.headers.get("content-type").and_then(|value| value.to_str().ok());
                if !is_own || reply.body.is_empty() || !media_type.is_some_and(|name| name.contains("json")) {
                    break;
                }
                let reply = Message::Reply(reply);
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
                let broken = Message::Reply(broken.reply);
                counts.broken += 1;
                failures.extend(judge.skims(&broken).err());
                if seed % 10 == 0 {
                    judge.changed(&broken, seed, &mut counts, failures);
                }
            }
        }
    }
    counts
}

/// Judges some of the requests with JSON that `verify` would send for a document, valid ones and broken ones.
fn judge_requests(subject: &Subject, failures: &mut Vec<String>) -> Counts {
    let mut counts = Counts::default();
    let asked = Asked { allows_unsafe: true, credential: Some(Credential::MadeUp), ..Asked::default() };
    let plan = verify::plan(&subject.judge, &asked, &AtomicU64::new(0));
    let checkers: Vec<OnceCell<Checker>> =
        subject.contract.operations.iter().map(|_| OnceCell::new()).collect();
    let has_json = |case: &&Case| {
        case.draft.payload.as_ref().is_some_and(|payload| payload.content_type.contains("json"))
    };
    let cases: Vec<&Case> = plan.cases.iter().filter(has_json).collect();
    let step = cases.len().div_ceil(MOST_REQUESTS).max(1);
    for (case, seed) in cases.into_iter().step_by(step).zip(0..) {
        let Some(payload) = &case.draft.payload else { continue };
        let operation = &subject.contract.operations[case.operation];
        let checker = checkers[case.operation].get_or_init(|| Checker::compile(operation));
        let judge = Judge { subject, operation, checker };
        let mut request = Request::new(operation.method.clone(), "/");
        request.headers.insert("content-type", HeaderValue::from_str(&payload.content_type).unwrap());
        request.body = payload.bytes.clone();
        let request = Message::Request(request);
        let is_valid = judge.check(&request).violations.is_empty();
        match judge.skims(&request) {
            Ok(skimmed) if is_valid => {
                counts.valid += 1;
                counts.skimmed += usize::from(skimmed);
            }
            Ok(_) => counts.broken += 1,
            Err(why) => failures.push(why),
        }
        if seed % 5 == 0 {
            judge.changed(&request, seed, &mut counts, failures);
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

#[test]
fn a_request_is_judged_by_its_text_unless_that_holds_something_to_tell() {
    let contract = support::contract("shop", &support::inline("shop", SHOP));
    let operation = contract.operations.iter().find(|operation| operation.method == Method::POST).unwrap();
    let checker = Checker::compile(operation);
    let check = |media_type: &'static str, body: &'static str, strictness| {
        let mut request = Request::new(Method::POST, "/items");
        request.headers.insert("content-type", HeaderValue::from_static(media_type));
        request.body = Bytes::from_static(body.as_bytes());
        let standards = Standards { strictness, ..OF_CONTENT };
        let checked = checker.check(&contract, operation, &request, &[], None, standards);
        let value = checked.body.value(&request.body).map(ToString::to_string).unwrap_or_default();
        (checked.body.is_skimmed(), checked.valid_as, value, checked.violations.len())
    };
    // Whether the text was enough, what the content is valid as, what it says, how much is found.
    let table = [
        (JSON, r#"{"id": 1}"#, (true, Some(0), r#"{"id":1}"#, 0)),
        (JSON, r#"{"id":1,"was":2}"#, (false, Some(0), r#"{"id":1,"was":2}"#, 1)),
        (JSON, r#"{"id":1,"made":3}"#, (false, Some(0), r#"{"id":1,"made":3}"#, 1)),
        (JSON, r#"{"id":"1"}"#, (false, None, r#"{"id":"1"}"#, 1)),
        (JSON, r#"{"id":1"#, (false, None, "", 1)),
        (JSON, "", (false, None, "", 1)),
        ("application/x-ndjson", "{\"id\":1}\n{\"id\":2}\n", (false, Some(1), r#"[{"id":1},{"id":2}]"#, 0)),
    ];
    for (media_type, body, (is_skimmed, valid_as, value, count)) in table {
        let expected = (is_skimmed, valid_as, value.to_owned(), count);
        assert_eq!(check(media_type, body, Strictness::Letter), expected, "{media_type} {body}");
    }
    let strict = check(JSON, r#"{"id":1}"#, Strictness::Strict);
    assert_eq!(strict, (false, Some(0), r#"{"id":1}"#.to_owned(), 0));
}

const JSON: &str = "application/json";

/// One thing in several media types.
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
    post:
      operationId: addItem
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Item'}}
          application/x-ndjson: {itemSchema: {$ref: '#/components/schemas/Item'}}
      responses: {'204': {description: Added}}
components:
  schemas:
    Item:
      type: object
      required: [id]
      properties:
        id: {type: integer}
        was: {type: integer, deprecated: true}
        made: {type: integer, readOnly: true}
";

#[test]
fn what_is_told_by_the_text_alone_is_told_by_the_value() {
    let documents = BUNDLED.map(|name| (name, format!("specs/{name}.yaml"), 30));
    let hard = HARD.map(|name| (name, format!("tests/hard/{name}.yaml"), 3));
    let (mut failures, mut valid, mut skimmed) = (Vec::new(), 0, 0);
    let (mut sent, mut sent_and_skimmed) = (0, 0);
    for (name, path, seeds) in documents.iter().chain(&hard) {
        let path = repository(path);
        let contract = support::contract(name, &Source::File(path.clone()));
        let subject = Subject::new(name, contract, Reading::of_file(&path));
        let counts = judge_all(&subject, *seeds, &mut failures);
        log(&format!("skimmed: {name}: {counts:?}"));
        let of_requests = judge_requests(&subject, &mut failures);
        log(&format!("skimmed: requests of {name}: {of_requests:?}"));
        if BUNDLED.contains(name) {
            (valid, skimmed) = (valid + counts.valid, skimmed + counts.skimmed);
            (sent, sent_and_skimmed) = (sent + of_requests.valid, sent_and_skimmed + of_requests.skimmed);
        }
    }
    assert!(failures.is_empty(), "{}", tell(&failures));
    log(&format!("skimmed: {skimmed} of {valid} valid replies of the bundled documents"));
    assert!(valid > 500 && skimmed * 100 > valid * 80, "only {skimmed} of {valid} valid replies");
    log(&format!("skimmed: {sent_and_skimmed} of {sent} valid requests of the bundled documents"));
    assert!(
        sent > 100 && sent_and_skimmed * 100 > sent * 80,
        "only {sent_and_skimmed} of {sent} valid requests"
    );
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
        if !is_large {
            let counts = judge_requests(&subject, &mut failures);
            log(&format!("skimmed: requests of {name}: {counts:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", tell(&failures));
}
