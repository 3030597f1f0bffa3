//! Whether a value fails the keyword that is meant, and what fails beside it.

use jsonschema::Validator;
use serde_json::Value;

use super::site::Site;
use crate::pointer::Pointer;
use crate::schema::{Mismatch, mismatches};
use crate::violation::Breach;

/// The places of the keywords that a value fails beside the one that is meant; `None` if that one holds, or if something
/// fails at another place.
pub(super) fn beside(
    validator: &Validator,
    value: &Value,
    site: &Site<'_>,
    breach: Breach,
) -> Option<Vec<Pointer>> {
    // Most of what is tried breaks something.
    let found = mismatches(validator, value);
    search(&found, site, breach)
}

fn search(found: &[Mismatch], site: &Site<'_>, breach: Breach) -> Option<Vec<Pointer>> {
    let mut beside = None;
    let mut others = Vec::new();
    for mismatch in found {
        match inside(mismatch, site, breach).filter(|_| beside.is_none()) {
            Some(inner) => beside = Some(inner),
            None if is_of_the_place(mismatch, &site.instance) => others.push(mismatch.schema.clone()),
            None => return None,
        }
    }
    let mut beside = beside?;
    beside.extend(others);
    beside.sort();
    beside.dedup();
    beside.retain(|place| *place != site.keyword);
    Some(beside)
}

/// What fails beside the keyword in one mismatch: nothing if it is the keyword itself, else in one of the branches.
fn inside(mismatch: &Mismatch, site: &Site<'_>, breach: Breach) -> Option<Vec<Pointer>> {
    if mismatch.instance == site.instance && is_of_the_keyword(mismatch, site) {
        // One keyword stands for two breaches: a branch without mismatches holds.
        let held = mismatch.branches.iter().filter(|branch| branch.is_empty()).count();
        let is_meant = match breach {
            Breach::SeveralBranches => held > 1,
            Breach::NoBranch => held == 0,
            _ => true,
        };
        return is_meant.then(Vec::new);
    }
    let branches = mismatch.branches.iter().filter(|branch| !branch.is_empty());
    branches.filter_map(|branch| search(branch, site, breach)).min_by_key(Vec::len)
}

/// Whether a mismatch speaks of the keyword: of two of them the validator names what is in them.
fn is_of_the_keyword(mismatch: &Mismatch, site: &Site<'_>) -> bool {
    let is_inside = || mismatch.schema.strip_prefix(&site.keyword).is_some();
    mismatch.schema == site.keyword
        || ["dependentRequired", "propertyNames"].contains(&site.name) && is_inside()
}

/// Whether a mismatch speaks of the place, or of what is around it only because something in it is wrong.
fn is_of_the_place(mismatch: &Mismatch, place: &Pointer) -> bool {
    let is_around = || place.strip_prefix(&mismatch.instance).is_some();
    match mismatch.keyword.as_str() {
        // A schema that fails evaluates nothing (JSON Schema 2020-12 11), alternatives fail with what is in them.
        "unevaluatedProperties" | "unevaluatedItems" | "oneOf" | "anyOf" => is_around(),
        _ => mismatch.instance.strip_prefix(place).is_some(),
    }
}
