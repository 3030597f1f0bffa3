//! Values of response header fields, by example or drawn, of visible ASCII characters only.

use std::sync::OnceLock;

use http::{HeaderMap, HeaderName};
use serde_json::Value;

use crate::codec::{self, Decoded, Expect};
use crate::contract::Header;
use crate::generate::hint::folded;
use crate::generate::{Draw, Plan, Plans, Unsatisfiable};
use crate::media_type::Kind;
use crate::message::frames_a_message;
use crate::schema::{Direction, Schemas};
use crate::seed::Seed;

/// Writes values of one header field: compiled once.
pub struct HeaderValue {
    name: String,
    notation: Notation,
    plan: Option<Plan>,
    /// The first example that is valid and can stand in a field, else the first that can.
    example: Option<HeaderExample>,
    /// Those edges of the plan that can stand in a field, found on first use.
    edges: OnceLock<Box<[HeaderEdge]>>,
}

/// An edge of the plan, by its index there, and its text under one seed.
struct HeaderEdge {
    index: usize,
    text: String,
}

/// How a value becomes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    /// Style `simple`, exploded or not.
    Simple { explode: bool },
    /// `content` of a JSON media type.
    Json,
}

/// An example of a header field as it is written behind the colon.
#[derive(Debug, Clone)]
pub struct HeaderExample {
    /// The text.
    pub text: String,
    /// Whether it is valid by the field's schema.
    pub is_valid: bool,
}

/// How often a value is drawn again for being outside ASCII.
const TRIES: usize = 16;

impl HeaderValue {
    /// Compiles a declared header field of a response.
    ///
    /// Errors where its schema has no value, or none was found.
    pub fn compile(plans: &Plans, header: &Header) -> Result<Self, Unsatisfiable> {
        let plan = |pointer| Plan::compile_named(plans, pointer, &header.name, Direction::Response);
        let is_json = header.media_type.as_ref().is_some_and(|media_type| media_type.kind() == Kind::Json);
        let notation = if is_json { Notation::Json } else { Notation::Simple { explode: header.explode } };
        Ok(Self {
            name: header.name.clone(),
            notation,
            plan: header.schema.as_ref().map(plan).transpose()?,
            example: example(plans.schemas(), header, notation),
            edges: OnceLock::new(),
        })
    }

    /// The name under which a declared header field is written; `None` for what frames a message, which is the server's
    /// to say, and for what can't be a name.
    pub fn name_of(header: &Header) -> Option<HeaderName> {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        (!frames_a_message(name.as_str())).then_some(name)
    }

    /// How many edges it has that can stand in a field.
    pub(super) fn edges(&self) -> usize {
        self.edge_list().len()
    }

    /// What is special at an edge, told with the name of the field.
    pub(super) fn what(&self, index: usize) -> Option<String> {
        let what = self.plan.as_ref()?.edges().what(self.edge_list().get(index)?.index)?;
        let what = what.strip_prefix("the whole: ").unwrap_or(what);
        Some(format!("header `{}`: {what}", self.name))
    }

    fn edge_list(&self) -> &[HeaderEdge] {
        self.edges.get_or_init(|| {
            let Some(plan) = &self.plan else { return Box::default() };
            let edge = |index| {
                let mut draw = Draw { edge: Some(index), ..Draw::new(Seed(0)) };
                let text = self.notation.text(&plan.value(&mut draw));
                is_clean(&text).then_some(HeaderEdge { index, text })
            };
            (0..plan.edges().len()).filter_map(edge).collect()
        })
    }

    /// The document's example, if it has one that can stand in a field.
    pub fn example(&self) -> Option<&HeaderExample> {
        self.example.as_ref()
    }

    /// One value, as it is written behind the colon; `edge` of the draw counts the edges that can stand in a field.
    pub fn write(&self, draw: &mut Draw<'_>) -> String {
        let Some(plan) = &self.plan else {
            return match folded(&self.name).as_str() {
                "location" => "https://www.example.com/v1/items/4821".to_owned(),
                "retryafter" => "30".to_owned(),
                _ => format!("{:x}", draw.random.bits()),
            };
        };
        let edge = draw.edge.take().and_then(|index| self.edge_list().get(index));
        let mut text = String::new();
        for _ in 0..TRIES {
            draw.edge = edge.map(|edge| edge.index);
            text = self.notation.text(&plan.value(draw));
            if is_clean(&text) {
                return text;
            }
        }
        if let Some(edge) = edge {
            return edge.text.clone();
        }
        text.chars().filter(|character| (' '..='~').contains(character)).collect::<String>().trim().to_owned()
    }
}

impl Notation {
    fn text(self, value: &Value) -> String {
        match self {
            Self::Simple { explode } => simple(value, explode),
            Self::Json => value.to_string(),
        }
    }
}

/// The field's own examples come before those of its schema.
fn example(schemas: &Schemas, header: &Header, notation: Notation) -> Option<HeaderExample> {
    let schema = header.schema.as_ref();
    let validator = schema.and_then(|pointer| schemas.validator(pointer, Direction::Response).ok());
    let judged = |text: String, value: Option<&Value>| {
        let is_valid = value.is_none_or(|value| validator.as_ref().is_none_or(|judge| judge.is_valid(value)));
        is_clean(&text).then_some(HeaderExample { text, is_valid })
    };
    let own = header.examples.iter().filter_map(|example| {
        let written = example.written(schemas).and_then(|bytes| String::from_utf8(bytes.into()).ok());
        let value = example.value(schemas);
        let Some(value) = value else {
            let text = written?;
            let read = read(schemas, header, &text);
            return judged(text, read.as_ref());
        };
        judged(written.unwrap_or_else(|| notation.text(value)), Some(value))
    });
    let mut found: Vec<HeaderExample> = own.collect();
    if header.examples.is_empty() {
        let of_schema = schema.and_then(|pointer| schemas.example(pointer, Direction::Response));
        found.extend(of_schema.and_then(|(_, value)| judged(notation.text(value), Some(value))));
    }
    let best = found.iter().position(|example| example.is_valid).unwrap_or(0);
    (!found.is_empty()).then(|| found.swap_remove(best))
}

/// What a field that is written already says, as likely as it can be told; what can't be read is text.
fn read(schemas: &Schemas, header: &Header, text: &str) -> Option<Value> {
    let expect = Expect::compile(schemas, header.schema.as_ref(), Direction::Response);
    let mut headers = HeaderMap::new();
    let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
    headers.insert(name, http::HeaderValue::from_str(text).ok()?);
    match codec::header(header, &expect, &headers) {
        Decoded::Value(value) => Some(value),
        Decoded::Values(values) => values.into_iter().next(),
        Decoded::Absent | Decoded::Empty => None,
        Decoded::Unreadable { .. } | Decoded::Repeated { .. } => Some(Value::from(text)),
    }
}

/// Whether the text can stand in a field as it is (RFC 9110 5.5).
fn is_clean(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && text.trim() == text
}

/// A value in style `simple` (OpenAPI 3.1 4.8.12.2).
pub fn simple(value: &Value, explode: bool) -> String {
    match value {
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Object(object) => {
            let between = if explode { "=" } else { "," };
            let pairs: Vec<String> =
                object.iter().map(|(name, value)| format!("{name}{between}{}", plain(value))).collect();
            pairs.join(",")
        }
        value => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_and_objects_are_written_in_style_simple() {
        let object = json!({"a": 1, "b": "x"});
        assert_eq!(simple(&json!(["a", 2]), false), "a,2");
        assert_eq!(simple(&object, false), "a,1,b,x");
        assert_eq!(simple(&object, true), "a=1,b=x");
    }
}
