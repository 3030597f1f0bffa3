//! Values that break their schema by one keyword at one place, in a fixed order: a family, one kind of break a file.
//!
//! It starts from a valid value. Every place of the value that a schema speaks of is visited, every keyword there is
//! broken once, in the smallest way that is found, and each break is confirmed by the validator: that keyword fails at
//! that place and nothing else does, seen through the alternatives of `oneOf` and `anyOf`. Where a keyword can't be
//! broken alone (`type: string` beside `enum`), [`Break::beside`] has those that fail with it.

mod bounds;
mod branch;
mod confirm;
mod format;
mod items;
mod length;
mod listed;
mod pattern;
mod properties;
mod required;
mod site;
mod undeclared;
mod walk;
mod wrong_type;

use std::collections::HashSet;
use std::sync::Arc;

use jsonschema::Validator;
use serde_json::Value;

use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas};
use crate::violation::Breach;
use site::{Change, Site};

/// So many ways to break one keyword at one place are tried.
const MOST_TRIES: usize = 24;

/// A value that breaks its schema.
#[derive(Debug, Clone)]
pub struct Break {
    /// What is broken.
    pub breach: Breach,
    /// The place in the value that is wrong: that of the property that is missing, or that must not be there.
    pub pointer: Pointer,
    /// The place in the value at which the keyword fails: for a property that is missing, its object.
    pub instance: Pointer,
    /// The place of the keyword in the tree of schemas.
    pub keyword: Pointer,
    /// The places of other keywords that fail with it; empty unless it can't be broken alone.
    pub beside: Vec<Pointer>,
    /// The whole value, broken.
    pub value: Value,
}

/// How one keyword is broken.
struct Kind {
    keyword: &'static str,
    breach: Breach,
    /// The breaks of the keyword at a site, each with the ways to bring it about, the smallest first.
    changes: fn(&Site<'_>) -> Vec<Vec<Change>>,
}

/// Every kind of break. Keywords have one row for each breach of theirs.
const KINDS: &[Kind] = &[
    Kind { keyword: "required", breach: Breach::Required, changes: required::listed },
    Kind { keyword: "dependentRequired", breach: Breach::DependentRequired, changes: required::dependent },
    Kind { keyword: "type", breach: Breach::Type, changes: wrong_type::other },
    Kind { keyword: "type", breach: Breach::Null, changes: wrong_type::null },
    Kind { keyword: "enum", breach: Breach::Enum, changes: listed::unlisted },
    Kind { keyword: "const", breach: Breach::Const, changes: listed::unlisted },
    Kind { keyword: "format", breach: Breach::Format, changes: format::malformed },
    Kind { keyword: "pattern", breach: Breach::Pattern, changes: pattern::unmatched },
    Kind { keyword: "minLength", breach: Breach::MinLength, changes: length::shorter },
    Kind { keyword: "maxLength", breach: Breach::MaxLength, changes: length::longer },
    Kind { keyword: "minimum", breach: Breach::Minimum, changes: bounds::below },
    Kind { keyword: "maximum", breach: Breach::Maximum, changes: bounds::above },
    Kind { keyword: "exclusiveMinimum", breach: Breach::ExclusiveMinimum, changes: bounds::at },
    Kind { keyword: "exclusiveMaximum", breach: Breach::ExclusiveMaximum, changes: bounds::at },
    Kind { keyword: "multipleOf", breach: Breach::MultipleOf, changes: bounds::between },
    Kind { keyword: "minItems", breach: Breach::MinItems, changes: items::fewer },
    Kind { keyword: "maxItems", breach: Breach::MaxItems, changes: items::more },
    Kind { keyword: "uniqueItems", breach: Breach::UniqueItems, changes: items::twice },
    Kind { keyword: "contains", breach: Breach::Contains, changes: items::without_fitting },
    Kind { keyword: "minProperties", breach: Breach::MinProperties, changes: properties::fewer },
    Kind { keyword: "maxProperties", breach: Breach::MaxProperties, changes: properties::more },
    Kind {
        keyword: "additionalProperties",
        breach: Breach::AdditionalProperties,
        changes: undeclared::added,
    },
    Kind {
        keyword: "unevaluatedProperties",
        breach: Breach::AdditionalProperties,
        changes: undeclared::added,
    },
    Kind { keyword: "propertyNames", breach: Breach::PropertyNames, changes: undeclared::named },
    Kind { keyword: "oneOf", breach: Breach::NoBranch, changes: branch::none },
    Kind { keyword: "oneOf", breach: Breach::SeveralBranches, changes: branch::several },
    Kind { keyword: "anyOf", breach: Breach::NoBranch, changes: branch::none },
    Kind { keyword: "not", breach: Breach::Not, changes: branch::excluded },
];

/// A valid value and all that can be broken in it.
pub struct Breakable<'a> {
    value: &'a Value,
    validator: Arc<Validator>,
    sites: Vec<Site<'a>>,
}

