//! What belongs to one run of tests: its seed, counts, journal and drift.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;

use super::extremes::EdgeCounts;
use crate::clock::Moment;
use crate::drift::{Coverage, Journal, Ledger, Retries, Rows};
use crate::message::Bell;
use crate::scenario::{Part, Script, State};
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
    /// What the server was started with.
    pub(super) scripts: Vec<Arc<Script>>,
    /// What a session plays.
    pub(super) parts: Mutex<Vec<Arc<Part>>>,
    pub(super) seed: Seed,
}

impl Start {
    /// What a session plays that starts now.
    pub(super) fn parts(&self) -> MutexGuard<'_, Vec<Arc<Part>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What sessions play when the server starts.
    pub(super) fn first_parts(scripts: &[Arc<Script>]) -> Vec<Arc<Part>> {
        scripts.iter().map(|script| Arc::new(Part::of_start(Arc::clone(script)))).collect()
    }
}

/// How long a change of what is played lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    /// Until the session is reset.
    UntilReset,
    /// From now on, beyond that.
    BeyondReset,
    /// From the next reset on.
    FromResetOn,
}

/// The state that exchanges leave behind.
#[derive(Debug)]
pub struct Session {
    /// Its name; `None` for the default one.
    pub name: Option<Arc<str>>,
    /// How it was set up.
    pub setup: Setup,
    /// How often each operation was called.
    calls: Rows<AtomicU64>,
    /// Which edge comes next.
    pub(super) edges: Arc<EdgeCounts>,
    /// What it plays, and what that remembers; `None` where it plays nothing, so that nothing is asked.
    play: ArcSwapOption<State>,
    /// What it plays when it is reset. Who changes what is played holds this.
    initial: Mutex<Vec<Arc<Part>>>,
    /// What the chances of its scenarios are drawn from.
    chances: Seed,
    /// Which break comes next (`Prefer: break=any`).
    pub(super) breaks: Arc<EdgeCounts>,
    /// The last failures, by which clients are judged that come again.
    pub(super) retries: Retries,
    /// What of the documents was exercised.
    pub coverage: Coverage,
    /// The drifts.
    pub ledger: Ledger,
    /// The last exchanges.
    pub journal: Journal,
    /// Rung when an exchange was entered.
    pub bell: Arc<Bell>,
    last_used: AtomicI64,
}

impl Session {
    /// A session that starts as it was set up.
    pub(super) fn new(name: Option<Arc<str>>, setup: Setup, start: &Start) -> Self {
        let parts = match &setup.scripts {
            Some(scripts) => Start::first_parts(scripts),
            None => start.parts().clone(),
        };
        let chances = setup.seed.unwrap_or(start.seed);
        let journal = if name.is_some() { Journal::with_room(NAMED_JOURNAL) } else { Journal::default() };
        Self {
            calls: Rows::default(),
            edges: Arc::default(),
            breaks: Arc::default(),
            retries: Retries::default(),
            play: ArcSwapOption::new(State::new(&parts, chances).map(Arc::new)),
            initial: Mutex::new(parts),
            chances,
            coverage: Coverage::default(),
            ledger: Ledger::default(),
            journal,
            bell: Arc::default(),
            last_used: AtomicI64::new(0),
            name,
            setup,
        }
    }

    /// Counts a call of the operation at a place; the first is 1.
    pub(super) fn count(&self, place: usize) -> u64 {
        self.calls.at(place).fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What it plays, and what that remembers; `None` where it plays nothing.
    pub fn scenarios(&self) -> Option<Arc<State>> {
        self.play.load_full()
    }

    /// Goes on with what it remembers in other contracts.
    pub(super) fn renew(&self, renewed: &dyn Fn(&State) -> Option<State>) {
        self.play.rcu(|state| state.as_deref().and_then(renewed).map(Arc::new));
    }

    /// What it plays that is not over, in the order in which it is asked.
    pub fn parts(&self, now: Moment) -> Vec<Arc<Part>> {
        self.scenarios().map_or_else(Vec::new, |state| state.parts(now))
    }

    /// Changes what it plays. A request under way keeps what it began with.
    pub(super) fn change(&self, lasting: Lasting, now: Moment, change: &dyn Fn(&mut Vec<Arc<Part>>)) {
        let mut initial = self.initial();
        if lasting != Lasting::FromResetOn {
            let before = self.scenarios();
            let mut parts = before.as_ref().map_or_else(Vec::new, |state| state.parts(now));
            change(&mut parts);
            let after = match before {
                Some(state) => state.turned_to(&parts),
                None => State::new(&parts, self.chances),
            };
            self.play.store(after.map(Arc::new));
        }
        if lasting != Lasting::UntilReset {
            initial.retain(|part| !part.is_over(now));
            change(&mut initial);
        }
    }

    /// Plays what the server was started with, now and when it is reset.
    pub(super) fn start_over(&self, parts: Vec<Arc<Part>>) {
        *self.initial() = parts;
        self.reset();
    }

    fn initial(&self) -> MutexGuard<'_, Vec<Arc<Part>>> {
        self.initial.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn touch(&self, now: Moment) {
        self.last_used.store(now.0, Ordering::Relaxed);
    }

    /// When a request last belonged to it; the default session does not keep it.
    pub fn last_used(&self) -> Moment {
        Moment(self.last_used.load(Ordering::Relaxed))
    }

    /// Forgets everything, so that the next call of each operation is the first again, and plays what it began with.
    pub fn reset(&self) {
        self.calls.all().for_each(|(_, count)| count.store(0, Ordering::Relaxed));
        self.edges.clear();
        let initial = self.initial();
        self.play.store(State::new(&initial, self.chances).map(Arc::new));
        drop(initial);
        self.breaks.clear();
        self.retries.clear();
        self.coverage.clear();
        self.ledger.clear();
        self.journal.clear();
    }
}
