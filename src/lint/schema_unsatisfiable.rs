//! Schemas that no value satisfies.

use super::schemas;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::schema::Direction;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "schema-unsatisfiable",
    severity: Severity::Error,
    means: "The keywords of a schema contradict one another, so that no value satisfies it.",
    matters: "Every request that needs it is refused, and a reply that needs it can't be made.",
    example: "`{ type: integer, minimum: 10, maximum: 5 }`",
    fix: "Take back one of the keywords that contradict each other.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut pointers: Vec<Pointer> = Vec::new();
    for direction in [Direction::Request, Direction::Response] {
        // A contradiction inside shows in what holds it where it is required; where it is not, leaving it out is fine.
        pointers.extend(schemas::entries(contract, direction));
    }
    pointers.sort();
    pointers.dedup();
    let empty = contract.schemas.unsatisfiable(&pointers);
    empty
        .into_iter()
        .map(|pointer| Finding {
            pointer,
            message: "no value satisfies this schema".to_owned(),
            help: "take back one of the keywords that contradict each other".to_owned(),
        })
        .collect()
}
