//! What a session's scripts remember, when they are looked up in other contracts or their files were saved.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::part::Part;
use super::script::{Rule, Script};
use super::state::{Counts, Running, State};

impl State {
    /// The scripts that it plays.
    pub fn scripts(&self) -> impl Iterator<Item = &Arc<Script>> {
        self.running.iter().map(|running| &running.part.script)
    }

    /// The state that goes on with other scripts in place of these; those that have none are no longer played. A rule keeps
    /// what it counted if it keeps its name, and its limit if that is the same.
    #[must_use]
    pub fn renewed(&self, script: &dyn Fn(&Arc<Script>) -> Option<Arc<Script>>) -> Option<Self> {
        let renewed = |running: &Arc<Running>| Some(Arc::new(running.renewed(script(&running.part.script)?)));
        let running: Vec<Arc<Running>> = self.running.iter().filter_map(renewed).collect();
        let repeats = Arc::clone(&self.repeats);
        (!running.is_empty()).then_some(Self { seed: self.seed, repeats, running })
    }
}

impl Running {
    fn renewed(&self, script: Arc<Script>) -> Self {
        let part = Part { script, ..Part::clone(&self.part) };
        let mut next = Self::new(Arc::new(part));
        next.started = self.started.load(Ordering::Relaxed).into();
        let before = self.moving();
        let moving = next.moving.get_mut().unwrap_or_else(PoisonError::into_inner);
        moving.state.clone_from(&before.state);
        let rules = &self.part.script.rules;
        for (index, rule) in next.part.script.rules.iter().enumerate() {
            let Some(known) = rules.iter().position(|known| known.label == rule.label) else {
                continue;
            };
            next.counts[index] = self.counts[known].copied();
            let own = before.positions.iter().filter(|((rule, _), _)| *rule == known);
            moving.positions.extend(own.map(|((_, place), count)| ((index, *place), *count)));
            if let Some(taken) = before.taken.get(&known).filter(|_| has_limit_of(rule, &rules[known])) {
                moving.taken.insert(index, taken.clone());
            }
        }
        drop(before);
        next
    }
}

impl Counts {
    fn copied(&self) -> Self {
        let copied = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed).into();
        Self { tried: copied(&self.tried), fitted: copied(&self.fitted), fired: copied(&self.fired) }
    }
}

fn has_limit_of(rule: &Rule, other: &Rule) -> bool {
    match (&rule.gate, &other.gate) {
        (Some(gate), Some(other)) => gate.limit == other.limit && gate.key == other.key,
        (Some(_), None) | (None, Some(_) | None) => false,
    }
}
