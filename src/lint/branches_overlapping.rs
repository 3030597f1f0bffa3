//! Branches of `oneOf` that take the same values.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::judge::Judge;
use super::schemas::used;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::generate::{Draw, Plan, Plans};
use crate::pointer::Pointer;
use crate::schema::Direction;
use crate::seed::Seed;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "branches-overlapping",
    severity: Severity::Warning,
    means: "Two branches of a `oneOf` take the same value, though exactly one may (JSON Schema 2020-12 10.2.1.3).",
    matters: "Such a value is invalid, though it is valid by each of them; most likely `required` or a tag is missing.",
    example: "`oneOf` of two objects without `required`: `{}` is both",
    fix: "Require what tells the branches apart, or write `anyOf`.",
    check,
};

/// So many `oneOf`s are tried, and so many branches of each.
const MOST_CHOICES: usize = 500;
const MOST_BRANCHES: usize = 12;

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    let plans = Plans::new(&contract.schemas);
    for direction in [Direction::Response, Direction::Request] {
        let mut judge = Judge::new(contract, direction);
        let choices = used(contract, direction).into_iter().filter_map(|(pointer, schema)| {
            let count = schema.get("oneOf")?.as_array()?.len();
            (count > 1).then(|| (pointer.join("oneOf"), count.min(MOST_BRANCHES)))
        });
        for (place, count) in choices.take(MOST_CHOICES) {
            if seen.insert(place.clone())
                && let Some(finding) = overlap(&mut judge, &plans, &place, count, direction)
            {
                findings.push(finding);
            }
        }
    }
    findings
}

/// The first two branches that take the same of the values that are tried: an empty object, and one made of each branch.
fn overlap(
    judge: &mut Judge<'_>,
    plans: &Plans,
    place: &Pointer,
    count: usize,
    direction: Direction,
) -> Option<Finding> {
    let whole = place.parent()?;
    let made = (0..count).filter_map(|index| {
        let plan = Plan::compile(plans, &place.index(index), direction).ok()?;
        let mut bytes = Vec::new();
        plan.write(&mut Draw::new(Seed(1)), &mut bytes);
        serde_json::from_slice::<Value>(&bytes).ok()
    });
    for value in std::iter::once(json!({})).chain(made) {
        let taking: Vec<usize> =
            (0..count).filter(|index| judge.takes(&place.index(*index), &value)).collect();
        // What stands beside the `oneOf` may exclude the value.
        if let [one, other, ..] = taking[..]
            && !judge.takes(&whole, &value)
            && is_reason(judge, &whole, &value)
        {
            let shown = text::harmless(&text::shortened(&value.to_string(), 80));
            return Some(Finding {
                pointer: place.clone(),
                message: format!(
                    "the branches {} and {} of this `oneOf` both take `{shown}`",
                    one + 1,
                    other + 1
                ),
                help: "require what tells them apart, or write `anyOf`".to_owned(),
            });
        }
    }
    None
}

/// Whether the `oneOf` itself is what fails.
fn is_reason(judge: &mut Judge<'_>, whole: &Pointer, value: &Value) -> bool {
    let keywords = judge.failing_keywords(whole, value);
    keywords.iter().all(|keyword| keyword == "oneOf")
}
