//! Content of requests and replies (Media Type Object, OpenAPI 3.1 4.8.14).

use std::cmp::Reverse;
use std::sync::Arc;

use bytes::Bytes;
use indexmap::IndexMap;
use serde_json::Value;

use crate::contract::{Header, Serialization};
use crate::media_type::MediaType;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};

/// What is declared for one media type or range.
#[derive(Debug, Clone)]
pub struct Content {
    /// The media type or range.
    pub media_type: MediaType,
    /// Its place in the document.
    pub pointer: Pointer,
    /// The schema of the whole; `None` if anything goes.
    pub schema: Option<Pointer>,
    /// The schema of each item of a stream (OpenAPI 3.2 `itemSchema`).
    pub item_schema: Option<Pointer>,
    /// The examples, the unnamed one first. They come before those of the schema.
    pub examples: Vec<Example>,
    /// How single properties of a form or multipart body are written.
    pub encoding: IndexMap<String, Encoding>,
    /// How the first items of a multipart body are written, by their place (OpenAPI 3.2 `prefixEncoding`).
    pub prefix_encoding: Vec<Encoding>,
    /// How all items behind them are written (OpenAPI 3.2 `itemEncoding`).
    pub item_encoding: Option<Encoding>,
}

impl Content {
    /// Which of several takes content of a media type best: the most exact, of equal ones the first.
    pub fn best_of(contents: &[Self], media_type: &MediaType) -> Option<usize> {
        let fitting = contents.iter().enumerate().filter(|(_, one)| one.media_type.includes(media_type));
        let best = fitting.max_by_key(|(index, one)| (one.media_type.specificity(), Reverse(*index)));
        best.map(|(index, _)| index)
    }

    /// How the item of this place is written, in a multipart body that is a list.
    pub fn encoding_of_item(&self, at: usize) -> Option<&Encoding> {
        self.prefix_encoding.get(at).or(self.item_encoding.as_ref())
    }
}

/// An example given by the document: `example`, or one of `examples`.
///
/// Invariant: it has a value, or is written, or both.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its name in `examples`; `None` for `example`.
    pub name: Option<String>,
    /// The place of its value in the document, or of what stands for it.
    pub pointer: Pointer,
    pub(super) value: Option<Kept<Arc<Value>>>,
    pub(super) written: Option<Kept<Bytes>>,
}

/// Where the value of an example is, or its text.
#[derive(Debug, Clone)]
pub(super) enum Kept<T> {
    /// In the document, where it stays: it may be large, and of many operations.
    Inside(Pointer),
    /// Only here: read from a file, or from a text.
    Beside(T),
}

impl Example {
    /// What the schema judges; `None` if only bytes are known: XML as text, an image from a file.
    pub fn value<'a>(&'a self, schemas: &'a Schemas) -> Option<&'a Value> {
        match self.value.as_ref()? {
            Kept::Inside(pointer) => pointer.find(schemas.root(Direction::Response)),
            Kept::Beside(value) => Some(value),
        }
    }

    /// How it is sent, byte for byte; `None` if the value says so.
    pub fn written(&self, schemas: &Schemas) -> Option<Bytes> {
        match self.written.as_ref()? {
            Kept::Inside(pointer) => {
                let text = pointer.find(schemas.root(Direction::Response))?.as_str()?;
                Some(Bytes::copy_from_slice(text.as_bytes()))
            }
            Kept::Beside(bytes) => Some(bytes.clone()),
        }
    }
}

/// How one property of a form or multipart body is written (Encoding Object, OpenAPI 3.1 4.8.15).
#[derive(Debug, Clone, Default)]
pub struct Encoding {
    /// The media types that the part may have; empty means the default for the property's type.
    pub content_types: Vec<MediaType>,
    /// Style and explode; `None` where the property is written by its media type.
    pub serialization: Option<Serialization>,
    /// Whether reserved characters stand as they are (RFC 3986 2.2).
    pub allow_reserved: bool,
    /// The part's own header fields.
    pub headers: Vec<Header>,
}
