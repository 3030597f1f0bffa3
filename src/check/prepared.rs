//! A schema ready for one use: what it lets expect, and its validator.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::names::Names;
use super::skim::Skim;
use crate::codec::Expect;
use crate::contract::{Content, Contract};
use crate::pointer::Pointer;
use crate::schema::{Digits, Direction, ExactValidator, Mismatch, Validator, mismatches};

/// A parameter's or content's schema, prepared.
#[derive(Debug)]
pub(super) struct Prepared {
    expect: OnceLock<Expect>,
    pub(super) schema: Option<Pointer>,
    direction: Direction,
    validator: OnceLock<Option<Arc<Validator>>>,
    exact: OnceLock<Option<ExactValidator>>,
    names: OnceLock<Option<Names>>,
    properties: OnceLock<BTreeMap<String, Pointer>>,
    skim: OnceLock<Box<Skim>>,
}

/// The schemas of content, prepared.
#[derive(Debug)]
pub(super) struct PreparedContent {
    pub(super) whole: Prepared,
    /// For each item of a stream.
    pub(super) item: Prepared,
    /// For each header field that a part of a multipart body is declared to have, by the part's name.
    pub(super) part_headers: BTreeMap<String, Vec<Prepared>>,
}

impl PreparedContent {
    pub(super) fn new(content: &Content, direction: Direction) -> Self {
        let item = content.item_schema.as_ref().or(content.schema.as_ref());
        let part_headers = content.encoding.iter().map(|(name, encoding)| {
            let headers = encoding.headers.iter();
            let prepared = headers.map(|header| Prepared::new(header.schema.as_ref(), direction));
            (name.clone(), prepared.collect())
        });
        Self {
            whole: Prepared::new(content.schema.as_ref(), direction),
            item: Prepared::new(item, direction),
            part_headers: part_headers.collect(),
        }
    }
}

impl Prepared {
    pub(super) fn new(schema: Option<&Pointer>, direction: Direction) -> Self {
        Self {
            expect: OnceLock::new(),
            schema: schema.cloned(),
            direction,
            validator: OnceLock::new(),
            exact: OnceLock::new(),
            names: OnceLock::new(),
            properties: OnceLock::new(),
            skim: OnceLock::new(),
        }
    }

    /// What the schema lets expect, compiled on first use.
    pub(super) fn expect(&self, contract: &Contract) -> &Expect {
        let compile = || Expect::compile(&contract.schemas, self.schema.as_ref(), self.direction);
        self.expect.get_or_init(compile)
    }

    /// The names that the schema gives to properties, looked up on first use; `None` if there is no schema.
    pub(super) fn names(&self, contract: &Contract) -> Option<&Names> {
        let names =
            || Some(Names::new(contract.schemas.root(self.direction), self.schema.as_ref()?, self.direction));
        self.names.get_or_init(names).as_ref()
    }

    /// The schema that a valid object's property of this name satisfies, if there is one for it alone.
    pub(super) fn property(&self, contract: &Contract, name: &str) -> Option<&Pointer> {
        // What can't be compiled was not judged, so no value is known to satisfy it.
        self.validator(contract)?;
        let properties = || {
            let (pointer, schema) = contract.schemas.resolve(self.schema.as_ref()?, self.direction)?;
            let names = schema.get("properties")?.as_object()?.keys();
            let within = pointer.join("properties");
            Some(names.map(|name| (name.clone(), within.join(name))).collect())
        };
        self.properties.get_or_init(|| properties().unwrap_or_default()).get(name)
    }

    /// Whether a JSON text tells by itself that nothing is to be found in its value, by the letter; `false` tells nothing.
    pub(super) fn skims(&self, contract: &Contract, text: &[u8]) -> bool {
        let new = || Box::new(Skim::new(contract.schemas.root(self.direction), self.schema.as_ref()));
        self.skim.get_or_init(new).passes(self.names(contract), text)
    }

    /// The validator, compiled on first use. `None` if anything goes, or if the schema can't be compiled: that has been
    /// reported by loading, and what it forbids can't be told.
    pub(super) fn validator(&self, contract: &Contract) -> Option<&Validator> {
        let compile = || contract.schemas.validator(self.schema.as_ref()?, self.direction).ok();
        self.validator.get_or_init(compile).as_deref()
    }

    /// The validator by which numbers are what is digits, compiled on first use; `None` as for [`Self::validator`].
    pub(super) fn exact_validator(&self, contract: &Contract) -> Option<&ExactValidator> {
        let compile = || contract.schemas.exact_validator(self.schema.as_ref()?, self.direction).ok();
        self.exact.get_or_init(compile).as_ref()
    }

    /// Every keyword that a value fails; empty if it is valid, or anything goes.
    pub(super) fn mismatches(&self, contract: &Contract, value: &Value, digits: &Digits) -> Vec<Mismatch> {
        if !digits.is_empty() {
            let exact = self.exact_validator(contract);
            return exact.map(|exact| exact.mismatches(value, digits)).unwrap_or_default();
        }
        let validator = self.validator(contract).filter(|validator| !validator.is_valid(value));
        validator.map(|validator| mismatches(validator, value)).unwrap_or_default()
    }
}
