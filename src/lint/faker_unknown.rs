//! `x-faker` keywords with a name that stands for nothing here.

use std::collections::BTreeSet;

use super::schemas::used;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::generate::faker;
use crate::schema::Direction;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "faker-unknown",
    severity: Severity::Warning,
    means: "An `x-faker` keyword names a maker of values that is not known.",
    matters: "The keyword is ignored: values read like the property's name and format say.",
    example: "`{ type: string, x-faker: internet.emial }`",
    fix: "Write a name of faker.js, such as `internet.email`, or take the keyword out.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for direction in [Direction::Response, Direction::Request] {
        for (pointer, schema) in used(contract, direction) {
            let unknown = schema.get("x-faker").and_then(faker::unknown);
            let Some(name) = unknown.filter(|_| seen.insert(pointer.clone())) else { continue };
            let shown = text::harmless(&text::shortened(&name, 60));
            let nearest = text::nearest(&name, faker::known());
            findings.push(Finding {
                pointer: pointer.join("x-faker"),
                message: format!("`{shown}` is no maker of values that is known"),
                help: nearest.map_or_else(
                    || "write a name of faker.js, such as `internet.email`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            });
        }
    }
    findings
}
