//! Alternatives that are all objects, told apart by a property that each gives other values.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compile::objects;
use super::holds::{Type, held, may_take};
use super::node::{Tagged, Token, quoted};
use crate::check::names::node::Node as Named;
use crate::pointer::Pointer;
use crate::schema::{Discriminator, holding};

/// What is asked of the objects for which all of `schemas` hold, of which one has these alternatives; `None` if nothing
/// plain tells them apart.
///
/// An object whose property has a value that one alternative lists breaks all others, whatever these are. So it keeps
/// `oneOf` and `anyOf` if it has the property and that alternative allows it.
pub(super) fn tagged(
    root: &Value,
    schemas: &[Pointer],
    union: &Pointer,
    names: Option<&Named>,
) -> Option<Tagged> {
    let list = union.find(root)?.as_array()?;
    let possible: Vec<(Pointer, BTreeMap<&str, Vec<&Value>>)> = list
        .iter()
        .enumerate()
        .filter(|(_, schema)| may_take(root, schema, Type::Object))
        .map(|(index, schema)| (union.index(index), listed(root, schema)))
        .collect();
    let (_, first) = possible.first()?;
    let tells_apart = |name: &&str| {
        let mut all: Vec<&Value> = Vec::new();
        possible.iter().all(|(_, listed)| {
            let values = listed.get(name).map(Vec::as_slice).unwrap_or_default();
            let is_new = |value: &&Value| (value.is_string() || value.is_i64()) && !all.contains(value);
            let are_new = !values.is_empty() && values.iter().all(is_new);
            all.extend(values);
            are_new
        })
    };
    let name = first.keys().copied().find(tells_apart)?;
    let mut tagged = Tagged { name: quoted(name)?, values: Vec::new(), shapes: Vec::new() };
    for (alternative, listed) in &possible {
        let values = listed.get(name)?.iter();
        tagged
            .values
            .extend(values.map(|value| (value.to_string().into_bytes().into(), tagged.shapes.len())));
        let all = held(root, schemas, Type::Object, Some(alternative))?;
        let mut shape = objects(root, &all.schemas, names).filter(|_| all.union.is_none())?;
        let place = shape.properties.iter().position(|property| property.name == tagged.name)?;
        shape.required |= 1 << place;
        tagged.shapes.push(shape);
    }
    Some(tagged)
}

/// The properties of objects at a place whose values have to name schemas, with the names; `None` if that leads further
/// than can be told here.
///
/// A discriminator beside alternatives is told of where its property names none of them, and of that alone.
pub(super) fn naming(root: &Value, names: Option<&Named>) -> Option<Vec<(String, Vec<Token>)>> {
    let mut naming = Vec::new();
    for place in names.filter(|names| names.has_discriminator).into_iter().flat_map(|names| &names.schemas) {
        let schema = place.find(root)?.as_object()?;
        if !schema.contains_key("discriminator") {
            continue;
        }
        // Alone, it names schemas that nothing else leads to.
        if !["oneOf", "anyOf"].iter().any(|keyword| schema.contains_key(*keyword)) {
            return None;
        }
        let Some(discriminator) = Discriminator::of(root, place, schema) else { continue };
        if discriminator.is_complete && discriminator.default.is_none() {
            let known = discriminator.names.iter().map(|(name, _)| Value::from(name.as_str()));
            let written = known.map(|name| name.to_string().into_bytes().into());
            naming.push((discriminator.property, written.collect()));
        }
    }
    Some(naming)
}

/// The properties of which an alternative lists the values, with these or more.
fn listed<'r>(root: &'r Value, schema: &'r Value) -> BTreeMap<&'r str, Vec<&'r Value>> {
    let mut all = BTreeMap::new();
    let holding_one = holding(root, schema);
    let properties = holding_one.iter().filter_map(|schema| schema.get("properties")?.as_object()).flatten();
    for (name, property) in properties {
        let values = holding(root, property).into_iter().find_map(|schema| match schema.get("const") {
            Some(value) => Some(vec![value]),
            None => Some(schema.get("enum")?.as_array()?.iter().collect()),
        });
        if let Some(values) = values {
            all.insert(name.as_str(), values);
        }
    }
    all
}
