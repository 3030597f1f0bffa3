//! Swagger 2.0: body and form parameters become request bodies, `consumes` and `produces` become content.

use serde_json::{Map, Value, json};

use super::super::DELIMITER;
use super::super::lower::normal_pointer;
use super::super::walk::{Spot, Walk};
use super::super::{RawOperation, RawScheme, RawServer};
use super::openapi3::{copied, elements, members, named, pointer_to, text};
use super::{Raised, collected};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];
/// The keywords of a parameter, header or items object that make its schema.
const KEYWORDS: [&str; 19] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
    "x-example",
    "description",
];
/// Where the schema of a form is kept in its operation.
const FORM: &str = "x-standin-form";

pub(super) fn raise(walk: &mut Walk<'_>) -> Raised {
    let mut raising = Raising { added: Vec::new() };
    let mut operations = Vec::new();
    for (template, item) in members(walk, &(0, Pointer::root().join("paths"))) {
        if !template.starts_with('/') {
            continue;
        }
        let Some(item) = walk.behind(&item) else { continue };
        let shared = elements(walk, &(item.0, item.1.join("parameters")));
        for method in METHODS {
            let spot = (item.0, item.1.join(method));
            let Some(object) = walk.value(&spot).as_object() else { continue };
            let shape = raising.operation(walk, &spot, object, &shared);
            operations.push(RawOperation {
                method: method.to_uppercase(),
                template: template.clone(),
                pointer: normal_pointer(&spot),
                shape,
            });
        }
    }
    Raised { operations, servers: servers(walk), schemes: schemes(walk), added_schemas: raising.added }
}

struct Raising {
    added: Vec<(Pointer, Value)>,
}

impl Raising {
    fn operation(
        &mut self,
        walk: &mut Walk<'_>,
        spot: &Spot,
        object: &Map<String, Value>,
        shared: &[Spot],
    ) -> Value {
        let mut shape =
            copied(object, &["operationId", "summary", "description", "deprecated", "security"], spot);
        let mut parameters = Vec::new();
        let mut form = Vec::new();
        for (place, parameter) in collected(walk, spot, shared) {
            match text(parameter, "in").as_deref() {
                Some("body") => {
                    let media_types = media_types(walk, object, "consumes");
                    let schema = schema_or_any(walk, &(place.0, place.1.join("schema")));
                    let mut body = copied(parameter, &["description", "required"], &place);
                    body.insert("content".into(), content(&media_types, &schema, &place, None));
                    shape.insert("requestBody".into(), Value::Object(body));
                }
                Some("formData") => form.push((place, parameter)),
                Some("path" | "query" | "header") => parameters.push(self.parameter(&place, parameter)),
                found => {
                    let found = found.unwrap_or_default();
                    let message = format!(
                        "`in` is `{found}`, expected `path`, `query`, `header`, `formData` or `body`"
                    );
                    walk.report(Diagnostic::error("wrong-location", message), &(place.0, place.1.join("in")));
                }
            }
        }
        if !form.is_empty() {
            let body = self.form(walk, spot, object, &form);
            shape.insert("requestBody".into(), body);
        }
        shape.insert("parameters".into(), Value::Array(parameters));
        let mut responses = Map::new();
        for (status, response_spot) in members(walk, &(spot.0, spot.1.join("responses"))) {
            if let Some(response) = self.response(walk, &response_spot, object) {
                responses.insert(status, response);
            }
        }
        shape.insert("responses".into(), Value::Object(responses));
        Value::Object(shape)
    }

    fn parameter(&mut self, spot: &Spot, object: &Map<String, Value>) -> Value {
        let mut shape = copied(object, &["name", "in", "description", "required", "allowEmptyValue"], spot);
        let location = text(object, "in").unwrap_or_default();
        if location == "path" {
            shape.insert("required".into(), Value::Bool(true));
        }
        let in_query = location == "query";
        // `collectionFormat` (2.0, Parameter Object) by the style that writes the same.
        let (style, explode) = match text(object, "collectionFormat").as_deref() {
            Some("ssv") => ("spaceDelimited", false),
            Some("pipes") => ("pipeDelimited", false),
            Some("tsv") => ("tabDelimited", false),
            Some("multi") if in_query => ("form", true),
            _ => (if in_query { "form" } else { "simple" }, false),
        };
        shape.insert("style".into(), json!(style));
        shape.insert("explode".into(), json!(explode));
        shape.insert("schema".into(), self.inline_schema(spot, object));
        Value::Object(shape)
    }

