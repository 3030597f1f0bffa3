//! Every mistake in a scenario file is told with its line, a caret and the nearest name.

use super::{read, shown};
use crate::support::all_bundled;

/// Rules, what is told of them, and what of the line the carets stand under.
const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "- when: { operation: listOrganisations }\n  respond: { status: 503 }",
        "unknown-operation",
        "did you mean `listOrganizations`?",
        "listOrganisations",
    ),
    (
        "- when: { document: katapul }\n  respond: { status: 503 }",
        "unknown-document",
        "did you mean `katapult`?",
        "katapul",
    ),
    ("- when: { method: GTE }\n  respond: { status: 503 }", "unknown-method", "did you mean `GET`?", "GTE"),
    (
        "- when: { template: /organization }\n  respond: { status: 503 }",
        "unknown-template",
        "did you mean `/organizations`?",
        "/organization",
    ),
    (
        "- when: { operation: getOrganization }\n  respond: { error: organization_suspendet }",
        "unknown-error",
        "did you mean `organization_suspended`?",
        "organization_suspendet",
    ),
    (
        "- respond: { error: organization_suspendet }",
        "unknown-error",
        "did you mean `organization_suspended`?",
        "organization_suspendet",
    ),
    (
        "- when: { operation: getOrganizations }\n  respond: { example: nope }",
        "unknown-example",
        "no example of `getOrganizations` is called `nope`",
        "nope",
    ),
    (
        "- when: { operation: getOrganization }\n  respond: { staus: 503 }",
        "scenario-unreadable",
        "did you mean `status`?",
        "staus",
    ),
    (
        "- whne: { operation: getOrganization }\n  respond: { status: 503 }",
        "scenario-unreadable",
        "did you mean `when`?",
        "whne",
    ),
    (
        "- when: { header: { a: { mtches: b } } }\n  respond: { status: 503 }",
        "scenario-unreadable",
        "did you mean `matches`?",
        "mtches",
    ),
    (
        "- when: { call: { at_leest: 2 } }\n  respond: { status: 503 }",
        "scenario-unreadable",
        "did you mean `at_least`?",
        "at_leest",
    ),
    (
        "- when: { call: often }\n  respond: { status: 503 }",
        "scenario-unreadable",
        "a call is a number from 1",
        "often",
    ),
    ("- when: { call: 0 }\n  respond: { status: 503 }", "wrong-call", "counted from 1", "0"),
    (
        "- when: { credentials: gone }\n  respond: { status: 503 }",
        "scenario-unreadable",
        "`present`, `absent`, `invalid`",
        "gone",
    ),
    (
        "- when: { path: { matches: \"(\" } }\n  respond: { status: 503 }",
        "wrong-predicate",
        "is no regular expression",
        "\"(\"",
    ),
    ("- when: { body: { name: x } }\n  respond: { status: 503 }", "wrong-pointer", "write `/name`", "x"),
    ("- when: { after: 5s, before: 4s }\n  respond: { status: 503 }", "wrong-time", "not later", "4s"),
    (
        "- when: { after: soon }\n  respond: { status: 503 }",
        "scenario-unreadable",
        "is no time of at most a year",
        "soon",
    ),
    ("- respond: { status: 99 }", "wrong-status", "expected 200 to 599", "99"),
    ("- respond: { status: often }", "scenario-unreadable", "expected a whole number", "often"),
    ("- respond: { status: 503, error: x }", "wrong-respond", "either a `status` or an `error`", "x"),
    ("- respond: {}", "wrong-respond", "nothing is answered", "{}"),
    ("- name: idle", "wrong-rule", "nothing happens", "name: idle"),
    ("- chance: 1.5\n  fault: reset", "wrong-chance", "expected 0 to 1", "1.5"),
    (
        "- chance: 0.5\n  ramp: { to: 1, over: 1m }\n  fault: reset",
        "wrong-rule",
        "either `chance` or `ramp`",
        "{ to: 1, over: 1m }",
    ),
    ("- outage: { every: 10s }", "wrong-outage", "needs `for`", "10s"),
    ("- outage: { for: 10s, every: 5s }", "wrong-outage", "begins again before it is over", "5s"),
    ("- fault: rset", "scenario-unreadable", "did you mean `reset`?", "rset"),
    ("- delay: quick", "scenario-unreadable", "quick", "quick"),
    ("- limit: { rate: 5 }", "scenario-unreadable", "found the number `5`", "5"),
    ("- limit: { rate: 5/x }", "scenario-unreadable", "is no rate", "5/x"),
    (
        "- limit: { rate: 5/s, key: user }",
        "scenario-unreadable",
        "`credential`, `session`, or a map with `header`",
        "user",
    ),
    ("- limit: { rate: 5/s, burst: 99999999999 }", "wrong-limit", "expected 1 to 1000000", "99999999999"),
    (
        "- when: { operation: findOrganizationById }\n  respond: { status: 404, headers: { x: \"{{path idd}}\" } }",
        "parameter-undeclared",
        "did you mean `id`?",
        "{{path idd}}",
    ),
    ("- concurrency: { at_most: 0 }", "wrong-limit", "expected 1 or more", "0"),
    (
        "- limit: { rate: 5/s }\n  quota: { calls: 3 }",
        "wrong-rule",
        "either `limit` or `quota`",
        "{ calls: 3 }",
    ),
    ("- sequence: { steps: [] }", "wrong-sequence", "needs a step", "[]"),
    ("- sequence: { steps: [{ times: 0 }] }", "wrong-sequence", "expected 1 or more", "0"),
    ("- sequence: { steps: [{}], then: lop }", "scenario-unreadable", "did you mean `loop`?", "lop"),
    (
        "- sequence: { steps: [{}] }\n  respond: { status: 503 }",
        "wrong-sequence",
        "in its steps only",
        "{ status: 503 }",
    ),
    ("- respond: { headers: { content-length: 3 } }", "wrong-header", "frames the message", "3"),
    (
        "- respond: { headers: { x: \"{{quer a}}\" } }",
        "wrong-template",
        "did you mean `query`?",
        "{{quer a}}",
    ),
    (
        "- when: { operation: v1_identity_createOrganization }\n  respond: { body: { name: 3 } }",
        "stub-invalid",
        "breaks the contract of `v1_identity_createOrganization`",
        "name",
    ),
    (
        "- when: { operation: v1_identity_createOrganization }\n  respond: { body: { id: a, name: \"{{body /name}}\", createdAt: 3, createdBy: \"{{generate}}\" } }",
        "stub-invalid",
        "3 is not of type",
        "3",
    ),
    (
        "- when: { operation: deleteOrganization }\n  respond: { body: {} }",
        "stub-invalid",
        "declares no content for 204",
        "{}",
    ),
    (
        "- when: { operation: getOrganization, query: { organization: x } }\n  respond: { status: 503 }",
        "parameter-undeclared",
        "declares the query parameter `organization`",
        "x",
    ),
    (
        "- when: { operation: findOrganizations, query: { pge: 1 } }\n  respond: { status: 401 }",
        "parameter-undeclared",
        "did you mean `page`?",
        "1",
    ),
    (
        "- when: { header: { x-auth-tokn: t }, document: packet }\n  respond: { status: 401 }",
        "parameter-undeclared",
        "did you mean `X-Auth-Token`?",
        "t",
    ),
    (
        "- when: { state: opne }\n  respond: { data: generated }\n- respond: { data: generated }\n  goto: open",
        "state-unreachable",
        "did you mean `open`?",
        "opne",
    ),
    (
        "- when: { document: packet }\n  fault: reset\n- when: { operation: findOrganizations }\n  delay: 5ms",
        "rule-unreachable",
        "decides before it",
        "when",
    ),
    (
        "- when: { operation: findOrganizations }\n  respond: { status: 429 }",
        "status-undeclared",
        "`findOrganizations` does not declare the status 429",
        "429",
    ),
];

