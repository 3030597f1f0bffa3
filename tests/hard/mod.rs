//! Documents that hold every keyword alone and in the combinations that are hard to satisfy, played under many seeds; and schemas made of bytes.

pub mod content;
pub mod depth;
pub mod discriminators;
pub mod made;
pub mod property;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use property::Outcome;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use standin::document::Source;

use crate::oracle::reading::{Reading, Tally};
use crate::oracle::{Subject, log, tell};
use crate::support::{self, repository};

const SEEDS: u64 = 50;
/// The document whose every operation has a schema without values.
const UNSATISFIABLE: &str = "unsatisfiable31";

/// A document, and how long its slowest answers took.
struct Played {
    subject: Subject,
    slowest: Vec<(Duration, String)>,
}

impl Played {
    fn of(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let contract = support::contract(name, &Source::File(path.to_owned()));
        Self {
            subject: Subject::new(name, Arc::clone(&contract), Reading::of_file(path)),
            slowest: Vec::new(),
        }
    }

    /// Asks for every status and media type of every operation under all seeds.
    fn play(&mut self, tally: &mut Tally, failures: &mut Vec<String>) {
        for operation in &self.subject.reading.operations {
            for status in operation.statuses() {
                let response = operation.response(status).unwrap();
                let media_types = response.content.iter().map(|content| Some(content.media_type.as_str()));
                let media_types: Vec<_> =
                    if response.content.is_empty() { vec![None] } else { media_types.collect() };
                for accept in media_types {
                    for seed in 0..SEEDS {
                        let prefer = format!("code={status}, dynamic=true, seed={seed}");
                        let begun = Instant::now();
                        let judged = self.subject.ask_for(operation, &prefer, accept, tally);
                        if seed == 0 {
                            self.slowest.push((begun.elapsed(), operation.id.clone()));
                        }
                        if let Err(why) = judged {
                            failures.push(why);
                            break;
                        }
                    }
                }
            }
        }
    }

    /// The operations whose first answers took longest.
    fn slowest(&mut self) -> String {
        self.slowest.sort_by(|one, other| other.cmp(one));
        let told = self.slowest.iter().take(4).map(|(time, id)| format!("{id} {} ms", time.as_millis()));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// The documents of a folder, the unsatisfiable ones left out, in the order of their names.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .filter(|path| path.file_stem().is_some_and(|stem| stem != UNSATISFIABLE))
        .collect();
    found.sort();
    found
}

fn play_all(folder: &Path) -> Tally {
    let (mut tally, mut failures) = (Tally::default(), Vec::new());
    for path in documents(folder) {
        let mut played = Played::of(&path);
        let before = failures.len();
        played.play(&mut tally, &mut failures);
        let slowest = played.slowest();
        log(&format!(
            "hard: {}: {} failed; slowest first answers: {}",
            path.display(),
            failures.len() - before,
            slowest
        ));
    }
    assert!(failures.is_empty(), "{}", tell(&failures));
    tally
}

#[test]
fn every_reply_of_the_hard_documents_is_valid() {
    let tally = play_all(&repository("tests/hard"));
    assert!(tally.0["judged"] > 5_000, "{:?}", tally.0);
}

#[test]
fn every_reply_of_the_hard_documents_of_others_is_valid() {
    let folder = std::env::var_os("STANDIN_HARD").map_or_else(|| repository("../shared/hard"), PathBuf::from);
    if documents(&folder).is_empty() {
        log(&format!("hard: no documents in {}", folder.display()));
        return;
    }
    let tally = play_all(&folder);
    assert!(tally.0["judged"] > 0, "{:?}", tally.0);
}

#[test]
fn a_schema_without_values_is_a_problem_that_names_it() {
    let mut played = Played::of(&repository(&format!("tests/hard/{UNSATISFIABLE}.yaml")));
    let mut failures = Vec::new();
    assert!(played.subject.reading.operations.len() > 30);
    for operation in &played.subject.reading.operations {
        let begun = Instant::now();
        let name = format!("`#/components/schemas/{}", component(&operation.id));
        for seed in 0..SEEDS {
            let request = played.subject.request(operation, &format!("seed={seed}"));
            let reply = played.subject.engine.answer(request);
            let told = String::from_utf8_lossy(&reply.body).into_owned();
            if reply.status != 500 || !told.contains(&name) {
                failures.push(format!("{}: {} {told}", operation.id, reply.status));
                break;
            }
        }
        played.slowest.push((begun.elapsed(), operation.id.clone()));
    }
    log(&format!("hard: {UNSATISFIABLE}: slowest: {}", played.slowest()));
    assert!(failures.is_empty(), "{}", tell(&failures));
}

#[test]
fn schemas_without_values_are_told_by_lint_and_no_others() {
    for path in documents(&repository("tests/hard")) {
        let found = unsatisfiable(&path);
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
    let path = repository(&format!("tests/hard/{UNSATISFIABLE}.yaml"));
    let found = unsatisfiable(&path);
    let reading = Reading::of_file(&path);
    assert!(found.len() >= reading.operations.len(), "{} of {}", found.len(), reading.operations.len());
}

/// The lines in which `lint` finds schemas without values.
fn unsatisfiable(path: &Path) -> BTreeSet<usize> {
    let contract = support::contract("lint", &Source::File(path.to_owned()));
    let found = standin::lint::run(&contract);
    // Two bounds that contradict each other are told by a rule that says which.
    let codes = ["schema-unsatisfiable", "bounds-contradictory"];
    let found = found.iter().filter(|diagnostic| codes.contains(&diagnostic.code));
    found.map(|diagnostic| diagnostic.span.as_ref().unwrap().line_and_column().0).collect()
}

/// The component of an operation's reply, which is named like the operation.
fn component(operation: &str) -> String {
    let mut letters = operation.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// So many schemas are made in one run, always the same; `STANDIN_MADE` asks for more and others. `fuzz/` makes as many
/// as time allows.
const MADE: u32 = 400;

#[test]
fn values_of_any_schema_are_valid() {
    let asked: Option<u32> = std::env::var("STANDIN_MADE").ok().map(|count| count.parse().unwrap());
    let cases = asked.unwrap_or(MADE);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let counts = std::cell::Cell::new((0, 0, 0));
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let bytes = proptest::collection::vec(any::<u8>(), 4..160);
    let held = runner.run(&bytes, |bytes| {
        let outcome = property::hold(&made::schemas(&bytes), 6);
        let (refused, without, valid) = counts.get();
        counts.set(match outcome.map_err(TestCaseError::fail)? {
            Outcome::Refused => (refused + 1, without, valid),
            Outcome::Unsatisfiable => (refused, without + 1, valid),
            Outcome::Valid => (refused, without, valid + 1),
        });
        Ok(())
    });
    let (refused, without, valid) = counts.get();
    log(&format!("hard: schemas made of bytes: {valid} valid, {without} without values, {refused} refused"));
    assert!(held.is_ok(), "{held:?}");
    assert!(valid > cases / 2, "too few of the schemas have values: {valid}");
}
