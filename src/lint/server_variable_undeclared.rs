//! Variables of server URLs that nothing declares.

use serde_json::Value;

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "server-variable-undeclared",
    severity: Severity::Error,
    means: "The URL of a server names a variable that `variables` does not declare (OpenAPI 3.1 4.8.5).",
    matters: "Nobody knows what to put there, so the server can't be addressed.",
    example: "`url: https://{region}.example.com` without `variables: { region: … }`",
    fix: "Declare the variable with a `default`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let tree: &Value = &contract.document.reply_tree;
    let mut owners = vec![Pointer::root()];
    for operation in &contract.operations {
        let item = operation.pointer.parent();
        owners.extend(item.into_iter().chain([operation.pointer.clone()]));
    }
    owners.dedup();
    let mut findings = Vec::new();
    for owner in owners {
        let place = owner.join("servers");
        for (index, server) in place.find(tree).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let url = server.get("url").and_then(Value::as_str).unwrap_or_default();
            for name in variables(url) {
                if server.get("variables").and_then(|variables| variables.get(name)).is_none() {
                    let shown = text::harmless(&text::shortened(name, 60));
                    findings.push(Finding {
                        pointer: place.index(index).join("url"),
                        message: format!("the variable `{shown}` of this URL is not declared"),
                        help: format!("declare it: `variables: {{ {shown}: {{ default: … }} }}`"),
                    });
                }
            }
        }
    }
    findings.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    findings.dedup_by(|one, other| one.pointer == other.pointer && one.message == other.message);
    findings
}

fn variables(url: &str) -> impl Iterator<Item = &str> {
    url.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name))
}
