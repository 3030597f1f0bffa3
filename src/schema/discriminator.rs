//! What a `discriminator` says: which schema the value of a property names (OpenAPI 3.0.4 4.8.25, 3.1.1 4.8.25, 3.2 4.25).

use serde_json::{Map, Value};

use super::{holding, reference, resolve};
use crate::pointer::Pointer;

/// Where the schemas lie that are named by their names (2.0 has them elsewhere).
const COMPONENTS: [&str; 2] = ["/components/schemas", "/definitions"];
/// So many schemas are looked at for those that extend a schema.
const MOST: usize = 5000;

/// A `discriminator`, read. It is a hint: no value is valid or invalid by it.
///
/// Beside `oneOf` or `anyOf` it names one of the alternatives; alone it names a schema that extends the one that it stands
/// in (`allOf`).
#[derive(Debug)]
pub struct Discriminator {
    /// The schema that has it.
    pub schema: Pointer,
    /// The property whose value names a schema.
    pub property: String,
    /// The place of its member that lists the names, else of the property's name.
    pub place: Pointer,
    /// What the names lead to: those of the mapping first, then the implicit ones.
    names: Vec<(String, Pointer)>,
    /// What a value that is missing or names nothing stands for (3.2 `defaultMapping`).
    pub default: Option<Pointer>,
    /// Whether the schemas that can be named are listed beside it.
    pub is_of_alternatives: bool,
    /// Whether every schema that can be meant has a name, so that what names none of them is wrong.
    pub is_complete: bool,
    /// The names to tell: each schema once.
    pub choices: Vec<String>,
}

impl Discriminator {
    /// The `discriminator` of the schema at `pointer` in `root`, if it has one.
    pub fn of(root: &Value, pointer: &Pointer, schema: &Map<String, Value>) -> Option<Self> {
        let written = schema.get("discriminator")?;
        let property = written.get("propertyName")?.as_str()?.to_owned();
        let mapping = written.get("mapping").and_then(Value::as_object).filter(|map| !map.is_empty());
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.get(*keyword)?.as_array());
        let is_null = |schema: &&Value| schema.get("type").is_some_and(|name| name == "null");
        let listed: Option<Vec<Pointer>> = alternatives.map(|list| {
            let list = list.iter().filter(|schema| !is_null(schema));
            list.map(|schema| schema.get("$ref").and_then(reference).unwrap_or_default()).collect()
        });
        let possible = match &listed {
            Some(listed) => listed.clone(),
            None => extending(root, pointer),
        };
        let target = |text: &str| meant(root, &possible, text);
        let mapped = mapping.into_iter().flatten();
        let mut names: Vec<(String, Pointer)> =
            mapped.filter_map(|(name, text)| Some((name.clone(), target(text.as_str()?)?))).collect();
        let is_mapped = |place: &Pointer, names: &[(String, Pointer)]| {
            names.iter().any(|(_, known)| is_same(root, known, place))
        };
        let mut choices: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
        let mut is_complete = !possible.is_empty() || !names.is_empty();
        let explicit = names.len();
        for place in &possible {
            let has_name = is_mapped(place, &names[..explicit]);
            match component_name(place) {
                Some(name) if names.iter().all(|(known, _)| *known != name) => {
                    choices.extend((!has_name).then(|| name.clone()));
                    names.push((name, place.clone()));
                }
                Some(_) => {}
                None => is_complete &= has_name,
            }
        }
        // The schema itself may be meant, where others extend it.
        if listed.is_none()
            && let Some(name) = component_name(pointer).filter(|_| is_complete)
            && names.iter().all(|(known, _)| *known != name)
        {
            names.push((name, pointer.clone()));
        }
        let default = written.get("defaultMapping").and_then(Value::as_str).and_then(target);
        let member = if mapping.is_some() { "mapping" } else { "propertyName" };
        Some(Self {
            schema: pointer.clone(),
            property,
            place: pointer.join("discriminator").join(member),
            names,
            default,
            is_of_alternatives: listed.is_some(),
            is_complete,
            choices,
        })
    }

    /// The schema that a value of the property names. Numbers and booleans name by their text.
    pub fn named(&self, value: &Value) -> Option<&Pointer> {
        let written = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        self.names.iter().find(|(name, _)| *name == written).map(|(_, place)| place)
    }

    /// The schemas that can be named.
    pub fn schemas(&self) -> impl Iterator<Item = &Pointer> {
        self.names.iter().map(|(_, place)| place)
    }
}

/// Whether two places are of the same schema, however far it is referred to.
pub fn is_same(root: &Value, one: &Pointer, other: &Pointer) -> bool {
    let end = |pointer: &Pointer| resolve(root, pointer).map(|(pointer, _)| pointer);
    one == other || end(one).is_some() && end(one) == end(other)
}

/// What the text of a mapping means: a reference, or the name of a schema.
fn meant(root: &Value, possible: &[Pointer], text: &str) -> Option<Pointer> {
    if text.starts_with('#') {
        return Some(Pointer::from_fragment(text));
    }
    let has_name = |place: &&Pointer| component_name(place).as_deref() == Some(text);
    possible.iter().find(has_name).cloned().or_else(|| {
        let components = COMPONENTS.map(|section| Pointer::from_escaped(section).join(text));
        components.into_iter().find(|place| place.find(root).is_some())
    })
}

