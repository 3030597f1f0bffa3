//! Properties that no schema names: no breach of the schema, but most likely a misspelling.

use serde_json::{Map, Value};

use crate::schema::reference;
use crate::text;

/// How many undeclared properties of one body are told.
const MOST: usize = 20;

/// A property that no schema names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Undeclared {
    /// Its place in the instance, from the outside in.
    pub(super) path: Vec<String>,
    /// The name that was probably meant.
    pub(super) nearest: Option<String>,
}

/// Finds the properties of `instance` that none of the schemas that apply to their object names. Objects that are open
/// on purpose (`additionalProperties` or `unevaluatedProperties` that allow something, no property named at all) have none.
pub(super) fn undeclared(root: &Value, schema: &Value, instance: &Value) -> Vec<Undeclared> {
    let mut search = Search { root, found: Vec::new() };
    search.visit(&[schema], instance, &mut Vec::new());
    search.found
}

struct Search<'a> {
    root: &'a Value,
    found: Vec<Undeclared>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, schemas: &[&'a Value], instance: &Value, path: &mut Vec<String>) {
        if self.found.len() >= MOST {
            return;
        }
        let schemas = self.applying(schemas);
        match instance {
            Value::Object(map) => self.visit_object(&schemas, map, path),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let inner: Vec<&Value> = schemas
                        .iter()
                        .filter_map(|schema| {
                            let prefix = schema.get("prefixItems").and_then(|list| list.get(index));
                            prefix.or_else(|| schema.get("items"))
                        })
                        .collect();
                    path.push(index.to_string());
                    self.visit(&inner, item, path);
                    path.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn visit_object(&mut self, schemas: &[&'a Value], map: &Map<String, Value>, path: &mut Vec<String>) {
        let named = || schemas.iter().filter_map(|schema| schema.get("properties")?.as_object());
        let is_open = schemas.iter().any(|schema| {
            ["additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames"]
                .into_iter()
                .any(|keyword| schema.get(keyword).is_some_and(|value| *value != Value::Bool(false)))
        });
        let names_any = named().any(|properties| !properties.is_empty());
        for (name, value) in map {
            let inner: Vec<&Value> = named().filter_map(|properties| properties.get(name)).collect();
            path.push(name.clone());
            if !inner.is_empty() {
                self.visit(&inner, value, path);
            } else if names_any && !is_open && self.found.len() < MOST {
                let names = named().flat_map(|properties| properties.keys().map(String::as_str));
                let nearest = text::nearest(name, names).map(str::to_owned);
                self.found.push(Undeclared { path: path.clone(), nearest });
            }
            path.pop();
        }
    }

    /// The schemas and all that apply through references and combinations; conditions count whatever they decide.
    fn applying(&self, schemas: &[&'a Value]) -> Vec<&'a Value> {
        let mut all: Vec<&Value> = Vec::new();
        let mut queue: Vec<&Value> = schemas.to_vec();
        while let Some(schema) = queue.pop() {
            if !schema.is_object() || all.iter().any(|known| std::ptr::eq(*known, schema)) {
                continue;
            }
            all.push(schema);
            if let Some(target) =
                schema.get("$ref").and_then(reference).and_then(|pointer| pointer.find(self.root))
            {
                queue.push(target);
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                queue.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten());
            }
            queue.extend(["if", "then", "else"].into_iter().filter_map(|keyword| schema.get(keyword)));
            queue.extend(
                schema.get("dependentSchemas").and_then(Value::as_object).into_iter().flat_map(Map::values),
            );
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_that_no_applying_schema_has_are_told() {
        let root = json!({
            "base": { "properties": { "id": {} } },
            "closed": { "allOf": [{ "$ref": "#/base" }, { "properties": { "name": {}, "tags": { "items": { "properties": { "key": {} } } } } }] },
            "open": { "properties": { "a": {} }, "additionalProperties": { "type": "string" } }
        });
        let body = json!({ "id": 1, "nmae": "x", "tags": [{ "key": 1 }, { "other": 2 }] });
        let found = undeclared(&root, &root["closed"], &body);
        let told: Vec<(String, Option<&str>)> =
            found.iter().map(|one| (one.path.join("."), one.nearest.as_deref())).collect();
        assert_eq!(told, [("nmae".into(), Some("name")), ("tags.1.other".into(), None)]);
        assert!(undeclared(&root, &root["open"], &json!({ "b": "x" })).is_empty());
        assert!(undeclared(&root, &json!({}), &json!({ "b": "x" })).is_empty());
    }
}
