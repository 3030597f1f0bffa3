//! What scenarios remember of a session: counts, states, sequences, limits.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::condition::Now;
use super::cue::{Cue, Held};
use super::draw::{Draws, Repeats};
use super::format::Key;
use super::limit::{Limit, Taken};
use super::question::Question;
use super::script::{Gate, Rule, Script};
use crate::clock::Moment;
use crate::seed::{Random, Seed};

/// The state that every scenario starts in.
pub const START: &str = "start";

/// The scripts that a session plays, and what they remember of it. Each step is taken whole: of two requests at once one
/// is the first.
#[derive(Debug)]
pub struct State {
    /// The session's seed.
    seed: Seed,
    /// When the session's first call was read, in milliseconds; `i64::MIN` before it.
    started: AtomicI64,
    repeats: Repeats,
    running: Vec<Running>,
}

/// One script being played.
#[derive(Debug)]
struct Running {
    script: Arc<Script>,
    counts: Vec<Counts>,
    moving: Mutex<Moving>,
}

/// How often a rule was asked and what came of it.
#[derive(Debug, Default)]
struct Counts {
    tried: AtomicU64,
    fitted: AtomicU64,
    fired: AtomicU64,
}

/// What changes with each call.
#[derive(Debug)]
struct Moving {
    state: String,
    /// How many calls each rule fired for, by rule and operation.
    positions: HashMap<(usize, usize, usize), u64>,
    /// What each limit has given out, by rule.
    taken: HashMap<usize, Taken>,
}

impl Default for Moving {
    fn default() -> Self {
        Self { state: START.to_owned(), positions: HashMap::new(), taken: HashMap::new() }
    }
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
}

impl Tally {
    /// The share of the requests it fitted for which it fired; `None` before the first.
    pub fn observed(&self) -> Option<f64> {
        (self.fitted > 0).then(|| self.fired as f64 / self.fitted as f64)
    }
}

impl State {
    /// The state of a session that plays these scripts. `None` where there is none, so that nothing is asked.
    pub fn new(scripts: &[Arc<Script>], seed: Seed) -> Option<Self> {
        let running: Vec<Running> = scripts.iter().map(|script| Running::new(Arc::clone(script))).collect();
        let started = AtomicI64::new(i64::MIN);
        (!running.is_empty()).then(|| Self { seed, started, repeats: Repeats::default(), running })
    }

    /// What the scripts say to a request; `None` if they say nothing. Counts the request.
    pub fn ask(&self, question: &Question<'_>) -> Option<Cue> {
        let place = (question.document, question.operation);
        let since = self.since(question.at);
        let draws = self.running.iter().any(|running| running.script.draws(place)).then(|| {
            let fingerprint = (question.fingerprint)();
            let operation = format!("{}/{}", question.contract.name, question.declared().id);
            Draws::new(self.seed, &operation, fingerprint, self.repeats.count(fingerprint))
        });
        let mut asked = Asked { question, since, draws, cue: Cue::default() };
        for (index, running) in self.running.iter().enumerate() {
            if running.ask(index, &mut asked) {
                break;
            }
        }
        let cue = asked.cue;
        (!cue.rules.is_empty() || !cue.standings.is_empty() || !cue.held.is_empty()).then_some(cue)
    }

    /// Says how many milliseconds after it was read a call will be over, so that its places are free then.
    pub fn release(&self, cue: &Cue, id: u64, at: Moment, lasts: i64) {
        let end = self.since(at).saturating_add(lasts);
        for Held { script, rule, key } in &cue.held {
            let mut moving = self.running[*script].moving.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(taken) = moving.taken.get_mut(rule) {
                taken.release(*key, id, end);
            }
        }
    }

    /// How often each rule was asked and what came of it, in order.
    pub fn tallies(&self) -> Vec<Tally> {
        let of = |running: &Running| {
            let rules = running.script.rules.iter().zip(&running.counts);
            let tally = |(rule, counts): (&Rule, &Counts)| Tally {
                scenario: running.script.name.clone(),
                rule: rule.name.clone(),
                tried: counts.tried.load(Ordering::Relaxed),
                fitted: counts.fitted.load(Ordering::Relaxed),
                fired: counts.fired.load(Ordering::Relaxed),
                configured: rule.chance.configured(),
            };
            rules.map(tally).collect::<Vec<_>>()
        };
        self.running.iter().flat_map(of).collect()
    }

    /// The state that each scenario is in, by its name.
    pub fn states(&self) -> Vec<(String, String)> {
        let of = |running: &Running| {
            let moving = running.moving.lock().unwrap_or_else(PoisonError::into_inner);
            (running.script.name.clone(), moving.state.clone())
        };
        self.running.iter().map(of).collect()
    }

    /// Forgets everything, so that the next call is the first.
    pub fn reset(&self) {
        self.started.store(i64::MIN, Ordering::Relaxed);
        self.repeats.clear();
        for running in &self.running {
            *running.moving.lock().unwrap_or_else(PoisonError::into_inner) = Moving::default();
            for counts in &running.counts {
                for count in [&counts.tried, &counts.fitted, &counts.fired] {
                    count.store(0, Ordering::Relaxed);
                }
            }
        }
    }

    /// Milliseconds since the session's first call, which starts the count.
    fn since(&self, at: Moment) -> i64 {
        let begin = self.started.compare_exchange(i64::MIN, at.0, Ordering::Relaxed, Ordering::Relaxed);
        at.0.saturating_sub(begin.map_or_else(|started| started, |_| at.0)).max(0)
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
    fn new(script: Arc<Script>) -> Self {
        let counts = script.rules.iter().map(|_| Counts::default()).collect();
        Self { script, counts, moving: Mutex::default() }
    }

    /// Asks the rules; tells whether one has decided.
    fn ask(&self, script: usize, asked: &mut Asked<'_>) -> bool {
        let question = asked.question;
        let place = (question.document, question.operation);
        let about = self.script.about(place);
        if about.is_empty() {
            return false;
        }
        let mut moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        for index in about {
            let (rule, counts) = (&self.script.rules[*index], &self.counts[*index]);
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
            moving.fire(*index, rule, place, random, &mut asked.cue);
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
        place: (usize, usize),
        random: Option<Random>,
        cue: &mut Cue,
    ) {
        let step = if rule.steps.len() == 1 {
            &rule.steps[0]
        } else {
            let position = self.positions.entry((index, place.0, place.1)).or_insert(0);
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
