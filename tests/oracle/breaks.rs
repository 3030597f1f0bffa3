//! Replies that are broken on purpose: the reading that shares no code with the program calls each invalid, and the
//! program itself finds what is broken at the place that was told.

use std::collections::BTreeMap;

use standin::document::Source;
use standin::engine::BrokenReply;
use standin::violation::{Breach, Rule, Violation};

use super::reading::{Given, Operation, Reading, Verdict};
use super::{HARD, Subject, log, tell};
use crate::support::{self, BUNDLED, repository};

/// How many of the breaks of one reply are judged, about.
const MOST: usize = 150;

/// The program's findings and the other reading's, held against what was told.
fn judge(subject: &Subject, operation: &Operation, broken: &BrokenReply) -> Result<(), String> {
    let told = |why: String| {
        let body: String = String::from_utf8_lossy(&broken.reply.body).chars().take(600).collect();
        format!("{} {} `{}`: {why}\n    {body}", operation.id, broken.reply.status, broken.told())
    };
    let reply = &broken.reply;
    let header = |name: &str| Some(reply.headers.get(name)?.to_str().ok()?.to_owned());
    let given = Given {
        status: reply.status,
        header: &header,
        body: &reply.body,
        is_head: operation.method == "HEAD",
    };
    let verdict = subject.reading.judge(operation, &given);
    // It reads header fields generously; content that is not JSON, and of schemas that it can't compile, in part.
    // It does not follow a `$dynamicRef` that is written as a pointer.
    let is_followed = operation.id != "plainDynamic";
    if is_followed && verdict == Ok(Verdict::Judged) && broken.breach != Breach::HeaderInvalid {
        return Err(told("the reading calls it valid".to_owned()));
    }
    let found = subject.found(operation, "", reply);
    let is_told = |one: &&Violation| one.is_error() || one.rule == Rule::ReplyBodyUndeclared;
    let errors: Vec<&Violation> = found.iter().filter(is_told).collect();
    if errors.is_empty() {
        return Err(told("the program finds nothing".to_owned()));
    }
    let Some(pointer) = broken.place.strip_prefix("#/") else { return Ok(()) };
    let place: Vec<String> =
        standin::pointer::Pointer::from_fragment(&format!("/{pointer}")).tokens().collect();
    // A property that is missing is told of its object.
    let around = &place[..place.len() - 1];
    // Where one alternative has a tag of one value and another one any, the program takes the tag for what is wrong.
    let is_tag = |one: &Violation| one.message.contains(" names no branch of ");
    let is_there = |one: &Violation| one.location[2..] == place || one.location[2..] == *around;
    match errors.iter().find(|one| !is_there(one) && !is_tag(one)) {
        Some(other) if broken.beside.is_empty() && !other.location[2..].starts_with(&place) => {
            Err(told(format!("the program finds {}: {}", other.location.join("."), other.message)))
        }
        _ => Ok(()),
    }
}

/// Judges the breaks of every declared reply of a document; tells how many there are of each kind.
fn judge_all(subject: &Subject, failures: &mut Vec<String>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for operation in &subject.reading.operations {
        for status in operation.statuses() {
            let broken = subject.engine.broken_replies(&subject.name, &operation.id, Some(status));
            let broken = broken.unwrap_or_default();
            for one in &broken {
                *counts.entry(one.breach.code()).or_default() += 1;
                *counts.entry(if one.beside.is_empty() { "~alone" } else { "~not alone" }).or_default() += 1;
            }
            for one in broken.iter().step_by(broken.len().div_ceil(MOST).max(1)) {
                failures.extend(judge(subject, operation, one).err());
            }
        }
    }
    counts
}

#[test]
fn every_break_is_found_where_it_is_told() {
    let documents = BUNDLED.map(|name| (name, format!("specs/{name}.yaml")));
    let hard = HARD.map(|name| (name, format!("tests/hard/{name}.yaml")));
    let (mut failures, mut kinds) = (Vec::new(), BTreeMap::new());
    for (name, path) in documents.iter().chain(&hard) {
        let path = repository(path);
        let contract = support::contract(name, &Source::File(path.clone()));
        let subject = Subject::new(name, contract, Reading::of_file(&path));
        let before = failures.len();
        let counts = judge_all(&subject, &mut failures);
        log(&format!("breaks: {name}: {} failed, {counts:?}", failures.len() - before));
        assert!(counts["~alone"] > 20 && counts["~alone"] > counts.get("~not alone").copied().unwrap_or(0));
        for (kind, count) in counts {
            *kinds.entry(kind).or_insert(0) += count;
        }
    }
    assert!(failures.is_empty(), "{}", tell(&failures));
    // No response of these documents declares header fields; `tests/cases/breaks.md` has some.
    let has_cases = [Breach::HeaderMissing, Breach::HeaderInvalid];
    let others = Breach::ALL.iter().filter(|breach| !has_cases.contains(breach));
    let missing: Vec<&str> =
        others.map(|breach| breach.code()).filter(|code| !kinds.contains_key(code)).collect();
    assert!(missing.is_empty(), "no reply was broken by {missing:?}");
}
