//! Whole bodies: generated values in the notation of their media type.

mod binary;
mod form;
mod multipart;
mod stream;
mod text;
mod xml;

use std::sync::Arc;

use serde_json::Value;

use crate::codec::plain;
use crate::contract::Content;
use crate::generate::part_header::PartHeaders;
use crate::generate::{Draw, Edges, Plan, Plans, Unsatisfiable, echo};
use crate::media_type::{Kind, MediaType};
use crate::schema::{Direction, Schemas};
use crate::seed::Random;

/// Writes bodies of one content: compiled once, like the plans in it.
pub struct Body {
    notation: Notation,
    plan: Option<Plan>,
    item: Option<Plan>,
}

/// How values of one content are written as one media type.
pub struct Notation {
    media_type: MediaType,
    schemas: Arc<Schemas>,
    direction: Direction,
    content: Content,
    part_headers: PartHeaders,
}

impl Body {
    /// Compiles the content for one media type that it takes in; what a range leaves open is made up.
    ///
    /// Errors where a schema of it has no value, or none was found.
    pub fn compile(
        plans: &Plans,
        content: &Content,
        media_type: &MediaType,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        let subject = subject(plans.schemas(), content, direction);
        let plan = |pointer| Plan::compile_named(plans, pointer, &subject, direction);
        let schema = if is_opaque(media_type) { None } else { content.schema.as_ref() };
        Ok(Self {
            notation: Notation::with_part_headers(plans, content, media_type, direction)?,
            plan: schema.map(plan).transpose()?,
            item: content.item_schema.as_ref().map(plan).transpose()?,
        })
    }

    /// Compiles the content so that its values take one branch of the schema at `whole`, which is the content's own
    /// schema or what it refers to.
    ///
    /// Errors where no value takes that branch, or none was found.
    pub fn compile_branch(
        plans: &Plans,
        content: &Content,
        media_type: &MediaType,
        whole: &crate::pointer::Pointer,
        branch: usize,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        let plan = Plan::compile_branch(plans, whole, branch, direction)?;
        let notation = Notation::with_part_headers(plans, content, media_type, direction)?;
        Ok(Self { notation, plan: Some(plan), item: None })
    }

    /// The value of `Content-Type` for what it writes.
    pub fn content_type(&self) -> String {
        self.notation.content_type()
    }

    /// The edges of its values, found on first use; `None` where no schema tells of the bytes.
    pub fn edges(&self) -> Option<&Edges> {
        let items = matches!(self.notation.media_type.kind(), Kind::JsonLines | Kind::EventStream);
        let item = self.item.as_ref().filter(|_| items);
        item.or(self.plan.as_ref()).map(Plan::edges)
    }

    /// Whether its values have a main list, whose length can be asked for.
    pub fn has_list(&self) -> bool {
        self.item.is_some()
            || matches!(self.notation.media_type.kind(), Kind::JsonLines | Kind::EventStream)
            || self.plan.as_ref().is_some_and(Plan::has_list)
    }

    /// Writes one body.
    pub fn write(&self, draw: &mut Draw<'_>, out: &mut Vec<u8>) {
        match self.notation.media_type.kind() {
            Kind::Json => match &self.plan {
                Some(plan) => plan.write(draw, out),
                None => out.extend_from_slice(b"{}"),
            },
            Kind::JsonLines | Kind::EventStream => stream::write(self, draw, out),
            Kind::Text => text::write(self, draw, out),
            Kind::Binary => binary::write(&self.notation.media_type, &mut draw.random, out),
            Kind::Multipart if self.plan.is_none() && self.item.is_some() => {
                let items = Value::Array(stream::items(self, draw));
                self.notation.write(&items, &mut draw.random, out);
            }
            Kind::Form | Kind::Multipart | Kind::Xml => {
                let value = self.plan.as_ref().map_or(Value::Null, |plan| plan.value(draw));
                self.notation.write(&value, &mut draw.random, out);
            }
        }
    }
}

impl Notation {
    /// The notation of a content as one media type that it takes in; what a range leaves open is made up.
    pub fn new(
        schemas: &Arc<Schemas>,
        content: &Content,
        media_type: &MediaType,
        direction: Direction,
    ) -> Self {
        let media_type = concrete(media_type);
        Self {
            media_type,
            schemas: Arc::clone(schemas),
            direction,
            content: content.clone(),
            part_headers: PartHeaders::default(),
        }
    }

