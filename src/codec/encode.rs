//! Values of parameters to what a request says for them, as [`parameter`](super::parameter) reads it back.

use serde_json::Value;

use super::spread::{Escape, plain, spread};
use crate::contract::{Location, Parameter, Serialization, Style};
use crate::media_type::{Kind, MediaType};

/// What a request says for one parameter, escaped as its place asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoded {
    /// The text that stands in the template's place for it.
    Path(String),
    /// Its pairs of the query, names and values.
    Query(Vec<(String, String)>),
    /// The whole query.
    QueryString(String),
    /// The value of the header field.
    Header(String),
    /// Its pairs in `Cookie`, as they stand between the semicolons.
    Cookie(Vec<String>),
}

/// Writes a value as the parameter's style and explode, or its media type, ask (OpenAPI 3.1 4.8.12.2).
///
/// `None` where that can't be: a style that its place does not have, a media type that no parameter is written in here, a
/// text that can't stand in a header field or cookie as it is.
pub fn encode(parameter: &Parameter, value: &Value) -> Option<Encoded> {
    let (style, explode) = match &parameter.serialization {
        Serialization::Style { style, explode } => (*style, *explode),
        Serialization::Content(media_type) => return content(parameter, media_type, value),
    };
    let name = parameter.name.as_str();
    Some(match parameter.location {
        Location::Path => Encoded::Path(path(name, value, style, explode)?),
        Location::Query => Encoded::Query(pairs(name, value, (style, explode))),
        Location::QueryString => return None,
        Location::Header => Encoded::Header(field(listed(value, explode, str::to_owned, ","))?),
        Location::Cookie if style == Style::Cookie => {
            let pairs = spread(name, value, (Style::Form, explode), Escape::Nothing);
            let pairs = pairs
                .into_iter()
                .map(|(name, text)| field(format!("{name}={text}")).filter(|pair| is_of_cookie(pair)));
            Encoded::Cookie(pairs.collect::<Option<_>>()?)
        }
        Location::Cookie => {
            let pairs = spread(name, value, (style, explode), Escape::Percent);
            let pairs: Vec<String> = pairs.into_iter().map(|(name, text)| format!("{name}={text}")).collect();
            // Several pairs of one parameter stand in one cookie (OpenAPI 3.1.1 4.8.12.4).
            Encoded::Cookie(vec![field(pairs.join("&"))?])
        }
    })
}

fn pairs(name: &str, value: &Value, style: (Style, bool)) -> Vec<(String, String)> {
    let pairs = spread(name, value, style, Escape::Percent);
    pairs.into_iter().map(|(name, text)| (Escape::Percent.text(&name), text)).collect()
}

fn path(name: &str, value: &Value, style: Style, explode: bool) -> Option<String> {
    let escape = |text: &str| Escape::Percent.text(text);
    Some(match style {
        Style::Simple => listed(value, explode, escape, ","),
        Style::Label => {
            // A dot in a value would part it from the rest of it.
            let dotless = |text: &str| escape(text).replace('.', "%2E");
            format!(".{}", listed(value, explode, dotless, if explode { "." } else { "," }))
        }
        Style::Matrix => {
            let assigned = |name: &str, value: &Value| format!(";{}={}", escape(name), escape(&plain(value)));
            match value {
                Value::Array(items) if explode => items.iter().map(|item| assigned(name, item)).collect(),
                Value::Object(members) if explode => {
                    members.iter().map(|(key, value)| assigned(key, value)).collect()
                }
                value => format!(";{}={}", escape(name), listed(value, false, escape, ",")),
            }
        }
        Style::Form
        | Style::SpaceDelimited
        | Style::PipeDelimited
        | Style::TabDelimited
        | Style::DeepObject
        | Style::Cookie => return None,
    })
}

/// A value in one text, its parts between delimiters (RFC 6570 3.2.2).
fn listed(value: &Value, explode: bool, escape: impl Fn(&str) -> String, delimiter: &str) -> String {
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(|item| escape(&plain(item))).collect(),
        Value::Object(members) => {
            let between = if explode { "=" } else { delimiter };
            let member =
                |(key, value): (&String, &Value)| [&escape(key), between, &escape(&plain(value))].concat();
            members.iter().map(member).collect()
        }
        value => return escape(&plain(value)),
    };
    parts.join(delimiter)
}

