//! Schemas that nest, or refer to themselves, without an end: none overflows the stack, and what has a value gets one.

use serde_json::{Map, Value, json};

use super::property::{self, Outcome};

/// So much less stack than a thread of the server has, because a debug build needs more of it.
const STACK: usize = 1024 * 1024;

fn to(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// `S` to `S5000`, say, each of which is made from a reference to the next.
fn chain(length: usize, link: impl Fn(Value) -> Value) -> Value {
    let name = |at: usize| if at == 0 { "S".to_owned() } else { format!("S{at}") };
    let links = (0..length).map(|at| (name(at), link(to(&name(at + 1)))));
    Value::Object(links.chain([(name(length), json!({ "type": "integer" }))]).collect::<Map<_, _>>())
}

/// Plays each under many seeds in a thread with little stack.
fn play(table: Vec<(&'static str, Value, Outcome)>) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let played = thread.spawn(move || {
        for (name, schemas, expected) in table {
            assert_eq!(property::hold(&schemas, 40), Ok(expected), "{name}");
        }
    });
    assert!(played.unwrap().join().is_ok(), "see above");
}

#[test]
fn an_object_that_must_have_properties_ends_where_the_others_lead_back_to_it() {
    let again = to("S");
    play(vec![
        (
            "declared properties, of which the smallest comes first",
            json!({ "S": {
                "type": "object", "minProperties": 2,
                "properties": { "b": { "type": "integer", "minimum": 0, "maximum": 20 }, "d": { "type": "boolean" }, "a": again, "c": again },
                "not": { "required": ["b"], "properties": { "b": { "minimum": 7 } } },
            } }),
            Outcome::Valid,
        ),
        (
            "made-up properties, most of which lead back",
            json!({ "S": {
                "type": "object", "minProperties": 2,
                "patternProperties": { "^[abc]$": { "type": "integer" } }, "additionalProperties": again,
            } }),
            Outcome::Valid,
        ),
        (
            "made-up properties, all of which lead back",
            json!({ "S": { "type": "object", "minProperties": 1, "additionalProperties": again } }),
            Outcome::Unsatisfiable,
        ),
    ]);
}

#[test]
fn unions_of_each_other_end_where_only_the_least_is_written() {
    let mut schemas =
        chain(12, |next| json!({ "type": "object", "required": ["a"], "properties": { "a": next } }));
    schemas["S12"] = json!({ "anyOf": [to("T"), { "type": "integer" }] });
    schemas["T"] = json!({ "anyOf": [to("S12"), { "type": "string" }] });
    play(vec![("two", schemas, Outcome::Valid)]);
}

#[test]
fn values_nest_no_deeper_than_can_be_read() {
    let object = |next| json!({ "type": "object", "required": ["a"], "properties": { "a": next } });
    let array = |next| json!({ "type": "array", "minItems": 1, "items": next });
    let optional = |next| json!({ "type": "object", "properties": { "a": next } });
    play(vec![
        ("objects", chain(120, object), Outcome::Valid),
        ("too many objects", chain(121, object), Outcome::Unsatisfiable),
        ("far too many objects", chain(3000, object), Outcome::Unsatisfiable),
        ("arrays", chain(120, array), Outcome::Valid),
        ("far too many arrays", chain(3000, array), Outcome::Unsatisfiable),
        ("what is optional", chain(3000, optional), Outcome::Valid),
    ]);
}

#[test]
fn values_are_judged_by_long_chains_of_references() {
    play(vec![
        ("references", chain(59, |next| next), Outcome::Valid),
        ("parts", chain(29, |next| json!({ "allOf": [next] })), Outcome::Valid),
        ("far too many references", chain(3000, |next| next), Outcome::Refused),
        ("far too many parts", chain(3000, |next| json!({ "allOf": [next] })), Outcome::Refused),
        ("far too many denials", chain(3000, |next| json!({ "not": next })), Outcome::Refused),
        (
            "far too many branches",
            chain(3000, |next| json!({ "oneOf": [next, { "type": "string" }] })),
            Outcome::Refused,
        ),
    ]);
}
