//! Plain characters: a readable line, a small table for `text/csv`, a small page for `text/html`.

use std::fmt::Write as _;

use indexmap::IndexSet;
use serde_json::Value;

use crate::codec::plain;
use crate::generate::Draw;
use crate::generate::body::{Body, Notation};
use crate::generate::people::COMPANIES;
use crate::generate::pool::Pool;

pub(super) fn write(body: &Body, draw: &mut Draw<'_>, out: &mut Vec<u8>) {
    let is_edge = draw.edge.is_some();
    let value = body.plan.as_ref().map(|plan| plan.value(draw));
    let made = match body.notation.media_type.sub.as_str() {
        "csv" => match &value {
            Some(value) if rows(value).is_some() => rows(value).map(table),
            _ => Some(companies(draw)),
        },
        "html" => Some(page(draw)),
        "plain" | "markdown" if value.as_ref().is_none_or(Value::is_string) => {
            Pool::Description.texts().get(draw.random.below(16) as usize).cloned()
        }
        _ => None,
    };
    let text = match (value, made) {
        (None, made) => made.unwrap_or_default(),
        // What is special about the text must show.
        (Some(Value::String(text)), _) if is_edge => {
            out.extend_from_slice(text.as_bytes());
            return;
        }
        (Some(value), Some(made)) if rows(&value).is_some() => made,
        (Some(Value::String(text)), Some(made)) if draw.message.is_none() && fits(body, &made) => {
            // What the schema says of the text goes first: a listed or patterned text stays.
            if body.notation.media_type.sub == "plain" && is_told(body) { text } else { made }
        }
        (Some(Value::String(text)), _) => text,
        (Some(value), _) => plain(&value),
    };
    out.extend_from_slice(draw.message.filter(|message| fits(body, message)).unwrap_or(&text).as_bytes());
}

/// Writes a value: a list of records as a table for `text/csv`, else as it is.
pub(super) fn write_value(notation: &Notation, value: &Value, out: &mut Vec<u8>) {
    let table = rows(value).filter(|_| notation.media_type.sub == "csv").map(table);
    let text = table.unwrap_or_else(|| plain(value));
    out.extend_from_slice(text.as_bytes());
}

/// The rows of a table: records, or a single one.
fn rows(value: &Value) -> Option<&[Value]> {
    let rows = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    rows.iter().all(Value::is_object).then_some(rows)
}

fn fits(body: &Body, text: &str) -> bool {
    let notation = &body.notation;
    let Some(pointer) = &notation.content.schema else { return true };
    let validator = notation.schemas.validator(pointer, notation.direction);
    validator.is_ok_and(|validator| validator.is_valid(&Value::String(text.to_owned())))
}

/// Whether the schema says more of the text than that it is one.
fn is_told(body: &Body) -> bool {
    let notation = &body.notation;
    let pointer = notation.content.schema.as_ref();
    let schema = pointer.and_then(|pointer| notation.schemas.resolve(pointer, notation.direction));
    schema.is_some_and(|(_, schema)| {
        ["example", "examples", "enum", "const", "default"]
            .iter()
            .any(|keyword| schema.get(*keyword).is_some())
    })
}

/// The rows as comma-separated values (RFC 4180), with all names that they have as the head.
fn table(rows: &[Value]) -> String {
    let names: IndexSet<&String> =
        rows.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys).collect();
    let mut text = line(names.iter().map(|name| (*name).clone()));
    for row in rows {
        text.push_str(&line(names.iter().map(|name| row.get(*name).map_or_else(String::new, plain))));
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = cells
        .map(|cell| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell
            }
        })
        .collect();
    quoted.join(",") + "\r\n"
}

fn companies(draw: &mut Draw<'_>) -> String {
    let mut text = "id,name,email\r\n".to_owned();
    for id in 1..=draw.random.between(3, 6) {
        if let Some((name, slug)) = draw.random.pick(&COMPANIES) {
            let _ = write!(text, "{id},{name},hello@{slug}.example.com\r\n");
        }
    }
    text
}

fn page(draw: &mut Draw<'_>) -> String {
    let mut pick = |pool: Pool| draw.random.pick(&pool.texts()).cloned().unwrap_or_default();
    let (title, text) = (pick(Pool::Title), pick(Pool::Description));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n"
    )
}
