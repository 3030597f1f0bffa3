//! From the format to a script: every name is looked up in the contracts, and every mistake is told with its place.

mod condition;
mod headers;
mod order;
mod respond;
mod stub;
mod time;

use std::sync::Arc;

pub use headers::FRAMING;

use super::condition::Scope;
use super::excerpt::Excerpt;
use super::format::{Names, Respond, ScenarioFile, ScenarioRule, Sequence, Step as WantedStep, Then};
use super::limit::Limit;
use super::script::{Gate, Notation, Rule, Script, ScriptSource, Step};
use crate::contract::{Contract, Operation};
use crate::diagnostic::Diagnostic;
use crate::fault::{Delay, Fault};
use crate::pointer::Pointer;
use crate::seed::Seed;
use crate::text;

/// The most tokens of a bucket: what is owed to it stays a number of microseconds that can be counted.
const MOST_BURST: u64 = 1_000_000;

/// Looks names up, and collects what is wrong.
pub(super) struct Lookup<'a> {
    excerpt: &'a Excerpt<'a>,
    contracts: &'a [Arc<Contract>],
    diagnostics: Vec<Diagnostic>,
}

/// A mistake that makes something unusable, and has been told.
struct Told;

/// What happens in one step, as it is written.
struct Wanted<'a> {
    times: u64,
    respond: Option<&'a Respond>,
    fault: Option<&'a Fault>,
    faults: &'a [Fault],
    delay: Option<&'a Delay>,
    goto: Option<&'a String>,
    at: Pointer,
}

impl Wanted<'_> {
    /// The first key that makes something happen.
    fn first_key(&self) -> Option<&'static str> {
        let given = [
            ("respond", self.respond.is_some()),
            ("fault", self.fault.is_some()),
            ("faults", !self.faults.is_empty()),
            ("delay", self.delay.is_some()),
            ("goto", self.goto.is_some()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(key, _)| key)
    }
}

