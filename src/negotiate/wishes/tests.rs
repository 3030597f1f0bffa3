//! What wishes are read to, and which are refused.

use super::*;
use http::HeaderValue;
use proptest::prelude::*;

fn read(prefer: &[&str], query: &str) -> Result<Wished, Box<WishError>> {
    let mut headers = HeaderMap::new();
    for line in prefer {
        headers.append("prefer", HeaderValue::from_bytes(line.as_bytes()).unwrap());
    }
    Wishes::read(&headers, Some(query))
}

#[test]
fn what_is_applied_and_what_is_ignored_is_told() {
    let table: [(&[&str], &str, &str, &str); 16] = [
        (&[], "", "", ""),
        (&["code=404"], "", "code=404", ""),
        (&["CODE=404, Seed = 7"], "", "code=404, seed=7", ""),
        (&["code=404; x=\"a,b\", seed=7"], "", "code=404, seed=7", ""),
        (&["code=404", "code=500"], "", "code=404", ""),
        (&["code=\"404\""], "", "code=404", ""),
        (&["error=403/organization_suspended"], "", "error=\"403/organization_suspended\"", ""),
        (&["example=\"a \\\"b\\\" \\\\ c\""], "", r#"example="a \"b\" \\ c""#, ""),
        (&["code=404"], "__code=500&__seed=random", "code=404, seed=random", ""),
        (&[], "a=b&%5F%5Fcode=404&__example=a%0d%0ab", "code=404, example=\"a??b\"", ""),
        (
            &["wait=10, respond-async, return=minimal, unheard"],
            "",
            "",
            "wait, respond-async, return, unheard",
        ),
        (&["fö ö=1, fö ö=1"], "", "", "f???"),
        (&["dynamic, handling=lenient, items=0"], "", "dynamic, handling=lenient, items=0", ""),
        (
            &["expect=parameter-invalid", "expect=body-missing"],
            "",
            "expect=parameter-invalid, expect=body-missing",
            "",
        ),
        (&[",,;=,"], "__&_a=1&__=", "", ""),
        (&[], "__color=red", "", "color"),
    ];
    for (prefer, query, applied, ignored) in table {
        let wishes = read(prefer, query).unwrap();
        assert_eq!(wishes.applied(&[]).unwrap_or_default(), applied, "{prefer:?} {query}");
        assert_eq!(wishes.ignored(&[]).unwrap_or_default(), ignored, "{prefer:?} {query}");
    }
}

#[test]
fn wishes_become_values() {
    let wishes = read(&["code=200, error=a, example=b, dynamic=true, seed=7, handling=strict, items=3"], "");
    let wishes = wishes.unwrap();
    assert_eq!(
        (wishes.code, wishes.error.as_deref(), wishes.example.as_deref()),
        (Some(200), Some("a"), Some("b"))
    );
    assert_eq!((wishes.dynamic, wishes.seed, wishes.items), (true, Some(SeedWish::Number(7)), Some(3)));
    assert_eq!(wishes.handling, Some(Handling::Strict));
    assert!(wishes.is_explicit());
    let several = read(&["expect=\"parameter-invalid, body-missing parameter-invalid\""], "").unwrap();
    assert_eq!(several.expect, [Rule::ParameterInvalid, Rule::BodyMissing]);
}

#[test]
fn a_known_preference_with_an_impossible_value_is_refused() {
    let table = [
        ("code=abc", "preference `code`: `abc` is not a status from 200 to 599", "send `code=404`"),
        ("code=99", "preference `code`: `99` is not a status from 200 to 599", "send `code=404`"),
        ("code=600", "preference `code`: `600` is not a status from 200 to 599", "send `code=404`"),
        ("code=+404", "preference `code`: `+404` is not a status from 200 to 599", "send `code=404`"),
        ("code", "preference `code`: `` is not a status from 200 to 599", "send `code=404`"),
        (
            "seed=x",
            "preference `seed`: `x` is not a whole number from 0 to 18446744073709551615, or `random`",
            "send `seed=7`",
        ),
        ("items=-1", "preference `items`: `-1` is not a number of items from 0 to 10000", "send `items=3`"),
        (
            "items=10001",
            "preference `items`: `10001` is not a number of items from 0 to 10000",
            "send `items=3`",
        ),
        (
            "handling=odd",
            "preference `handling`: `odd` is not `strict` or `lenient`",
            "send one of `strict`, `lenient`",
        ),
        (
            "handling=leniant",
            "preference `handling`: `leniant` is not `strict` or `lenient`",
            "send `handling=lenient`",
        ),
        ("dynamic=1", "preference `dynamic`: `1` is not `true` or `false`", "send one of `true`, `false`"),
        ("dynamic=flase", "preference `dynamic`: `flase` is not `true` or `false`", "send `dynamic=false`"),
        (
            "expect=parameter-invalit",
            "preference `expect`: `parameter-invalit` is not the name of a rule",
            "send `expect=parameter-invalid`",
        ),
        (
            "data=extreme",
            "preference `data`: `extreme` is not `auto`, `examples`, `generated` or `extremes`",
            "send `data=extremes`",
        ),
        (
            "break=requird",
            "preference `break`: `requird` is not a way to break a reply",
            "send `break=required`",
        ),
        ("edge=0", "preference `edge`: `0` is not the number of an edge, from 1", "send `edge=1`"),
        (
            "replay",
            "preference `replay`: `` is not a token of 1 to at most 4096 characters",
            "send the value of `standin-replay` as it was told",
        ),
        (
            "delay=250",
            "preference `delay`: `250` is not a time with its unit, such as `250ms`, `3s` or `2m`",
            "send `delay=250ms`",
        ),
        (
            "delay=11m",
            "preference `delay`: `11m` is not a time of at most ten minutes (`10m`)",
            "send `delay=250ms`",
        ),
        ("fault=rest", "preference `fault`: no fault is called `rest`", "did you mean `reset`?"),
        (
            r#"fault="{\"abort\":{\"at\":2.5}}""#,
            "preference `fault`: fault `abort`: `at` is 2.5, expected `start`, `mid_head`, `head`, a share of the content from 0.0 to 1.0, or a number of its bytes",
            "`standin explain --faults` lists them",
        ),
    ];
    for (prefer, message, help) in table {
        let error = read(&[prefer], "").unwrap_err();
        assert_eq!((error.message.as_str(), error.help.as_str()), (message, help), "{prefer}");
    }
    assert_eq!(read(&[], &format!("__replay={}", "x".repeat(4097))).unwrap_err().name, "replay");
    assert_eq!(read(&["seed=18446744073709551616"], "").unwrap_err().value, "18446744073709551616");
}

proptest! {
    #[test]
    fn whatever_is_sent_is_safe_to_echo_in_a_header(
        prefer in proptest::collection::vec(any::<u8>(), 0..60),
        query in ".{0,60}",
    ) {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(&prefer) {
            headers.insert("prefer", value);
        }
        for query in [query.as_str(), &format!("__example={query}")] {
            let Ok(wishes) = Wishes::read(&headers, Some(query)) else { continue };
            for line in [wishes.applied(&[]), wishes.ignored(&[])].into_iter().flatten() {
                prop_assert!(HeaderValue::from_str(&line).is_ok(), "{}", line);
            }
        }
    }
}
