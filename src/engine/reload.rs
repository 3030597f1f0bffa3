//! Other documents and scenarios in place of those that are served, while all that sessions hold goes on.
//!
//! An engine never changes: a reload makes the one that follows it, and a turn keeps the one that it began with. Both share
//! the sessions. What these count by operation has a place of its own ([`Places`](super::places::Places)); what their
//! scenarios remember is renewed by the first turn that finds it looked up in other contracts than its own.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, Guard};

use super::Engine;
use super::mount::{Mount, Mounts};
use super::session::Session;
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Loaded};
use crate::scenario::{self, Script, State};

/// The engine that serves, until another one follows it.
pub struct Serving {
    engine: ArcSwap<Engine>,
    refused: Mutex<Vec<RefusedSave>>,
}

/// A save that is not served: what was there before it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSave {
    /// The name of the document, or the path of the scenario.
    pub name: String,
    /// What is wrong with it, each with its place.
    pub reasons: Vec<String>,
}

impl Serving {
    /// Begins with an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine: ArcSwap::new(engine), refused: Mutex::default() }
    }

    /// The engine that serves now. Who holds it goes on with it.
    pub fn engine(&self) -> Guard<Arc<Engine>> {
        self.engine.load()
    }

    /// Serves other contracts and scenarios from now on. Yields what is no longer played because it can't be looked up in
    /// them: scenarios that were loaded while serving.
    pub fn follow(&self, contracts: Vec<Arc<Contract>>, scripts: Vec<Script>) -> Vec<Diagnostic> {
        let next = Arc::new(self.engine().following(contracts, scripts));
        self.engine.store(Arc::clone(&next));
        next.renew_all()
    }

    /// The saves that are not served.
    pub fn refused(&self) -> Vec<RefusedSave> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says which saves are not served, in place of what was said before.
    pub fn refuse(&self, refused: Vec<RefusedSave>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
    }
}

/// A script of other contracts, and what it is in those of an engine.
pub(super) struct Renewed {
    before: Arc<Script>,
    now: Loaded<Arc<Script>>,
}

impl Engine {
    /// The engine that follows this one. A contract that stays keeps what was compiled of it.
    fn following(&self, contracts: Vec<Arc<Contract>>, scripts: Vec<Script>) -> Self {
        let mut places = self.places.clone();
        let mut mount = |contract: &Arc<Contract>| {
            let known = self.mounts.all.iter().find(|mount| Arc::ptr_eq(&mount.contract, contract));
            let make = || Arc::new(Mount::new(Arc::clone(contract), &mut places, self.options.locale));
            known.map_or_else(make, Arc::clone)
        };
        Self {
            mounts: Mounts { all: contracts.iter().map(&mut mount).collect() },
            contracts,
            places,
            scripts: scripts.into_iter().map(Arc::new).collect(),
            renewed: Mutex::default(),
            options: self.options.clone(),
            sessions: Arc::clone(&self.sessions),
            next: Arc::clone(&self.next),
            faults: Arc::clone(&self.faults),
        }
    }

    /// What a session plays, looked up in the contracts of this engine.
    pub(super) fn play_of(&self, session: &Session) -> Option<Arc<State>> {
        let is_current = |state: &State| state.scripts().all(|script| self.is_current(script));
        let state = session.scenarios()?;
        if is_current(&state) {
            return Some(state);
        }
        session.renew(&|state| state.renewed(&|script| self.script(script)));
        session.scenarios().filter(|state| is_current(state))
    }

    /// Whether a script was looked up in the contracts of this engine, and its file was not saved since.
    fn is_current(&self, script: &Arc<Script>) -> bool {
        self.scripts.iter().any(|own| Arc::ptr_eq(own, script))
            || (script.is_of(&self.contracts) && self.own(script).is_none())
    }

    /// What the file of a script is now, if it is one that is served.
    fn own(&self, script: &Script) -> Option<&Arc<Script>> {
        self.scripts.iter().find(|own| own.source.text.name == script.source.text.name)
    }

    /// Renews what all sessions play; yields why something is no longer played.
    fn renew_all(&self) -> Vec<Diagnostic> {
        for session in std::iter::once(self.sessions.default()).chain(&self.sessions.all()) {
            let _ = self.play_of(session); // done for what it leaves behind
        }
        let renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = renewed.iter().filter(|one| one.now.value.is_none());
        lost.flat_map(|one| one.now.diagnostics.iter().cloned()).collect()
    }

    /// A script in the contracts of this engine: what its file is now, if it has one that is served, else looked up again.
    fn script(&self, script: &Arc<Script>) -> Option<Arc<Script>> {
        if let Some(own) = self.own(script) {
            return Some(Arc::clone(own));
        }
        if script.is_of(&self.contracts) {
            return Some(Arc::clone(script));
        }
        let mut renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = renewed.iter().find(|known| Arc::ptr_eq(&known.before, script)) {
            return known.now.value.clone();
        }
        let Loaded { value, diagnostics } = scenario::again(script, &self.contracts);
        let now = Loaded { value: value.map(Arc::new), diagnostics };
        let value = now.value.clone();
        renewed.push(Renewed { before: Arc::clone(script), now });
        value
    }
}
