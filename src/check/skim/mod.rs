//! Content whose JSON text tells by itself that nothing is to be found in it, so that no value need be made of it.
//!
//! Nearly all content is valid by plain schemas. What a schema asks for is compiled to nodes, one for each place that a
//! text has ever come to, and a run through the bytes of a text holds them against the nodes, once and without allocating.
//! It answers "nothing is to be found" or "that can't be told here": then the text is read and judged as ever. So what is
//! found never depends on it, as long as it is right when it says nothing; wherever something is in doubt it does not.

mod compile;
mod different;
mod format;
mod holds;
mod node;
mod object;
mod pattern;
mod run;
mod set;
mod shelf;
mod strings;
mod tag;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use serde_json::Value;

use super::Strictness;
use super::body::Judge;
use super::names::Names;
use super::prepared::PreparedContent;
use crate::codec;
use crate::media_type::Kind;
use crate::pointer::Pointer;
use node::{Link, Way};
use run::Run;
use shelf::Shelf;
use text::Text;

/// A schema as it is held against texts, made for what they come to.
#[derive(Debug)]
pub(super) struct Skim {
    /// The tree that the schemas lie in.
    root: Arc<Value>,
    nodes: Shelf,
    first: Link,
}

impl Skim {
    /// Takes a schema in the tree `root`; without one, anything goes that is JSON.
    pub(super) fn new(root: &Arc<Value>, schema: Option<&Pointer>) -> Self {
        let schemas = schema.cloned().into_iter().collect();
        Self { root: Arc::clone(root), nodes: Shelf::default(), first: Link::new(schemas, Way::Whole) }
    }

    /// Whether it is plain that nothing is to be found in a JSON text; `false` tells nothing. `names` are those of the
    /// schema.
    pub(super) fn passes(&self, names: Option<&Names>, text: &[u8]) -> bool {
        Run { skim: self, names }.whole(&self.first, Text(text))
    }
}

impl Judge<'_> {
    /// Which of the declared contents this is, if its text tells by itself that nothing is to be found in it; `None` tells
    /// nothing.
    pub(super) fn skims(&self, prepared: &[PreparedContent]) -> Option<(usize, Kind)> {
        if self.strictness == Strictness::Strict {
            return None;
        }
        let (index, media_type) = self.content(&mut Vec::new())?;
        let is_utf8 = media_type.parameter("charset").is_none_or(|name| name.eq_ignore_ascii_case("utf-8"));
        if !is_utf8 {
            return None;
        }
        let PreparedContent { whole, item, .. } = &prepared[index];
        let kind = media_type.kind();
        let is_plain = match kind {
            Kind::Json => whole.skims(self.contract, self.bytes),
            Kind::JsonLines => {
                let text = str::from_utf8(self.bytes).ok()?;
                let mut alone =
                    codec::records(text).map(|(_, alone)| alone).filter(|alone| !alone.is_empty());
                alone.all(|alone| item.skims(self.contract, alone.as_bytes()))
            }
            Kind::Form | Kind::Multipart | Kind::EventStream | Kind::Xml | Kind::Text | Kind::Binary => false,
        };
        is_plain.then_some((index, kind))
    }
}
