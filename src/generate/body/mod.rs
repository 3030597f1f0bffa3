//! Whole bodies: generated values in the notation of their media type.

mod binary;
mod form;
mod multipart;
mod stream;
mod text;
mod xml;

use std::sync::Arc;

use crate::contract::Content;
use crate::generate::{Draw, Edges, Plan, Plans, Unsatisfiable};
use crate::media_type::{Kind, MediaType};
use crate::schema::{Direction, Schemas};

/// Writes bodies of one content: compiled once, like the plans in it.
pub struct Body {
    media_type: MediaType,
    schemas: Arc<Schemas>,
    direction: Direction,
    content: Content,
    plan: Option<Plan>,
    item: Option<Plan>,
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
        let plan = |pointer| Plan::compile(plans, pointer, direction);
        let schema = if is_opaque(media_type) { None } else { content.schema.as_ref() };
        Ok(Self {
            media_type: concrete(media_type),
            schemas: Arc::clone(plans.schemas()),
            direction,
            content: content.clone(),
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
        Ok(Self {
            media_type: concrete(media_type),
            schemas: Arc::clone(plans.schemas()),
            direction,
            content: content.clone(),
            plan: Some(plan),
            item: None,
        })
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

    /// The edges of its values, found on first use; `None` where no schema tells of the bytes.
    pub fn edges(&self) -> Option<&Edges> {
        let items = matches!(self.media_type.kind(), Kind::JsonLines | Kind::EventStream);
        let item = self.item.as_ref().filter(|_| items);
        item.or(self.plan.as_ref()).map(Plan::edges)
    }

    /// Writes one body.
    pub fn write(&self, draw: &mut Draw<'_>, out: &mut Vec<u8>) {
        match self.media_type.kind() {
            Kind::Json => match &self.plan {
                Some(plan) => plan.write(draw, out),
                None => out.extend_from_slice(b"{}"),
            },
            Kind::JsonLines | Kind::EventStream => stream::write(self, draw, out),
            Kind::Form => form::write(self, draw, out),
            Kind::Multipart => multipart::write(self, draw, out),
            Kind::Xml => xml::write(self, draw, out),
            Kind::Text => text::write(self, draw, out),
            Kind::Binary => binary::write(&self.media_type, &mut draw.random, out),
        }
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
        ("audio" | "video" | "font" | "model", _) => ("application", "octet-stream"),
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

    use serde_json::{Value, json};

    use super::*;
    use crate::generate::oracle::schemas;
    use crate::pointer::Pointer;
    use crate::seed::Seed;

    fn body(media_type: &str, schema: &Value, seed: u64) -> (String, Vec<u8>) {
        let body = compiled(media_type, schema);
        let mut out = Vec::new();
        body.write(&mut Draw::new(Seed(seed)), &mut out);
        (body.content_type(), out)
    }

    fn compiled(media_type: &str, schema: &Value) -> Body {
        let schemas = schemas(json!({ "components": { "schemas": { "Pet": schema } } }));
        let media_type = MediaType::parse(media_type).unwrap();
        let content = Content {
            media_type: media_type.clone(),
            pointer: Pointer::root(),
            schema: Some(Pointer::from_escaped("/components/schemas/Pet")),
            item_schema: None,
            examples: Vec::new(),
            encoding: indexmap::IndexMap::new(),
        };
        Body::compile(&Plans::new(&schemas), &content, &media_type, Direction::Response).unwrap()
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
