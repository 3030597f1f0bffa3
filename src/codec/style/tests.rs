//! Every style of the table, read.

use super::super::expect::tests::expect;
use super::super::input::pairs;
use super::*;
use proptest::prelude::*;
use serde_json::json;

const STYLES: [Style; 9] = [
    Style::Matrix,
    Style::Label,
    Style::Simple,
    Style::Form,
    Style::SpaceDelimited,
    Style::PipeDelimited,
    Style::TabDelimited,
    Style::DeepObject,
    Style::Cookie,
];

/// Reads `text`: the whole query for the styles of queries, else the raw value.
fn read_text(style: Style, explode: bool, expect: &Expect, text: &str) -> Result<Vec<Value>, Trouble> {
    let alone = matches!(style, Style::Matrix | Style::Label | Style::Simple);
    let pairs = if alone { Vec::new() } else { pairs(text) };
    let named = pairs.iter().filter(|pair| pair.key == "color").map(|pair| pair.value).collect();
    let escapes = if alone { Escapes::Percent } else { Escapes::PercentAndPlus };
    read(&Written {
        name: "color",
        style,
        explode,
        expect,
        texts: if alone { vec![text] } else { named },
        pairs: &pairs,
        declared: &["color"],
        escapes,
        keeps_text: false,
    })
}

#[test]
fn every_style_reads_what_the_table_of_the_standard_writes() {
    let string = expect(json!({ "type": "string" }));
    let array = expect(json!({ "type": "array", "items": { "type": "string" } }));
    let number = json!({ "type": "integer" });
    let object = expect(json!({ "type": "object", "properties": { "R": number, "G": number, "B": number } }));
    let (blue, colors) = (json!("blue"), json!(["blue", "black", "brown"]));
    let rgb = json!({ "R": 100, "G": 200, "B": 150 });
    let table = [
        (Style::Matrix, false, &string, ";color", json!("")),
        (Style::Matrix, false, &string, ";color=blue", blue.clone()),
        (Style::Matrix, false, &array, ";color=blue,black,brown", colors.clone()),
        (Style::Matrix, false, &object, ";color=R,100,G,200,B,150", rgb.clone()),
        (Style::Matrix, true, &string, ";color=blue", blue.clone()),
        (Style::Matrix, true, &array, ";color=blue;color=black;color=brown", colors.clone()),
        (Style::Matrix, true, &object, ";R=100;G=200;B=150", rgb.clone()),
        (Style::Label, false, &string, ".", json!("")),
        (Style::Label, false, &string, ".blue", blue.clone()),
        (Style::Label, false, &array, ".blue.black.brown", colors.clone()),
        (Style::Label, false, &array, ".blue,black,brown", colors.clone()),
        (Style::Label, false, &object, ".R.100.G.200.B.150", rgb.clone()),
        (Style::Label, false, &object, ".R,100,G,200,B,150", rgb.clone()),
        (Style::Label, true, &array, ".blue.black.brown", colors.clone()),
        (Style::Label, true, &object, ".R=100.G=200.B=150", rgb.clone()),
        (Style::Simple, false, &string, "blue", blue.clone()),
        (Style::Simple, false, &array, "blue,black,brown", colors.clone()),
        (Style::Simple, false, &array, "", json!([])),
        (Style::Simple, false, &object, "R,100,G,200,B,150", rgb.clone()),
        (Style::Simple, true, &array, "blue,black,brown", colors.clone()),
        (Style::Simple, true, &object, "R=100,G=200,B=150", rgb.clone()),
        (Style::Form, false, &string, "color=", json!("")),
        (Style::Form, false, &string, "color", json!("")),
        (Style::Form, false, &string, "color=blue", blue.clone()),
        (Style::Form, false, &array, "color=blue,black,brown", colors.clone()),
        (Style::Form, false, &array, "color=", json!([])),
        (Style::Form, false, &object, "color=R,100,G,200,B,150", rgb.clone()),
        (Style::Form, true, &array, "color=blue&color=black&color=brown", colors.clone()),
        (Style::Form, true, &array, "color=", json!([])),
        (Style::Form, true, &array, "color=a,b", json!(["a,b"])),
        (Style::Form, true, &object, "R=100&x=1&G=200&B=150", rgb.clone()),
        (Style::SpaceDelimited, false, &array, "color=blue%20black+brown", colors.clone()),
        (Style::SpaceDelimited, false, &object, "color=R%20100%20G%20200%20B%20150", rgb.clone()),
        (Style::PipeDelimited, false, &array, "color=blue|black%7Cbrown", colors.clone()),
        (Style::PipeDelimited, false, &object, "color=R|100|G|200|B|150", rgb.clone()),
        (Style::PipeDelimited, true, &array, "color=blue&color=black&color=brown", colors.clone()),
        (Style::TabDelimited, false, &array, "color=blue%09black%09brown", colors.clone()),
        (Style::DeepObject, true, &object, "color[R]=100&color%5BG%5D=200&color[B]=150", rgb),
    ];
    for (style, explode, expect, text, expected) in table {
        let found = read_text(style, explode, expect, text);
        assert_eq!(found.map(|values| values[0].clone()), Ok(expected), "{style:?} {explode} {text}");
    }
}

