//! `application/x-www-form-urlencoded`: one pair per property, by the style of each (OpenAPI 3.1 4.8.15.1.1).

use serde_json::Value;

use crate::contract::{Serialization, Style};
use crate::generate::body::{Notation, text::plain};

pub(super) fn write(notation: &Notation, value: &Value, out: &mut Vec<u8>) {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in value.as_object().into_iter().flatten() {
        let serialization =
            notation.content.encoding.get(name).and_then(|encoding| encoding.serialization.as_ref());
        let (style, explode) = match serialization {
            Some(Serialization::Style { style, explode }) => (Some(*style), *explode),
            Some(Serialization::Content(_)) | None => (None, true),
        };
        match (value, style) {
            (Value::Array(items), _) if !explode => {
                let items: Vec<String> = items.iter().map(plain).collect();
                pairs.append_pair(name, &items.join(separator(style)));
            }
            (Value::Array(items), _) => {
                pairs.extend_pairs(items.iter().map(|item| (name, plain(item))));
            }
            (Value::Object(members), Some(Style::DeepObject)) => {
                pairs.extend_pairs(
                    members.iter().map(|(key, value)| (format!("{name}[{key}]"), plain(value))),
                );
            }
            (Value::Object(members), Some(_)) if explode => {
                pairs.extend_pairs(members.iter().map(|(key, value)| (key, plain(value))));
            }
            (Value::Object(members), Some(_)) => {
                let parts: Vec<String> =
                    members.iter().flat_map(|(key, value)| [key.clone(), plain(value)]).collect();
                pairs.append_pair(name, &parts.join(separator(style)));
            }
            // Where no style is named, an object is JSON.
            (value, _) => {
                pairs.append_pair(name, &plain(value));
            }
        }
    }
    out.extend_from_slice(pairs.finish().as_bytes());
}

fn separator(style: Option<Style>) -> &'static str {
    match style {
        Some(Style::SpaceDelimited) => " ",
        Some(Style::PipeDelimited) => "|",
        Some(Style::TabDelimited) => "\t",
        Some(
            Style::Matrix | Style::Label | Style::Simple | Style::Form | Style::DeepObject | Style::Cookie,
        )
        | None => ",",
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
            (json!({"b": 1, "c": 2}), Some((Style::Form, false)), "a=b%2C1%2Cc%2C2"),
            (json!({"b": 1}), None, "a=%7B%22b%22%3A1%7D"),
        ];
        for (value, style, expected) in table {
            let mut notation = notation("application/x-www-form-urlencoded", &json!({}));
            let serialization = style.map(|(style, explode)| Serialization::Style { style, explode });
            let encoding = Encoding { content_types: Vec::new(), serialization, headers: Vec::new() };
            notation.content.encoding.insert("a".to_owned(), encoding);
            let mut out = Vec::new();
            notation.write(&json!({ "a": value }), &mut Seed(1).random(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
