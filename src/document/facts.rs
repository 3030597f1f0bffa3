//! What lowering a schema needs to know of the rest of its document: collected while all of it is still as it was read.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde_json::{Map, Value};

use super::dynamic::Targets;
use super::lower::normal_pointer;
use super::walk::{Address, Spot, Walk, address};
use crate::diagnostic::Diagnostic;

/// What one schema does not say itself. Most schemas need nothing of it.
#[derive(Default, Clone)]
pub(super) struct Facts {
    /// Keywords to leave out, which hold what they can't.
    pub(super) unusable: Vec<String>,
    /// What `$ref` leads to, where that is not what is written.
    pub(super) reference: Option<String>,
    /// What `$dynamicRef` or `$recursiveRef` lead to.
    pub(super) anchored: Option<String>,
    /// The required properties that are sent in one direction only.
    pub(super) one_way: Vec<OneWay>,
    /// The members of the discriminator's mapping, and what they lead to.
    pub(super) mapping: Vec<(String, String)>,
    /// What the discriminator's `defaultMapping` leads to.
    pub(super) default_mapping: Option<String>,
}

/// A required property that is not sent in both directions.
#[derive(Clone)]
pub(super) struct OneWay {
    pub(super) name: String,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
}

pub(super) type AllFacts = HashMap<Address, Facts, RandomState>;

/// Collects the facts; `bound` tells what references lead to that are bound otherwise than they are written.
pub(super) fn collect(walk: &mut Walk<'_>, bound: &Targets) -> AllFacts {
    let mut all = AllFacts::default();
    for (_, schema) in std::mem::take(&mut walk.remarkable) {
        let Some(object) = schema.as_object() else { continue };
        if all.contains_key(&address(schema)) {
            continue;
        }
        let facts = Facts {
            unusable: Vec::new(),
            reference: walk.references.get(&address(schema)).map(|reference| fragment(&reference.to)),
            anchored: None,
            one_way: if walk.has_one_way { one_way(walk, object) } else { Vec::new() },
            mapping: mapping(walk, schema),
            default_mapping: default_mapping(walk, schema),
        };
        let facts = if bound.is_empty() { facts } else { facts.bound(schema, bound) };
        if !facts.is_empty() {
            all.insert(address(schema), facts);
        }
    }
    #[expect(clippy::iter_over_hash_type, reason = "a map is made of a map")]
    for (schema, unusable) in walk.unusable.drain() {
        all.entry(schema).or_default().unusable = unusable;
    }
    all
}

impl Facts {
    /// The facts of a schema where its references lead to something else.
    pub(super) fn bound(mut self, schema: &Value, targets: &Targets) -> Self {
        if let Some(target) = targets.get(&address(schema)) {
            self.reference = Some(target.clone());
        }
        let text = |keyword: &str| targets.get(&address(schema.get(keyword)?)).cloned();
        self.anchored = ["$dynamicRef", "$recursiveRef"].into_iter().find_map(text);
        if let Some(Value::Object(mapping)) = schema.pointer("/discriminator/mapping") {
            for (name, target) in &mut self.mapping {
                let bound = mapping.get(name).and_then(|text| targets.get(&address(text)));
                bound.cloned().into_iter().for_each(|bound| *target = bound);
            }
        }
        let bound =
            schema.pointer("/discriminator/defaultMapping").and_then(|text| targets.get(&address(text)));
        self.default_mapping = bound.cloned().or(self.default_mapping);
        self
    }

    fn is_empty(&self) -> bool {
        self.reference.is_none()
            && self.anchored.is_none()
            && self.one_way.is_empty()
            && self.mapping.is_empty()
            && self.default_mapping.is_none()
    }
}

fn fragment(spot: &Spot) -> String {
    normal_pointer(spot).to_fragment()
}

/// Takes out one reference of every chain that only refers to itself.
pub(super) fn break_circles(walk: &mut Walk<'_>) {
    let schemas = walk.references.iter().filter(|(address, _)| walk.schemas.contains(address));
    let back = schemas.filter(|(address, _)| leads_back(walk, **address));
    let mut endless: Vec<(Address, Spot)> =
        back.map(|(address, reference)| (*address, reference.from.clone())).collect();
    // The deepest first: so it does not depend on chance which of a circle is taken.
    endless.sort_by(|(_, one), (_, other)| {
        let depth = |spot: &Spot| spot.1.as_str().matches('/').count();
        depth(other).cmp(&depth(one)).then_with(|| one.cmp(other))
    });
    for (schema, spot) in endless {
        // One that was taken out before may have been of the same circle.
        if !leads_back(walk, schema) {
            continue;
        }
        let diagnostic = Diagnostic::error("endless-reference", "this `$ref` leads back to itself")
            .help("it says nothing about the value, so anything is taken and given here");
        walk.report(diagnostic, &(spot.0, spot.1.join("$ref")));
        walk.references.remove(&schema);
        walk.leave_out_at(schema, "$ref");
    }
}

fn leads_back(walk: &Walk<'_>, from: Address) -> bool {
    let mut next = walk.references.get(&from);
    for _ in 0..64 {
        let Some(reference) = next else { return false };
        if address(reference.target) == from {
            return true;
        }
        next = walk.references.get(&address(reference.target));
    }
    false
}

fn one_way<'a>(walk: &Walk<'a>, schema: &'a Map<String, Value>) -> Vec<OneWay> {
    let (Some(Value::Array(required)), Some(properties)) = (schema.get("required"), schema.get("properties"))
    else {
        return Vec::new();
    };
    let told = required.iter().filter_map(|name| {
        let name = name.as_str()?;
        let property = properties.get(name)?;
        let says = |keyword| walk.says(property, keyword);
        Some(OneWay { name: name.to_owned(), read_only: says("readOnly"), write_only: says("writeOnly") })
    });
    told.filter(|property| property.read_only || property.write_only).collect()
}

fn mapping(walk: &Walk<'_>, schema: &Value) -> Vec<(String, String)> {
    let mapping = schema.pointer("/discriminator/mapping").and_then(Value::as_object);
    let targets = mapping.into_iter().flatten().filter_map(|(name, target)| {
        Some((name.clone(), fragment(&walk.references.get(&address(target))?.to)))
    });
    targets.collect()
}

fn default_mapping(walk: &Walk<'_>, schema: &Value) -> Option<String> {
    let target = schema.pointer("/discriminator/defaultMapping")?;
    Some(fragment(&walk.references.get(&address(target))?.to))
}
