//! What scenarios remember of a session: counts, states, sequences, limits.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::condition::Now;
use super::cue::{Cue, Held};
use super::draw::{Draws, Repeats};
use super::format::Key;
use super::limit::{Limit, Taken};
use super::part::Part;
use super::question::Question;
use super::script::{Gate, Rule};
use crate::clock::Moment;
use crate::seed::{Random, Seed};

/// The state that every scenario starts in.
pub const START: &str = "start";

/// The scripts that a session plays, and what they remember of it. Each step is taken whole: of two requests at once one
/// is the first.
///
/// It never changes which scripts it plays: a session that comes to play others gets another state, which goes on with
/// what this one remembers of those that stay. A request under way keeps the one that it began with.
#[derive(Debug)]
pub struct State {
    /// The session's seed.
    pub(super) seed: Seed,
    pub(super) repeats: Arc<Repeats>,
    pub(super) running: Vec<Arc<Running>>,
}

/// One script being played.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) part: Arc<Part>,
    /// When the first call was read that it could be asked about, in milliseconds; `i64::MIN` before it.
    pub(super) started: AtomicI64,
    pub(super) counts: Vec<Counts>,
    pub(super) moving: Mutex<Moving>,
}

/// How often a rule was asked and what came of it.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) tried: AtomicU64,
    pub(super) fitted: AtomicU64,
    pub(super) fired: AtomicU64,
}

/// What changes with each call.
#[derive(Debug)]
pub(super) struct Moving {
    pub(super) state: String,
    /// How many calls each rule fired for, by rule and the number of the operation.
    pub(super) positions: HashMap<(usize, usize), u64>,
    /// What each limit has given out, by rule.
    pub(super) taken: HashMap<usize, Taken>,
}

impl State {
    /// The state of a session that plays these parts. `None` where there is none, so that nothing is asked.
    pub fn new(parts: &[Arc<Part>], seed: Seed) -> Option<Self> {
        Self::playing(parts, seed, None)
    }

    /// The state of a session that comes to play these parts; it goes on with those that it has.
    #[must_use]
    pub fn turned_to(&self, parts: &[Arc<Part>]) -> Option<Self> {
        Self::playing(parts, self.seed, Some(self))
    }

    fn playing(parts: &[Arc<Part>], seed: Seed, before: Option<&Self>) -> Option<Self> {
        let running = |part: &Arc<Part>| {
            let known =
                before.and_then(|state| state.running.iter().find(|known| Arc::ptr_eq(&known.part, part)));
            known.map_or_else(|| Arc::new(Running::new(Arc::clone(part))), Arc::clone)
        };
        let repeats = before.map_or_else(Arc::default, |state| Arc::clone(&state.repeats));
        let running: Vec<_> = parts.iter().map(running).collect();
        (!running.is_empty()).then_some(Self { seed, repeats, running })
    }

    /// The parts that it plays and that are not over, in the order in which they are asked.
    pub fn parts(&self, now: Moment) -> Vec<Arc<Part>> {
        let playing = self.running.iter().filter(|running| !running.is_over(now));
        playing.map(|running| Arc::clone(&running.part)).collect()
    }

    /// What the scripts say to a request; `None` if they say nothing. Counts the request.
    pub fn ask(&self, question: &Question<'_>) -> Option<Cue> {
        let place = (question.document, question.operation);
        let is_drawn = |running: &Arc<Running>| running.part.script.draws(place);
        let draws = self.running.iter().any(is_drawn).then(|| {
            let fingerprint = (question.fingerprint)();
            let operation = format!("{}/{}", question.contract.name, question.declared().id);
            Draws::new(self.seed, &operation, fingerprint, self.repeats.count(fingerprint))
        });
        let mut asked = Asked { question, since: 0, draws, cue: Cue::default() };
        let mut is_decided = false;
        for (index, running) in self.running.iter().enumerate() {
            // Time begins for those that are not asked, too.
            asked.since = running.since(question.at);
            is_decided = is_decided || running.ask(index, &mut asked);
        }
        let cue = asked.cue;
        (!cue.rules.is_empty() || !cue.standings.is_empty() || !cue.held.is_empty()).then_some(cue)
    }

    /// Says how many milliseconds after it was read a call will be over, so that its places are free then.
    pub fn release(&self, cue: &Cue, id: u64, at: Moment, lasts: i64) {
        for Held { script, rule, key } in &cue.held {
            let running = &self.running[*script];
            let end = running.since(at).saturating_add(lasts);
            if let Some(taken) = running.moving().taken.get_mut(rule) {
                taken.release(*key, id, end);
            }
        }
    }

    /// The state that each scenario is in, by its name.
    pub fn states(&self) -> Vec<(String, String)> {
        let of = |running: &Arc<Running>| (running.part.script.name.clone(), running.moving().state.clone());
        self.running.iter().map(of).collect()
    }

    /// Puts the scenarios of a name into a state. Whether there is one.
    pub fn go_to(&self, scenario: &str, state: &str) -> bool {
        let is_meant = |running: &&Arc<Running>| {
            running.part.origin.is_scenario() && running.part.script.name == scenario
        };
        let meant = self.running.iter().filter(is_meant);
        meant.map(|running| state.clone_into(&mut running.moving().state)).count() > 0
    }

    pub(super) fn running(&self) -> &[Arc<Running>] {
        &self.running
    }
}

/// A request on its way through the scripts.
struct Asked<'a> {
    question: &'a Question<'a>,
    since: i64,
    draws: Option<Draws>,
    cue: Cue,
}

