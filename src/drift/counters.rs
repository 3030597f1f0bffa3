//! Counters of what exchanges exercise of the documents: which counter is which is decided at compile time, so that a
//! request costs an atomic for each thing that it exercises.

mod telling;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;

use super::branches::{Branch, Branches};
use super::coverage::{DocumentCoverage, OperationCoverage, added};
use super::rows::Rows;
use crate::contract::{Content, Contract, Operation};
use crate::schema::Direction;
pub use telling::Detail;
use telling::Telling;

/// Which counter of an operation stands for what, decided when the operation is compiled.
///
/// The first counts exchanges; behind it are those of the parameters, of the contents of the request, and, response by
/// response, of the status and of its contents. The counter of a content has another one behind it, of how much of its
/// values was looked at for its branches.
#[derive(Debug)]
pub struct Layout {
    contents: usize,
    /// Where each response begins.
    responses: Vec<usize>,
    /// The branches of each content that has a schema, by its counter; searched for when the first such content comes.
    branches: BTreeMap<usize, OnceLock<Branches>>,
    length: usize,
}

/// How much is looked at of the values of a content for its branches: most documents have all of theirs seen by then, and
/// what is never seen costs no more. A value counts once, and once more for so many of its places.
const MOST_LOOKED_AT: u64 = 1000;
/// How many places of a value count as another value.
const PLACES: usize = 20;

impl Layout {
    /// The layout of an operation's counters.
    pub fn new(operation: &Operation) -> Self {
        let contents = 1 + operation.parameters.len();
        let (mut length, mut branches) = (contents, BTreeMap::new());
        let mut add = |length: &mut usize, content: &Content| {
            if content.schema.is_some() {
                branches.insert(*length, OnceLock::new());
            }
            *length += 2;
        };
        for content in contents_of(operation) {
            add(&mut length, content);
        }
        let mut responses = Vec::with_capacity(operation.responses.len());
        for response in &operation.responses {
            responses.push(length);
            length += 1;
            for content in &response.content {
                add(&mut length, content);
            }
        }
        Self { contents, responses, branches, length }
    }
}

/// The contents of an operation's requests.
fn contents_of(operation: &Operation) -> &[Content] {
    operation.body.as_ref().map(|body| &body.content[..]).unwrap_or_default()
}

/// What can be exercised of an operation, as a text: while it stays the same, so does what its counters stand for. Branches
/// are counted by their names.
pub fn shape(operation: &Operation) -> String {
    let parameters = operation
        .parameters
        .iter()
        .map(|parameter| format!("{}.{}", parameter.location.word(), parameter.name));
    let contents = contents_of(operation).iter().map(|content| content.media_type.to_string());
    let replies = operation.responses.iter().flat_map(|response| {
        let contents = response.content.iter().map(|content| content.media_type.to_string());
        std::iter::once(response.key.to_string()).chain(contents)
    });
    let parts: [Vec<String>; 3] = [parameters.collect(), contents.collect(), replies.collect()];
    format!("{parts:?}")
}

/// The counters of one operation.
#[derive(Clone, Copy)]
pub struct Counters<'a> {
    layout: &'a Layout,
    counts: &'a Counts,
    contract: &'a Contract,
}

/// Content that was counted, whose value may have branches that were not seen yet.
#[derive(Clone, Copy)]
pub struct Counted<'a> {
    counters: Counters<'a>,
    /// Its counter.
    at: usize,
    branches: &'a Branches,
}

impl<'a> Counters<'a> {
    /// Counts an exchange.
    pub fn exchange(self) {
        self.count(0, 1);
    }

    /// Counts a parameter, by its place in the operation.
    pub fn parameter(self, index: usize) {
        self.count(1 + index, 1);
    }

    /// Counts content of the request, by its place. Gives it if it has branches that were not seen yet.
    pub fn request_content(self, index: usize, content: &Content) -> Option<Counted<'a>> {
        self.content(self.layout.contents + 2 * index, content, Direction::Request)
    }

    /// Counts a response, and its content if it has some, by their places. Gives the content if it has branches that were
    /// not seen yet.
    pub fn response(self, index: usize, content: Option<(usize, &Content)>) -> Option<Counted<'a>> {
        let start = *self.layout.responses.get(index)?;
        self.count(start, 1);
        let (index, content) = content?;
        self.content(start + 1 + 2 * index, content, Direction::Response)
    }

    fn content(self, at: usize, content: &Content, direction: Direction) -> Option<Counted<'a>> {
        self.count(at, 1);
        let looked = self.counts.count(at + 1);
        let (branches, schema) = (self.layout.branches.get(&at)?, content.schema.as_ref()?);
        if looked >= MOST_LOOKED_AT {
            return None;
        }
        let branches = branches.get_or_init(|| Branches::of(self.contract, schema, direction));
        (!branches.all.is_empty()).then_some(Counted { counters: self, at, branches })
    }

    fn count(self, at: usize, times: u64) {
        if let Some(count) = self.counts.all.get(at) {
            count.fetch_add(times, Ordering::Relaxed);
        }
    }
}

