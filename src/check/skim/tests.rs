//! Which texts pass, beside what the validators and the names find in the values that they stand for.

mod random;
mod strings;

use serde_json::json;

use super::*;
use crate::check::names::{Kind, Remark};
use crate::check::strict::nameless;
use crate::schema::{Digits, Direction, Schemas};

/// A schema in three ways of looking at it.
struct Subject {
    schemas: Schemas,
    pointer: Pointer,
    names: Names,
    skim: Skim,
}

impl Subject {
    fn new(schema: &Value) -> Self {
        let root = Arc::new(json!({
            "it": schema,
            "tree": { "type": "object", "properties": {
                "name": { "type": "string" }, "left": { "$ref": "#/tree" }, "twigs": { "type": "array", "items": { "$ref": "#/tree" } }
            } },
            "cat": { "type": "object", "properties": { "a": { "const": "a" }, "b": { "type": "integer" } } },
            "dog": { "type": "object", "properties": { "a": { "enum": ["b", "c"] }, "name": {} }, "required": ["a"] },
            "base": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } },
        }));
        let pointer = Pointer::root().join("it");
        Self {
            schemas: Schemas::new(Arc::clone(&root), Arc::clone(&root)),
            names: Names::new(&root, &pointer, Direction::Response),
            skim: Skim::new(&root, Some(&pointer)),
            pointer,
        }
    }

    fn passes(&self, text: &[u8]) -> bool {
        self.skim.passes(Some(&self.names), text)
    }

    /// Whether nothing is to be found in the value of a text. What is not read into a value alike is held apart elsewhere.
    fn is_right(&self, text: &[u8]) -> bool {
        let Ok(value) = serde_json::from_slice::<Value>(text) else { return false };
        let digits = Digits::of(str::from_utf8(text).unwrap());
        // What can't be compiled is not judged.
        let is_valid = if digits.is_empty() {
            let validator = self.schemas.validator(&self.pointer, Direction::Response);
            validator.is_ok_and(|validator| validator.is_valid(&value))
        } else {
            let validator = self.schemas.exact_validator(&self.pointer, Direction::Response);
            validator.is_ok_and(|validator| validator.mismatches(&value, &digits).is_empty())
        };
        let remarks = self.names.remarks(&value);
        // Whoever gets a reply has no choice what is deprecated in it.
        let is_told = |remark: &Remark| remark.kind != Kind::Deprecated;
        let nameless = || nameless(&self.schemas, &self.pointer, Direction::Response, &value);
        is_valid
            && !remarks.all.iter().any(is_told)
            && (!remarks.meets_discriminator || nameless().is_empty())
    }
}

/// Holds texts against a schema: those that pass, and those of which nothing can be told.
fn check(schema: &Value, passing: &[&str], others: &[&str]) {
    let subject = Subject::new(schema);
    for text in passing {
        assert!(subject.passes(text.as_bytes()), "{schema} {text}");
        assert!(subject.is_right(text.as_bytes()), "{schema} {text}: something is found");
    }
    for text in others {
        assert!(!subject.passes(text.as_bytes()), "{schema} {text} passes");
    }
}

/// As `check`, with texts that stand for themselves in quotation marks.
fn check_strings(schema: &Value, passing: &[&str], others: &[&str]) {
    for text in passing {
        check(schema, &[&format!("\"{text}\"")], &[]);
    }
    for text in others {
        check(schema, &[], &[&format!("\"{text}\"")]);
    }
}

#[test]
fn values_pass_by_their_types() {
    let all = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "1e5",
        "\"\"",
        "[]",
        "{}",
        "[[], {}, 1, \"a\"]",
        "{\"a\": {}}",
    ];
    check(
        &json!({}),
        &all,
        &["", " ", "nul", "truely", "{} {}", "[1,]", "[,]", "{\"a\":1,}", "{a:1}", "'a'"],
    );
    check(&json!({ "type": "string" }), &["\"a\"", " \"a\"\r\n\t"], &["null", "1", "\"a", "\"a\" 1"]);
    check(&json!({ "type": ["string", "null"] }), &["null", "\"\""], &["1", "[]", "{}", "true"]);
    check(
        &json!({ "type": "integer" }),
        &["1", "-999999999999999999"],
        &["1.5", "1.0", "1e2", "-0", "\"1\""],
    );
    check(&json!({ "type": "number" }), &["1", "-1.5", "-0", "1e-30", "0.1"], &["\"1\"", "null"]);
    check(&json!({ "type": "boolean" }), &["true", "false"], &["null", "0"]);
    check(&json!({ "type": "array" }), &["[]", "[1]"], &["{}", "null"]);
    check(&json!(false), &[], &all);
}

