//! Content of requests and replies (Media Type Object, OpenAPI 3.1 4.8.14).

use indexmap::IndexMap;

use crate::contract::{Header, Serialization};
use crate::media_type::MediaType;
use crate::pointer::Pointer;

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
    /// The examples, the unnamed one first.
    pub examples: Vec<Example>,
    /// How single properties of a form or multipart body are written.
    pub encoding: IndexMap<String, Encoding>,
}

/// An example given by the document.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its name in `examples`; `None` for `example`.
    pub name: Option<String>,
    /// The place of its value in the document.
    pub pointer: Pointer,
}

/// How one property of a form or multipart body is written (Encoding Object, OpenAPI 3.1 4.8.15).
#[derive(Debug, Clone)]
pub struct Encoding {
    /// The media types that the part may have; empty means the default for the property's type.
    pub content_types: Vec<MediaType>,
    /// Style and explode; `None` where the property is written by its media type.
    pub serialization: Option<Serialization>,
    /// The part's own header fields.
    pub headers: Vec<Header>,
}