    /// As [`Self::new`], with the header fields that the parts of a multipart body declare.
    fn with_part_headers(
        plans: &Plans,
        content: &Content,
        media_type: &MediaType,
        direction: Direction,
    ) -> Result<Self, Unsatisfiable> {
        let notation = Self::new(plans.schemas(), content, media_type, direction);
        match notation.media_type.kind() {
            Kind::Multipart => Ok(Self { part_headers: PartHeaders::compile(plans, content)?, ..notation }),
            _ => Ok(notation),
        }
    }

    /// The value of `Content-Type` for what it writes.
    pub fn content_type(&self) -> String {
        match self.media_type.kind() {
            Kind::Multipart if self.media_type.parameter("boundary").is_none() => {
                format!("{}; boundary={}", self.media_type, multipart::BOUNDARY)
            }
            _ => self.media_type.to_string(),
        }
    }

    /// Writes a value. What a value does not say, the bytes of a file, comes from `random`.
    pub fn write(&self, value: &Value, random: &mut Random, out: &mut Vec<u8>) {
        match self.media_type.kind() {
            Kind::Json => echo::write(value, out),
            Kind::JsonLines | Kind::EventStream => stream::write_items(self, value, out),
            Kind::Form => form::write(self, value, out),
            Kind::Multipart => multipart::write(self, value, random, out),
            Kind::Xml => xml::write(self, value, out),
            Kind::Text => text::write_value(self, value, out),
            Kind::Binary => out.extend_from_slice(plain(value).as_bytes()),
        }
    }
}

