//! Responses (Responses and Response Object, OpenAPI 3.1 4.8.16 and 4.8.17).

use std::fmt;

use crate::contract::{Content, Example, Link};
use crate::media_type::MediaType;
use crate::pointer::Pointer;
use crate::violation::Rule;

/// A declared response.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status or statuses that it is for.
    pub key: StatusKey,
    /// Its place in the document.
    pub pointer: Pointer,
    /// Its description.
    pub description: String,
    /// The declared header fields, without `Content-Type`.
    pub headers: Vec<Header>,
    /// The declared content, in the document's order; empty if it has none.
    pub content: Vec<Content>,
    /// The links to other operations of the document.
    pub links: Vec<Link>,
    /// The rules that this response answers (`x-standin-answers` on the response); it then answers nothing else.
    pub answers: Vec<Rule>,
    /// Branches of its schemas with rules of their own (`x-standin-answers` on a branch).
    pub branches: Vec<Branch>,
}

impl Response {
    /// Whether the document says itself which rules this response answers.
    pub fn answers_by_itself(&self) -> bool {
        !self.answers.is_empty() || self.branches.iter().any(|branch| !branch.answers.is_empty())
    }
}

/// One alternative of a response's `oneOf` or `anyOf`.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The schema that the alternative is listed in, which must hold too.
    pub whole: Pointer,
    /// The alternative itself.
    pub pointer: Pointer,
    /// Its place among the alternatives.
    pub index: usize,
    /// The rules that it answers.
    pub answers: Vec<Rule>,
}

/// A declared header field.
#[derive(Debug, Clone)]
pub struct Header {
    /// Its name as written.
    pub name: String,
    /// Whether it has to be there.
    pub required: bool,
    /// Whether arrays and objects are written as several values; the style is always `simple`.
    pub explode: bool,
    /// The media type that its value is written in, in place of a style (`content`).
    pub media_type: Option<MediaType>,
    /// The schema of its value.
    pub schema: Option<Pointer>,
    /// The examples, the unnamed one first.
    pub examples: Vec<Example>,
    /// Its place in the document.
    pub pointer: Pointer,
}

/// The key of a response: a status, a range such as `4XX`, or `default`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusKey {
    /// One status.
    Exact(u16),
    /// A hundred of them: 4 for `4XX`.
    Range(u8),
    /// `default`.
    Default,
}

impl StatusKey {
    /// Reads `404`, `4XX` (also in lower case) or `default`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        let first = text.bytes().next()?.wrapping_sub(b'0');
        if text.len() == 3 && (1..=5).contains(&first) {
            if text[1..].eq_ignore_ascii_case("xx") {
                return Some(Self::Range(first));
            }
            return text.parse().ok().map(Self::Exact);
        }
        None
    }

    /// Whether a status falls under this key; `default` takes every one.
    pub fn takes(self, status: u16) -> bool {
        match self {
            Self::Exact(exact) => exact == status,
            Self::Range(hundred) => u16::from(hundred) == status / 100,
            Self::Default => true,
        }
    }
}

impl fmt::Display for StatusKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(status) => write!(f, "{status}"),
            Self::Range(hundred) => write!(f, "{hundred}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}
