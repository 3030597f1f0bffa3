//! Formats that nothing checks.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schemas::both;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "format-unknown",
    severity: Severity::Info,
    means: "A `format` is in neither JSON Schema 2020-12 nor the registry of OpenAPI.",
    matters: "Nothing checks it; a misspelled one checks nothing, too.",
    example: "`format: datetime` for `date-time`",
    fix: "Correct it; a `pattern` says what a format of your own looks like.",
    check,
};

/// JSON Schema 2020-12 validation 7.3, older drafts, and <https://spec.openapis.org/registry/format/>.
const FORMATS: &[&str] = &[
    "base64url",
    "binary",
    "byte",
    "char",
    "color",
    "commonmark",
    "date",
    "date-time",
    "date-time-local",
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "duration",
    "email",
    "float",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "int16",
    "int32",
    "int64",
    "int8",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "media-range",
    "password",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-boolean",
    "sf-decimal",
    "sf-integer",
    "sf-string",
    "sf-token",
    "style",
    "time",
    "time-local",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unixtime",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (pointer, schema, _) in both(contract) {
        let Some(format) = schema.get("format").and_then(Value::as_str) else { continue };
        // One that is used often is told once.
        if FORMATS.contains(&format) || !seen.insert(format) {
            continue;
        }
        let shown = text::harmless(&text::shortened(format, 60));
        let nearest = text::nearest(format, FORMATS.iter().copied());
        findings.push(Finding {
            pointer: pointer.join("format"),
            message: format!("`{shown}` is no format that is known, so nothing checks it"),
            help: nearest.map_or_else(
                || "a `pattern` says what a format of your own looks like".to_owned(),
                |near| format!("did you mean `{near}`?"),
            ),
        });
    }
    findings
}
