//! Statuses that are numbers in YAML.

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "status-unquoted",
    severity: Severity::Info,
    means: "The status of a response is not quoted (OpenAPI 3.1 4.8.16.2 asks for quotes).",
    matters: "Readers of YAML see a number where JSON has a text, and some refuse it.",
    example: "`200:` for `'200':`",
    fix: "Put it in quotes.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let responses = contract.operations.iter().flat_map(|operation| {
        let of_response = move |status: String| operation.pointer.join("responses").join(&status);
        operation.responses.iter().map(move |response| of_response(response.key.to_string()))
    });
    let mut unquoted = responses.filter(|pointer| is_unquoted(contract, pointer));
    let Some(pointer) = unquoted.next() else { return Vec::new() };
    let status = pointer.last().unwrap_or_default();
    let count = 1 + unquoted.count();
    vec![Finding {
        pointer,
        message: format!("the status `{status}` is not quoted{}", text::and_more(count)),
        help: format!("write `'{status}':`"),
    }]
}

fn is_unquoted(contract: &Contract, pointer: &crate::pointer::Pointer) -> bool {
    let status = pointer.last().unwrap_or_default();
    let span = contract.document.span(pointer);
    let text = &span.source.text;
    let (Some(before), Some(shown)) = (text.get(..span.range.start), text.get(span.range.clone())) else {
        return false;
    };
    let is_number = status.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (shown == status || before.trim_end().ends_with(&format!(" {status}:")))
}
