//! What the user says about rules: what each weighs, and what is not to be told.

use std::collections::BTreeMap;

use super::{Rule, Severity, Violation};

/// What each rule weighs, and which violations are ignored. The default is what the rules say themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// `None` is off.
    severities: BTreeMap<Rule, Option<Severity>>,
    ignored: Vec<Ignored>,
}

/// Violations that are not told, not counted, and no reason to refuse. All that is given has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignored {
    /// The rule; `None` for all.
    pub rule: Option<Rule>,
    /// The operation's id, alone or behind its document's name: `getPet`, `pets/getPet`.
    pub operation: Option<String>,
    /// The path as sent, percent-encoded: `*` stands for what has no slash in it, `**` for anything.
    pub path: Option<String>,
}

/// Where an exchange went.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// The document's name; `None` if none fits.
    pub document: Option<&'a str>,
    /// The operation's id; `None` if none fits.
    pub operation: Option<&'a str>,
    /// The path as sent.
    pub path: &'a str,
}

impl Policy {
    /// Sets what a rule weighs; `None` turns it off.
    pub fn set(&mut self, rule: Rule, severity: Option<Severity>) {
        self.severities.insert(rule, severity);
    }

    /// Ignores violations from now on.
    pub fn ignore(&mut self, ignored: Ignored) {
        self.ignored.push(ignored);
    }

    /// What is ignored, in the order given.
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// Takes out what is off or ignored, and gives the rest the severities that were set. Doing it twice changes nothing.
    pub fn settle(&self, violations: &mut Vec<Violation>, destination: Destination<'_>) {
        violations.retain_mut(|violation| {
            let rule = violation.rule;
            let is_told = match self.severities.get(&rule) {
                Some(Some(severity)) => {
                    violation.severity = *severity;
                    true
                }
                Some(None) => false,
                None => rule.definition().severity.is_some(),
            };
            is_told && !self.ignored.iter().any(|ignored| ignored.takes(rule, destination))
        });
    }
}

impl Ignored {
    /// Whether an operation is the one that is named, if one is.
    pub fn names(&self, document: &str, operation: &str) -> bool {
        self.operation.as_deref().is_none_or(|named| {
            let in_document = || named.strip_prefix(document).and_then(|rest| rest.strip_prefix('/'));
            named == operation || in_document() == Some(operation)
        })
    }

    fn takes(&self, rule: Rule, destination: Destination<'_>) -> bool {
        let Destination { document, operation, path } = destination;
        self.rule.is_none_or(|ignored| ignored == rule)
            && self.names(document.unwrap_or_default(), operation.unwrap_or_default())
            && self.path.as_deref().is_none_or(|glob| fits(glob.as_bytes(), path.as_bytes()))
    }
}

/// Whether a path fits a glob: what the last star of each kind took is widened until the rest fits, so nothing is tried
/// that an earlier star could decide.
fn fits(glob: &[u8], path: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Behind the last `*` and the last `**`: where the glob goes on, and how far the star has come.
    let mut within: Option<(usize, usize)> = None;
    let mut across: Option<(usize, usize)> = None;
    loop {
        if glob[at..].starts_with(b"**") {
            at += 2;
            (across, within) = (Some((at, read)), None);
        } else if glob.get(at) == Some(&b'*') {
            at += 1;
            within = Some((at, read));
        } else if read < path.len() && glob.get(at) == Some(&path[read]) {
            at += 1;
            read += 1;
        } else if read == path.len() && at == glob.len() {
            return true;
        } else if let Some((behind, taken)) =
            within.filter(|(_, taken)| path.get(*taken).is_some_and(|byte| *byte != b'/'))
        {
            within = Some((behind, taken + 1));
            (at, read) = (behind, taken + 1);
        } else if let Some((behind, taken)) = across.filter(|(_, taken)| *taken < path.len()) {
            (across, within) = (Some((behind, taken + 1)), None);
            (at, read) = (behind, taken + 1);
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pointer::Pointer;
    use crate::violation::Place;

    #[test]
    fn a_star_stays_within_a_segment_and_two_do_not() {
        let table = [
            ("/a", "/a", true),
            ("/a", "/a/b", false),
            ("/a/*", "/a/b", true),
            ("/a/*", "/a/b/c", false),
            ("/a/*/c", "/a/b/c", true),
            ("/a/*c*", "/a/bcdc", true),
            ("/a/**", "/a/b/c", true),
            ("**/c", "/a/b/c", true),
            ("**/c", "/a/c/b", false),
            ("/**/b/*", "/a/b/c/b/d", true),
            ("/**/b/*", "/a/b/c/d", false),
            ("*", "/a", false),
            ("**", "", true),
            ("", "/", false),
        ];
        for (glob, path, expected) in table {
            assert_eq!(fits(glob.as_bytes(), path.as_bytes()), expected, "{glob} {path}");
        }
    }

    #[test]
    fn what_is_off_or_ignored_is_gone_and_the_rest_weighs_what_was_set() {
        let found = || {
            let place = Place { file: "a".into(), line: 1, column: 1, pointer: Pointer::root() };
            let rules = [Rule::ParameterUnknown, Rule::BodyInvalid, Rule::ReplyHeaderUndeclared];
            rules.map(|rule| Violation::new(rule, &[], "", place.clone())).to_vec()
        };
        let settled = |policy: &Policy, operation, path| {
            let mut violations = found();
            policy.settle(&mut violations, Destination { document: Some("pets"), operation, path });
            let told = |one: &Violation| format!("{} {}", one.rule, one.severity.word());
            violations.iter().map(told).collect::<Vec<_>>().join(", ")
        };
        let usual = Policy::default();
        assert_eq!(settled(&usual, Some("get"), "/a"), "parameter-unknown warning, body-invalid error");
        let mut set = Policy::default();
        set.set(Rule::ParameterUnknown, Some(Severity::Error));
        set.set(Rule::BodyInvalid, None);
        set.set(Rule::ReplyHeaderUndeclared, Some(Severity::Info));
        assert_eq!(settled(&set, Some("get"), "/a"), "parameter-unknown error, reply-header-undeclared info");
        let rule = Some(Rule::BodyInvalid);
        for (operation, path, is_ignored) in [
            (None, None, true),
            (Some("get"), None, true),
            (Some("pets/get"), None, true),
            (Some("dogs/get"), None, false),
            (Some("list"), None, false),
            (None, Some("/a/*"), true),
            (Some("list"), Some("/a/*"), false),
            (None, Some("/b"), false),
        ] {
            let mut policy = Policy::default();
            let (operation, path) = (operation.map(str::to_owned), path.map(str::to_owned));
            policy.ignore(Ignored { rule, operation, path });
            let told = settled(&policy, Some("get"), "/a/b");
            assert_eq!(!told.contains("body-invalid"), is_ignored, "{policy:?}");
        }
        let mut all = Policy::default();
        all.ignore(Ignored::default());
        assert_eq!(settled(&all, None, "/"), "");
    }
}
