//! Scopes of schemes that have none.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::pointer::Pointer;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "scopes-ignored",
    severity: Severity::Warning,
    means: "A security requirement lists scopes for a scheme that is neither oauth2 nor openIdConnect (OpenAPI 3.0.3 4.7.30 forbids it).",
    matters: "Before 3.1 they mean nothing, and other tools refuse the document.",
    example: "`security: [{ bearerAuth: [pets:read] }]`",
    fix: "Leave the list empty, or declare the scheme as oauth2.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let document = &contract.document;
    if document.version.has_roles() {
        return Vec::new();
    }
    let has_scopes = |name: &str| {
        let scheme = document.schemes.iter().find(|scheme| scheme.name == name);
        let kind = scheme.and_then(|scheme| scheme.value.get("type")?.as_str());
        matches!(kind, Some("oauth2" | "openIdConnect") | None)
    };
    let mut seen = BTreeSet::new();
    // By the scheme: where it first has scopes, which, and how often it has.
    let mut first: BTreeMap<usize, (Pointer, &[String], usize)> = BTreeMap::new();
    for requirement in contract.operations.iter().flat_map(|operation| &operation.security) {
        for (index, scopes) in &requirement.schemes {
            let name = contract.schemes[*index].name.as_str();
            let place = requirement.pointer.join(name);
            if scopes.is_empty() || has_scopes(name) || !seen.insert(place.clone()) {
                continue;
            }
            first.entry(*index).or_insert((place, scopes, 0)).2 += 1;
        }
    }
    let told = first.into_iter().map(|(index, (pointer, scopes, count))| Finding {
        pointer,
        message: format!(
            "the scheme `{}` has no scopes, but {} is asked for{}",
            text::harmless(&contract.schemes[index].name),
            text::harmless(&text::list(scopes.iter().map(String::as_str))),
            text::and_more(count),
        ),
        help: "leave the list empty, or declare the scheme as oauth2".to_owned(),
    });
    told.collect()
}