/// A value as content of a media type (OpenAPI 3.1 4.8.12.2.3).
fn content(parameter: &Parameter, media_type: &MediaType, value: &Value) -> Option<Encoded> {
    let written = match media_type.kind() {
        Kind::Json => value.to_string(),
        Kind::Text | Kind::Binary => value.as_str()?.to_owned(),
        Kind::Form => {
            let members = value.as_object()?.iter();
            let pairs = members.flat_map(|(name, value)| pairs(name, value, (Style::Form, true)));
            let pairs: Vec<String> = pairs.map(|(name, text)| format!("{name}={text}")).collect();
            let is_whole = parameter.location == Location::QueryString;
            return is_whole.then(|| Encoded::QueryString(pairs.join("&")));
        }
        Kind::JsonLines | Kind::Multipart | Kind::EventStream | Kind::Xml => return None,
    };
    let name = || Escape::Percent.text(&parameter.name);
    let escaped = || Escape::Percent.text(&written);
    Some(match parameter.location {
        Location::Path => Encoded::Path(escaped()),
        Location::Query => Encoded::Query(vec![(name(), escaped())]),
        Location::QueryString => Encoded::QueryString(escaped()),
        Location::Header => Encoded::Header(field(written)?),
        Location::Cookie => Encoded::Cookie(vec![field(format!("{}={}", parameter.name, escaped()))?]),
    })
}

/// A text that can stand in a header field as it is, and comes back from it (RFC 9110 5.5).
fn field(text: String) -> Option<String> {
    let is_clean = text.trim() == text && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    is_clean.then_some(text)
}