    /// The schema that a parameter, header or form field is itself; kept under its `schema`.
    fn inline_schema(&mut self, spot: &Spot, object: &Map<String, Value>) -> Value {
        let pointer = normal_pointer(&(spot.0, spot.1.join("schema")));
        self.added.push((pointer.clone(), lowered(object)));
        json!({ "$ref": pointer.to_fragment() })
    }

    fn form(
        &mut self,
        walk: &Walk<'_>,
        spot: &Spot,
        operation: &Map<String, Value>,
        fields: &[(Spot, &Map<String, Value>)],
    ) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut encoding = Map::new();
        let mut has_file = false;
        for (place, field) in fields {
            let Some(name) = text(field, "name") else { continue };
            has_file |= text(field, "type").as_deref() == Some("file");
            if field.get("required") == Some(&Value::Bool(true)) {
                required.push(Value::String(name.clone()));
            }
            let (style, explode) = match text(field, "collectionFormat").as_deref() {
                Some("multi") => ("form", true),
                Some("ssv") => ("spaceDelimited", false),
                Some("pipes") => ("pipeDelimited", false),
                Some("tsv") => ("tabDelimited", false),
                _ => ("form", false),
            };
            encoding.insert(name.clone(), json!({ "style": style, "explode": explode }));
            properties.insert(name, self.inline_schema(place, field));
        }
        let pointer = normal_pointer(&(spot.0, spot.1.join(FORM)));
        let is_required = !required.is_empty();
        let mut schema = json!({ "type": "object", "properties": properties });
        if is_required && let Value::Object(map) = &mut schema {
            map.insert("required".into(), Value::Array(required));
        }
        self.added.push((pointer.clone(), schema));
        let is_form =
            |name: &String| name == "multipart/form-data" || name == "application/x-www-form-urlencoded";
        let mut media_types: Vec<String> =
            media_types(walk, operation, "consumes").into_iter().filter(is_form).collect();
        if media_types.is_empty() {
            let usual = if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
            media_types.push(usual.to_owned());
        }
        let place = &fields[0].0;
        let reference = json!({ "$ref": pointer.to_fragment() });
        let mut body = copied(&Map::new(), &[], place);
        body.insert("required".into(), Value::Bool(is_required));
        body.insert("content".into(), content(&media_types, &reference, place, Some(&encoding)));
        Value::Object(body)
    }

    fn response(&mut self, walk: &Walk<'_>, spot: &Spot, operation: &Map<String, Value>) -> Option<Value> {
        let (spot, object) = walk.object(spot)?;
        let mut shape = copied(object, &["description"], &spot);
        shape.entry("description").or_insert_with(|| json!(""));
        let mut headers = Map::new();
        for (name, header_spot) in named(walk, &(spot.0, spot.1.join("headers"))) {
            let Some((header_spot, header)) = walk.object(&header_spot) else { continue };
            let mut header_shape = copied(header, &["description"], &header_spot);
            header_shape.insert("schema".into(), self.inline_schema(&header_spot, header));
            headers.insert(name, Value::Object(header_shape));
        }
        shape.insert("headers".into(), Value::Object(headers));
        let none = Map::new();
        let examples = object.get("examples").and_then(Value::as_object).unwrap_or(&none);
        let mut media_types = media_types(walk, operation, "produces");
        if object.contains_key("schema") || !examples.is_empty() {
            for media_type in examples.keys().filter(|key| key.contains('/')) {
                if !media_types.contains(media_type) {
                    media_types.push(media_type.clone());
                }
            }
            let schema_spot = (spot.0, spot.1.join("schema"));
            let is_file = walk.value(&schema_spot).get("type").is_some_and(|name| name == "file");
            if is_file && media_types == ["application/json"] {
                media_types = vec!["application/octet-stream".into()];
            }
            let schema = schema_or_any(walk, &schema_spot);
            let mut declared = content(&media_types, &schema, &spot, None);
            let place = (spot.0, spot.1.join("examples"));
            for (media_type, _) in examples.iter().filter(|(_, example)| !example.is_null()) {
                if let Some(Value::Object(content)) = declared.get_mut(media_type) {
                    content.insert("example".into(), pointer_to(&place, media_type));
                }
            }
            shape.insert("content".into(), declared);
        }
        Some(Value::Object(shape))
    }
}

