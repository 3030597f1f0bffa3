//! What values are read to, and which are refused.

use super::super::Origin;
use super::*;

#[test]
fn checks_are_set_for_all_areas_and_for_single_ones() {
    use Mode::{Off, Refuse, Report};
    let set = |text: &str| checks(text).map(|checks| (checks.security, checks.parameters, checks.body));
    let table = [
        ("refuse", Ok((Refuse, Refuse, Refuse))),
        ("report", Ok((Report, Report, Report))),
        ("refuse,security=report", Ok((Report, Refuse, Refuse))),
        ("body=off,report", Ok((Report, Report, Off))),
    ];
    for (text, expected) in table {
        assert_eq!(set(text), expected, "{text}");
    }
    assert_eq!(set("refse").unwrap_err().help.as_deref(), Some("did you mean `refuse`?"));
    assert_eq!(set("securty=off").unwrap_err().help.as_deref(), Some("did you mean `security`?"));
}

fn given(text: &str) -> Given {
    Given { text: text.to_owned(), origin: Origin::Flag("x".to_owned()), folder: None }
}

#[test]
fn a_severity_is_of_a_rule() {
    let set = |text: &str| severity(&given(text));
    assert_eq!(set("parameter-unknown=error"), Ok((Rule::ParameterUnknown, Some(Severity::Error))));
    assert_eq!(set("body-invalid = off"), Ok((Rule::BodyInvalid, None)));
    let table = [
        ("parameter-unkown=error", "did you mean `parameter-unknown`?"),
        ("parameter-unkown", "did you mean `parameter-unknown`?"),
        ("parameter-unknown=eror", "did you mean `error`?"),
        ("zzz=error", "`standin explain` lists the rules"),
    ];
    for (text, help) in table {
        assert_eq!(set(text).unwrap_err().help.as_deref(), Some(help), "{text}");
    }
}

#[test]
fn what_is_ignored_is_narrowed_by_operation_and_path() {
    let rule = Some(Rule::BodyInvalid);
    let table = [
        ("body-invalid", rule, None, None),
        ("*", None, None, None),
        ("body-invalid@getPet", rule, Some("getPet"), None),
        ("body-invalid@get /pets/{id}", rule, Some("get /pets/{id}"), None),
        ("body-invalid@/users/@me/*", rule, None, Some("/users/@me/*")),
        ("*@pets/getPet@**/1", None, Some("pets/getPet"), Some("**/1")),
    ];
    for (text, rule, operation, path) in table {
        let (operation, path) = (operation.map(str::to_owned), path.map(str::to_owned));
        assert_eq!(ignored(&given(text)), Ok(Ignored { rule, operation, path }), "{text}");
    }
    assert_eq!(
        ignored(&given("bdy-invalid@x")).unwrap_err().help.as_deref(),
        Some("did you mean `body-invalid`?")
    );
    assert!(ignored(&given("body-invalid@")).is_err());
}

#[test]
fn what_fails_is_a_severity_rules_or_both() {
    let codes = |fail_on: FailOn| fail_on.rules.into_iter().collect::<Vec<_>>().join(" ");
    let table = [
        ("error", Some(Severity::Error), ""),
        ("never", None, ""),
        ("body-invalid", None, "body-invalid"),
        (
            "parameter-unknown, warning,body-invalid",
            Some(Severity::Warning),
            "body-invalid parameter-unknown",
        ),
    ];
    for (text, severity, rules) in table {
        let read = fail_on(text).unwrap();
        assert_eq!((read.severity, codes(read.clone()).as_str()), (severity, rules), "{text}");
        assert_eq!(read.is_never(), text == "never");
    }
    assert_eq!(fail_on("body-invlid").unwrap_err().help.as_deref(), Some("did you mean `body-invalid`?"));
    assert!(fail_on("never,error").is_err());
}

#[test]
fn an_origin_has_no_path() {
    assert_eq!(origin("http://localhost:5173/").as_deref(), Ok("http://localhost:5173"));
    assert!(origin("localhost:5173").is_err());
    assert!(origin("http://a/b").is_err());
}
