//! Parameters (Parameter Object, OpenAPI 3.1 4.8.12).

use crate::contract::Example;
use crate::media_type::MediaType;
use crate::pointer::Pointer;

/// A declared parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, literally; for headers compared without regard to case.
    pub name: String,
    /// Where it is sent.
    pub location: Location,
    /// Whether it has to be there; always true in paths.
    pub required: bool,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// Whether an empty value stands for its absence (`allowEmptyValue`).
    pub allow_empty: bool,
    /// How its value is written.
    pub serialization: Serialization,
    /// The schema of its value; `None` if anything goes.
    pub schema: Option<Pointer>,
    /// The examples, the unnamed one first.
    pub examples: Vec<Example>,
    /// Its place in the document.
    pub pointer: Pointer,
}

/// Where a parameter is sent (`in`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// In the path, by its template.
    Path,
    /// In the query, by name.
    Query,
    /// The whole query (OpenAPI 3.2 `querystring`).
    QueryString,
    /// In a header field.
    Header,
    /// In the `Cookie` header field.
    Cookie,
}

impl Location {
    /// The word for it in messages and locations: `path`, `query`, `header`, `cookie`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query | Self::QueryString => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a value is written as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serialization {
    /// By a style.
    Style {
        /// The style.
        style: Style,
        /// Whether arrays and objects are written as several values.
        explode: bool,
    },
    /// As content of a media type (`content`).
    Content(MediaType),
}

/// The styles (OpenAPI 3.1 4.8.12.3), with 2.0's `collectionFormat: tsv` beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `;color=blue`
    Matrix,
    /// `.blue`
    Label,
    /// `blue,black`
    Simple,
    /// `color=blue`
    Form,
    /// `blue%20black`
    SpaceDelimited,
    /// `blue|black`
    PipeDelimited,
    /// `blue%09black` (`collectionFormat: tsv`)
    TabDelimited,
    /// `color[R]=100`
    DeepObject,
    /// `color=blue; color=black`, without escapes (3.2)
    Cookie,
}

impl Style {
    /// The style of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "matrix" => Self::Matrix,
            "label" => Self::Label,
            "simple" => Self::Simple,
            "form" => Self::Form,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "tabDelimited" => Self::TabDelimited,
            "deepObject" => Self::DeepObject,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }
}
