//! Security that a stand-in can't hold a request against.

use super::{Finding, Rule};
use crate::contract::{Contract, SchemeKind};
use crate::diagnostic::Severity;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "security-unjudged",
    severity: Severity::Info,
    means: "A security scheme asks for a client certificate (`mutualTLS`), which is not seen without TLS.",
    matters: "Every request passes for one that has shown it; the schemes beside it are judged.",
    example: "`type: mutualTLS` under `securitySchemes`",
    fix: "Nothing is wrong with the document; test the certificate against the real server.",
    check,
};

fn check(contract: &Contract) -> Vec<Finding> {
    let schemes = contract.schemes.iter().filter(|scheme| scheme.kind == SchemeKind::MutualTls);
    let findings = schemes.map(|scheme| Finding {
        pointer: scheme.pointer.clone(),
        message: format!("`{}` asks for a client certificate, which is not judged", scheme.name),
        help: "test it against the real server; every request passes here".to_owned(),
    });
    findings.collect()
}