#[test]
fn mistakes_are_told_with_line_caret_and_nearest_name() {
    let contracts = all_bundled();
    let mut wrong = Vec::new();
    for (rules, code, told, under) in TABLE {
        let indented = format!("  {}\n", rules.replace('\n', "\n  "));
        let (script, diagnostics) = read(&indented, &contracts);
        let Some(first) = diagnostics.first() else {
            wrong.push(format!("{rules}\n  nothing was told"));
            continue;
        };
        let all = shown(&diagnostics);
        let is_error = first.severity == standin::diagnostic::Severity::Error;
        let span = first.span.as_ref().unwrap();
        let marked = &span.source.text[span.range.clone()];
        if first.code != *code
            || !all.contains(told)
            || !marked.contains(under)
            || script.is_none() != is_error
        {
            wrong.push(format!("{rules}\n  expected {code}, {told}, under {under}; marked: {marked}\n{all}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_file_that_ends_anywhere_is_read_or_told() {
    let contracts = all_bundled();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.yaml");
    for entry in std::fs::read_dir(crate::support::repository("scenarios")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let rules = text.find("rules:").unwrap();
        for end in (rules..text.len()).step_by(11).filter(|end| text.is_char_boundary(*end)) {
            std::fs::write(&path, &text[..end]).unwrap();
            let loaded = standin::scenario::load(&path, &contracts);
            assert_eq!(loaded.value.is_none(), loaded.has_errors(), "{}", &text[..end]);
        }
    }
}

#[test]
fn a_mistake_in_one_rule_hides_none_in_another() {
    let rules = "  - respond: { staus: 503, errr: x }\n  - when: { operation: nope }\n    respond: { status: 503 }\n  - fault: rset\n";
    let (script, diagnostics) = read(rules, &all_bundled());
    assert!(script.is_none());
    let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let (unreadable, unknown) = ("scenario-unreadable", "unknown-operation");
    assert!(codes.iter().filter(|code| **code == unreadable).count() >= 3, "{}", shown(&diagnostics));
    assert!(codes.contains(&unknown), "{}", shown(&diagnostics));
}
