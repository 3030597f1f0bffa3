//! What came of a session's scripts so far: for those who look at it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::limit::Standing;
use super::part::Part;
use super::state::{Running, State};
use crate::clock::Moment;

/// How many callers of one limit are told.
const MOST_STANDINGS: usize = 20;

/// What came of one script.
#[derive(Debug, Clone)]
pub struct Played {
    /// The script, and where it came from.
    pub part: Arc<Part>,
    /// The state that it is in.
    pub state: String,
    /// How many times it fires yet, if it ends then.
    pub left: Option<u64>,
    /// What came of its rules, in order.
    pub rules: Vec<Tally>,
}

/// How often a rule was asked and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// The scenario.
    pub scenario: String,
    /// The rule.
    pub rule: String,
    /// How many requests to its operations came to it; those before it decided the others.
    pub tried: u64,
    /// How many of them it fitted.
    pub fitted: u64,
    /// For how many of these it fired.
    pub fired: u64,
    /// The chance that it was given, where that is one number.
    pub configured: Option<f64>,
    /// Where callers stand with its limit, if it has one.
    pub limit: Option<LimitTally>,
}

/// Where callers stand with a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitTally {
    /// How many callers are told apart so far.
    pub callers: usize,
    /// Where those stand that have least left, up to twenty of them; `passes` says whether a call would.
    pub standings: Vec<Standing>,
}

impl Tally {
    /// The share of the requests it fitted for which it fired; `None` before the first.
    pub fn observed(&self) -> Option<f64> {
        (self.fitted > 0).then(|| self.fired as f64 / self.fitted as f64)
    }
}

impl State {
    /// What came of each script that is not over, in the order in which they are asked.
    pub fn played(&self, now: Moment) -> Vec<Played> {
        let playing = self.running().iter().filter(|running| !running.is_over(now));
        playing.map(|running| running.played(now)).collect()
    }

    /// What came of each rule, in order.
    pub fn tallies(&self, now: Moment) -> Vec<Tally> {
        self.played(now).into_iter().flat_map(|played| played.rules).collect()
    }
}

impl Running {
    fn played(&self, now: Moment) -> Played {
        let script = &self.part.script;
        let moving = self.moving();
        let mut rules = Vec::new();
        for (index, (rule, counts)) in script.rules.iter().zip(&self.counts).enumerate() {
            let limit = rule.gate.as_ref().map(|gate| {
                let mut standings = moving
                    .taken
                    .get(&index)
                    .map_or_else(Vec::new, |taken| taken.standings(gate.limit, self.gone(now)));
                let callers = standings.len();
                standings.truncate(MOST_STANDINGS);
                LimitTally { callers, standings }
            });
            rules.push(Tally {
                scenario: script.name.clone(),
                rule: rule.name.clone(),
                tried: counts.tried.load(Ordering::Relaxed),
                fitted: counts.fitted.load(Ordering::Relaxed),
                fired: counts.fired.load(Ordering::Relaxed),
                configured: rule.chance.configured(),
                limit,
            });
        }
        Played { part: Arc::clone(&self.part), state: moving.state.clone(), left: self.left(), rules }
    }
}
