//! A scenario, or one rule of it, as it stands in a file: all of the file, or a part of it.

use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::{SourceText, Span};
use crate::document::SourceFile;
use crate::pointer::Pointer;

/// Where in a file the parts of a scenario stand.
#[derive(Debug)]
pub(super) struct Excerpt<'a> {
    file: &'a SourceFile,
    /// A place in the scenario, and where it stands in the file; the first that fits counts.
    places: Vec<(Pointer, Pointer)>,
}

impl<'a> Excerpt<'a> {
    /// What stands at a pointer of the file.
    pub(super) fn at(file: &'a SourceFile, at: Pointer) -> Self {
        Self { file, places: vec![(Pointer::root(), at)] }
    }

    /// The first rule of a scenario, whose parts stand in the file where `places` says.
    pub(super) fn rule(file: &'a SourceFile, places: &[(&str, &str)]) -> Self {
        let rule = Pointer::root().join("rules").index(0);
        let pair = |(within, at): &(&str, &str)| {
            (rule.concat(&Pointer::from_escaped(*within)), Pointer::from_escaped(*at))
        };
        Self { file, places: places.iter().map(pair).collect() }
    }

    /// The text of the file.
    pub(super) fn source(&self) -> Arc<SourceText> {
        Arc::clone(&self.file.source)
    }

    /// All of the file.
    pub(super) fn value(&self) -> &Value {
        &self.file.value
    }

    /// Where a part of the scenario stands, or the nearest value above it.
    pub(super) fn span(&self, pointer: &Pointer) -> Span {
        self.file.span(&self.place(pointer)).0
    }

    /// Where the name of a property stands.
    pub(super) fn name_span(&self, pointer: &Pointer) -> Option<Span> {
        self.file.name_span(&self.place(pointer))
    }

    fn place(&self, pointer: &Pointer) -> Pointer {
        let mut places = self.places.iter();
        let found = places.find_map(|(within, at)| Some(at.concat(&pointer.strip_prefix(within)?)));
        found.unwrap_or_else(Pointer::root)
    }
}
