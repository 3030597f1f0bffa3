//! Our own `OpenAPI` document, made from the table of operations and the types that they answer with.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::content;
use super::endpoint::{ALL, Endpoint, Scope};
use crate::engine::Problem;

pub(super) fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in ALL {
        let item = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        item[endpoint.method.to_lowercase()] = operation(endpoint, &mut generator);
    }
    generator.subschema_for::<Problem>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "standin, the reserved prefix",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a running standin tells of itself, and what it can be told.",
        },
        "servers": [{ "url": super::PREFIX }],
        "paths": paths,
        "components": { "schemas": generator.take_definitions(true) },
    })
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = endpoint
        .parameters
        .iter()
        .map(|parameter| {
            let mut schema = json!({ "type": parameter.kind });
            if !parameter.values.is_empty() {
                schema["enum"] = json!(parameter.values);
            }
            if parameter.kind == "integer" {
                schema["minimum"] = json!(0);
            }
            json!({ "name": parameter.name, "in": "query", "description": parameter.description, "schema": schema })
        })
        .collect();
    let session = match endpoint.scope {
        Scope::Server => None,
        Scope::One => {
            Some("The session; the default one unless given here or in the header `standin-session`.")
        }
        Scope::Any => Some(
            "The session, or `*` for all; the default one unless given here or in the header `standin-session`.",
        ),
    };
    if let Some(description) = session {
        let schema = json!({ "type": "string" });
        parameters
            .push(json!({ "name": "session", "in": "query", "description": description, "schema": schema }));
    }
    if let Some(name) = endpoint.variable() {
        parameters
            .push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    }
    let reply = match endpoint.reply {
        Some(schema) => {
            let schema = schema(generator);
            // What is no JSON says in its schema what it is.
            let media_type = schema.get("contentMediaType").and_then(Value::as_str);
            let content = json!({ (media_type.unwrap_or("application/json")): { "schema": schema } });
            json!({ "200": { "description": "As asked for.", "content": content } })
        }
        None => json!({ "204": { "description": "Done." } }),
    };
    let mut responses = reply;
    responses["default"] = json!({
        "description": "What is wrong with the request.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    let mut operation = json!({
        "operationId": endpoint.id,
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(body) = &endpoint.body {
        let content = json!({ "schema": (body.schema)(generator) });
        let content = json!({ "application/json": content, (content::YAML): content });
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}
