//! Schemas with dynamic references as they are written, each a resource of its own: the validator binds them itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Spot, join};

/// What identifiers without a base are relative to.
const BASE: &str = "http://oracle.invalid/";
const COMPONENTS: &str = "/components/schemas";

/// Whether a file binds dynamic references.
pub(super) fn is_meant(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("$dynamicAnchor") || map.values().any(is_meant),
        Value::Array(items) => items.iter().any(is_meant),
        _ => false,
    }
}

/// The resources by identifier.
#[derive(Default)]
pub(super) struct Resources(pub(super) BTreeMap<String, Value>);

impl Resources {
    /// A reference to the schema at a place, which becomes a resource with all components of its file.
    pub(super) fn refer(&mut self, file: &Value, spot: &Spot) -> Value {
        let names = file.pointer(COMPONENTS).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        for name in names {
            self.add(file, &join(COMPONENTS, name));
        }
        json!({ "$ref": self.add(file, &spot.1) })
    }

    fn add(&mut self, file: &Value, pointer: &str) -> String {
        let identifier = identifier(file, pointer);
        let mut schema = file.pointer(pointer).cloned().unwrap_or_default();
        absolute(file, &mut schema);
        if let Value::Object(map) = &mut schema {
            map.insert("$id".into(), json!(identifier));
        }
        self.0.entry(identifier.clone()).or_insert(schema);
        identifier
    }
}

fn identifier(file: &Value, pointer: &str) -> String {
    match file.pointer(pointer).and_then(|schema| schema.get("$id")).and_then(Value::as_str) {
        Some(id) if id.contains("://") => id.to_owned(),
        Some(id) => format!("{BASE}{id}"),
        None => format!("{BASE}at{}", pointer.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")),
    }
}

/// Lets references to components name their identifiers.
fn absolute(file: &Value, schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            for keyword in ["$ref", "$dynamicRef"] {
                let Some(Value::String(reference)) = map.get_mut(keyword) else { continue };
                let start = format!("#{COMPONENTS}/");
                let Some(rest) = reference.strip_prefix(&start) else { continue };
                let (name, inside) =
                    rest.split_once('/').map_or((rest, ""), |(name, _)| (name, &rest[name.len()..]));
                *reference = format!("{}#{inside}", identifier(file, &format!("{COMPONENTS}/{name}")));
            }
            map.values_mut().for_each(|member| absolute(file, member));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| absolute(file, item)),
        _ => {}
    }
}
