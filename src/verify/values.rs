//! Where the values of requests come from: the user, the document's examples, its schemas.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::case::{Argument, Origin, Payload};
use super::making::Maker;
use crate::codec::{encode, plain};
use crate::contract::{Content, Location, Parameter};
use crate::engine::{CheckedExample, examples};
use crate::generate::{Body, Breakable, Draw, Notation, Plan, Plans};
use crate::media_type::{Kind, MediaType};
use crate::pointer::Pointer;
use crate::schema::Direction;
use crate::seed::Seed;
use crate::violation::Breach;

/// How often a value is drawn that can't be written where it belongs.
const TRIES: u64 = 8;
/// How many edges, and how many breaks, of one value are taken.
const MOST: usize = 500;
/// How many alternatives of one schema are looked into for what can be broken.
const MOST_BRANCHES: usize = 8;

/// The values of one parameter.
pub(super) struct Source<'a> {
    index: usize,
    parameter: &'a Parameter,
    given: Option<&'a str>,
    example: Option<Value>,
    /// `None` if anything goes, or nothing was found.
    plan: Option<Plan>,
    is_typeless: bool,
    seed: Seed,
}

impl<'a> Source<'a> {
    pub(super) fn new(maker: &Maker<'a>, plans: &Plans, index: usize) -> Self {
        let parameter = &maker.operation.parameters[index];
        let (contract, operation) = (maker.contract, maker.operation);
        let schema = parameter.schema.as_ref();
        let seed = [
            contract.name.as_bytes(),
            operation.method.as_str().as_bytes(),
            operation.template.as_bytes(),
            parameter.location.word().as_bytes(),
            parameter.name.as_bytes(),
        ]
        .into_iter()
        .fold(maker.asked.seed, Seed::mix);
        let plan = schema
            .and_then(|schema| Plan::compile_named(plans, schema, &parameter.name, Direction::Request).ok());
        Self {
            index,
            parameter,
            given: maker.asked.given(&contract.name, &operation.id, &parameter.name),
            example: example(maker, parameter),
            plan,
            is_typeless: schema.is_none(),
            seed,
        }
    }

    pub(super) fn parameter(&self) -> &'a Parameter {
        self.parameter
    }

    /// The parameter's place in the operation.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    pub(super) fn is_given(&self) -> bool {
        self.given.is_some()
    }

    pub(super) fn has_example(&self) -> bool {
        self.example.is_some()
    }

    /// What is sent where nothing else is asked for: the user's value, the document's, else a generated one.
    pub(super) fn usual(&self) -> Option<Argument> {
        let (value, origin) = match (self.given, &self.example) {
            (Some(text), _) => (Value::from(text), Origin::Given),
            (None, Some(example)) => (example.clone(), Origin::Example),
            (None, None) => (self.generated(0)?, Origin::Generated),
        };
        Some(Argument { parameter: self.index, value, origin })
    }

    /// The nth generated value; what the user gave stays.
    pub(super) fn drawn(&self, nth: u64) -> Option<Argument> {
        if self.is_given() {
            return self.usual();
        }
        let value = self.generated(nth)?;
        Some(Argument { parameter: self.index, value, origin: Origin::Generated })
    }

    fn generated(&self, nth: u64) -> Option<Value> {
        let Some(plan) = &self.plan else {
            return self.is_typeless.then(|| Value::from(format!("value{nth}")));
        };
        let seeds = (0..TRIES).map(|attempt| self.seed.mix_number(nth).mix_number(attempt));
        let mut values = seeds.filter_map(|seed| value(plan, &mut Draw::new(seed)));
        values.find(|value| self.can_be_sent(value))
    }

    /// Whether a value can stand where the parameter is sent; no part of a path is empty.
    fn can_be_sent(&self, value: &Value) -> bool {
        let is_there = self.parameter.location != Location::Path || !plain(value).is_empty();
        is_there && encode(self.parameter, value).is_some()
    }

    /// The valid values at the edges of the schema, each with what is special.
    pub(super) fn edges(&self) -> Vec<(String, Value)> {
        let Some(plan) = &self.plan else { return Vec::new() };
        edges(plan, self.seed)
    }

    /// The values that break the schema at one keyword each.
    pub(super) fn breaks(&self, maker: &Maker<'_>) -> Vec<(String, Breach, Value)> {
        let Some(schema) = &self.parameter.schema else { return Vec::new() };
        let values = self.example.iter().cloned().chain(self.generated(0));
        let branches = self.plan.iter().flat_map(|plan| branches(plan, self.seed));
        breaks(maker, schema, &values.chain(branches).collect::<Vec<_>>())
    }
}

