//! Schemas that no value satisfies.

use std::collections::BTreeSet;

use super::bounds_contradictory::contradiction;
use super::schemas;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::generate::{Plan, Plans};
use crate::pointer::Pointer;
use crate::schema::Direction;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "schema-unsatisfiable",
    severity: Severity::Error,
    means: "The keywords of a schema contradict one another, so that no value satisfies it, or none was found.",
    matters: "Every request that needs it is refused, and a reply that needs it can't be made.",
    example: "`{ type: string, format: date, pattern: ^[a-z]+$ }`",
    fix: "Take back one of the keywords that contradict each other.",
    check,
};

/// So many schemas of replies are tried at most; the others are told as far as it is proven.
const MOST_TRIED: usize = 4_000;

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut failed = BTreeSet::new();
    let plans = Plans::new(&contract.schemas);
    // Some contradictions, such as those of a format and a pattern, show only where a value is made.
    for pointer in sorted(schemas::entries(contract, Direction::Response)).into_iter().take(MOST_TRIED) {
        let Err(impossible) = Plan::compile(&plans, &pointer, Direction::Response) else { continue };
        if !findings.iter().any(|finding| finding.pointer == impossible.pointer) {
            findings.push(finding(impossible.pointer, &impossible.reason));
        }
        failed.insert(pointer);
    }
    let mut entries = schemas::entries(contract, Direction::Request);
    // A contradiction inside shows in what holds it where it is required; where it is not, leaving it out is fine.
    entries.extend(schemas::entries(contract, Direction::Response));
    entries.retain(|pointer| !failed.contains(pointer));
    for pointer in contract.schemas.unsatisfiable(&sorted(entries)) {
        findings.push(finding(pointer, "its keywords contradict each other"));
    }
    // Two bounds that contradict each other are told by a rule of their own, which says which.
    findings.retain(|finding| {
        let directions = [Direction::Response, Direction::Request].into_iter();
        let mut schemas =
            directions.filter_map(|direction| contract.schemas.find(&finding.pointer, direction));
        !schemas.any(|schema| contradiction(schema).is_some())
    });
    findings
}

fn sorted(mut pointers: Vec<Pointer>) -> Vec<Pointer> {
    pointers.sort();
    pointers.dedup();
    pointers
}

fn finding(pointer: Pointer, why: &str) -> Finding {
    Finding {
        pointer,
        message: format!("no value satisfies this schema: {why}"),
        help: "take back one of the keywords that contradict each other".to_owned(),
    }
}
