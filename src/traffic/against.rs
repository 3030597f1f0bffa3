//! What breaks whom: traffic judged by two versions of the documents, and the findings of one subtracted from the other's.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::run::{self, Entry, Said, Stopped};
use super::tally::{Tally, bound};
use super::verdict::{Judge, Verdict};
use super::{Reading, Source};
use crate::exchange::Exchange;
use crate::redact;
use crate::violation::{Severity, Violation};

/// How many findings of a client's operation are told apart; of more, those that come first by rule and place.
const MOST_FINDINGS: usize = 100;

/// The calls of one client to one operation, under both versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "standin comparison")]
pub struct Calls {
    /// Who sent them.
    pub client: String,
    /// The operation, as the old version calls it: `NAME/operationId`, else the method with its path.
    pub operation: String,
    /// How many calls there were.
    pub calls: u64,
    /// How many break anew: something is wrong by the new version that was not by the old one.
    pub broken: u64,
    /// How many are mended: something was wrong by the old version that is not by the new one, and nothing breaks anew.
    pub mended: u64,
    /// What breaks anew.
    pub breaks: Vec<Change>,
    /// What is mended.
    pub mends: Vec<Change>,
}

/// Something that is wrong by one version only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Change {
    /// The rule's code.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The place in the message; indices are `*`.
    pub location: String,
    /// In how many calls.
    pub count: u64,
    /// What is wrong, in the shortest request that shows it.
    pub message: String,
    /// That request: method, path and query, redacted.
    pub request: String,
    /// The place in the document, as `FILE:LINE:COLUMN`.
    pub place: String,
}

/// What became of all entries under both versions.
#[derive(Debug, Default)]
pub struct Comparison {
    /// What became of them; its ledger has what breaks anew, and nothing else.
    pub tally: Tally,
    calls: BTreeMap<(String, String), Group>,
}

