//! Documents that hold every keyword alone and in the combinations that are hard to satisfy, played under many seeds.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

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

/// The component of an operation's reply, which is named like the operation.
fn component(operation: &str) -> String {
    let mut letters = operation.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
