//! What belongs to one run of tests: counts, journal and drift. There is one session so far, the default one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::extremes::EdgeCounts;
use crate::drift::{Journal, Ledger, Retries};

/// The state that exchanges leave behind.
#[derive(Debug)]
pub struct Session {
    /// How often each operation was called, by document and operation.
    calls: Vec<Vec<AtomicU64>>,
    /// Which edge comes next.
    pub(super) edges: Arc<EdgeCounts>,
    /// Which break comes next (`Prefer: break=any`).
    pub(super) breaks: Arc<EdgeCounts>,
    /// The last failures, by which clients are judged that come again.
    pub(super) retries: Arc<Retries>,
    /// The drifts.
    pub ledger: Ledger,
    /// The last exchanges.
    pub journal: Journal,
}

impl Session {
    /// A session for documents with so many operations each.
    pub(super) fn new(operations: impl Iterator<Item = usize>) -> Self {
        let calls = operations.map(|count| (0..count).map(|_| AtomicU64::new(0)).collect()).collect();
        Self {
            calls,
            edges: Arc::default(),
            breaks: Arc::default(),
            retries: Arc::default(),
            ledger: Ledger::default(),
            journal: Journal::default(),
        }
    }

    /// Counts a call of an operation; the first is 1.
    pub(super) fn count(&self, document: usize, operation: usize) -> u64 {
        self.calls[document][operation].fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Forgets everything, so that the next call of each operation is the first again.
    pub fn reset(&self) {
        for count in self.calls.iter().flatten() {
            count.store(0, Ordering::Relaxed);
        }
        self.edges.clear();
        self.breaks.clear();
        self.retries.clear();
        self.ledger.clear();
        self.journal.clear();
    }
}
