//! What sessions play, and how that is changed while they do: scenarios are loaded and unloaded, rules come and go.

use std::sync::{Arc, MutexGuard};

use super::session::{Lasting, Session};
use super::sessions::Sessions;
use crate::clock::Moment;
use crate::scenario::{Part, Script};

/// How many scenarios a session can play.
pub const MOST_SCENARIOS: usize = 50;
/// How many rules and faults can be added to a session at run time.
pub const MOST_RULES: usize = 100;

/// Which sessions a change is about.
#[derive(Debug, Clone)]
pub enum Whose {
    /// One, until it is reset.
    One(Arc<Session>),
    /// All that there are, and how new ones start.
    All,
}

/// Why a change can't be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A session has as many as it can have.
    Full,
    /// No session that is meant plays it.
    Unknown,
}

impl Sessions {
    /// The scenario of a name: one that new sessions start with, that the default one plays, or that the server was started
    /// with, in this order. An error has the names that there are.
    pub fn scenario(&self, name: &str, now: Moment) -> Result<Arc<Script>, Vec<String>> {
        let playing = self.start.parts().clone().into_iter().chain(self.default().parts(now));
        let playing = playing.filter(|part| part.origin.is_scenario()).map(|part| Arc::clone(&part.script));
        let all: Vec<Arc<Script>> = playing.chain(self.start.scripts.iter().cloned()).collect();
        all.iter().find(|script| script.name == name).cloned().ok_or_else(|| {
            let mut names: Vec<String> = all.iter().map(|script| script.name.clone()).collect();
            names.sort();
            names.dedup();
            names
        })
    }

    /// Has sessions play one more part; one of its kind and name gives way. Does nothing where one of them is full.
    pub fn play(&self, whose: &Whose, part: &Part, now: Moment) -> Result<(), Refused> {
        let named = self.named();
        let is_full = |mut parts: Vec<Arc<Part>>| {
            part.clone().enter(&mut parts);
            let is_scenario = part.origin.is_scenario();
            let count = parts.iter().filter(|other| other.origin.is_scenario() == is_scenario).count();
            count > if is_scenario { MOST_SCENARIOS } else { MOST_RULES }
        };
        let mut playing = self.meant(whose, &named).map(|session| session.parts(now));
        if playing.any(is_full) {
            return Err(Refused::Full);
        }
        self.change(whose, &named, now, &|parts| part.clone().enter(parts));
        Ok(())
    }

    /// Has sessions no longer play the parts that are meant.
    pub fn stop(&self, whose: &Whose, now: Moment, is_meant: &dyn Fn(&Part) -> bool) -> Result<(), Refused> {
        let named = self.named();
        let mut playing = self.meant(whose, &named).flat_map(|session| session.parts(now));
        let is_of_start = matches!(whose, Whose::All) && self.start.parts().iter().any(|part| is_meant(part));
        if !is_of_start && !playing.any(|part| is_meant(&part)) {
            return Err(Refused::Unknown);
        }
        self.change(whose, &named, now, &|parts| parts.retain(|part| !is_meant(part)));
        Ok(())
    }

    /// Puts a scenario into a state; of all sessions, also those into it that begin or are reset later.
    pub fn go_to(&self, whose: &Whose, now: Moment, scenario: &str, state: &str) -> Result<(), Refused> {
        let named = self.named();
        let is_it = |part: &Part| part.origin.is_scenario() && part.script.name == scenario;
        let mut is_played = false;
        for session in self.meant(whose, &named) {
            is_played |= session.scenarios().is_some_and(|play| play.go_to(scenario, state));
        }
        if matches!(whose, Whose::All) {
            let begin = |parts: &mut Vec<Arc<Part>>| {
                for part in parts.iter_mut().filter(|part| is_it(part)) {
                    *part = Arc::new(Part { begin: Some(state.to_owned()), ..Part::clone(part) });
                }
            };
            let mut first = self.start.parts();
            is_played |= first.iter().any(|part| is_it(part));
            begin(&mut first);
            for session in self.meant(whose, &named) {
                session.change(Lasting::FromResetOn, now, &begin);
            }
        }
        if is_played { Ok(()) } else { Err(Refused::Unknown) }
    }

    fn change(&self, whose: &Whose, named: &Named<'_>, now: Moment, change: &dyn Fn(&mut Vec<Arc<Part>>)) {
        let lasting = match whose {
            Whose::One(_) => Lasting::UntilReset,
            Whose::All => {
                let mut parts = self.start.parts();
                parts.retain(|part| !part.is_over(now));
                change(&mut parts);
                Lasting::BeyondReset
            }
        };
        for session in self.meant(whose, named) {
            session.change(lasting, now, change);
        }
    }

    /// The sessions that are meant, the default one first.
    fn meant<'a>(&'a self, whose: &'a Whose, named: &'a Named<'_>) -> impl Iterator<Item = &'a Arc<Session>> {
        let (one, all) = match whose {
            Whose::One(session) => (Some(session), None),
            Whose::All => (None, Some(std::iter::once(self.default()).chain(named.values()))),
        };
        one.into_iter().chain(all.into_iter().flatten())
    }
}

/// Held while what is played is changed: no session begins amid it, and changes come one after the other.
type Named<'a> = MutexGuard<'a, std::collections::BTreeMap<Arc<str>, Arc<Session>>>;
