//! `OpenAPI` 3.0, 3.1 and 3.2: their structure is the normal form's; references are followed and schemas are blanked.

use serde_json::{Map, Value, json};

use super::super::lower::normal_pointer;
use super::super::walk::{Spot, Walk};
use super::super::{POINTER, RawOperation, RawScheme, RawServer};
use super::{Raised, collected};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

pub(super) fn raise(walk: &mut Walk<'_>) -> Raised {
    let root = (0, Pointer::root());
    let mut operations = Vec::new();
    for (template, item) in members(walk, &(0, Pointer::root().join("paths"))) {
        if template.starts_with('/') {
            path_item(walk, &template, &item, &mut operations);
        }
    }
    let servers = servers(walk, &root);
    let schemes = members(walk, &(0, Pointer::from_escaped("/components/securitySchemes")))
        .into_iter()
        .filter_map(|(name, spot)| {
            let (spot, scheme) = walk.object(&spot)?;
            Some(RawScheme { name, value: Value::Object(scheme.clone()), pointer: normal_pointer(&spot) })
        })
        .collect();
    Raised { operations, servers, schemes, added_schemas: Vec::new() }
}

fn path_item(walk: &mut Walk<'_>, template: &str, item: &Spot, operations: &mut Vec<RawOperation>) {
    // 3.1 allows members beside a path item's `$ref`; the item's own win.
    let mut items = vec![item.clone()];
    if let Some(behind) = walk.behind(item)
        && behind != *item
    {
        items.push(behind);
    }
    let mut shared = Vec::new();
    for item in &items {
        shared.extend(elements(walk, &(item.0, item.1.join("parameters"))));
    }
    let mut methods: Vec<(String, Spot)> = Vec::new();
    for item in &items {
        let Some(object) = walk.value(item).as_object() else { continue };
        let named = object.keys().filter(|key| METHODS.contains(&key.as_str()));
        let mut found: Vec<(String, Spot)> =
            named.map(|key| (key.to_uppercase(), (item.0, item.1.join(key)))).collect();
        found.extend(members(walk, &(item.0, item.1.join("additionalOperations"))));
        for (method, spot) in found {
            if !methods.iter().any(|(known, _)| *known == method) {
                methods.push((method, spot));
            }
        }
    }
    for (method, spot) in methods {
        let Some((spot, object)) = walk.object(&spot) else { continue };
        let shape = operation(walk, &spot, object, &shared);
        operations.push(RawOperation {
            method,
            template: template.to_owned(),
            pointer: normal_pointer(&spot),
            shape,
        });
    }
}

fn operation(walk: &mut Walk<'_>, spot: &Spot, object: &Map<String, Value>, shared: &[Spot]) -> Value {
    let mut shape =
        copied(object, &["operationId", "summary", "description", "deprecated", "security"], spot);
    shape.insert("parameters".into(), Value::Array(parameters(walk, spot, shared)));
    if object.contains_key("requestBody")
        && let Some(body) = request_body(walk, &(spot.0, spot.1.join("requestBody")))
    {
        shape.insert("requestBody".into(), body);
    }
    let mut responses = Map::new();
    for (status, response_spot) in members(walk, &(spot.0, spot.1.join("responses"))) {
        if let Some(response) = response(walk, &response_spot) {
            responses.insert(status, response);
        }
    }
    shape.insert("responses".into(), Value::Object(responses));
    Value::Object(shape)
}

fn parameters(walk: &mut Walk<'_>, operation: &Spot, shared: &[Spot]) -> Vec<Value> {
    let mut result = Vec::new();
    for (place, object) in collected(walk, operation, shared) {
        let location = text(object, "in").unwrap_or_default();
        if !["path", "query", "querystring", "header", "cookie"].contains(&location.as_str()) {
            let message = format!("`in` is `{location}`, expected `path`, `query`, `header` or `cookie`");
            walk.report(Diagnostic::error("wrong-location", message), &(place.0, place.1.join("in")));
            continue;
        }
        result.push(parameter(walk, &place, object));
    }
    result
}

fn parameter(walk: &Walk<'_>, spot: &Spot, object: &Map<String, Value>) -> Value {
    let fields =
        ["name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode"];
    let mut shape = copied(object, &fields, spot);
    if text(object, "in").as_deref() == Some("path") {
        shape.insert("required".into(), Value::Bool(true));
    }
    described(walk, spot, object, &mut shape);
    Value::Object(shape)
}