/// The name of a schema that is among those with names: of the document, or of a file beside it.
fn component_name(place: &Pointer) -> Option<String> {
    let section = place.parent()?;
    let is_section = COMPONENTS.iter().any(|known| section.as_str().ends_with(known));
    is_section.then(|| place.last()).flatten()
}

/// The schemas with names that extend the one at `pointer`, in the order of the document.
fn extending(root: &Value, pointer: &Pointer) -> Vec<Pointer> {
    let Some(parent) = pointer.find(root) else { return Vec::new() };
    let sections = COMPONENTS.iter().filter_map(|section| {
        let section = Pointer::from_escaped(*section);
        let names = section.find(root)?.as_object()?.keys();
        Some(names.map(move |name| section.join(name)))
    });
    let extends = |place: &Pointer| {
        let schema = place.find(root).filter(|schema| schema.get("allOf").is_some());
        schema.is_some_and(|schema| {
            !std::ptr::eq(schema, parent)
                && holding(root, schema).iter().any(|one| std::ptr::eq(*one, parent))
        })
    };
    sections.flatten().take(MOST).filter(extends).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What each name leads to, what is listed, and whether that is all.
    fn told(schema: &Value, names: &[&str]) -> String {
        let root = json!({
            "components": { "schemas": {
                "Cat": {}, "Dog": {}, "Far": { "$ref": "#/x-standin-files/0" }, "Pet": schema,
                "Kid": { "allOf": [{ "$ref": "#/components/schemas/Pet" }] },
                "Grandkid": { "allOf": [{ "$ref": "#/components/schemas/Kid" }, {}] },
            } },
            "x-standin-files": [{}]
        });
        let pointer = Pointer::from_escaped("/components/schemas/Pet");
        let schema = pointer.find(&root).and_then(Value::as_object).unwrap();
        let Some(read) = Discriminator::of(&root, &pointer, schema) else { return "none".into() };
        let led: Vec<String> = names
            .iter()
            .map(|name| {
                let value: Value = serde_json::from_str(name).unwrap_or_else(|_| json!(name));
                read.named(&value).map_or_else(|| "-".to_owned(), |place| place.last().unwrap_or_default())
            })
            .collect();
        let all = if read.is_complete { "" } else { " and others" };
        let default = read.default.map(|place| format!(", else {}", place.last().unwrap_or_default()));
        format!("{} of {}{all}{}", led.join(" "), read.choices.join(" "), default.unwrap_or_default())
    }

    #[test]
    fn a_name_leads_to_a_schema_by_the_mapping_or_by_itself() {
        let refs = |names: &[&str]| -> Vec<Value> {
            names.iter().map(|name| json!({ "$ref": format!("#{name}") })).collect()
        };
        let both = refs(&["/components/schemas/Cat", "/components/schemas/Dog"]);
        let file = refs(&["/components/schemas/Cat", "/x-standin-files/0"]);
        let mapped = |mapping: Value| json!({ "propertyName": "k", "mapping": mapping });
        let plain = json!({ "propertyName": "k" });
        let table: &[(Value, &[&str], &str)] = &[
            (json!({ "oneOf": both }), &[], "none"),
            (json!({ "oneOf": both, "discriminator": plain }), &["Cat", "Bird", "5"], "Cat - - of Cat Dog"),
            (
                json!({ "anyOf": both, "discriminator": mapped(json!({ "meow": "Cat", "5": "#/components/schemas/Dog" })) }),
                &["meow", "5", "Cat", "woof"],
                "Cat Dog Cat - of meow 5",
            ),
            (json!({ "oneOf": file, "discriminator": plain }), &["Cat", "0"], "Cat - of Cat and others"),
            (
                json!({ "oneOf": file, "discriminator": mapped(json!({ "far": "#/x-standin-files/0" })) }),
                &["Cat", "far"],
                "Cat 0 of far Cat",
            ),
            (
                json!({ "oneOf": file, "discriminator": mapped(json!({ "far": "#/components/schemas/Far" })) }),
                &["far"],
                "Far of far Cat",
            ),
            (json!({ "oneOf": [both[0], {}], "discriminator": plain }), &["Cat"], "Cat of Cat and others"),
            (
                json!({ "oneOf": [both[0], { "type": "null" }], "discriminator": plain }),
                &["Cat", "null"],
                "Cat - of Cat",
            ),
            (
                json!({ "oneOf": both, "discriminator": { "propertyName": "k", "defaultMapping": "Dog" } }),
                &["x"],
                "- of Cat Dog, else Dog",
            ),
            (
                json!({ "discriminator": plain }),
                &["Kid", "Grandkid", "Pet", "Cat"],
                "Kid Grandkid Pet - of Kid Grandkid",
            ),
        ];
        for (schema, names, expected) in table {
            assert_eq!(told(schema, names), *expected, "{schema}");
        }
    }
}
