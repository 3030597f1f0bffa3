//! Lower bounds above upper bounds.

use serde_json::Value;

use super::schemas::both;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "bounds-contradictory",
    severity: Severity::Error,
    means: "The lower bound of a schema lies above its upper bound.",
    matters: "No value satisfies it.",
    example: "`{ minLength: 10, maxLength: 5 }`",
    fix: "Correct one of the bounds.",
    check,
};

/// Lower and upper bounds of the same thing, and whether the same number satisfies both.
const PAIRS: &[(&str, &str, bool)] = &[
    ("minimum", "maximum", true),
    ("exclusiveMinimum", "maximum", false),
    ("minimum", "exclusiveMaximum", false),
    ("exclusiveMinimum", "exclusiveMaximum", false),
    ("minLength", "maxLength", true),
    ("minItems", "maxItems", true),
    ("minProperties", "maxProperties", true),
    ("minContains", "maxContains", true),
];

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (pointer, schema, _) in both(contract) {
        if let Some((lower, upper)) = contradiction(schema) {
            findings.push(Finding {
                pointer: pointer.join(lower),
                message: format!(
                    "`{lower}` is {} and `{upper}` is {}, so no value satisfies both",
                    schema[lower], schema[upper]
                ),
                help: "correct one of the bounds".to_owned(),
            });
        }
    }
    findings
}

/// The first two bounds of a schema that contradict each other.
pub(super) fn contradiction(schema: &Value) -> Option<(&'static str, &'static str)> {
    let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let pairs = PAIRS.iter().filter(|(lower, upper, may_be_equal)| {
        let (Some(low), Some(high)) = (number(lower), number(upper)) else { return false };
        low > high || low >= high && !may_be_equal
    });
    pairs.map(|(lower, upper, _)| (*lower, *upper)).next()
}
