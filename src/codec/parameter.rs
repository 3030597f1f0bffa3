//! Parameters: from a request to the values that their schemas judge.

use http::HeaderMap;
use indexmap::IndexMap;
use serde_json::Value;

use super::body;
use super::coerce::{Misfit, Reading, scalar};
use super::expect::{Expect, Types};
use super::input::{Escapes, Input, Pair, decode};
use super::sent;
use super::style::{self, Trouble, Written};
use crate::contract::{Header, Location, Parameter, Serialization, Style};
use crate::media_type::{Kind, MediaType};

/// What a request says for one parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// Nothing.
    Absent,
    /// An empty value where one may be sent in place of none (`allowEmptyValue`, OpenAPI 3.1 4.8.12.2.1): it is there,
    /// and there is nothing to judge.
    Empty,
    /// A value.
    Value(Value),
    /// A text that can be read in several ways, at least two: the parameter is valid if one of them is. The likeliest
    /// is the first.
    Values(Vec<Value>),
    /// A text that can't be read as style and type say.
    Unreadable {
        /// The text, or the part of it that can't be read; at most 200 characters.
        found: String,
        /// Why, as the rest of a sentence that starts with what was found: `is not an integer`.
        reason: String,
    },
    /// One value was expected, and more were sent.
    Repeated {
        /// How many.
        count: usize,
    },
}