/// What is wrong, whichever version says so: the rule, the place in the message, and what is missing there, if that is it.
type Wrong = (&'static str, String, Option<String>);

/// What changes, by what is wrong.
type Changes = BTreeMap<Wrong, Change>;

#[derive(Debug, Default)]
struct Group {
    calls: u64,
    broken: u64,
    mended: u64,
    breaks: Changes,
    mends: Changes,
}

/// Judges all entries by the old version and by the new one, and tells what changes for whom. What weighs less than `least` is
/// not wrong.
pub fn compare(
    sources: Vec<Source>,
    old: &Judge,
    new: &Judge,
    least: Severity,
    reading: &Reading,
) -> (Comparison, Vec<Stopped>) {
    let work = |comparison: &mut Comparison, (): &mut (), Entry { id, spot, said }: Entry| {
        let (before, after) = match said {
            Said::Exchange(recorded, nature) => {
                let before = old.judge((*recorded).clone(), nature, id);
                // What the old version knew is the new one's, wherever that says that it is served.
                let is_known =
                    matches!(&before, Verdict::Judged { exchange, .. } if exchange.operation.is_some());
                let after = if is_known {
                    new.judge_ours(*recorded, nature, id)
                } else {
                    new.judge(*recorded, nature, id)
                };
                (before, after)
            }
            Said::Foreign(foreign) => return comparison.tally.enter(spot, Verdict::Foreign(foreign)),
            Said::Unreadable(reason) => return comparison.tally.enter(spot, Verdict::Unreadable(reason)),
        };
        match (before, after) {
            (
                Verdict::Judged { exchange: before, is_partial: was_partial },
                Verdict::Judged { exchange: mut after, is_partial },
            ) => {
                comparison.enter(&before, &mut after, least);
                let is_partial = is_partial || was_partial;
                comparison.tally.enter(spot, Verdict::Judged { exchange: after, is_partial });
            }
            // Only the new version knows it: nothing was right before, so nothing breaks.
            (_, Verdict::Judged { exchange: mut after, is_partial }) => {
                after.violations.clear();
                comparison.tally.enter(spot, Verdict::Judged { exchange: after, is_partial });
            }
            (_, other) => comparison.tally.enter(spot, other),
        }
    };
    let (comparisons, stopped) =
        run::run(sources, reading.threads, &reading.progress, Comparison::default, work, |()| {});
    let mut whole = Comparison::default();
    for comparison in comparisons {
        whole.absorb(comparison);
    }
    (whole, stopped)
}

impl Comparison {
    /// The calls by client and operation, in that order; at most 1,000.
    pub fn calls(&self) -> Vec<Calls> {
        let listed = |changes: &Changes| {
            let mut listed: Vec<Change> = changes.values().cloned().collect();
            listed.sort_by(|one, other| other.severity.cmp(&one.severity).then_with(|| one.cmp(other)));
            listed
        };
        let calls = |((client, operation), group): (&(String, String), &Group)| Calls {
            client: client.clone(),
            operation: operation.clone(),
            calls: group.calls,
            broken: group.broken,
            mended: group.mended,
            breaks: listed(&group.breaks),
            mends: listed(&group.mends),
        };
        self.calls.iter().map(calls).collect()
    }

    /// Counts an exchange; of what is wrong by the new version, what breaks anew is left.
    fn enter(&mut self, before: &Exchange, after: &mut Exchange, least: Severity) {
        let (was, is) = (all_wrong(before, least), all_wrong(after, least));
        let mended: Vec<&Violation> =
            was.iter().filter(|(key, _)| !is.contains_key(key)).map(|(_, violation)| *violation).collect();
        let breaks: BTreeSet<Wrong> = is.keys().filter(|key| !was.contains_key(key)).cloned().collect();
        after
            .violations
            .retain(|violation| violation.severity >= least && breaks.contains(&wrong(violation)));
        let client = redact::shown(before.caller(), 200);
        let group = self.calls.entry((client, operation(before))).or_default();
        group.calls += 1;
        group.broken += u64::from(!after.violations.is_empty());
        group.mended += u64::from(after.violations.is_empty() && !mended.is_empty());
        // A place that breaks several times in one call counts once.
        let (mut breaks, mut mends) = (Changes::new(), Changes::new());
        after
            .violations
            .iter()
            .for_each(|violation| add(&mut breaks, wrong(violation), change(after, violation)));
        for violation in mended {
            add(&mut mends, wrong(violation), change(before, violation));
        }
        for (all, of_call) in [(&mut group.breaks, breaks), (&mut group.mends, mends)] {
            for (key, change) in of_call {
                add(all, key, Change { count: 1, ..change });
            }
            bound(all, MOST_FINDINGS);
        }
        bound(&mut self.calls, super::tally::MOST);
    }

    fn absorb(&mut self, other: Self) {
        self.tally.absorb(other.tally);
        for (key, group) in other.calls {
            let known = self.calls.entry(key).or_default();
            known.calls += group.calls;
            known.broken += group.broken;
            known.mended += group.mended;
            for (all, more) in [(&mut known.breaks, group.breaks), (&mut known.mends, group.mends)] {
                for (key, change) in more {
                    add(all, key, change);
                }
                bound(all, MOST_FINDINGS);
            }
        }
        bound(&mut self.calls, super::tally::MOST);
    }
}

/// Adds a change. What is told of it is the shortest request's, whichever came first.
fn add(all: &mut Changes, key: Wrong, change: Change) {
    let Some(known) = all.get_mut(&key) else {
        all.insert(key, change);
        return;
    };
    let count = known.count + change.count;
    let telling = |change: &Change| {
        (change.request.len(), change.request.clone(), change.message.clone(), change.place.clone())
    };
    if telling(&change) < telling(known) {
        *known = Change { severity: known.severity.max(change.severity), ..change };
    }
    known.count = count;
}

fn change(exchange: &Exchange, violation: &Violation) -> Change {
    let place = &violation.place;
    Change {
        rule: violation.rule.code().to_owned(),
        severity: violation.severity,
        location: general(&violation.location),
        count: 1,
        message: violation.message.clone(),
        request: format!("{} {}", exchange.request.method, redact::target(&exchange.request.target())),
        place: format!("{}:{}:{}", place.file, place.line, place.column),
    }
}

/// Where a call went, in a way that groups calls.
fn operation(exchange: &Exchange) -> String {
    match (&exchange.document, &exchange.operation) {
        (Some(document), Some(operation)) => format!("{document}/{operation}"),
        _ => format!("{} {}", exchange.request.method, redact::shown(&exchange.request.path, 200)),
    }
}

fn wrong(violation: &Violation) -> Wrong {
    let missing = violation.found.is_none().then(|| violation.message.clone());
    (violation.rule.code(), general(&violation.location), missing)
}

/// What is wrong in an exchange and was not announced.
fn all_wrong(exchange: &Exchange, least: Severity) -> BTreeMap<Wrong, &Violation> {
    let counts =
        |violation: &&Violation| violation.severity >= least && !exchange.expected.contains(&violation.rule);
    exchange.violations.iter().filter(counts).map(|violation| (wrong(violation), violation)).collect()
}

/// A place in a message, whatever the index.
fn general(location: &[String]) -> String {
    let parts: Vec<&str> = location
        .iter()
        .map(|part| if part.bytes().all(|byte| byte.is_ascii_digit()) { "*" } else { part })
        .collect();
    parts.join(".")
}