/// The first example of a parameter that is valid, its own before that of its schema.
fn example(maker: &Maker<'_>, parameter: &Parameter) -> Option<Value> {
    let schemas = &maker.contract.schemas;
    let schema = parameter.schema.as_ref();
    let own = parameter.examples.iter().filter_map(|example| example.value(schemas));
    let of_schema = schema.and_then(|schema| schemas.example(schema, Direction::Request));
    let validator = schema.and_then(|schema| schemas.validator(schema, Direction::Request).ok());
    let is_good = |value: &&Value| {
        validator.as_ref().is_none_or(|judge| judge.is_valid(value)) && encode(parameter, value).is_some()
    };
    own.chain(of_schema.map(|(_, value)| value)).find(is_good).cloned()
}

/// The contents that an operation takes under one media type.
pub(super) struct ContentSource<'a> {
    index: usize,
    content: &'a Content,
    body: Body,
    /// What writes the values that are known as such; `None` where only bytes are.
    values: Option<(Plan, Notation)>,
    seed: Seed,
}

impl<'a> ContentSource<'a> {
    /// `None` where no value was found for its schema.
    pub(super) fn new(maker: &Maker<'a>, plans: &Plans, index: usize) -> Option<Self> {
        let content = &maker.operation.body.as_ref()?.content[index];
        let body = Body::compile(plans, content, &content.media_type, Direction::Request).ok()?;
        let is_known = matches!(content.media_type.kind(), Kind::Json | Kind::Form | Kind::Xml | Kind::Multipart)
            // Of parts with header fields of their own only whole bodies can be written.
            && content.encoding.values().all(|encoding| encoding.headers.is_empty());
        let plan = |schema| Plan::compile_named(plans, schema, "", Direction::Request).ok();
        let values = content.schema.as_ref().filter(|_| is_known).and_then(plan).map(|plan| {
            let schemas = &maker.contract.schemas;
            (plan, Notation::new(schemas, content, &content.media_type, Direction::Request))
        });
        let parts = [maker.contract.name.as_bytes(), content.pointer.as_str().as_bytes()];
        let seed = parts.into_iter().fold(maker.asked.seed, Seed::mix);
        Some(Self { index, content, body, values, seed })
    }

    pub(super) fn media_type(&self) -> &'a MediaType {
        &self.content.media_type
    }

    pub(super) fn content(&self) -> &'a Content {
        self.content
    }

    /// The nth generated content.
    pub(super) fn generated(&self, nth: u64) -> Option<Payload> {
        self.at(&mut Draw::new(self.seed.mix_number(nth)))
    }

    fn at(&self, draw: &mut Draw<'_>) -> Option<Payload> {
        if let Some((plan, _)) = &self.values {
            return self.of(value(plan, draw)?);
        }
        let mut bytes = Vec::new();
        self.body.write(draw, &mut bytes);
        Some(self.payload(self.body.content_type(), None, bytes.into()))
    }

    /// A value as content; `None` where only bytes are known.
    fn of(&self, value: Value) -> Option<Payload> {
        let (_, notation) = self.values.as_ref()?;
        Some(rewritten(notation, self.index, value))
    }

    fn payload(&self, content_type: String, value: Option<Value>, bytes: Bytes) -> Payload {
        Payload { content: self.index, content_type, value, bytes }
    }

    /// The document's valid examples, each with its name.
    pub(super) fn examples(&self, maker: &Maker<'_>) -> Vec<(Option<String>, Payload)> {
        let all = examples(maker.contract, self.content, Direction::Request);
        let good = all.into_iter().filter(|example| example.is_valid);
        good.map(|example| {
            let CheckedExample { name, value, bytes, content_type, .. } = example;
            let content_type = content_type.and_then(|value| value.to_str().ok().map(str::to_owned));
            let content_type = content_type.unwrap_or_else(|| self.body.content_type());
            (name, self.payload(content_type, value.map(Arc::unwrap_or_clone), bytes))
        })
        .collect()
    }

    /// The valid contents at the edges of the schema, each with what is special.
    pub(super) fn edges(&self) -> Vec<(String, Payload)> {
        if let Some((plan, _)) = &self.values {
            let known = edges(plan, self.seed).into_iter();
            return known.filter_map(|(what, value)| Some((what, self.of(value)?))).collect();
        }
        let Some(edges) = self.body.edges() else { return Vec::new() };
        let payload = |index| {
            let payload = self.at(&mut Draw { edge: Some(index), ..Draw::new(self.seed) })?;
            Some((edges.what(index)?.to_owned(), payload))
        };
        (0..edges.len().min(MOST)).filter_map(payload).collect()
    }

    /// The contents that break the schema at one keyword each, made of a valid one and, where that does not have them, of
    /// others.
    pub(super) fn breaks(&self, maker: &Maker<'_>, good: &Payload) -> Vec<(String, Breach, Payload)> {
        let Some((schema, (plan, _))) = self.content.schema.as_ref().zip(self.values.as_ref()) else {
            return Vec::new();
        };
        let generated = value(plan, &mut Draw::new(self.seed.mix_number(0)));
        let values = good.value.iter().cloned().chain(generated).chain(branches(plan, self.seed));
        let broken = breaks(maker, schema, &values.collect::<Vec<_>>()).into_iter();
        broken.filter_map(|(place, breach, value)| Some((place, breach, self.of(value)?))).collect()
    }
}