impl<'a> Breakable<'a> {
    /// Looks through a value for what the schema at `schema` says of it. `place` is a place in the value that is looked
    /// at in any case; of lists, only the first items are otherwise. `None` if the value is not valid by the schema, or
    /// the schema can't be compiled.
    pub fn new(
        schemas: &'a Schemas,
        schema: &Pointer,
        direction: Direction,
        value: &'a Value,
        place: Option<&Pointer>,
    ) -> Option<Self> {
        let validator = schemas.validator(schema, direction).ok()?;
        if !validator.is_valid(value) {
            return None;
        }
        Some(Self { value, validator, sites: walk::sites(schemas, schema, direction, value, place) })
    }

    /// The breaks in the order of the value and of the keywords in its schemas; those of a keyword are made when they are
    /// asked for. `breach` and `place` leave out all others.
    pub fn breaks(self, breach: Option<Breach>, place: Option<Pointer>) -> impl Iterator<Item = Break> + 'a {
        let Self { value, validator, sites } = self;
        let mut known = HashSet::new();
        let of_site = move |site: Site<'a>| {
            let maker = Maker { value, validator: &validator, site: &site };
            maker.breaks(breach, place.as_ref())
        };
        // The same value can break the same keyword of two schemas that both hold there.
        let is_new =
            move |made: &Break| known.insert((made.breach, made.pointer.clone(), made.value.to_string()));
        sites.into_iter().flat_map(of_site).filter(is_new)
    }
}

/// Makes the breaks of one keyword.
struct Maker<'m, 'a> {
    value: &'a Value,
    validator: &'m Validator,
    site: &'m Site<'a>,
}

impl Maker<'_, '_> {
    fn breaks(&self, breach: Option<Breach>, place: Option<&Pointer>) -> Vec<Break> {
        let is_there = |pointer: &Pointer| place.is_none_or(|place| place == pointer);
        let could_be_there =
            |ways: &Vec<Change>| ways.iter().any(|way| is_there(&way.pointer(&self.site.instance)));
        let kinds = KINDS.iter().filter(|kind| kind.keyword == self.site.name);
        kinds
            .filter(|kind| breach.is_none_or(|breach| breach == kind.breach))
            .flat_map(|kind| (kind.changes)(self.site).into_iter().map(move |ways| (kind.breach, ways)))
            .filter(|(_, ways)| could_be_there(ways))
            .filter_map(|(breach, ways)| self.made(breach, ways))
            .filter(|made| is_there(&made.pointer))
            .collect()
    }

    /// The first of the ways that breaks nothing but what is meant, else the one that breaks least beside.
    fn made(&self, breach: Breach, ways: Vec<Change>) -> Option<Break> {
        let mut best: Option<Break> = None;
        for way in ways.into_iter().take(MOST_TRIES) {
            let pointer = way.pointer(&self.site.instance);
            let Some(value) = way.apply(self.value, &self.site.instance) else { continue };
            let Some(beside) = confirm::beside(self.validator, &value, self.site, breach) else { continue };
            if best.as_ref().is_some_and(|best| best.beside.len() <= beside.len()) {
                continue;
            }
            let is_alone = beside.is_empty();
            let (instance, keyword) = (self.site.instance.clone(), self.site.keyword.clone());
            best = Some(Break { breach, pointer, instance, keyword, beside, value });
            if is_alone {
                break;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests;
