//! Strings that hold JSON: `contentSchema` (JSON Schema 2020-12 validation 8.5), also in base64.

use std::sync::Arc;

use data_encoding::BASE64;
use serde_json::Value;

use crate::generate::compile::{Compiler, Context, Standing, accepts};
use crate::generate::conjunction::{Conjunction, Flat};
use crate::generate::node::Depth;
use crate::generate::settle::settle;
use crate::generate::wish::Wishes;
use crate::generate::write::Writer;
use crate::media_type::{Kind, MediaType};
use crate::seed::Seed;

/// How many texts a string with content is drawn from.
const KEPT: usize = 24;
/// How many seeds are tried for them.
const TRIED: u64 = 48;
/// Content in the content of content is no longer made by its schema: it could go on forever.
const DEEPEST: u8 = 2;

/// How the content stands in the string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Plain,
    Base64,
}

/// Texts that hold valid content and `fits` takes; `None` where no content is declared that can be made.
pub(super) fn texts(
    compiler: &Compiler<'_>,
    flat: &Flat<'_>,
    context: &Context,
    fits: &dyn Fn(&str) -> bool,
) -> Option<Vec<String>> {
    let mut conjunction = Conjunction::default();
    let mut encoding = None;
    for constraint in &flat.constraints {
        let Some(schema) = constraint.get("contentSchema") else { continue };
        let text = |keyword: &str| constraint.get(keyword).and_then(Value::as_str);
        // Without a media type the content schema says nothing.
        let media_type = text("contentMediaType").and_then(MediaType::parse)?;
        let own = match text("contentEncoding") {
            None => Encoding::Plain,
            Some(name) if name.eq_ignore_ascii_case("base64") => Encoding::Base64,
            Some(_) => return None,
        };
        if media_type.kind() != Kind::Json || encoding.is_some_and(|known| known != own) {
            return None;
        }
        encoding = Some(own);
        conjunction.push(constraint.pointer.join("contentSchema"), schema);
    }
    let encoding = encoding.filter(|_| compiler.nesting < DEEPEST)?;
    let parts: Vec<_> = conjunction.parts.iter().map(|part| part.pointer.clone()).collect();
    let validators = compiler.validators(&parts);
    let mut inner = compiler.inside();
    let context = Context { name: Arc::clone(&context.name), kind: context.kind, place: Standing::Property };
    let root = inner.run_in(conjunction, context)?;
    settle(&mut inner.graph);
    if inner.graph.slot(root).depth == Depth::ENDLESS {
        return None;
    }
    let mut texts: Vec<String> = Vec::new();
    for seed in (0..TRIED).map(Seed) {
        let mut json = Vec::new();
        Writer::new(&inner.graph, &mut seed.random(), &Wishes::default()).item(root, &mut json);
        let text = match encoding {
            Encoding::Plain => String::from_utf8(json.clone()).ok()?,
            Encoding::Base64 => BASE64.encode(&json),
        };
        let is_valid = serde_json::from_slice(&json).is_ok_and(|value| accepts(&validators, &value));
        if is_valid && !texts.contains(&text) && fits(&text) {
            texts.push(text);
        }
        if texts.len() >= KEPT {
            break;
        }
    }
    (!texts.is_empty()).then_some(texts)
}