impl<'a> Lookup<'a> {
    pub(super) fn new(
        excerpt: &'a Excerpt<'a>,
        contracts: &'a [Arc<Contract>],
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        Self { excerpt, contracts, diagnostics }
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// Looks up a scenario whose rules could be read, each with its place in the file.
    pub(super) fn script(&mut self, scenario: &ScenarioFile, rules: &[(usize, ScenarioRule)]) -> Script {
        let everything = self.everything(scenario.documents.as_ref());
        let mut looked_up = Vec::new();
        for (index, rule) in rules {
            let found = everything.as_ref().and_then(|all| self.rule(&scenario.name, *index, rule, all));
            looked_up.extend(found.map(|found| (*index, found)));
        }
        self.order(rules, &looked_up);
        let source = ScriptSource {
            text: self.excerpt.source(),
            contracts: self.contracts.to_vec(),
            notation: Notation::Scenario(Pointer::root()),
        };
        let rules = looked_up.into_iter().map(|(_, rule)| rule).collect();
        Script::new(scenario.name.clone(), scenario.description.clone(), source, rules)
    }

    /// The operations of all documents that the scenario is about.
    fn everything(&mut self, names: Option<&Names>) -> Option<Scope> {
        let documents = self.documents(names, &Pointer::root().join("documents"))?;
        let of = |document: usize| {
            (0..self.contracts[document].operations.len()).map(move |operation| (document, operation))
        };
        Some(documents.into_iter().flat_map(of).collect())
    }

    fn rule(&mut self, scenario: &str, index: usize, rule: &ScenarioRule, all: &Scope) -> Option<Rule> {
        let at = Pointer::root().join("rules").index(index);
        let (mut scope, condition) = self.when(&rule.when, all, &at.join("when"))?;
        let chance = self.chance(rule, &at)?;
        let window = self.window(rule, &at).ok()?;
        let gate = self.gate(rule, &at).ok()?;
        let implied = implied(rule, gate.as_ref());
        let wanted = self.wanted(rule, implied.as_ref(), &at)?;
        let is_named = rule.when.operation.is_some();
        let mut steps = Vec::new();
        for step in &wanted {
            let is_implied = implied.as_ref().is_some_and(|own| step.respond == Some(own));
            let answers = match step.respond {
                Some(respond) => {
                    self.respond(respond, &mut scope, &step.at.join("respond"), is_named, is_implied)?
                }
                None => std::collections::BTreeMap::new(),
            };
            let faults = step.fault.into_iter().chain(step.faults).cloned().collect();
            let (delay, goto) = (step.delay.copied(), step.goto.cloned());
            steps.push(Step { times: step.times, answers, faults, delay, goto });
        }
        let name = rule.name.clone().unwrap_or_else(|| format!("rule {}", index + 1));
        Some(Rule {
            label: format!("{scenario}/{name}").into(),
            key: Seed(0).mix(scenario.as_bytes()).mix(name.as_bytes()),
            name,
            scope,
            condition,
            window,
            chance,
            gate,
            steps,
            loops: rule.sequence.as_ref().is_some_and(|sequence| sequence.then == Then::Loop),
            goes_on: rule.goes_on,
        })
    }

    /// The steps of a rule: those of its sequence, else what it says itself.
    fn wanted<'r>(
        &mut self,
        rule: &'r ScenarioRule,
        implied: Option<&'r Respond>,
        at: &Pointer,
    ) -> Option<Vec<Wanted<'r>>> {
        let own = Wanted {
            times: 1,
            respond: rule.respond.as_ref().or(implied),
            fault: rule.fault.as_ref(),
            faults: &rule.faults,
            delay: rule.delay.as_ref(),
            goto: rule.goto.as_ref(),
            at: at.clone(),
        };
        let Some(Sequence { steps, .. }) = &rule.sequence else {
            if own.first_key().is_none() {
                let diagnostic = Diagnostic::error("wrong-rule", "nothing happens when the rule fits")
                    .help("add `respond`, `fault`, `delay`, `goto`, `sequence`, `limit` or `outage`");
                self.report(diagnostic, at);
                return None;
            }
            return Some(vec![own]);
        };
        let at = at.join("sequence").join("steps");
        let wrong = if steps.is_empty() {
            Some(("a sequence needs a step", at.clone()))
        } else if let Some(key) = own.first_key() {
            Some(("a rule with `sequence` says what happens in its steps only", own.at.join(key)))
        } else {
            let none = steps.iter().position(|step| step.times == Some(0));
            none.map(|index| ("`times` is 0, expected 1 or more", at.index(index).join("times")))
        };
        if let Some((message, at)) = wrong {
            self.report(Diagnostic::error("wrong-sequence", message), &at);
            return None;
        }
        let of = |(index, step): (usize, &'r WantedStep)| Wanted {
            times: step.times.unwrap_or(1),
            respond: step.respond.as_ref(),
            fault: step.fault.as_ref(),
            faults: &step.faults,
            delay: step.delay.as_ref(),
            goto: step.goto.as_ref(),
            at: at.index(index),
        };
        Some(steps.iter().enumerate().map(of).collect())
    }

    fn gate(&mut self, rule: &ScenarioRule, at: &Pointer) -> Result<Option<Gate>, Told> {
        let given = [
            ("limit", rule.limit.is_some()),
            ("quota", rule.quota.is_some()),
            ("concurrency", rule.concurrency.is_some()),
        ];
        self.at_most_one(&given, at).ok_or(Told)?;
        let mut gate = None;
        if let Some(limit) = &rule.limit {
            let burst = limit.burst.unwrap_or(limit.rate.calls);
            let given = limit.burst.is_some();
            if given && !(1..=MOST_BURST).contains(&burst) {
                let message = format!("`burst` is {burst}, expected 1 to {MOST_BURST}");
                let diagnostic = Diagnostic::error("wrong-limit", message);
                self.report(diagnostic, &at.join("limit").join("burst"));
                return Err(Told);
            }
            let burst = burst.min(MOST_BURST);
            let of = Limit::Rate { calls: limit.rate.calls, per: limit.rate.per, burst };
            gate = Some(Gate { limit: of, key: limit.key.clone(), headers: limit.headers });
        }
        if let Some(quota) = &rule.quota {
            let of = Limit::Quota { calls: quota.calls, per: quota.per.map(|span| span.0) };
            gate = Some(Gate { limit: of, key: quota.key.clone(), headers: quota.headers });
        }
        if let Some(concurrency) = &rule.concurrency {
            if concurrency.at_most == 0 {
                let diagnostic = Diagnostic::error("wrong-limit", "`at_most` is 0, expected 1 or more");
                self.report(diagnostic, &at.join("concurrency").join("at_most"));
                return Err(Told);
            }
            let of = Limit::Concurrency { at_most: concurrency.at_most };
            let headers = super::format::RateHeaders::None;
            gate = Some(Gate { limit: of, key: concurrency.key.clone(), headers });
        }
        Ok(gate)
    }

    /// Reports keys of which a rule can have one; `None` if it has more.
    fn at_most_one(&mut self, given: &[(&str, bool)], at: &Pointer) -> Option<()> {
        let mut given = given.iter().filter(|(_, is_given)| *is_given).map(|(key, _)| *key);
        let (first, Some(second)) = (given.next().unwrap_or_default(), given.next()) else { return Some(()) };
        let message = format!("a rule has either `{first}` or `{second}`");
        let diagnostic = Diagnostic::error("wrong-rule", message).help("write two rules");
        self.report(diagnostic, &at.join(second));
        None
    }

    fn operation(&self, (document, operation): (usize, usize)) -> &'a Operation {
        &self.contracts[document].operations[operation]
    }

    fn documents(&mut self, names: Option<&Names>, at: &Pointer) -> Option<Vec<usize>> {
        let Some(names) = names else { return Some((0..self.contracts.len()).collect()) };
        let mut found = Vec::new();
        for (index, name) in names.iter() {
            match self.contracts.iter().position(|contract| contract.name == name) {
                Some(document) => found.push(document),
                None => {
                    let known: Vec<&str> =
                        self.contracts.iter().map(|contract| contract.name.as_str()).collect();
                    self.report(unknown("unknown-document", "document", name, &known), &member(at, index));
                    return None;
                }
            }
        }
        Some(found)
    }

    fn report(&mut self, diagnostic: Diagnostic, pointer: &Pointer) {
        self.diagnostics.push(diagnostic.at(Some(self.excerpt.span(pointer))));
    }
}

/// What a rule without `respond` answers, where it plainly means a failure.
fn implied(rule: &ScenarioRule, gate: Option<&Gate>) -> Option<Respond> {
    let has_more = rule.fault.is_some() || !rule.faults.is_empty() || rule.delay.is_some();
    if rule.respond.is_some() || rule.sequence.is_some() || has_more {
        return None;
    }
    let status = match gate {
        Some(_) => 429,
        None if rule.outage.is_some() => 503,
        None => return None,
    };
    Some(Respond { status: Some(status), ..Respond::default() })
}

fn member(list: &Pointer, index: Option<usize>) -> Pointer {
    index.map_or_else(|| list.clone(), |index| list.index(index))
}

fn unknown(code: &'static str, what: &str, name: &str, known: &[&str]) -> Diagnostic {
    let help = match text::nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known: {}", text::list(known.iter().copied())),
    };
    Diagnostic::error(code, format!("no {what} is called `{name}`")).help(help)
}