/// Whether a text can stand between semicolons (RFC 6265 4.1.1).
fn is_of_cookie(text: &str) -> bool {
    !text.contains([';', ',', '"', '\\', ' '])
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::expect::tests::expect;
    use super::super::parameter::tests::styled;
    use super::super::{Decoded, Input, parameter};
    use super::*;

    /// What is read of an encoded parameter, as the server's side does.
    fn read(declared: &Parameter, schema: Value, encoded: &Encoded) -> Vec<Value> {
        let declared = std::slice::from_ref(declared);
        let (mut path, mut query, mut headers) = (Vec::new(), None, HeaderMap::new());
        let mut insert = |name: &str, text: &str| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.insert(name, HeaderValue::from_str(text).unwrap());
        };
        match encoded {
            Encoded::Path(text) => path.push((declared[0].name.as_str(), text.as_str())),
            Encoded::Query(pairs) => {
                let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
                query = Some(pairs.collect::<Vec<_>>().join("&"));
            }
            Encoded::QueryString(text) => query = Some(text.clone()),
            Encoded::Header(text) => insert(&declared[0].name, text),
            Encoded::Cookie(pairs) => insert("cookie", &pairs.join("; ")),
        }
        let input = Input::new(declared, &path, query.as_deref(), &headers);
        match parameter(&declared[0], &expect(schema), &input) {
            Decoded::Value(value) => vec![value],
            Decoded::Values(values) => values,
            Decoded::Absent | Decoded::Empty | Decoded::Unreadable { .. } | Decoded::Repeated { .. } => {
                Vec::new()
            }
        }
    }

    /// Every place with each style that it has.
    fn all_styles() -> Vec<Parameter> {
        let mut all = Vec::new();
        for explode in [false, true] {
            let places: [(Location, &[Style]); 4] = [
                (Location::Path, &[Style::Simple, Style::Label, Style::Matrix]),
                (
                    Location::Query,
                    &[Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject],
                ),
                (Location::Header, &[Style::Simple]),
                (Location::Cookie, &[Style::Form]),
            ];
            for (location, styles) in places {
                all.extend(styles.iter().map(|style| styled(location, "color", *style, explode)));
            }
        }
        all
    }

    #[test]
    fn a_value_is_written_as_the_standard_s_table_has_it() {
        let (list, object) = (json!(["blue", "black"]), json!({"R": 100, "G": 200}));
        let table = [
            (Location::Path, Style::Matrix, false, &list, ";color=blue,black"),
            (Location::Path, Style::Matrix, true, &list, ";color=blue;color=black"),
            (Location::Path, Style::Matrix, false, &object, ";color=R,100,G,200"),
            (Location::Path, Style::Matrix, true, &object, ";R=100;G=200"),
            (Location::Path, Style::Label, false, &list, ".blue,black"),
            (Location::Path, Style::Label, true, &list, ".blue.black"),
            (Location::Path, Style::Label, true, &object, ".R=100.G=200"),
            (Location::Path, Style::Simple, false, &object, "R,100,G,200"),
            (Location::Path, Style::Simple, true, &object, "R=100,G=200"),
            (Location::Query, Style::Form, false, &list, "color=blue,black"),
            (Location::Query, Style::Form, true, &list, "color=blue&color=black"),
            (Location::Query, Style::Form, true, &object, "R=100&G=200"),
            (Location::Query, Style::SpaceDelimited, false, &list, "color=blue%20black"),
            (Location::Query, Style::PipeDelimited, false, &list, "color=blue%7Cblack"),
            (Location::Query, Style::DeepObject, true, &object, "color%5BR%5D=100&color%5BG%5D=200"),
            (Location::Header, Style::Simple, false, &list, "blue,black"),
            (Location::Cookie, Style::Cookie, true, &list, "color=blue; color=black"),
        ];
        for (location, style, explode, value, expected) in table {
            let told = match encode(&styled(location, "color", style, explode), value).unwrap() {
                Encoded::Path(text) | Encoded::QueryString(text) | Encoded::Header(text) => text,
                Encoded::Query(pairs) => {
                    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
                    pairs.collect::<Vec<_>>().join("&")
                }
                Encoded::Cookie(pairs) => pairs.join("; "),
            };
            assert_eq!(told, expected, "{location:?} {style:?} {explode}");
        }
    }

    #[test]
    fn what_can_not_stand_where_it_belongs_is_not_written() {
        let header = styled(Location::Header, "x-a", Style::Simple, false);
        let table = [
            (&header, json!("a\nb")),
            (&header, json!(" a")),
            (&header, json!("é")),
            (&styled(Location::Cookie, "a", Style::Cookie, true), json!("a;b")),
            (&styled(Location::Path, "a", Style::Form, true), json!("a")),
        ];
        for (parameter, value) in table {
            assert_eq!(encode(parameter, &value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            text in "[ -~éł]{1,12}",
            word in "[a-z0-9]{1,8}",
            words in prop::collection::vec("[a-z./é]{1,6}", 2..4),
            number in any::<i64>(),
        ) {
            let array = json!({ "type": "array", "items": { "type": "string" } });
            let object = json!({ "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "integer" } } });
            let string = json!({ "type": "string" });
            for parameter in all_styles() {
                let style = match parameter.serialization {
                    Serialization::Style { style, .. } => style,
                    Serialization::Content(_) => unreachable!(),
                };
                // What has no escapes keeps only what means nothing there.
                let text = if parameter.location == Location::Header { &word } else { &text };
                let words: Vec<String> = match parameter.location {
                    Location::Header => words.iter().map(|_| word.clone()).collect(),
                    _ => words.clone(),
                };
                let mut table = vec![(&object, json!({ "a": text, "b": number }))];
                if style != Style::DeepObject {
                    table.extend([(&array, json!(words))]);
                    table.push((&string, json!(text)));
                }
                for (schema, value) in table {
                    // These styles have lists only (OpenAPI 3.0.3, Style Values) where they do not explode.
                    let is_delimited = matches!(style, Style::SpaceDelimited | Style::PipeDelimited);
                    if is_delimited && value.is_object() {
                        continue;
                    }
                    let Some(encoded) = encode(&parameter, &value) else {
                        prop_assert!(parameter.location == Location::Header, "{parameter:?} {value}");
                        continue;
                    };
                    let found = read(&parameter, schema.clone(), &encoded);
                    prop_assert!(found.contains(&value), "{encoded:?} {found:?} {value}");
                }
            }
        }
    }
}