#[test]
fn text_that_is_not_beyond_doubt_does_not_pass() {
    let anything = Subject::new(&json!({}));
    let texts: [&[u8]; 30] = [
        b"01",
        b"-",
        b"1.",
        b".5",
        b"+1",
        b"1e",
        b"1e400",
        b"1e100",
        b"0x1",
        b"NaN",
        b"\"\x01\"",
        b"\"\n\"",
        b"\"\\x\"",
        b"\"\\u12\"",
        b"\"\\ud800\"",
        b"\"\\uDC00\"",
        b"\"\xff\"",
        b"\"a\xc3\"",
        b"\"\xc0\x80\"",
        b"\"\xed\xa0\x80\"",
        b"\"\\n\xff\"",
        b"{\"\xff\":1}",
        b"\xff1",
        b"1\xff",
        b"[1,\xc2\xa02]",
        b"\xef\xbb\xbf1",
        b"{\"a\":1,\"a\":2}",
        b"{\"\\u0061\":1}",
        b"{}\0",
        b"[1 2]",
    ];
    for text in texts {
        assert!(!anything.passes(text), "{}", String::from_utf8_lossy(text));
    }
    for text in [
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uABCD\"",
        "\"é\u{7f}\u{1f600}\"",
        "1e99",
        "12345678901234567890",
    ] {
        assert!(anything.passes(text.as_bytes()) && anything.is_right(text.as_bytes()), "{text}");
    }
    assert!(!anything.passes("9".repeat(101).as_bytes()));
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(anything.passes(nested(99).as_bytes()) && !anything.passes(nested(200).as_bytes()));
    let names = |count: usize| {
        let members: Vec<String> = (0..count).map(|index| format!("\"n{index}\": {index}")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert!(anything.passes(names(20).as_bytes()) && !anything.passes(names(30).as_bytes()));
}

#[test]
fn objects_pass_by_their_names() {
    let closed = json!({
        "type": "object", "required": ["id"],
        "properties": { "id": { "type": "integer" }, "name": { "type": "string" }, "hidden": { "writeOnly": true }, "old": { "deprecated": true } }
    });
    let passing = ["{\"id\": 1}", "{\"name\":\"x\",\"id\":1}", "{\"id\":1,\"name\":\"\",\"old\":[1]}"];
    let others = [
        "{}",
        "{\"name\":\"x\"}",
        "{\"id\":1,\"id\":1}",
        "{\"id\":\"1\"}",
        "{\"id\":1,\"nam\":1}",
        "{\"id\":1,\"hidden\":1}",
        "{\"id\":1,\"\\u006eame\":\"x\"}",
        "{\"id\":1,\"name\"x\"}",
        "{\"id\" 1}",
        "{\"id\":1 \"old\":2}",
        "{\"id\":1",
        "{\"id",
    ];
    check(&closed, &passing, &others);
    let map = json!({ "type": "object", "additionalProperties": { "type": "integer" }, "minProperties": 1, "maxProperties": 2 });
    check(
        &map,
        &["{\"a\":1}", "{\"a\":1, \"b\":2}"],
        &["{}", "{\"a\":\"1\"}", "{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"a\":2}"],
    );
    let open = json!({ "properties": { "a": { "type": "integer" } }, "additionalProperties": true, "required": ["b"] });
    check(
        &open,
        &["{\"a\":1,\"b\":[]}", "{\"b\":0,\"x\":null}"],
        &["{\"a\":1}", "{\"a\":\"\",\"b\":1}", "{\"b\":1,\"b\":2}"],
    );
    let shut = json!({ "properties": { "a": {} }, "additionalProperties": false });
    check(&shut, &["{}", "{\"a\":1}"], &["{\"b\":1}"]);
    check(&json!({ "properties": { "a\"b": {} } }), &[], &["{\"a\"b\":1}", "{\"a\\\"b\":1}"]);
    check(&json!({ "required": ["a"] }), &["{\"a\":1}", "1"], &["{}", "{\"b\":1}"]);
    check(&json!({ "properties": { "x": {} }, "required": ["a"] }), &["1"], &["{\"a\":1}", "{\"x\":1}"]);
    let tagged = json!({ "properties": { "k": {} }, "discriminator": { "propertyName": "k" } });
    check(&tagged, &["1"], &["{\"k\":1}", "{}"]);
}

#[test]
fn schemas_hold_together() {
    let tree = json!({ "$ref": "#/tree" });
    let passing = ["{\"left\":{\"twigs\":[{\"name\":\"x\"},{}]},\"twigs\":[]}"];
    check(&tree, &passing, &["{\"left\":{\"twigs\":[{\"name\":1}]}}", "{\"left\":{\"left\":{\"x\":1}}}"]);
    let all = json!({ "allOf": [{ "$ref": "#/base" }, { "properties": { "name": { "type": "string" }, "id": { "maximum": 5 } } }] });
    check(&all, &["{\"id\":5,\"name\":\"x\"}"], &["{\"id\":6}", "{\"name\":\"x\"}", "{\"id\":5,\"x\":1}"]);
    let narrow = json!({ "allOf": [
        { "$ref": "#/base" }, { "properties": { "name": {} }, "additionalProperties": { "minimum": 3 } },
        { "additionalProperties": false, "properties": { "id": {} } }
    ] });
    check(&narrow, &["{\"id\":3}"], &["{\"id\":2}", "{\"id\":3,\"name\":1}"]);
    for keyword in ["anyOf", "oneOf"] {
        let maybe = json!({ keyword: [{ "$ref": "#/base" }, { "type": "null" }, { "enum": ["a", "b"] }] });
        check(&maybe, &["null", "{\"id\":1}", "\"b\""], &["{}", "\"c\"", "1", "{\"id\":1,\"x\":1}"]);
        let two = json!({ keyword: [{ "$ref": "#/base" }, { "$ref": "#/tree" }] });
        check(&two, &[], &["{\"id\":1}", "{\"name\":\"x\"}"]);
    }
    // The names of all alternatives count, and what the ones that are not meant say of them.
    let apart = json!({ "anyOf": [
        { "type": "object", "properties": { "a": { "type": "object" } } },
        { "type": "array", "properties": { "a": { "properties": { "b": {} } }, "c": {} } }
    ] });
    check(&apart, &["{\"a\":{}}"], &["{\"a\":{\"x\":1}}", "{\"c\":1}"]);
    for unknown in
        ["not", "if", "then", "patternProperties", "propertyNames", "unevaluatedProperties", "whatever"]
    {
        check(&json!({ "type": "object", unknown: {} }), &[], &["{}", "1"]);
    }
    check(&json!({ "$ref": "#/nowhere" }), &[], &["1"]);
}

#[test]
fn values_pass_within_their_bounds() {
    let bounds = json!({ "type": "number", "minimum": 2.5, "exclusiveMaximum": 10 });
    check(&bounds, &["3", "9", "2.5", "9.99"], &["2", "10", "2.49", "10.0", "3e0", "3.00000000000000001"]);
    check(
        &json!({ "exclusiveMinimum": 0.5, "maximum": 1e3 }),
        &["1", "0.51", "1000"],
        &["0", "0.5", "1001", "1000.5"],
    );
    check(&json!({ "exclusiveMinimum": 1, "maximum": -1.5 }), &[], &["1", "2", "-1", "-2"]);
    check(
        &json!({ "minimum": i64::MIN, "maximum": i64::MAX }),
        &["1", "-5"],
        &["1.5", "9223372036854775808"],
    );
    check(&json!({ "minimum": 0, "maximum": u64::MAX }), &["1", "0"], &["-1", "-0.5", "1.5"]);
    check(&json!({ "maximum": 1e300 }), &[], &["1"]);
    check(&json!({ "multipleOf": 5 }), &["10", "-5", "0", "\"x\""], &["7", "5.0", "1000000000000000005"]);
    check(&json!({ "multipleOf": 0.01 }), &[], &["1", "0.01"]);
    check(
        &json!({ "enum": [1, 2.5, "a", null] }),
        &["1", "\"a\"", "null"],
        &["2", "2.5", "1.0", "\"b\"", "true", "[]", "{}"],
    );
    check(&json!({ "enum": ["a", "b"], "const": "b" }), &["\"b\""], &["\"a\"", "\"\\u0062\""]);
    check(&json!({ "const": false }), &["false"], &["true", "null", "0"]);
    check(&json!({ "const": null }), &["null"], &["false"]);
    check(&json!({ "enum": [["a"], {}] }), &[], &["[\"a\"]", "{}"]);
    let length = json!({ "minLength": 2, "maxLength": 3 });
    check(
        &length,
        &["\"ab\"", "\"éé\u{1f600}\"", "\"\\n\\u00e9é\"", "1"],
        &["\"a\"", "\"abcd\"", "\"\\u00e9\"", "\"\\n\\n\\n\\n\""],
    );
    let items = json!({ "type": "array", "minItems": 1, "maxItems": 2, "items": { "type": "string" } });
    check(
        &items,
        &["[\"a\"]", "[\"a\",\"b\"]"],
        &["[]", "[1]", "[\"a\",\"b\",\"c\"]", "[\"a\" \"b\"]", "[\"a\",]"],
    );
    check(&json!({ "items": false }), &["[]"], &["[1]"]);
    let unique = [
        "[1,1]",
        "[\"a\",\"b\", \"a\"]",
        "[null,null]",
        "[0,-0]",
        "[1,1.0]",
        "[[]]",
        "[{}]",
        "[\"\\n\"]",
        "[12345678901234567890]",
    ];
    check(&json!({ "uniqueItems": true }), &["1", "[]", "[1, 11,\"1\" ,true,null]"], &unique);
    check(&json!({ "prefixItems": [{ "type": "string" }] }), &["1"], &["[1]", "[\"a\"]"]);
}

#[test]
fn discriminators_name_alternatives() {
    let tagged = |mapping: Value| {
        json!({
            "oneOf": [{ "$ref": "#/cat" }, { "$ref": "#/dog" }], "discriminator": { "propertyName": "a", "mapping": mapping }
        })
    };
    let all = tagged(json!({ "a": "#/cat", "b": "#/dog", "c": "#/dog" }));
    check(
        &all,
        &["{\"a\":\"a\",\"b\":1}", "{\"name\":1,\"a\":\"c\"}"],
        &["{\"a\":\"a\",\"b\":\"1\"}", "{}", "{\"a\":\"d\"}"],
    );
    // What the schema allows and the mapping does not know is told.
    check(&tagged(json!({ "a": "#/cat", "b": "#/dog" })), &["{\"a\":\"b\"}"], &["{\"a\":\"c\"}"]);
    // Not every alternative has a name.
    check(&tagged(json!({ "a": "#/cat" })), &["{\"a\":\"b\"}", "{\"a\":\"c\"}"], &["{\"a\":\"d\"}"]);
}

#[test]
fn alternatives_are_told_apart_by_a_property() {
    let cat = json!({ "type": "object", "required": ["kind"], "properties": { "kind": { "enum": ["cat", "lion"] }, "lives": { "type": "integer" } } });
    let dog = json!({ "type": "object", "properties": { "id": {}, "kind": { "const": "dog" }, "legs": { "type": "integer" } } });
    let one = json!({ "properties": { "kind": { "const": 1 } }, "type": "object" });
    let passing = [
        "null",
        "{\"kind\":\"lion\"}",
        "{\"lives\":9,\"kind\":\"cat\"}",
        "{ \"legs\" : 4 , \"kind\" : \"dog\" }",
        "{\"kind\":1}",
        "{\"id\":[{\"kind\":\"cat\"},\"}\"],\"kind\":\"dog\"}",
    ];
    let others = [
        "{}",
        "{\"kind\":\"cow\"}",
        "{\"kind\":\"cat\",\"lives\":\"9\"}",
        "{\"kind\":\"dog\",\"lives\":9}",
        "{\"legs\":4}",
        "{\"kind\":2}",
        "{\"kind\":1.0}",
        "{\"kind\":\"dog\",\"kind\":\"cat\"}",
        "{\"kind\":\"\\u0063at\"}",
        "{\"kind\"",
        "{\"id\":[}",
        "{\"kind\":\"cat\"",
    ];
    for keyword in ["oneOf", "anyOf"] {
        check(&json!({ keyword: [cat, dog, one, { "type": "null" }] }), &passing, &others);
        let beside =
            json!({ keyword: [cat, dog], "required": ["id"], "properties": { "id": { "type": "integer" } } });
        check(
            &beside,
            &["{\"id\":1,\"kind\":\"dog\"}"],
            &["{\"kind\":\"dog\"}", "{\"id\":\"1\",\"kind\":\"dog\"}"],
        );
        let same = json!({ keyword: [cat, { "type": "object", "properties": { "kind": { "enum": ["cat", "dog"] } } }] });
        check(&same, &[], &["{\"kind\":\"cat\"}", "{\"kind\":\"dog\"}"]);
        let any = json!({ keyword: [cat, { "type": "object" }] });
        check(&any, &[], &["{\"kind\":\"cat\"}"]);
        let twice = json!({ "allOf": [{ keyword: [cat, dog] }, { keyword: [cat, dog] }] });
        check(&twice, &[], &["{\"kind\":\"cat\"}"]);
    }
}