/// Reads what a request says for a parameter, as its style and explode, or its media type, ask.
pub fn parameter(parameter: &Parameter, expect: &Expect, input: &Input<'_>) -> Decoded {
    if let Some(text) = sent::plain(parameter, expect, input) {
        let read =
            decode(text, sent::escapes(parameter)).and_then(|text| scalar(&text, expect, Reading::Typed));
        return match read {
            Ok(value) => Decoded::Value(value),
            Err(Misfit { found, reason }) => Decoded::Unreadable { found, reason },
        };
    }
    let texts = match sent::texts(parameter, input) {
        Ok(texts) => texts,
        Err(misfit) => return Decoded::from(Err(misfit.into())),
    };
    if parameter.location == Location::Query && parameter.allow_empty && texts == [""] {
        return Decoded::Empty;
    }
    let escapes = sent::escapes(parameter);
    let (style, explode) = match &parameter.serialization {
        Serialization::Content(media_type) => return content(media_type, expect, &texts, escapes),
        Serialization::Style { style, explode } => (*style, *explode),
    };
    let spreads = style == Style::DeepObject || (explode && expect.allows(Types::OBJECT));
    let has_ampersands = parameter.location == Location::Cookie
        && (style, explode) == (Style::Form, true)
        && !expect.allows(Types::PRIMITIVE);
    let ampersands = has_ampersands.then(|| input.cookies_at_ampersands());
    let (texts, pairs): (_, &[Pair<'_>]) = match (parameter.location, &ampersands) {
        (Location::Cookie, Some(pairs)) => (sent::named(pairs, &parameter.name).collect(), pairs),
        (Location::Cookie, None) => (texts, &input.cookies),
        (Location::Query, _) => (texts, &input.query),
        (Location::QueryString | Location::Path | Location::Header, _) => (texts, &[]),
    };
    let written = Written {
        name: &parameter.name,
        style,
        explode,
        expect,
        texts,
        pairs,
        declared: if spreads { input.declared() } else { &[] },
        escapes,
        keeps_text: false,
    };
    if parameter.location == Location::Header {
        lines(&written)
    } else {
        Decoded::from(style::read(&written))
    }
}

/// Reads a header field of a reply, which has the style `simple` unless it has `content` (OpenAPI 3.1 4.8.21).
pub fn header(header: &Header, expect: &Expect, headers: &HeaderMap) -> Decoded {
    match (sent::lines(&header.name, headers), &header.media_type) {
        (Err(misfit), _) => Decoded::from(Err(Trouble::from(misfit))),
        (Ok(texts), Some(media_type)) => content(media_type, expect, &texts, Escapes::Plain),
        (Ok(texts), None) => lines(&Written {
            name: &header.name,
            style: Style::Simple,
            explode: header.explode,
            expect,
            texts,
            pairs: &[],
            declared: &[],
            escapes: Escapes::Plain,
            keeps_text: false,
        }),
    }
}

/// Several lines of a header field are one list (RFC 9110 5.3), where the schema takes one.
fn lines(written: &Written<'_, '_>) -> Decoded {
    let takes_lists = written.expect.allows(Types::ARRAY) || written.expect.allows(Types::OBJECT);
    if written.texts.len() > 1 && takes_lists {
        let joined = written.texts.join(", ");
        return Decoded::from(style::read(&Written { texts: vec![&joined], ..*written }));
    }
    Decoded::from(style::read(written))
}

/// Reads a value that is written as content of a media type (OpenAPI 3.1 4.8.12.2.3).
fn content(media_type: &MediaType, expect: &Expect, texts: &[&str], escapes: Escapes) -> Decoded {
    let text = match texts {
        [] => return Decoded::Absent,
        [text] => *text,
        texts => return Decoded::Repeated { count: texts.len() },
    };
    if media_type.kind() == Kind::Form {
        let read = body::form(text, expect, &IndexMap::new());
        return Decoded::from(read.map_err(|unreadable| Misfit::new(text, unreadable.reason).into()));
    }
    let decoded = match decode(text, escapes) {
        Ok(decoded) => decoded,
        Err(misfit) => return Decoded::from(Err(misfit.into())),
    };
    match media_type.kind() {
        Kind::Json => {
            let read = body::json(&decoded).map(|value| vec![value]);
            Decoded::from(read.map_err(|unreadable| Misfit::new(&decoded, unreadable.reason).into()))
        }
        Kind::Form
        | Kind::JsonLines
        | Kind::Multipart
        | Kind::EventStream
        | Kind::Xml
        | Kind::Text
        | Kind::Binary => Decoded::Value(Value::from(decoded.into_owned())),
    }
}

impl From<Result<Vec<Value>, Trouble>> for Decoded {
    fn from(read: Result<Vec<Value>, Trouble>) -> Self {
        match read {
            Ok(mut values) if values.len() < 2 => values.pop().map_or(Self::Absent, Self::Value),
            Ok(values) => Self::Values(values),
            Err(Trouble::Misfit(Misfit { found, reason })) => Self::Unreadable { found, reason },
            Err(Trouble::Repeated(count)) => Self::Repeated { count },
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::consumed::undeclared;
    use super::super::expect::tests::expect;
    use super::*;
    use crate::pointer::Pointer;
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;
    use serde_json::json;

    fn declared(location: Location, name: &str, serialization: Serialization) -> Parameter {
        Parameter {
            name: name.to_owned(),
            location,
            required: false,
            deprecated: false,
            allow_empty: false,
            serialization,
            schema: None,
            examples: Vec::new(),
            pointer: Pointer::root(),
        }
    }

    pub(crate) fn styled(location: Location, name: &str, style: Style, explode: bool) -> Parameter {
        declared(location, name, Serialization::Style { style, explode })
    }

    fn content(location: Location, name: &str, media_type: &str) -> Parameter {
        declared(location, name, Serialization::Content(MediaType::parse(media_type).unwrap()))
    }

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let lines = lines.iter().map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), value)
        });
        lines.collect()
    }

    fn told(decoded: Decoded) -> String {
        match decoded {
            Decoded::Absent => "absent".to_owned(),
            Decoded::Empty => "empty".to_owned(),
            Decoded::Value(value) => value.to_string(),
            Decoded::Values(values) => format!("one of {}", Value::from(values)),
            Decoded::Unreadable { found, reason } => format!("`{found}` {reason}"),
            Decoded::Repeated { count } => format!("{count} times"),
        }
    }

    fn in_query(parameters: &[Parameter], schema: Value, query: &str) -> String {
        let headers = HeaderMap::new();
        let input = Input::new(parameters, &[], Some(query), &headers);
        told(parameter(&parameters[0], &expect(schema), &input))
    }

    #[test]
    fn query_parameters_are_found_by_their_literal_names() {
        let integer = json!({ "type": "integer" });
        let brackets = [styled(Location::Query, "organization[id]", Style::Form, true)];
        let table = [
            ("organization[id]=5", "5"),
            ("organization%5Bid%5D=5", "5"),
            ("organization[id]=5&organization%5bid%5d=6", "2 times"),
            ("organization=5", "absent"),
            ("organization[id]", "`` is not an integer"),
            ("organization[id]=ten", "`ten` is not an integer"),
        ];
        for (query, expected) in table {
            assert_eq!(in_query(&brackets, integer.clone(), query), expected, "{query}");
        }
    }

    #[test]
    fn an_empty_value_stands_for_none_where_it_may() {
        let mut flag = styled(Location::Query, "flag", Style::Form, true);
        flag.allow_empty = true;
        assert_eq!(in_query(&[flag], json!({ "type": "boolean" }), "flag="), "empty");
    }

    #[test]
    fn content_parameters_are_read_by_their_media_type() {
        let filter = [content(Location::Query, "filter", "application/json")];
        let table = [
            ("filter=%7B%22a%22:+1%7D", r#"{"a":1}"#),
            ("filter={\"a\":1}&filter=2", "2 times"),
            ("filter={", "`{` is not JSON: ends too early"),
            ("filter=%7", "`%7` has a `%` that two hexadecimal digits do not follow"),
            ("", "absent"),
        ];
        for (query, expected) in table {
            assert_eq!(in_query(&filter, json!({}), query), expected, "{query}");
        }
        let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } }, "additionalProperties": false });
        let form = [content(Location::QueryString, "whole", "application/x-www-form-urlencoded")];
        assert_eq!(in_query(&form, schema.clone(), "a=5"), r#"{"a":5}"#);
        let json = [content(Location::QueryString, "whole", "application/json")];
        assert_eq!(in_query(&json, schema, "%7B%22a%22:5%7D"), r#"{"a":5}"#);
    }

    #[test]
    fn header_fields_cookies_and_path_segments_are_read_in_their_own_way() {
        let headers = headers(&[
            ("x-list", "a, b"),
            ("x-list", "c%20"),
            ("x-id", "7"),
            ("x-twice", "1"),
            ("x-twice", "2"),
            ("x-wild", "é"),
            ("cookie", "session=a%20b; theme=\"dark\"; ids=1,2"),
            ("cookie", "odd=100%"),
        ]);
        let path = [("id", "a%2Fb+c"), ("list", "1,2")];
        let strings = json!({ "type": "array", "items": { "type": "string" } });
        let integers = json!({ "type": "array", "items": { "type": "integer" } });
        let (string, integer) = (json!({ "type": "string" }), json!({ "type": "integer" }));
        let table = [
            (Location::Header, "X-List", Style::Simple, &strings, r#"["a","b","c%20"]"#),
            (Location::Header, "X-ID", Style::Simple, &integer, "7"),
            (Location::Header, "X-Twice", Style::Simple, &integer, "2 times"),
            (Location::Header, "X-Wild", Style::Simple, &string, "\"é\""),
            (Location::Header, "X-None", Style::Simple, &string, "absent"),
            (Location::Header, "not a name", Style::Simple, &string, "absent"),
            (Location::Cookie, "session", Style::Form, &string, "\"a b\""),
            (Location::Cookie, "theme", Style::Form, &string, "\"dark\""),
            (Location::Cookie, "ids", Style::Form, &integers, "[1,2]"),
            (Location::Cookie, "odd", Style::Form, &string, "\"100%\""),
            (Location::Path, "id", Style::Simple, &string, "\"a/b+c\""),
            (Location::Path, "list", Style::Simple, &integers, "[1,2]"),
        ];
        let input = Input::new(&[], &path, None, &headers);
        for (location, name, style, schema, expected) in table {
            let declared = styled(location, name, style, false);
            assert_eq!(told(parameter(&declared, &expect(schema.clone()), &input)), expected, "{name}");
        }
    }

    #[test]
    fn a_reply_header_is_read_as_simple() {
        let declared = Header {
            name: "X-Sizes".to_owned(),
            required: false,
            explode: false,
            media_type: None,
            schema: None,
            examples: Vec::new(),
            pointer: Pointer::root(),
        };
        let expect = expect(json!({ "type": "array", "items": { "type": "integer" } }));
        assert_eq!(told(header(&declared, &expect, &headers(&[("x-sizes", "1, 2")]))), "[1,2]");
    }

    #[test]
    fn an_open_object_takes_what_is_declared_for_nobody_else() {
        let parameters = [
            styled(Location::Query, "rest", Style::Form, true),
            styled(Location::Query, "limit", Style::Form, true),
        ];
        let open = json!({ "type": "object", "additionalProperties": { "type": "string" } });
        assert_eq!(in_query(&parameters, open, "a=1&limit=2&b=x&__seed=3"), r#"{"a":"1","b":"x"}"#);
    }

    proptest! {
        #[test]
        fn no_request_panics(text in "[-a-c0-9=&%+;,.|\\[\\]{}\":é ]{0,50}", explode: bool) {
            let wild = HeaderValue::from_bytes(text.as_bytes()).unwrap_or(HeaderValue::from_static(""));
            let headers: HeaderMap =
                ["a", "cookie"].map(|name| (HeaderName::from_static(name), wild.clone())).into_iter().collect();
            let path = [("a", text.as_str())];
            let expects = [
                expect(json!({})),
                expect(json!({ "type": "object", "properties": { "b": { "type": ["array", "string"] } } })),
                expect(json!({ "type": "array", "items": { "type": "number" } })),
            ];
            for location in [
                Location::Path, Location::Query, Location::QueryString, Location::Header, Location::Cookie,
            ] {
                for serialization in [
                    Serialization::Style { style: Style::Form, explode },
                    Serialization::Style { style: Style::DeepObject, explode },
                    Serialization::Style { style: Style::Matrix, explode },
                    Serialization::Content(MediaType::parse("application/json").unwrap()),
                    Serialization::Content(MediaType::parse("application/x-www-form-urlencoded").unwrap()),
                ] {
                    let parameters = [declared(location, "a", serialization)];
                    let input = Input::new(&parameters, &path, Some(&text), &headers);
                    for expect in &expects {
                        parameter(&parameters[0], expect, &input);
                        undeclared(&parameters.iter().map(|parameter| (parameter, expect)), &input);
                    }
                }
            }
        }
    }
}
