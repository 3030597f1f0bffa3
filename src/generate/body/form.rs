//! `application/x-www-form-urlencoded`: one pair per property, by the style of each (OpenAPI 3.1 4.8.15.1.1).

use serde_json::Value;

use crate::codec::{Escape, plain, spread};
use crate::contract::{Encoding, Serialization, Style};
use crate::generate::body::Notation;
use crate::media_type::{Kind, MediaType};

pub(super) fn write(notation: &Notation, value: &Value, out: &mut Vec<u8>) {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let encoding = notation.content.encoding.get(name);
        let escape = match encoding {
            Some(encoding) if encoding.allow_reserved => Escape::ButReserved,
            Some(_) | None => Escape::Form,
        };
        match style(encoding, value) {
            Some(style) => pairs.extend(spread(name, value, style, escape)),
            None => pairs.push((name.clone(), escape.text(&plain(value)))),
        }
    }
    let pairs: Vec<String> =
        pairs.iter().map(|(name, text)| format!("{}={text}", Escape::Form.text(name))).collect();
    out.extend_from_slice(pairs.join("&").as_bytes());
}

/// How a value is spread; `None` if it is one text, in which structures are JSON.
fn style(encoding: Option<&Encoding>, value: &Value) -> Option<(Style, bool)> {
    match encoding {
        Some(Encoding { serialization: Some(Serialization::Style { style, explode }), .. }) => {
            Some((*style, *explode))
        }
        Some(encoding) if encoding.content_types.first().map(MediaType::kind) == Some(Kind::Json) => None,
        // Where nothing is said, an object is JSON.
        Some(_) | None => value.is_array().then_some((Style::Form, true)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::Encoding;
    use crate::generate::body::tests::notation;
    use crate::seed::Seed;

    #[test]
    fn each_property_has_its_style() {
        let table = [
            (json!([1, 2]), None, "a=1&a=2"),
            (json!([1, 2]), Some((Style::PipeDelimited, false)), "a=1%7C2"),
            (json!({"b": 1, "c": 2}), Some((Style::DeepObject, true)), "a%5Bb%5D=1&a%5Bc%5D=2"),
            (json!({"b": 1, "c": 2}), Some((Style::Form, true)), "b=1&c=2"),
            (json!({"b": 1, "c": 2}), Some((Style::Form, false)), "a=b,1,c,2"),
            (json!({"b": 1}), None, "a=%7B%22b%22%3A1%7D"),
        ];
        for (value, style, expected) in table {
            let mut notation = notation("application/x-www-form-urlencoded", &json!({}));
            let serialization = style.map(|(style, explode)| Serialization::Style { style, explode });
            let encoding = Encoding { serialization, ..Encoding::default() };
            notation.content.encoding.insert("a".to_owned(), encoding);
            let mut out = Vec::new();
            notation.write(&json!({ "a": value }), &mut Seed(1).random(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
