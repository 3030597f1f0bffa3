//! What loading sees in passing and does not mind: allowed, or at least readable, and probably not meant. Only `lint` tells it.

use serde_json::{Map, Value};

use super::field_names::{KEYWORDS, further};
use super::lower::normal_pointer;
use super::structure::Kind;
use super::version::Version;
use super::walk::{Spot, Walk};
use crate::pointer::Pointer;
use crate::text;

/// What is remarkable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// A name that the standard does not know, and nearly one that it does.
    NameMisspelled,
    /// Members beside a `$ref` that are ignored.
    SiblingsIgnored,
    /// `nullable` without a `type` beside it, in a version where that has no effect.
    NullableWithoutType,
    /// An array that does not say what its items are, in a version that asks for it.
    ItemsMissing,
    /// A response without the description that its version asks for.
    DescriptionMissing,
}

/// One thing that is remarkable about a value.
#[derive(Debug, Clone)]
pub struct Remark {
    /// What it is.
    pub kind: RemarkKind,
    /// The place in the normal form.
    pub pointer: Pointer,
    /// One line that stands alone.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// So many remarks are kept of one document.
const MOST: usize = 10_000;
/// Names shorter than this are too near one another to guess from.
const SHORTEST: usize = 4;

impl Walk<'_> {
    /// Looks at an object of the structure.
    pub(super) fn remark_object(&mut self, spot: &Spot, object: &Map<String, Value>, kind: Kind) {
        if kind == Kind::Schema {
            return self.remark_schema(spot, object);
        }
        if kind.may_be_a_reference() && object.get("$ref").is_some_and(Value::is_string) {
            // 3.1 4.8.23: a summary and a description stand beside a `$ref` with effect; a path item merges all.
            let is_described = self.version.has_json_schema();
            let has_effect = |name: &str| {
                kind == Kind::PathItem || is_described && ["summary", "description"].contains(&name)
            };
            return self.remark_siblings(spot, object, kind.word(), has_effect);
        }
        if kind == Kind::Response
            && self.version.asks_for_descriptions()
            && !object.contains_key("description")
        {
            let message = "this response has no `description`".to_owned();
            self.remark(RemarkKind::DescriptionMissing, spot, message, "say what it means".to_owned());
        }
        if matches!(kind, Kind::Paths | Kind::Responses) {
            return;
        }
        let known: Vec<&str> = kind
            .fields(self.version)
            .iter()
            .map(|(name, ..)| *name)
            .chain(further(kind).iter().copied())
            .collect();
        self.remark_names(spot, object, kind.word(), &known);
    }

    fn remark_schema(&mut self, spot: &Spot, schema: &Map<String, Value>) {
        if !self.version.has_json_schema() && schema.get("$ref").is_some_and(Value::is_string) {
            // What `nullable` beside a `$ref` means is plain, and it is taken so.
            let has_effect =
                |name: &str| ["nullable", "x-nullable", "description", "summary", "title"].contains(&name);
            return self.remark_siblings(spot, schema, "schema", has_effect);
        }
        let says = |keyword: &str, value: &str| schema.get(keyword).is_some_and(|found| found == value);
        if self.version == Version::OpenApi30
            && schema.get("nullable") == Some(&Value::Bool(true))
            && !schema.contains_key("type")
        {
            let message = "`nullable` has no effect without a `type` beside it".to_owned();
            let help = "write a `type` beside it, or add a branch that is null".to_owned();
            self.remark(RemarkKind::NullableWithoutType, &(spot.0, spot.1.join("nullable")), message, help);
        }
        if !self.version.has_json_schema() && says("type", "array") && !schema.contains_key("items") {
            let message = "this array does not say what its items are".to_owned();
            let help = "add `items`; `items: {}` is for items of any kind".to_owned();
            self.remark(RemarkKind::ItemsMissing, spot, message, help);
        }
        self.remark_names(spot, schema, "schema", KEYWORDS);
    }

    fn remark_siblings(
        &mut self,
        spot: &Spot,
        object: &Map<String, Value>,
        word: &str,
        has_effect: impl Fn(&str) -> bool,
    ) {
        let ignored =
            object.keys().map(String::as_str).filter(|name| *name != "$ref" && !name.starts_with("x-"));
        let ignored: Vec<&str> = ignored.filter(|name| !has_effect(name)).collect();
        let Some(first) = ignored.first() else { return };
        let message =
            format!("{} beside the `$ref` of a {word} is ignored", text::list(ignored.iter().copied()));
        let help = "move it to what the `$ref` names, or put the `$ref` into an `allOf`".to_owned();
        let place = (spot.0, spot.1.join(first));
        self.remark(RemarkKind::SiblingsIgnored, &place, message, help);
    }

    fn remark_names(&mut self, spot: &Spot, object: &Map<String, Value>, word: &str, known: &[&str]) {
        for name in object.keys() {
            if name.starts_with("x-") || known.contains(&name.as_str()) || name.chars().count() < SHORTEST {
                continue;
            }
            let free = known.iter().copied().filter(|known| !object.contains_key(*known));
            let Some(near) = text::nearest(name, free) else { continue };
            let message = format!("a {word} has no `{}`", text::harmless(&text::shortened(name, 60)));
            let place = (spot.0, spot.1.join(name));
            self.remark(RemarkKind::NameMisspelled, &place, message, format!("did you mean `{near}`?"));
        }
    }

    fn remark(&mut self, kind: RemarkKind, spot: &Spot, message: String, help: String) {
        if self.remarks.len() < MOST {
            self.remarks.push(Remark { kind, pointer: normal_pointer(spot), message, help });
        }
    }
}