impl Running {
    pub(super) fn new(part: Arc<Part>) -> Self {
        let counts = part.script.rules.iter().map(|_| Counts::default()).collect();
        let state = part.begin.clone().unwrap_or_else(|| START.to_owned());
        let moving = Moving { state, positions: HashMap::new(), taken: HashMap::new() };
        Self { part, started: AtomicI64::new(i64::MIN), counts, moving: Mutex::new(moving) }
    }

    pub(super) fn moving(&self) -> MutexGuard<'_, Moving> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since the first call that it could be asked about, which starts the count.
    fn since(&self, at: Moment) -> i64 {
        let begin = self.started.compare_exchange(i64::MIN, at.0, Ordering::Relaxed, Ordering::Relaxed);
        at.0.saturating_sub(begin.map_or_else(|started| started, |_| at.0)).max(0)
    }

    /// Milliseconds since then, without starting the count.
    pub(super) fn gone(&self, now: Moment) -> i64 {
        match self.started.load(Ordering::Relaxed) {
            i64::MIN => 0,
            started => now.0.saturating_sub(started).max(0),
        }
    }

    /// Whether it has ended by itself.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        self.part.is_over(now) || self.left() == Some(0)
    }

    /// How many times it fires yet, if it ends then.
    pub(super) fn left(&self) -> Option<u64> {
        let fired = || self.counts.iter().map(|counts| counts.fired.load(Ordering::Relaxed)).sum();
        self.part.times.map(|times| times.saturating_sub(fired()))
    }

    /// Asks the rules; tells whether one has decided.
    fn ask(&self, script: usize, asked: &mut Asked<'_>) -> bool {
        let question = asked.question;
        let place = (question.document, question.operation);
        let played = &self.part.script;
        let about = played.about(place);
        if about.is_empty() {
            return false;
        }
        let mut moving = self.moving();
        // Under the lock, so that no two requests take the last time.
        if self.is_over(question.at) {
            return false;
        }
        for index in about {
            let (rule, counts) = (&played.rules[*index], &self.counts[*index]);
            counts.tried.fetch_add(1, Ordering::Relaxed);
            let now = Now { state: &moving.state, since: asked.since };
            let is_open = rule.window.is_none_or(|window| window.holds(asked.since));
            if !is_open || !rule.condition.holds(question, now) {
                continue;
            }
            counts.fitted.fetch_add(1, Ordering::Relaxed);
            let mut random = asked.draws.map(|draws| draws.of(rule.key));
            let chance = rule.chance.configured().unwrap_or_else(|| rule.chance.at(asked.since));
            // Every rule draws its chance, even a sure one, so that its faults are drawn alike whatever the chance is.
            if random.as_mut().is_some_and(|random| random.unit() >= chance) {
                continue;
            }
            if let Some(gate) = &rule.gate
                && moving.passes(gate, (script, *index), asked)
            {
                continue;
            }
            counts.fired.fetch_add(1, Ordering::Relaxed);
            if let Some(left) = rule.window.and_then(|window| window.left(asked.since))
                && asked.cue.answer.is_none()
            {
                asked.cue.retry_after = Some(left.unsigned_abs().div_ceil(1000).max(1));
            }
            moving.fire(*index, rule, question, random, &mut asked.cue);
            if !rule.goes_on {
                return true;
            }
        }
        false
    }
}

impl Moving {
    /// Whether a call keeps within a limit; it is counted, and told where it stands.
    fn passes(&mut self, gate: &Gate, (script, rule): (usize, usize), asked: &mut Asked<'_>) -> bool {
        let question = asked.question;
        let key = key(&gate.key, question);
        let standing = self.taken.entry(rule).or_default().take(gate.limit, key, asked.since, question.id);
        asked.cue.standings.push((gate.headers, standing));
        match gate.limit {
            Limit::Concurrency { .. } if standing.passes => {
                asked.cue.held.push(Held { script, rule, key });
            }
            Limit::Concurrency { .. } | Limit::Rate { .. } | Limit::Quota { .. } => {}
        }
        if !standing.passes && asked.cue.answer.is_none() {
            asked.cue.exceeded = Some(standing);
            asked.cue.retry_after = standing.retry_after;
        }
        standing.passes
    }

    fn fire(
        &mut self,
        index: usize,
        rule: &Rule,
        question: &Question<'_>,
        random: Option<Random>,
        cue: &mut Cue,
    ) {
        let place = (question.document, question.operation);
        let step = if rule.steps.len() == 1 {
            &rule.steps[0]
        } else {
            let position = self.positions.entry((index, question.place)).or_insert(0);
            *position += 1;
            rule.step(*position - 1)
        };
        cue.rules.push(Arc::clone(&rule.label));
        if cue.answer.is_none() {
            cue.answer = step.answers.get(&place).cloned();
            cue.state.clone_from(&self.state);
        }
        cue.faults.extend(step.faults.iter().cloned());
        if cue.delay.is_none() {
            cue.delay.clone_from(&step.delay);
        }
        if cue.random.is_none() {
            cue.random = random;
        }
        if let Some(goto) = &step.goto {
            self.state.clone_from(goto);
        }
    }
}

/// Whose calls are counted together.
fn key(key: &Key, question: &Question<'_>) -> Seed {
    let of = |kind: &[u8], value: Option<String>| {
        let seed = Seed(0).mix(kind);
        value.map_or(seed, |value| seed.mix(value.as_bytes()))
    };
    match key {
        Key::Credential => of(b"credential", question.credential()),
        Key::Session => of(b"session", None),
        Key::Header(name) => of(b"header", question.header(name).first_text()),
    }
}
