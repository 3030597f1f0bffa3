//! The edges of a whole reply, counted through: those of its body, then those of each header field.

use std::borrow::Cow;
use std::sync::Arc;

use super::Edges;
use crate::generate::HeaderValue;

/// The edges of a reply's body and header fields.
pub struct ReplyEdges<'a> {
    body: Option<&'a Edges>,
    headers: Vec<(usize, Arc<HeaderValue>)>,
}

/// What an edge of a reply is an edge of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeOf {
    /// The body: the index among its edges.
    Body(usize),
    /// A header field: its number, and the index among its edges.
    Header(usize, usize),
}

impl<'a> ReplyEdges<'a> {
    /// Puts together the edges of a body, if it has any, and of header fields, each with the number that tells it.
    pub fn new(body: Option<&'a Edges>, headers: Vec<(usize, Arc<HeaderValue>)>) -> Self {
        Self { body, headers }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.of_body() + self.headers.iter().map(|(_, header)| header.edges()).sum::<usize>()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the body has more than are listed.
    pub fn is_cut(&self) -> bool {
        self.body.is_some_and(|edges| edges.is_cut)
    }

    /// What an edge is an edge of; `None` if there is no such edge.
    pub fn find(&self, index: usize) -> Option<EdgeOf> {
        let Some(mut left) = index.checked_sub(self.of_body()) else { return Some(EdgeOf::Body(index)) };
        for (number, header) in &self.headers {
            match left.checked_sub(header.edges()) {
                Some(rest) => left = rest,
                None => return Some(EdgeOf::Header(*number, left)),
            }
        }
        None
    }

    /// The place of an edge and what is special there: `data.items: empty`, or ``header `x-total`: lowest 0``.
    pub fn what(&self, index: usize) -> Option<Cow<'a, str>> {
        match self.find(index)? {
            EdgeOf::Body(index) => self.body?.what(index).map(Cow::Borrowed),
            EdgeOf::Header(number, index) => self.header(number)?.what(index).map(Cow::Owned),
        }
    }

    /// The header field of a number.
    pub fn header(&self, number: usize) -> Option<&HeaderValue> {
        self.headers.iter().find(|(known, _)| *known == number).map(|(_, header)| &**header)
    }

    fn of_body(&self) -> usize {
        self.body.map_or(0, Edges::len)
    }
}
