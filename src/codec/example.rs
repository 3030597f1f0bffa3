//! Examples as they are written, in place of a value: read back as the content that they stand for.

use serde_json::Value;

use super::body::{Body, Unreadable, decode, first_boundary};
use super::expect::{Expect, Types};
use crate::contract::Content;
use crate::media_type::{Kind, MediaType};
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};

/// Reads an example of `content` that is written as it is sent, and tells the first thing that `mismatch` finds between
/// a schema and a value of it; `None` if it is valid, or if no schema can judge it: a table is not read as rows.
///
/// Errors say why it can't be read as its media type.
pub fn judge_example<T>(
    schemas: &Schemas,
    content: &Content,
    direction: Direction,
    bytes: &[u8],
    mut mismatch: impl FnMut(&Pointer, &Value) -> Option<T>,
) -> Result<Option<T>, Unreadable> {
    let expect = Expect::compile(schemas, content.schema.as_ref(), direction);
    let media_type = as_sent(&content.media_type, bytes);
    let kind = media_type.kind();
    let body = decode(content, &media_type, bytes, &expect)?;
    if matches!(kind, Kind::Text | Kind::EventStream) && !expect.allows(Types::PRIMITIVE) {
        return Ok(None);
    }
    Ok(first_wrong(content, body, &mut mismatch))
}

fn first_wrong<T>(
    content: &Content,
    body: Body,
    mismatch: &mut impl FnMut(&Pointer, &Value) -> Option<T>,
) -> Option<T> {
    match (body, &content.schema, &content.item_schema) {
        (Body::Value(value) | Body::Digits(value, _), Some(whole), _) => mismatch(whole, &value),
        (Body::Values(values), Some(whole), _) => nearest(&values, |value| mismatch(whole, value)),
        (Body::Items(items), _, Some(item)) => {
            items.iter().find_map(|one| nearest(&one.values, |value| mismatch(item, value)))
        }
        // A schema beside a stream means each item in some documents, and all of them in others.
        (Body::Items(items), Some(whole), None) => {
            let of_an_item =
                items.iter().find_map(|one| nearest(&one.values, |value| mismatch(whole, value)))?;
            let all = items.into_iter().filter_map(|one| one.values.into_iter().next()).collect();
            mismatch(whole, &Value::Array(all)).map(|_| of_an_item)
        }
        (Body::Opaque, ..)
        | (Body::Value(_) | Body::Digits(..) | Body::Values(_), None, _)
        | (Body::Items(_), None, None) => None,
    }
}

/// What is wrong with the likeliest reading, if no reading is right.
fn nearest<T>(readings: &[Value], mut mismatch: impl FnMut(&Value) -> Option<T>) -> Option<T> {
    let mut likeliest = None;
    for value in readings {
        let found = mismatch(value)?;
        likeliest = likeliest.or(Some(found));
    }
    likeliest
}

/// The media type that an example is sent as: parts name their own boundary where the document names none.
pub fn as_sent(media_type: &MediaType, bytes: &[u8]) -> MediaType {
    let mut media_type = media_type.clone();
    if media_type.kind() == Kind::Multipart
        && media_type.parameter("boundary").is_none()
        && let Some(boundary) = first_boundary(bytes)
    {
        media_type.parameters.push(("boundary".to_owned(), boundary.to_owned()));
    }
    media_type
}
