//! The printed schema of scenarios is the format: what it takes is read, and what it refuses is told.

use serde_json::{Value, json};
use standin::diagnostic::Severity;
use standin::document::SourceFile;
use standin::scenario::{self, ScenarioFile};

use crate::support::{all_bundled, repository};

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&schemars::schema_for!(ScenarioFile).to_value()).unwrap()
}

#[test]
fn every_example_is_valid_by_the_schema() {
    let validator = validator();
    for entry in std::fs::read_dir(repository("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        let file = SourceFile::read(&path, "example", &mut Vec::new()).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&file.value).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
    }
}

#[test]
fn the_schema_and_the_reader_agree_on_every_part_of_a_rule() {
    let rules: [(Value, bool); 28] = [
        (json!({ "when": { "call": 3 }, "fault": "reset" }), true),
        (json!({ "when": { "call": { "every": 3 } }, "delay": "250ms" }), true),
        (json!({ "when": { "call": "often" }, "fault": "reset" }), false),
        (json!({ "when": { "call": { "evry": 3 } }, "fault": "reset" }), false),
        (json!({ "when": { "header": { "accept": null } }, "fault": "reset" }), true),
        (
            json!({ "when": { "header": { "accept": { "not": { "one_of": ["a", 1] } } } }, "fault": "reset" }),
            true,
        ),
        (json!({ "when": { "header": { "accept": ["a"] } }, "fault": "reset" }), false),
        (json!({ "when": { "credentials": "absent" }, "fault": "reset" }), true),
        (json!({ "when": { "credentials": { "value": { "matches": "^a" } } }, "fault": "reset" }), true),
        (json!({ "when": { "credentials": "some" }, "fault": "reset" }), false),
        (json!({ "when": { "after": "90m", "before": "24h" }, "fault": "reset" }), true),
        (json!({ "when": { "after": 10 }, "fault": "reset" }), false),
        (
            json!({ "limit": { "rate": "60/m", "burst": 3, "key": { "header": "x" }, "headers": "both" } }),
            true,
        ),
        (json!({ "limit": { "rate": "60", "key": "session" } }), false),
        (json!({ "limit": { "rate": "60/m", "key": "someone" } }), false),
        (json!({ "quota": { "calls": 3, "per": "1d" } }), true),
        (json!({ "concurrency": { "at_most": 3 } }), true),
        (json!({ "outage": { "from": "1s", "for": "2s", "every": "10s" } }), true),
        (json!({ "outage": { "from": "1s", "length": "2s" } }), false),
        (json!({ "ramp": { "to": 0.5, "over": "10m" }, "fault": "reset" }), true),
        (json!({ "chance": 2, "fault": "reset" }), false),
        (json!({ "recovery": { "over": "1m", "after": "2m" }, "faults": ["reset"] }), true),
        (json!({ "sequence": { "steps": [{ "times": 2, "fault": "reset" }, {}], "then": "loop" } }), true),
        (json!({ "sequence": { "steps": [{}], "then": "over" } }), false),
        (json!({ "respond": { "status": 404, "headers": { "x-a": 1 } }, "continue": true }), true),
        (json!({ "respond": { "status": 999 } }), false),
        (json!({ "respond": { "data": "extremes" } }), true),
        (json!({ "respond": { "status": 503, "body": null, "unchecked": true }, "goto": "open" }), true),
    ];
    let (validator, contracts) = (validator(), all_bundled());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    for (rule, is_good) in rules {
        let scenario = json!({ "name": "t", "rules": [rule] });
        std::fs::write(&path, scenario.to_string()).unwrap();
        let found = scenario::load(&path, &contracts).diagnostics;
        let errors = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
        assert_eq!(errors == 0, is_good, "read: {rule} {}", super::shown(&found));
        assert_eq!(validator.is_valid(&scenario), is_good, "schema: {rule}");
    }
}
