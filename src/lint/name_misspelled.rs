//! Names that the standard does not know, next to ones that it does.

use super::{Finding, Rule, remarks};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::document::RemarkKind;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "name-misspelled",
    severity: Severity::Warning,
    means: "A member or keyword is called nearly like one that the standard knows, and that one is not there.",
    matters: "It has no effect: what it was written to say is not said.",
    example: "`requried: [id]`, `respnses: …`",
    fix: "Correct the name; a name of your own begins with `x-`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    remarks::of(contract, RemarkKind::NameMisspelled)
}
