//! What belongs to one run of tests: its seed, counts, journal and drift.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::extremes::EdgeCounts;
use crate::clock::Moment;
use crate::drift::{Coverage, Journal, Ledger, Retries};
use crate::scenario::{Script, State};
use crate::seed::Seed;

/// How many bytes of exchanges a session keeps that is not the default one: there can be a thousand of them.
const NAMED_JOURNAL: usize = 256 * 1024;

/// How a session differs from the default one when it starts.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Where its values and its chances come from; `None`: as the server's.
    pub seed: Option<Seed>,
    /// What it plays; `None`: what the server was started with.
    pub scripts: Option<Vec<Arc<Script>>>,
}

/// How sessions start that are not set up otherwise.
#[derive(Debug)]
pub(super) struct Start {
    /// How many operations each document has.
    pub(super) operations: Vec<usize>,
    pub(super) scripts: Vec<Arc<Script>>,
    pub(super) seed: Seed,
}

/// The state that exchanges leave behind.
#[derive(Debug)]
pub struct Session {
    /// Its name; `None` for the default one.
    pub name: Option<Arc<str>>,
    /// How it was set up.
    pub setup: Setup,
    /// How often each operation was called, by document and operation.
    calls: Vec<Vec<AtomicU64>>,
    /// Which edge comes next.
    pub(super) edges: Arc<EdgeCounts>,
    /// What its scenarios remember; `None` where it has none, so that nothing is asked.
    pub(super) play: Option<Arc<State>>,
    /// Which break comes next (`Prefer: break=any`).
    pub(super) breaks: Arc<EdgeCounts>,
    /// The last failures, by which clients are judged that come again.
    pub(super) retries: Arc<Retries>,
    /// What of the documents was exercised.
    pub coverage: Arc<Coverage>,
    /// The drifts.
    pub ledger: Ledger,
    /// The last exchanges.
    pub journal: Journal,
    last_used: AtomicI64,
}

impl Session {
    /// A session that starts as it was set up.
    pub(super) fn new(name: Option<Arc<str>>, setup: Setup, start: &Start) -> Self {
        let counts = |count: &usize| (0..*count).map(|_| AtomicU64::new(0)).collect();
        let scripts = setup.scripts.as_deref().unwrap_or(&start.scripts);
        let journal = if name.is_some() { Journal::with_room(NAMED_JOURNAL) } else { Journal::default() };
        Self {
            calls: start.operations.iter().map(counts).collect(),
            edges: Arc::default(),
            breaks: Arc::default(),
            retries: Arc::default(),
            play: State::new(scripts, setup.seed.unwrap_or(start.seed)).map(Arc::new),
            coverage: Arc::new(Coverage::new(start.operations.clone())),
            ledger: Ledger::default(),
            journal,
            last_used: AtomicI64::new(0),
            name,
            setup,
        }
    }

    /// Counts a call of an operation; the first is 1.
    pub(super) fn count(&self, document: usize, operation: usize) -> u64 {
        self.calls[document][operation].fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What its scenarios remember; `None` where it has none.
    pub fn scenarios(&self) -> Option<&State> {
        self.play.as_deref()
    }

    pub(super) fn touch(&self, now: Moment) {
        self.last_used.store(now.0, Ordering::Relaxed);
    }

    /// When a request last belonged to it; the default session does not keep it.
    pub fn last_used(&self) -> Moment {
        Moment(self.last_used.load(Ordering::Relaxed))
    }

    /// Forgets everything, so that the next call of each operation is the first again.
    pub fn reset(&self) {
        for count in self.calls.iter().flatten() {
            count.store(0, Ordering::Relaxed);
        }
        self.edges.clear();
        if let Some(play) = &self.play {
            play.reset();
        }
        self.breaks.clear();
        self.retries.clear();
        self.coverage.clear();
        self.ledger.clear();
        self.journal.clear();
    }
}