/// What parameters and headers share: a schema or content, and examples.
fn described(walk: &Walk<'_>, spot: &Spot, object: &Map<String, Value>, shape: &mut Map<String, Value>) {
    if object.contains_key("content") {
        shape.insert("content".into(), content(walk, &(spot.0, spot.1.join("content"))));
    } else {
        shape.insert("schema".into(), schema_or_any(walk, &(spot.0, spot.1.join("schema"))));
    }
    exemplified(walk, spot, object, shape);
}

fn request_body(walk: &Walk<'_>, spot: &Spot) -> Option<Value> {
    let (spot, object) = walk.object(spot)?;
    let mut shape = copied(object, &["description", "required"], &spot);
    shape.insert("content".into(), content(walk, &(spot.0, spot.1.join("content"))));
    Some(Value::Object(shape))
}

fn response(walk: &Walk<'_>, spot: &Spot) -> Option<Value> {
    let (spot, object) = walk.object(spot)?;
    let mut shape = copied(object, &["description"], &spot);
    shape.entry("description").or_insert_with(|| json!(""));
    let mut headers = Map::new();
    for (name, header_spot) in named(walk, &(spot.0, spot.1.join("headers"))) {
        if let Some(header) = header(walk, &header_spot) {
            headers.insert(name, header);
        }
    }
    shape.insert("headers".into(), Value::Object(headers));
    shape.insert("content".into(), content(walk, &(spot.0, spot.1.join("content"))));
    let links: Map<String, Value> = members(walk, &(spot.0, spot.1.join("links")))
        .into_iter()
        .filter_map(|(name, spot)| {
            let (spot, object) = walk.object(&spot)?;
            Some((name, Value::Object(copied(object, &["operationId", "operationRef", "parameters"], &spot))))
        })
        .collect();
    if !links.is_empty() {
        // Read beside `openapiv3`, which would refuse the whole operation for one that it does not like.
        shape.insert("x-standin-links".into(), Value::Object(links));
    }
    Some(Value::Object(shape))
}

fn header(walk: &Walk<'_>, spot: &Spot) -> Option<Value> {
    let (spot, object) = walk.object(spot)?;
    let mut shape = copied(object, &["description", "required", "deprecated", "explode"], &spot);
    described(walk, &spot, object, &mut shape);
    // `openapiv3` 2.2 knows no `explode` on headers; it reads it as an extension under this name.
    if let Some(explode) = shape.remove("explode") {
        shape.insert("x-standin-explode".into(), explode);
    }
    Some(Value::Object(shape))
}

fn content(walk: &Walk<'_>, spot: &Spot) -> Value {
    let mut result = Map::new();
    for (media_type, spot) in members(walk, spot) {
        let Some((spot, object)) = walk.object(&spot) else { continue };
        let mut shape = copied(object, &[], &spot);
        if object.contains_key("schema") {
            shape.insert("schema".into(), schema_or_any(walk, &(spot.0, spot.1.join("schema"))));
        }
        if object.contains_key("itemSchema") {
            shape.insert(
                "x-standin-item-schema".into(),
                schema_or_any(walk, &(spot.0, spot.1.join("itemSchema"))),
            );
        }
        exemplified(walk, &spot, object, &mut shape);
        let encodings = members(walk, &(spot.0, spot.1.join("encoding"))).into_iter();
        let encodings: Map<String, Value> =
            encodings.filter_map(|(name, spot)| Some((name, encoding(walk, &spot)?))).collect();
        if !encodings.is_empty() {
            shape.insert("encoding".into(), Value::Object(encodings));
        }
        if let Some(places) = object.get("prefixEncoding").and_then(Value::as_array) {
            let place = |at| encoding(walk, &(spot.0, spot.1.join("prefixEncoding").index(at)));
            let places = (0..places.len()).map(|at| place(at).unwrap_or_default()).collect();
            shape.insert("x-standin-prefix-encoding".into(), places);
        }
        if let Some(encoding) = encoding(walk, &(spot.0, spot.1.join("itemEncoding"))) {
            shape.insert("x-standin-item-encoding".into(), encoding);
        }
        result.insert(media_type, Value::Object(shape));
    }
    Value::Object(result)
}

/// An encoding object with its defaults: what says how a value is spread has a style, and `form` explodes.
fn encoding(walk: &Walk<'_>, spot: &Spot) -> Option<Value> {
    let (spot, object) = walk.object(spot)?;
    let mut encoding = copied(object, &["contentType", "style", "explode", "allowReserved"], &spot);
    if encoding.contains_key("explode") || encoding.contains_key("allowReserved") {
        encoding.entry("style").or_insert_with(|| json!("form"));
    }
    if encoding.get("style").is_some_and(|style| style == "form") {
        encoding.entry("explode").or_insert(Value::Bool(true));
    }
    let headers = named(walk, &(spot.0, spot.1.join("headers")));
    let headers: Map<String, Value> =
        headers.into_iter().filter_map(|(name, spot)| Some((name, header(walk, &spot)?))).collect();
    encoding.insert("headers".into(), Value::Object(headers));
    Some(Value::Object(encoding))
}

