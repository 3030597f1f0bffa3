//! The family: reading, refusing, injecting.

use serde_json::{Value, json};

use super::*;
use crate::seed::Seed;

fn fault(value: Value) -> Fault {
    serde_json::from_value(value).unwrap()
}

fn reply() -> Reply {
    Reply::new(200).with_body("application/json", r#"{"name":"Acme; \"Co\"","of":[1,2,null]}"#)
}

#[test]
fn every_fault_is_read_by_its_name_alone_and_does_something() {
    for definition in TABLE {
        let mut reply = reply();
        let before = reply.clone();
        let made = fault(json!(definition.name));
        assert_eq!(made.name(), definition.name);
        let injected = apply(&[made], None, &mut reply, &mut Seed(1).random());
        assert_eq!(injected, [definition.name]);
        assert_eq!(reply.headers[HEADER], definition.name);
        let is_changed = reply.delivery.is_some()
            || reply.body != before.body
            || reply.headers.len() > before.headers.len() + 1
            || reply.headers["content-type"] != before.headers["content-type"];
        assert!(is_changed, "{}", definition.name);
    }
}

#[test]
fn a_fault_with_parameters_is_written_as_it_is_read() {
    for written in [json!("reset"), json!({ "abort": { "at": 0.5 } }), json!({ "delay": "250ms" })] {
        assert_eq!(serde_json::to_value(fault(written.clone())).unwrap(), written);
    }
}

#[test]
fn the_words_of_the_peers_mean_faults_of_our_own() {
    use crate::delivery::{End, Point};
    use std::time::Duration;
    let cut = |at, end| Act::Cut { at, end };
    for (written, expected) in [
        (json!("EMPTY_RESPONSE"), cut(Point::Start, End::Close)),
        (json!("CONNECTION_RESET_BY_PEER"), cut(Point::Start, End::Reset)),
        (json!("reset_peer"), cut(Point::Start, End::Reset)),
        (json!({ "limit_data": { "bytes": 7 } }), cut(Point::Content(7), End::Drop)),
        (json!({ "timeout": { "timeout": 50 } }), cut(Point::Start, End::Stall(Duration::from_millis(50)))),
        (
            json!({ "slow_close": { "delay": 20 } }),
            cut(Point::Content(39), End::Stall(Duration::from_millis(20))),
        ),
    ] {
        let mut reply = reply();
        apply(&[fault(written.clone())], None, &mut reply, &mut Seed(1).random());
        assert_eq!(reply.delivery.unwrap().act, expected, "{written}");
    }
    let mut late = reply();
    apply(
        &[fault(json!({ "latency": { "latency": 40, "jitter": 0 } }))],
        None,
        &mut late,
        &mut Seed(1).random(),
    );
    assert_eq!(late.delivery.unwrap().delay, Duration::from_millis(40));
    let mut reset = reply();
    apply(&[fault(json!({ "reset_peer": { "timeout": 30 } }))], None, &mut reset, &mut Seed(1).random());
    assert_eq!(reset.delivery.unwrap().delay, Duration::from_millis(30));
    for peer in peers::names() {
        assert!(TABLE.iter().any(|definition| definition.name == fault(json!(peer)).name()), "{peer}");
    }
}

#[test]
fn a_mistake_says_what_is_wrong_and_what_is_near() {
    for (written, message) in [
        (json!("rest"), "no fault is called `rest`; did you mean `reset`?"),
        (json!({ "abort": { "at": 1.5 } }), "fault `abort`: `at` is 1.5, expected `start`"),
        (json!({ "abort": { "place": 1 } }), "fault `abort`: unknown field `place`, expected `at`"),
        (json!({ "reset": {}, "abort": {} }), "a fault is a name, or a map of one name with its parameters"),
        (json!(7), "a fault is a name, or a map of one name with its parameters"),
        (json!({ "delay": "11m" }), "fault `delay`: `11m` is not a time of at most ten minutes"),
        (json!({ "dribble": { "piece": 0 } }), "fault `dribble`: a piece has at least 1 byte"),
        (json!({ "dribble": { "piece": 1, "pieces": 2 } }), "`piece` and `pieces` exclude each other"),
        (json!({ "bandwidth": { "rate": 0 } }), "`bytes_per_second` is 0"),
        (json!({ "garbage": { "bytes": 0 } }), "`bytes` is 0, expected 1 to 1048576"),
        (json!({ "wrong_length": { "by": 0 } }), "`by` is 0"),
        (json!({ "rst_stream": { "code": "cancle" } }), "did you mean `cancel`?"),
        (
            json!({ "latency": { "latency": -1 } }),
            "fault `latency`: `latency` is -1, expected a whole number",
        ),
    ] {
        let error = serde_json::from_value::<Fault>(written.clone()).unwrap_err().to_string();
        assert!(error.contains(message), "{written}: {error}");
    }
}

#[test]
fn corrupted_json_is_never_json() {
    for json in [r#"{"a":[1,2],"b":"x\"y"}"#, "[1,2]", "7", "\"text\"", "null", "[]", " { } "] {
        for seed in 0..50 {
            let mut reply = Reply::new(200).with_body("application/json", json);
            apply(&[fault(json!("corrupt_json"))], None, &mut reply, &mut Seed(seed).random());
            assert!(
                serde_json::from_slice::<Value>(&reply.body).is_err(),
                "{json}, seed {seed}: {:?}",
                reply.body
            );
            assert_eq!(reply.body.len(), json.len());
        }
    }
}

#[test]
fn what_finds_nothing_to_do_is_told_and_not_named_as_injected() {
    let faults = [fault(json!("corrupt_json")), fault(json!("reset")), fault(json!("abort"))];
    let mut reply = Reply::new(200).with_body("text/plain", "plain");
    let delay = "5ms".parse().unwrap();
    let injected = apply(&faults, Some(&delay), &mut reply, &mut Seed(1).random());
    assert_eq!(injected, ["delay", "reset"]);
    assert_eq!(reply.headers[HEADER], "delay, corrupt_json;did=nothing, reset, abort;did=nothing");
    retell(&mut reply.headers, Protocol::Http2);
    assert_eq!(reply.headers[HEADER], "delay, corrupt_json;did=nothing, reset, abort;did=nothing");
    let mut chunked = Reply::new(200);
    apply(&[fault(json!("malformed_chunk"))], None, &mut chunked, &mut Seed(1).random());
    retell(&mut chunked.headers, Protocol::Http2);
    assert_eq!(chunked.headers[HEADER], "malformed_chunk;did=rst_stream");
}

#[test]
fn slow_content_takes_ten_minutes_at_most() {
    let mut reply = Reply::new(200).with_body("text/plain", vec![b'x'; 1_000_000]);
    apply(
        &[fault(json!({ "dribble": { "piece": 1, "pause": "1s" } }))],
        None,
        &mut reply,
        &mut Seed(1).random(),
    );
    let pace = reply.delivery.unwrap().pace.unwrap();
    let pauses = u32::try_from(1_000_000_usize.div_ceil(pace.piece)).unwrap();
    assert!(pace.pause * pauses <= LONGEST, "{pace:?}");
    assert!(pace.piece < 2000, "{pace:?}");
}

#[test]
fn the_page_of_the_faults_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md");
    if std::env::var_os("STANDIN_UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        std::fs::write(path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), page(), "STANDIN_UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn the_schema_knows_every_name_with_and_without_parameters() {
    let schema = schemars::schema_for!(Vec<Fault>).to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for definition in TABLE {
        assert!(validator.is_valid(&json!([definition.name])), "{}", definition.name);
    }
    assert!(validator.is_valid(&json!([{ "abort": { "at": 0.5 } }, { "limit_data": { "bytes": 1 } }])));
    assert!(validator.is_valid(&json!([{ "delay": { "uniform": { "from": "1ms", "to": "2s" } } }])));
    for wrong in
        [json!(["rest"]), json!([{ "abort": { "place": 1 } }]), json!([{ "abort": {}, "reset": {} }])]
    {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}
