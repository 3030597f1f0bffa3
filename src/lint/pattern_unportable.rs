//! Patterns that other engines read otherwise or not at all.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schemas::both;
use super::{Finding, Rule};
use crate::contract::Contract;
use crate::diagnostic::Severity;
use crate::text;

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "pattern-unportable",
    severity: Severity::Warning,
    means: "A `pattern` uses what the dialect of JSON Schema (ECMA-262) does not have, or what common engines lack.",
    matters: "Other tools refuse the document, or match something else.",
    example: "`(?i)abc`, `(?P<year>\\d+)`, `abc\\Z`",
    fix: "Write it with what all engines have: classes, groups, `^`, `$`, bounded repetition.",
    check,
};

/// What is not portable, by how it is written outside of a class.
const UNPORTABLE: &[(&str, &str)] = &[
    ("(?<=", "a lookbehind, which RE2 and older browsers lack"),
    ("(?<!", "a lookbehind, which RE2 and older browsers lack"),
    ("(?P", "a named group of Python, which ECMA-262 lacks"),
    ("(?>", "an atomic group, which ECMA-262 lacks"),
    ("(?#", "a comment, which ECMA-262 lacks"),
    ("\\A", "`\\A`, which ECMA-262 lacks: write `^`"),
    ("\\Z", "`\\Z`, which ECMA-262 lacks: write `$`"),
    ("\\z", "`\\z`, which ECMA-262 lacks: write `$`"),
    ("\\h", "`\\h`, which ECMA-262 lacks"),
    ("\\p{", "`\\p{…}`, which ECMA-262 reads only with the flag `u`"),
    ("\\P{", "`\\P{…}`, which ECMA-262 reads only with the flag `u`"),
];
/// What is not portable anywhere, in a class too.
const IN_CLASSES: &[(&str, &str)] = &[
    ("[:", "a class of POSIX, which ECMA-262 lacks"),
    ("\\p{", "`\\p{…}`, which ECMA-262 reads only with the flag `u`"),
    ("\\P{", "`\\P{…}`, which ECMA-262 reads only with the flag `u`"),
    ("\\h", "`\\h`, which ECMA-262 lacks"),
];

fn check(contract: &Contract) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (pointer, schema, _) in both(contract) {
        let pattern = schema.get("pattern").and_then(Value::as_str).map(|one| (pointer.join("pattern"), one));
        let keys = schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
        let keys = keys.map(|(key, _)| (pointer.join("patternProperties").join(key), key.as_str()));
        for (place, pattern) in pattern.into_iter().chain(keys) {
            // One that is used often is told once.
            let Some(what) = unportable(pattern).filter(|_| seen.insert(pattern)) else { continue };
            findings.push(Finding {
                pointer: place,
                message: format!(
                    "the pattern `{}` has {what}",
                    text::harmless(&text::shortened(pattern, 60))
                ),
                help: "write it with what all engines have".to_owned(),
            });
        }
    }
    findings
}

/// What in a pattern is not portable, the first of it.
fn unportable(pattern: &str) -> Option<&'static str> {
    if pattern.len() > 2
        && pattern.starts_with('/')
        && pattern.ends_with(['/', 'i'])
        && pattern.contains("/^")
    {
        return Some("slashes around it, which are part of it here");
    }
    let mut rest = pattern;
    let mut is_class = false;
    let mut is_repeated = false;
    while let Some(first) = rest.chars().next() {
        let table = if is_class { IN_CLASSES } else { UNPORTABLE };
        if let Some((_, what)) = table.iter().find(|(written, _)| rest.starts_with(written)) {
            return Some(what);
        }
        if !is_class && is_repeated && first == '+' {
            return Some("a possessive repetition, which ECMA-262 lacks");
        }
        if !is_class && has_inline_flags(rest) {
            return Some("inline flags, which ECMA-262 lacks");
        }
        is_repeated = !is_class && ['*', '+', '?', '}'].contains(&first) && !is_repeated;
        match first {
            '[' => is_class = true,
            ']' => is_class = false,
            _ => {}
        }
        let escaped = if first == '\\' { rest[1..].chars().next().map_or(0, char::len_utf8) } else { 0 };
        rest = &rest[first.len_utf8() + escaped..];
    }
    None
}

/// `(?i)`, `(?s-m:…)`: flags inside of the pattern.
fn has_inline_flags(rest: &str) -> bool {
    let Some(inside) = rest.strip_prefix("(?") else { return false };
    let flags = inside.trim_start_matches(|one: char| one.is_ascii_lowercase() || one == '-');
    flags.len() < inside.len() && flags.starts_with([')', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_portable_is_told_from_what_is_not() {
        for pattern in [
            "(?i)abc",
            "a(?s:b)",
            "(?P<year>\\d+)",
            "(?<=a)b",
            "(?<!a)b",
            "\\p{L}+",
            "[\\p{L}]",
            "a\\Z",
            "\\Aa",
            "a*+",
            "a{2}+",
            "(?>a)",
            "[[:alpha:]]",
            "/^a$/",
        ] {
            assert!(unportable(pattern).is_some(), "{pattern}");
        }
        for pattern in [
            "^a$",
            "(?:a|b)+",
            "(?<year>\\d+)",
            "(?=a)",
            "(?!a)",
            "[+*]+",
            "a+?",
            "a\\++",
            "\\\\Zeta",
            "^/a/$",
            "[a-z:]",
            "\\[:a",
            "[?][+]",
        ] {
            assert!(unportable(pattern).is_none(), "{pattern}");
        }
    }
}
