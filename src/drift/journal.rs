//! The last exchanges, for looking at.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::exchange::Exchange;

/// How many exchanges are kept.
const MOST: usize = 1000;
/// How many bytes they may take together. Small enough to stay in a processor's cache: replies that are kept longer are
/// written to memory that has gone cold, which costs more than making them.
const HEAVIEST: usize = 2 * 1024 * 1024;

/// The last exchanges, oldest first; bounded in number and in bytes.
#[derive(Debug, Default)]
pub struct Journal {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    exchanges: VecDeque<Arc<Exchange>>,
    weight: usize,
}

impl Journal {
    /// Adds an exchange and lets the oldest go where there is no room.
    pub fn add(&self, exchange: Arc<Exchange>) {
        let weight = exchange.weight();
        if weight > HEAVIEST / 4 {
            return;
        }
        let mut gone = Vec::new();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.weight += weight;
        kept.exchanges.push_back(exchange);
        while kept.exchanges.len() > MOST || kept.weight > HEAVIEST {
            let Some(oldest) = kept.exchanges.pop_front() else { break };
            kept.weight -= oldest.weight();
            gone.push(oldest);
        }
        // What was let go is freed after the lock is.
        drop(kept);
    }

    /// The exchanges that are kept, oldest first.
    pub fn all(&self) -> Vec<Arc<Exchange>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges.iter().cloned().collect()
    }

    /// The exchange of this number, if it is still kept.
    pub fn find(&self, id: u64) -> Option<Arc<Exchange>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges.iter().find(|exchange| exchange.id == id).cloned()
    }

    /// Forgets all.
    pub fn clear(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }
}
