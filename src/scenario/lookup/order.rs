//! Rules against one another: those that are never reached, and states that nothing goes to.

use std::collections::BTreeSet;

use super::{Lookup, member};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;
use crate::scenario::format::{Names, ScenarioRule, When};
use crate::scenario::script::Rule;
use crate::scenario::state::START;
use crate::scenario::window::Chance;
use crate::text;

impl Lookup<'_> {
    /// Warns of what can never happen.
    pub(super) fn order(&mut self, rules: &[(usize, ScenarioRule)], looked_up: &[(usize, Rule)]) {
        self.reach(looked_up);
        let mut set: BTreeSet<&str> = BTreeSet::from([START]);
        for (_, rule) in rules {
            let steps = rule.sequence.iter().flat_map(|sequence| &sequence.steps);
            let own = rule.goto.iter().chain(steps.filter_map(|step| step.goto.as_ref()));
            set.extend(own.map(String::as_str));
        }
        for (index, rule) in rules {
            self.states(&rule.when, &set, &Pointer::root().join("rules").index(*index).join("when"));
        }
    }

    fn reach(&mut self, rules: &[(usize, Rule)]) {
        for (position, (index, rule)) in rules.iter().enumerate() {
            let at = Pointer::root().join("rules").index(*index);
            if rule.scope.is_empty() {
                let diagnostic =
                    Diagnostic::warning("rule-unreachable", "no operation fits the rule's conditions");
                self.report(diagnostic, &at);
                continue;
            }
            let before = &rules[..position];
            let decides = before.iter().find(|(_, other)| {
                decides_always(other) && rule.scope.iter().all(|place| other.scope.contains(place))
            });
            if let Some((_, other)) = decides {
                let message = format!("the rule is never reached: `{}` decides before it", other.name);
                let diagnostic = Diagnostic::warning("rule-unreachable", message)
                    .help("put it first, or let the other say `continue: true`");
                self.report(diagnostic, &at);
            }
        }
    }

    fn states(&mut self, when: &When, set: &BTreeSet<&str>, at: &Pointer) {
        for (index, name) in when.state.iter().flat_map(Names::iter) {
            if set.contains(name) {
                continue;
            }
            let help = match text::nearest(name, set.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    format!("add `goto: {name}` to a rule; there are {}", text::list(set.iter().copied()))
                }
            };
            let message = format!("no rule goes to the state `{name}`");
            let diagnostic = Diagnostic::warning("state-unreachable", message).help(help);
            self.report(diagnostic, &member(&at.join("state"), index));
        }
        for (index, one) in when.all.iter().enumerate() {
            self.states(one, set, &at.join("all").index(index));
        }
        for (index, one) in when.any.iter().enumerate() {
            self.states(one, set, &at.join("any").index(index));
        }
        if let Some(not) = &when.not {
            self.states(not, set, &at.join("not"));
        }
    }
}

/// Whether nothing gets past a rule.
fn decides_always(rule: &Rule) -> bool {
    rule.condition.is_empty()
        && rule.window.is_none()
        && rule.gate.is_none()
        && matches!(rule.chance, Chance::Sure)
        && !rule.goes_on
}