/// What separates the values of items that are arrays themselves (2.0, Items Object: `csv` unless it says otherwise).
fn delimiter(items: &Map<String, Value>) -> &'static str {
    match text(items, "collectionFormat").as_deref() {
        Some("ssv") => " ",
        Some("tsv") => "\t",
        Some("pipes") => "|",
        _ => ",",
    }
}

/// A parameter-like object as a schema of 2020-12.
fn lowered(object: &Map<String, Value>) -> Value {
    let mut schema: Map<String, Value> = object
        .iter()
        .filter(|(key, _)| KEYWORDS.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if schema.remove(exclusive) == Some(Value::Bool(true))
            && let Some(value) = schema.remove(bound)
        {
            schema.insert(exclusive.into(), value);
        }
    }
    if let Some(Value::Object(items)) = schema.get("items") {
        let delimiter = (text(items, "type").as_deref() == Some("array")).then(|| delimiter(items));
        let mut items = lowered(items);
        if let (Some(delimiter), Value::Object(items)) = (delimiter, &mut items) {
            items.insert(DELIMITER.into(), json!(delimiter));
        }
        schema.insert("items".into(), items);
    }
    if schema.get("type").is_some_and(|name| name == "file") {
        schema.remove("type");
    }
    let usable = |(keyword, value): &(&String, &Value)| {
        super::super::structure::keyword_fits(keyword, value).is_none()
    };
    Value::Object(schema.iter().filter(usable).map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn content(
    media_types: &[String],
    schema: &Value,
    spot: &Spot,
    encoding: Option<&Map<String, Value>>,
) -> Value {
    let mut result = Map::new();
    for media_type in media_types {
        let mut shape = copied(&Map::new(), &[], spot);
        shape.insert("schema".into(), schema.clone());
        if let Some(encoding) = encoding {
            shape.insert("encoding".into(), Value::Object(encoding.clone()));
        }
        result.insert(media_type.clone(), Value::Object(shape));
    }
    Value::Object(result)
}

/// What the operation says it `consumes` or `produces`, else the document, else JSON.
fn media_types(walk: &Walk<'_>, operation: &Map<String, Value>, field: &str) -> Vec<String> {
    let list = operation.get(field).or_else(|| walk.files.root().get(field));
    let named: Vec<String> = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect();
    if named.is_empty() { vec!["application/json".to_owned()] } else { named }
}

fn schema_or_any(walk: &Walk<'_>, spot: &Spot) -> Value {
    if walk.value(spot).is_object() {
        json!({ "$ref": normal_pointer(spot).to_fragment() })
    } else {
        json!({})
    }
}

fn servers(walk: &Walk<'_>) -> Vec<RawServer> {
    let root = walk.files.root();
    let host = root.get("host").and_then(Value::as_str).unwrap_or_default();
    let base = root.get("basePath").and_then(Value::as_str).unwrap_or_default();
    if host.is_empty() && base.is_empty() {
        return Vec::new();
    }
    let scheme = root.pointer("/schemes/0").and_then(Value::as_str).unwrap_or("https");
    let url = if host.is_empty() { base.to_owned() } else { format!("{scheme}://{host}{base}") };
    let field = if host.is_empty() { "basePath" } else { "host" };
    vec![RawServer { url, pointer: Pointer::root().join(field) }]
}

fn schemes(walk: &Walk<'_>) -> Vec<RawScheme> {
    let mut schemes = Vec::new();
    for (name, spot) in members(walk, &(0, Pointer::root().join("securityDefinitions"))) {
        let Some((spot, object)) = walk.object(&spot) else { continue };
        let mut value = object.clone();
        if text(object, "type").as_deref() == Some("basic") {
            value.insert("type".into(), json!("http"));
            value.insert("scheme".into(), json!("basic"));
        }
        schemes.push(RawScheme { name, value: Value::Object(value), pointer: normal_pointer(&spot) });
    }
    schemes
}