#[test]
fn delimiters_are_looked_for_before_decoding_and_encoded_commas_second() {
    let array = expect(json!({ "type": "array", "items": { "type": "string" } }));
    let table = [
        (Style::Simple, "a%2Cb,c", json!([["a,b", "c"], ["a", "b", "c"]])),
        (Style::Label, ".a%2Eb.c", json!([["a.b", "c"]])),
        (Style::Form, "color=a%2cb,c+d", json!([["a,b", "c d"], ["a", "b", "c d"]])),
        (Style::Cookie, "color=a%7Cb", json!([["a|b"]])),
    ];
    for (style, text, expected) in table {
        let found = read_text(style, false, &array, text).map(Value::from);
        assert_eq!(found, Ok(expected), "{style:?} {text}");
    }
    let integers = expect(json!({ "type": "array", "items": { "type": "integer" } }));
    assert_eq!(read_text(Style::Form, false, &integers, "color=1%2C2"), Ok(vec![json!([1, 2])]));
}

#[test]
fn what_may_be_several_things_is_read_as_each() {
    let table = [
        (json!({ "type": ["string", "integer"] }), "color=5", json!([5, "5"])),
        (
            json!({ "anyOf": [{ "type": "integer" }, { "type": "array", "items": { "type": "integer" } }] }),
            "color=5",
            json!([5, [5]]),
        ),
        (
            json!({ "anyOf": [{ "type": "integer" }, { "type": "array", "items": { "type": "integer" } }] }),
            "color=5&color=6",
            json!([[5, 6]]),
        ),
        (json!({}), "color=true", json!([true, "true"])),
        (json!({}), "color=a&color=b", json!([["a", "b"]])),
        (json!({ "type": "string" }), "color=5", json!(["5"])),
        (json!({ "type": "string" }), "other=5", json!([])),
    ];
    for (schema, text, expected) in table {
        let found = read_text(Style::Form, true, &expect(schema.clone()), text);
        assert_eq!(found.map(Value::from), Ok(expected), "{schema} {text}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let integer = json!({ "type": "integer" });
    let integers = json!({ "type": "array", "items": { "type": "integer" } });
    let object = json!({ "type": "object", "properties": { "R": { "type": "integer" } } });
    let table = [
        (Style::Form, true, &integer, "color=ten", "`ten` is not an integer"),
        (Style::Form, true, &integer, "color=1&color=2", "2 times"),
        (Style::Form, false, &integers, "color=1&color=2", "2 times"),
        (Style::Form, true, &integers, "color=1,2", "`1,2` is not an integer"),
        (Style::Form, false, &integers, "color=1,x", "`x` is not an integer"),
        (
            Style::Form,
            true,
            &integer,
            "color=%zz",
            "`%zz` has a `%` that two hexadecimal digits do not follow",
        ),
        (Style::Form, false, &object, "color=R,1,G", "`R,1,G` is not a list of names and values by turns"),
        (Style::Simple, true, &object, "R", "`R` is not written as `name=value`"),
        (Style::Label, false, &integer, "5", "`5` does not start with `.`"),
        (Style::Matrix, false, &integer, "5", "`5` does not start with `;color`"),
        (Style::Matrix, false, &integer, ";colour=5", "`;colour=5` does not start with `;color`"),
        (Style::Form, true, &object, "R=1&R=2", "`2` is a second value of `R`"),
        (Style::DeepObject, true, &object, "color=R,1", "`R,1` is not written as `color[property]=value`"),
        (Style::DeepObject, true, &object, "color[R]=1&color[R]=2", "`2` is a second value of `color[R]`"),
        (Style::DeepObject, true, &object, "color[R]=x", "`x` is not an integer"),
    ];
    for (style, explode, schema, text, expected) in table {
        let told = match read_text(style, explode, &expect(schema.clone()), text).unwrap_err() {
            Trouble::Misfit(misfit) => format!("`{}` {}", misfit.found, misfit.reason),
            Trouble::Repeated(count) => format!("{count} times"),
        };
        assert_eq!(told, expected, "{style:?} {text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_in_any_style(text in "[a-c0-9;.,|%=&\\[\\]é +colrRG\t]{0,40}", explode: bool) {
        let deep = json!({ "type": "array", "items": { "type": ["object", "null"] } });
        let schemas = [
            json!({}),
            json!({ "type": "integer" }),
            json!({ "type": ["array", "string"], "items": { "type": "integer" } }),
            json!({ "type": "object", "properties": { "R": deep, "c": { "type": "boolean" } } }),
        ];
        for schema in schemas {
            let expect = expect(schema);
            for style in STYLES {
                let _ = read_text(style, explode, &expect, &text);
            }
        }
    }
}
