//! The scenario files: the example is played, and mistakes are told with their place.

use standin::diagnostic::{Style, render};
use standin::engine::{Engine, Options};
use standin::message::Request;
use standin::scenario;

use crate::support::{all_bundled, repository};

/// The statuses of calls made one after the other.
fn statuses(engine: &Engine, target: &str, calls: usize) -> Vec<u16> {
    let call = || {
        let mut request = Request::new(http::Method::GET, target);
        request.headers.insert("authorization", http::HeaderValue::from_static("Bearer t"));
        engine.answer(request).status
    };
    (0..calls).map(|_| call()).collect()
}

#[test]
fn the_example_fails_the_same_calls_in_every_run() {
    let contracts = all_bundled();
    let loaded = scenario::load(&repository("scenarios/katapult-flaky.yaml"), &contracts);
    assert!(loaded.diagnostics.is_empty());
    let script = loaded.value.unwrap();
    for _ in 0..2 {
        let engine = Engine::new(contracts.clone(), vec![script.clone()], Options::default());
        assert_eq!(statuses(&engine, "/katapult/organizations", 5), [503, 503, 429, 200, 200]);
        assert_eq!(statuses(&engine, "/katapult/organizations/organization", 2), [403, 200]);
        engine.sessions().default().reset();
        assert_eq!(statuses(&engine, "/katapult/organizations", 1), [503]);
    }
}

#[test]
fn a_wish_beats_the_scenario() {
    let contracts = all_bundled();
    let script = scenario::load(&repository("scenarios/katapult-flaky.yaml"), &contracts).value.unwrap();
    let engine = Engine::new(contracts, vec![script], Options::default());
    assert_eq!(statuses(&engine, "/katapult/organizations?__code=404", 1), [404]);
}

#[test]
fn mistakes_are_told_with_line_caret_and_nearest_name() {
    let table = [
        (
            "rules:\n  - when: { operation: listOrganisations }\n    respond: { status: 503 }\n",
            "unknown-operation",
            "did you mean `listOrganizations`?",
        ),
        (
            "rules:\n  - when: { document: katapul }\n    respond: { status: 503 }\n",
            "unknown-document",
            "did you mean `katapult`?",
        ),
        (
            "rules:\n  - when: { operation: getOrganization }\n    respond: { error: organization_suspendet }\n",
            "unknown-error",
            "did you mean `organization_suspended`?",
        ),
        (
            "rules:\n  - when: { operation: getOrganization }\n    respond: { staus: 503 }\n",
            "scenario-unreadable",
            "did you mean `status`?",
        ),
        ("rules:\n  - respond: { status: 99 }\n", "wrong-status", "expected 200 to 599"),
        (
            "rules:\n  - respond: { status: 503, error: x }\n",
            "wrong-respond",
            "either a `status` or an `error`",
        ),
    ];
    let contracts = all_bundled();
    let folder = tempfile::tempdir().unwrap();
    for (rules, code, told) in table {
        let path = folder.path().join("s.yaml");
        std::fs::write(&path, format!("name: t\n{rules}")).unwrap();
        let loaded = scenario::load(&path, &contracts);
        assert!(loaded.value.is_none(), "{code}");
        let shown = render(&loaded.diagnostics[0], Style::Plain);
        assert!(shown.contains(code) && shown.contains(told) && shown.contains("s.yaml:"), "{shown}");
    }
}