/// What the content is about, by the path that it is written under: `users` of `/v1/users/{id}`; empty for failures,
/// and for schemas that have a name of their own.
fn subject(schemas: &Schemas, content: &Content, direction: Direction) -> String {
    let schema = content.schema.as_ref().and_then(|schema| schemas.resolve(schema, direction));
    if schema.is_some_and(|(pointer, _)| !pointer.as_str().starts_with("/paths/")) {
        return String::new();
    }
    let tokens: Vec<_> = content.pointer.tokens().collect();
    match tokens.as_slice() {
        [paths, template, _, responses, status, ..]
            if paths == "paths" && responses == "responses" && !status.starts_with(['4', '5']) =>
        {
            let mut segments = template.rsplit('/').filter(|segment| !segment.contains('{'));
            segments.next().unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

/// Whether nothing of a schema shows in the bytes.
fn is_opaque(media_type: &MediaType) -> bool {
    media_type.kind() == Kind::Binary
}

/// A media type within a range.
fn concrete(media_type: &MediaType) -> MediaType {
    if !media_type.is_range() {
        return media_type.clone();
    }
    let (main, sub) = match (media_type.main.as_str(), media_type.sub.as_str()) {
        ("image", _) => ("image", "png"),
        ("text", _) => ("text", "plain"),
        ("audio", _) => ("audio", "wav"),
        ("video" | "font" | "model", _) => ("application", "octet-stream"),
        ("multipart", _) => ("multipart", "form-data"),
        ("application", sub) if sub.starts_with("*+") => return with_sub(media_type, &sub[2..]),
        _ => ("application", "json"),
    };
    MediaType { main: main.to_owned(), sub: sub.to_owned(), parameters: media_type.parameters.clone() }
}

fn with_sub(media_type: &MediaType, sub: &str) -> MediaType {
    MediaType { sub: sub.to_owned(), ..media_type.clone() }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde_json::json;

    use super::*;
    use crate::generate::oracle::schemas;
    use crate::pointer::Pointer;
    use crate::seed::Seed;

    fn parts(media_type: &str, schema: &Value) -> (Arc<Schemas>, Content) {
        let schemas = schemas(json!({ "components": { "schemas": { "Pet": schema } } }));
        let content = Content {
            media_type: MediaType::parse(media_type).unwrap(),
            pointer: Pointer::root(),
            schema: Some(Pointer::from_escaped("/components/schemas/Pet")),
            item_schema: None,
            examples: Vec::new(),
            encoding: indexmap::IndexMap::new(),
            prefix_encoding: Vec::new(),
            item_encoding: None,
        };
        (schemas, content)
    }

    pub(super) fn notation(media_type: &str, schema: &Value) -> Notation {
        let (schemas, content) = parts(media_type, schema);
        Notation::new(&schemas, &content, &content.media_type, Direction::Response)
    }

    /// A value as content that has a schema.
    pub(super) fn written(media_type: &str, schema: &Value, value: &Value) -> String {
        let mut out = Vec::new();
        notation(media_type, schema).write(value, &mut Seed(1).random(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn compiled(media_type: &str, schema: &Value) -> Body {
        let (schemas, content) = parts(media_type, schema);
        Body::compile(&Plans::new(&schemas), &content, &content.media_type, Direction::Response).unwrap()
    }

    fn body(media_type: &str, schema: &Value, seed: u64) -> (String, Vec<u8>) {
        let body = compiled(media_type, schema);
        let mut out = Vec::new();
        body.write(&mut Draw::new(Seed(seed)), &mut out);
        (body.content_type(), out)
    }

    #[test]
    fn every_media_type_has_its_notation() {
        let schema = json!({ "type": "object", "required": ["id"], "properties": {
            "id": {"type": "integer", "xml": {"attribute": true}},
            "tags": {"type": "array", "minItems": 2, "items": {"enum": ["a&b", "c"], "xml": {"name": "tag"}}, "xml": {"wrapped": true}}
        }});
        let mut shown = String::new();
        for media_type in [
            "application/json",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/x-ndjson",
            "application/json-seq",
            "text/event-stream",
            "text/plain",
            "text/csv",
        ] {
            let (content_type, bytes) = body(media_type, &schema, 1);
            let _ = write!(shown, "{content_type}\n{}\n\n", String::from_utf8_lossy(&bytes));
        }
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn an_edge_shows_in_every_notation() {
        let record = json!({ "type": "object", "required": ["id"], "properties": {"id": {"const": 7}, "mood": {"enum": ["glad", "sad"]}} });
        let rows = json!({ "type": "array", "minItems": 1, "maxItems": 3, "items": record });
        let table = [
            ("application/xml", &record, "mood: value \"sad\"", "<mood>sad</mood>"),
            ("application/x-www-form-urlencoded", &record, "mood: value \"sad\"", "mood=sad"),
            ("multipart/form-data", &record, "mood: value \"sad\"", "name=\"mood\"\r\n\r\nsad"),
            ("application/x-ndjson", &rows, "the whole: fewest (1 item)", "{\"id\":7"),
            ("text/event-stream", &record, "mood: absent", "data: {\"id\":7}\n"),
            ("text/csv", &rows, "0.mood: absent", "id,mood\r\n7,\r\n7,"),
            ("text/html", &json!({ "type": "string", "maxLength": 9 }), "the whole: non-ASCII", "Zoë Łukas"),
        ];
        for (media_type, schema, what, expected) in table {
            let body = compiled(media_type, schema);
            let edges = body.edges().unwrap();
            let index = (0..edges.len()).find(|index| edges.what(*index) == Some(what));
            let mut out = Vec::new();
            body.write(&mut Draw { edge: index, ..Draw::new(Seed(1)) }, &mut out);
            let text = String::from_utf8(out).unwrap();
            assert!(index.is_some() && text.contains(expected), "{media_type}: {text}");
        }
        assert!(compiled("image/png", &json!({ "type": "string" })).edges().is_none());
    }

    #[test]
    fn texts_and_bytes_are_what_they_are_called() {
        let text = json!({ "type": "string" });
        let starts = [
            ("image/png", &b"\x89PNG"[..]),
            ("image/jpeg", b"\xff\xd8"),
            ("image/gif", b"GIF8"),
            ("image/svg+xml", b"<svg"),
            ("application/pdf", b"%PDF"),
            ("application/zip", b"PK"),
            ("application/gzip", b"\x1f\x8b"),
            ("image/webp", b"RIFF"),
            ("audio/*", b"RIFF"),
            ("image/*", b"\x89PNG"),
            ("text/html", b"<!doctype html>"),
            ("text/csv", b"id,"),
        ];
        for (media_type, start) in starts {
            let (_, bytes) = body(media_type, &text, 3);
            assert!(bytes.starts_with(start), "{media_type}: {:?}", &bytes[..8.min(bytes.len())]);
        }
    }
}
