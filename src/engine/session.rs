//! What belongs to one run of tests: its seed, counts, journal and drift.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::extremes::EdgeCounts;
use crate::clock::Moment;
use crate::drift::{Journal, Ledger};
use crate::seed::Seed;

/// How many bytes of exchanges a session keeps that is not the default one: there can be a thousand of them.
const NAMED_JOURNAL: usize = 256 * 1024;

/// How a session differs from the default one when it starts.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Where its values and its chances come from; `None`: as the server's.
    pub seed: Option<Seed>,
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
    /// The drifts.
    pub ledger: Ledger,
    /// The last exchanges.
    pub journal: Journal,
    last_used: AtomicI64,
}

impl Session {
    /// A session for documents with so many operations each.
    pub(super) fn new(name: Option<Arc<str>>, setup: Setup, operations: &[usize]) -> Self {
        let calls = operations.iter().map(|count| (0..*count).map(|_| AtomicU64::new(0)).collect()).collect();
        let journal = if name.is_some() { Journal::with_room(NAMED_JOURNAL) } else { Journal::default() };
        Self {
            name,
            setup,
            calls,
            edges: Arc::default(),
            ledger: Ledger::default(),
            journal,
            last_used: AtomicI64::new(0),
        }
    }

    /// Counts a call of an operation; the first is 1.
    pub(super) fn count(&self, document: usize, operation: usize) -> u64 {
        self.calls[document][operation].fetch_add(1, Ordering::Relaxed) + 1
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
        self.ledger.clear();
        self.journal.clear();
    }
}
