//! `http` security schemes whose name nobody registered.

use super::{Finding, Rule};
use crate::contract::{Contract, SchemeKind};
use crate::diagnostic::Severity;
use crate::text;

/// The names of the HTTP Authentication Scheme Registry (RFC 9110 16.4.1), in lower case.
const REGISTERED: [&str; 14] = [
    "basic",
    "bearer",
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "oauth",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "http-scheme-unregistered",
    severity: Severity::Info,
    means: "The `scheme` of an `http` security scheme is not in the registry of such names (OpenAPI 3.1 4.8.27.1).",
    matters: "It is taken as the first word of `Authorization`; a misspelled name refuses every client.",
    example: "`scheme: baerer`",
    fix: "Use a registered name. A key that has no scheme's name before it is `type: apiKey`.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for scheme in &contract.schemes {
        let SchemeKind::Http(name) = &scheme.kind else { continue };
        if REGISTERED.contains(&name.as_str()) {
            continue;
        }
        findings.push(Finding {
            pointer: scheme.pointer.join("scheme"),
            message: format!("`{}` has the scheme `{name}`, which is not registered", scheme.name),
            help: text::nearest(name, REGISTERED)
                .map_or("requests need it as the first word of `Authorization`".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                }),
        });
    }
    findings
}
