//! Values held against their schemas all through a document, with validators that are not kept any longer.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::contract::Contract;
use crate::pointer::Pointer;
use crate::schema::{Direction, Validator, mismatches};
use crate::text;

/// So many validators are at hand: those of all schemas together may take more memory than the rest of the program.
const MOST: usize = 32;

/// Judges the values of one document in one direction.
pub(super) struct Judge<'a> {
    pub(super) contract: &'a Contract,
    pub(super) direction: Direction,
    /// By the schema; `None` for one that can't be compiled, which has been reported where it was read.
    validators: HashMap<Pointer, Option<Arc<Validator>>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(contract: &'a Contract, direction: Direction) -> Self {
        Self { contract, direction, validators: HashMap::new() }
    }

    /// The first keyword that a value fails: its place in the value, and what is wrong; `None` if it is valid.
    pub(super) fn first_mismatch(&mut self, schema: &Pointer, value: &Value) -> Option<(Pointer, String)> {
        let validator = self.validator(schema)?;
        if validator.is_valid(value) {
            return None;
        }
        let mismatch = mismatches(&validator, value).into_iter().next()?;
        let place = if mismatch.instance.is_root() {
            String::new()
        } else {
            format!("at `{}`: ", mismatch.instance.as_str())
        };
        Some((mismatch.instance.clone(), format!("{place}{}", text::shortened(&mismatch.message, 160))))
    }

    /// Whether a value is valid by a schema; not by one that can't be compiled.
    pub(super) fn takes(&mut self, schema: &Pointer, value: &Value) -> bool {
        self.validator(schema).is_some_and(|validator| validator.is_valid(value))
    }

    /// The keywords that a value fails, those of branches apart.
    pub(super) fn failing_keywords(&mut self, schema: &Pointer, value: &Value) -> Vec<String> {
        let found = self.validator(schema).map(|validator| mismatches(&validator, value));
        found.into_iter().flatten().map(|mismatch| mismatch.keyword).collect()
    }

    fn validator(&mut self, schema: &Pointer) -> Option<Arc<Validator>> {
        let schemas = &self.contract.schemas;
        let (schema, _) = schemas.resolve(schema, self.direction)?;
        if self.validators.len() >= MOST {
            self.validators.clear();
        }
        let compile = |schema: &Pointer| schemas.passing_validator(schema, self.direction).ok();
        let known = self.validators.get(&schema).cloned();
        known.unwrap_or_else(|| self.validators.entry(schema).or_insert_with_key(compile).clone())
    }
}