/// The examples of an object: in place of each value and text its pointer, as they may be large and used many times.
fn exemplified(walk: &Walk<'_>, spot: &Spot, object: &Map<String, Value>, shape: &mut Map<String, Value>) {
    if object.get("example").is_some_and(|value| !value.is_null()) {
        shape.insert("example".into(), pointer_to(spot, "example"));
    }
    let mut examples = Map::new();
    for (name, spot) in members(walk, &(spot.0, spot.1.join("examples"))) {
        let Some((spot, object)) = walk.object(&spot) else { continue };
        let mut example = Map::new();
        example.insert(POINTER.into(), json!(normal_pointer(&spot).as_str()));
        // 3.2 keeps the value as it is before encoding in `dataValue`, and after it in `serializedValue`.
        let keyword = ["value", "dataValue"].into_iter().find(|keyword| object.contains_key(*keyword));
        if let Some(keyword) = keyword
            && object.get(keyword).is_some_and(|value| !value.is_null())
        {
            example.insert("value".into(), pointer_to(&spot, keyword));
        }
        if object.get("serializedValue").is_some_and(Value::is_string) {
            example.insert("x-standin-written".into(), pointer_to(&spot, "serializedValue"));
        }
        examples.insert(name, Value::Object(example));
    }
    if !examples.is_empty() {
        shape.insert("examples".into(), Value::Object(examples));
    }
}

/// The place of a member in the normal form, as text.
pub(super) fn pointer_to(spot: &Spot, name: &str) -> Value {
    json!(normal_pointer(&(spot.0, spot.1.join(name))).as_str())
}

/// A reference to the schema in the normal form; a schema that takes anything where none can be read.
fn schema_or_any(walk: &Walk<'_>, spot: &Spot) -> Value {
    match walk.value(spot) {
        Value::Object(_) | Value::Bool(_) => json!({ "$ref": normal_pointer(spot).to_fragment() }),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => json!({}),
    }
}

fn servers(walk: &Walk<'_>, spot: &Spot) -> Vec<RawServer> {
    let mut servers = Vec::new();
    for spot in elements(walk, &(spot.0, spot.1.join("servers"))) {
        let Some(object) = walk.value(&spot).as_object() else { continue };
        let Some(mut url) = text(object, "url") else { continue };
        for (name, variable) in object.get("variables").and_then(Value::as_object).into_iter().flatten() {
            let value = match variable.get("default") {
                Some(Value::String(value)) => value.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            };
            url = url.replace(&format!("{{{name}}}"), &value);
        }
        servers.push(RawServer { url, pointer: normal_pointer(&spot) });
    }
    servers
}

/// The named fields and our own extensions, and the object's own place.
pub(super) fn copied(object: &Map<String, Value>, fields: &[&str], spot: &Spot) -> Map<String, Value> {
    let mut shape: Map<String, Value> = object
        .iter()
        .filter(|(key, value)| {
            fields.contains(&key.as_str()) && !value.is_null() || key.starts_with("x-standin-")
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    shape.insert(POINTER.into(), Value::String(normal_pointer(spot).as_str().to_owned()));
    shape
}

pub(super) fn text(object: &Map<String, Value>, field: &str) -> Option<String> {
    object.get(field)?.as_str().map(str::to_owned)
}

/// The members of a map behind references, without extensions.
pub(super) fn members(walk: &Walk<'_>, spot: &Spot) -> Vec<(String, Spot)> {
    let mut members = named(walk, spot);
    members.retain(|(name, _)| !name.starts_with("x-"));
    members
}

/// The members of a map behind references whose names may start with `x-`, as those of header fields do.
pub(super) fn named(walk: &Walk<'_>, spot: &Spot) -> Vec<(String, Spot)> {
    let Some((spot, object)) = walk.object(spot) else { return Vec::new() };
    object.keys().map(|key| (key.clone(), (spot.0, spot.1.join(key)))).collect()
}

pub(super) fn elements(walk: &Walk<'_>, spot: &Spot) -> Vec<Spot> {
    let count = walk.value(spot).as_array().map_or(0, Vec::len);
    (0..count).map(|index| (spot.0, spot.1.index(index))).collect()
}