/// A value as content of an operation, by its place among the contents.
pub(super) fn rewritten(notation: &Notation, content: usize, value: Value) -> Payload {
    let mut bytes = Vec::new();
    notation.write(&value, &mut Seed(0).random(), &mut bytes);
    Payload { content, content_type: notation.content_type(), value: Some(value), bytes: bytes.into() }
}

fn value(plan: &Plan, draw: &mut Draw<'_>) -> Option<Value> {
    let mut bytes = Vec::new();
    plan.write(draw, &mut bytes);
    serde_json::from_slice(&bytes).ok()
}

fn edges(plan: &Plan, seed: Seed) -> Vec<(String, Value)> {
    let edges = plan.edges();
    let at = |index| {
        let what = edges.what(index)?;
        let value = value(plan, &mut Draw { edge: Some(index), ..Draw::new(seed) })?;
        Some((what.strip_prefix("the whole: ").unwrap_or(what).to_owned(), value))
    };
    (0..edges.len().min(MOST)).filter_map(at).collect()
}

/// A value of each alternative that can be taken somewhere, as far as they are few.
fn branches(plan: &Plan, seed: Seed) -> Vec<Value> {
    let edges = plan.edges();
    let is_branch = |index: &usize| {
        edges.what(*index).is_some_and(|what| what.starts_with("branch ") || what.contains(": branch "))
    };
    let at = |index| value(plan, &mut Draw { edge: Some(index), ..Draw::new(seed) });
    (0..edges.len()).filter(is_branch).take(MOST_BRANCHES).filter_map(at).collect()
}

/// What is broken in values, each constraint in the first that has it: its place as a fragment (empty for the whole), and
/// the value.
fn breaks(maker: &Maker<'_>, schema: &Pointer, values: &[Value]) -> Vec<(String, Breach, Value)> {
    let (mut known, mut all) = (HashSet::new(), Vec::new());
    for value in values {
        let breakable = Breakable::new(&maker.contract.schemas, schema, Direction::Request, value, None);
        for one in breakable.into_iter().flat_map(|breakable| breakable.breaks(None, None)) {
            if all.len() == MOST {
                return all;
            }
            let place = one.pointer.to_fragment();
            let general: Vec<String> = one.pointer.tokens().map(|token| general(&token)).collect();
            if known.insert((one.breach, one.keyword, general)) {
                all.push((if place == "#" { String::new() } else { place }, one.breach, one.value));
            }
        }
    }
    all
}

/// A part of a place; all items of a list are alike.
fn general(token: &str) -> String {
    if token.bytes().all(|byte| byte.is_ascii_digit()) { "*".to_owned() } else { token.to_owned() }
}