impl Counted<'_> {
    /// Counts the branches that the value of the content takes, of those that were not seen yet.
    pub fn value(self, value: &Value) {
        let Self { counters, at, branches } = self;
        let before = {
            let taken = counters.counts.branches();
            let is_seen = |branch: &Branch| taken.contains_key(&(at, Arc::clone(&branch.name)));
            branches.all.iter().map(is_seen).collect::<Vec<_>>()
        };
        let mut seen = before.clone();
        let places = branches.look(&counters.contract.schemas, value, &mut seen);
        counters.count(at + 1, 1 + (places / PLACES) as u64);
        if seen != before {
            let mut taken = counters.counts.branches();
            for ((branch, seen), before) in branches.all.iter().zip(&seen).zip(before) {
                if *seen && !before {
                    *taken.entry((at, Arc::clone(&branch.name))).or_default() += 1;
                }
            }
        }
        if seen.iter().all(|seen| *seen) {
            counters.count(at + 1, MOST_LOOKED_AT);
        }
    }
}

/// The counts of one operation.
#[derive(Debug)]
struct Counts {
    all: Box<[AtomicU64]>,
    /// Of branches that were seen, by the counters of their contents and their names.
    branches: Mutex<BTreeMap<(usize, Arc<str>), u64>>,
}

impl Counts {
    fn new(length: usize) -> Self {
        Self { all: (0..length).map(|_| AtomicU64::new(0)).collect(), branches: Mutex::default() }
    }

    fn count(&self, at: usize) -> u64 {
        self.all.get(at).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    fn branches(&self) -> MutexGuard<'_, BTreeMap<(usize, Arc<str>), u64>> {
        // A panic while this is held leaves the map as it was: nothing to recover from.
        self.branches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn absorb(&self, other: &Self) {
        for (own, count) in self.all.iter().zip(&other.all) {
            own.fetch_add(count.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        let others = other.branches().clone();
        let mut own = self.branches();
        for (branch, count) in others {
            *own.entry(branch).or_default() += count;
        }
    }

    fn clear(&self) {
        self.all.iter().for_each(|count| count.store(0, Ordering::Relaxed));
        self.branches().clear();
    }
}

/// The counts of an operation, made when it is first called.
type OfOperation = OnceLock<Counts>;

/// The counters of one session. What is never called takes no memory: there can be a thousand sessions of a document with
/// a thousand operations.
///
/// An operation has a number for as long as what can be exercised of it stays the same, whatever is reloaded.
#[derive(Debug, Default)]
pub struct Coverage {
    operations: Rows<OfOperation>,
}

impl Coverage {
    /// The counters of an operation of a contract, by its number.
    pub fn of<'a>(&'a self, number: usize, layout: &'a Layout, contract: &'a Contract) -> Counters<'a> {
        let counts = self.operations.at(number).get_or_init(|| Counts::new(layout.length));
        Counters { layout, counts, contract }
    }

    /// Adds what others counted of the same operations.
    pub fn absorb(&self, other: &Self) {
        for (number, counts) in other.operations.all() {
            let Some(counts) = counts.get() else { continue };
            self.operations.at(number).get_or_init(|| Counts::new(counts.all.len())).absorb(counts);
        }
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.operations.all().filter_map(|(_, counts)| counts.get()).for_each(Counts::clear);
    }

    /// What the counters come to, with the places of what they count, for contracts with the numbers of their operations;
    /// and which exchanges of these were counted in a session, by its name.
    pub fn told<'a>(
        &self,
        contracts: impl IntoIterator<Item = (&'a Contract, &'a [usize])>,
        sessions: &[(&str, &Self)],
        detail: Detail,
    ) -> Vec<DocumentCoverage> {
        let documents = contracts.into_iter().map(|(contract, numbers)| {
            let mut telling = Telling::of(contract, detail);
            let operations = contract.operations.iter().zip(numbers).map(|(operation, number)| {
                let in_session = |(name, session): &(&str, &Self)| {
                    let count = session.exchanges(*number);
                    (count > 0).then(|| ((*name).to_owned(), count))
                };
                let counts = self.operations.get(*number).and_then(OnceLock::get);
                let sessions = sessions.iter().filter_map(in_session).collect();
                OperationCoverage { sessions, ..telling.operation(operation, counts) }
            });
            DocumentCoverage { document: contract.name.clone(), operations: operations.collect() }
        });
        added(documents)
    }

    /// How many exchanges an operation had, by its number.
    fn exchanges(&self, number: usize) -> u64 {
        self.operations.get(number).and_then(OnceLock::get).map_or(0, |counts| counts.count(0))
    }
}
