//! The edges of every declared reply, judged like all other replies.

use std::sync::Arc;

use standin::document::Source;
use standin::message::Reply;

use super::reading::{Operation, Reading, Tally};
use super::{Subject, corpus, log, tell, wishes};
use crate::support::{self, BUNDLED, repository};

/// How many operations of one document of the corpus are asked, and about how many edges of one reply.
const MOST_OPERATIONS: usize = 6;
const MOST_EDGES: usize = 40;

/// The number of edges that a reply tells; `None` if it is not at one.
fn count(reply: &Reply) -> Option<usize> {
    let told = reply.headers.get("standin-edge")?.to_str().ok()?;
    let (_, rest) = told.split_once(" of ")?;
    rest.split(';').next()?.parse().ok()
}

/// Asks for about so many edges of a reply, from the first on; tells how many there are.
fn judge(
    subject: &Subject,
    operation: &Operation,
    wish: &str,
    most: usize,
    tally: &mut Tally,
) -> Result<usize, String> {
    let ask = |number: usize| {
        let prefer = format!("{wish}, seed={number}, edge={number}");
        (subject.reply(operation, &prefer, None), prefer)
    };
    let (first, prefer) = ask(1);
    let Some(count) = count(&first) else {
        // Who asks for an edge is told that there is none, or why there is no reply at all.
        let is_told = first.status >= 400 && String::from_utf8_lossy(&first.body).contains(&*operation.id);
        return if is_told { Ok(0) } else { Err(format!("{prefer}: {} without an edge", first.status)) };
    };
    for number in (1..=count).step_by(count.div_ceil(most)) {
        let (reply, prefer) = ask(number);
        subject.judge(operation, &prefer, &reply, tally)?;
    }
    let (beyond, prefer) = ask(count + 1);
    if beyond.status == 400 { Ok(count) } else { Err(format!("{prefer}: {} and not 400", beyond.status)) }
}

fn judge_all(subject: &Subject, most: usize, tally: &mut Tally, failures: &mut Vec<String>) -> usize {
    let mut edges = 0;
    for operation in &subject.reading.operations {
        for wish in wishes(subject, operation) {
            match judge(subject, operation, &wish, most, tally) {
                Ok(count) => edges += count,
                Err(why) => failures.push(why),
            }
        }
    }
    edges
}

#[test]
fn every_edge_of_the_bundled_documents_is_valid() {
    let (mut tally, mut failures) = (Tally::default(), Vec::new());
    for name in BUNDLED {
        let contract = support::contract(name, &support::bundled(name));
        let reading = Reading::of_file(&repository(&format!("specs/{name}.yaml")));
        let subject = Subject::new(name, contract, reading);
        let edges = judge_all(&subject, usize::MAX, &mut tally, &mut failures);
        log(&format!("oracle: {name}: {edges} edges"));
        assert!(edges > 20, "{name} has {edges} edges");
    }
    assert!(failures.is_empty(), "{}", tell(&failures));
}

#[test]
fn edges_of_the_corpus_are_valid() {
    let folder = corpus();
    let Ok(index) = std::fs::read_to_string(folder.join("index.tsv")) else {
        log("oracle: no edges of a corpus: there is none");
        return;
    };
    let (mut tally, mut failures) = (Tally::default(), Vec::new());
    for line in index.lines().skip(1) {
        let mut columns = line.split('\t');
        let (path, name) = (folder.join(columns.next().unwrap()), columns.next().unwrap());
        let (Some(contract), _) = support::build(name, &Source::File(path.clone())) else {
            failures.push(format!("`{name}` can't be loaded"));
            continue;
        };
        let started = std::time::Instant::now();
        let (reading, ..) = Reading::of_some(&path, MOST_OPERATIONS);
        let subject = Subject::new(name, Arc::new(contract), reading);
        let before = failures.len();
        let edges = judge_all(&subject, MOST_EDGES, &mut tally, &mut failures);
        let (failed, seconds) = (failures.len() - before, started.elapsed().as_secs_f32());
        log(&format!("oracle: {name}: {edges} edges, {failed} failed, {seconds:.1} s"));
    }
    log(&format!("oracle: edges of the corpus, {:?}", tally.0));
    assert!(failures.is_empty(), "{}", tell(&failures));
}
