//! Documents of any size: the same resource again and again, under fresh names.

use serde_json::{Map, Value, json};

/// A document that takes about as many bytes as JSON, indented.
pub(crate) fn document(bytes: usize) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    let mut taken = 0;
    for number in 0.. {
        let (more_paths, more_schemas) = resource(number);
        taken += format!("{more_paths:#}{more_schemas:#}").len();
        for (all, more) in [(&mut paths, more_paths), (&mut schemas, more_schemas)] {
            all.extend(more.as_object().cloned().unwrap_or_default());
        }
        if taken >= bytes {
            break;
        }
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Many resources", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// The paths and the schemas of one resource; it refers to the one before it, as large documents do.
fn resource(number: usize) -> (Value, Value) {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}{number}") });
    let before = format!("#/components/schemas/Item{}", number.saturating_sub(1));
    let text = "Says at some length what this is for, as descriptions in large documents do, with all that follows from it.";
    let failure = json!({ "description": "There is none.", "content": { "application/problem+json": { "schema": reference("Problem") } } });
    let answer = |schema: Value| json!({ "description": text, "content": { "application/json": { "schema": schema } } });
    let id = json!({ "name": "id", "in": "path", "required": true, "description": text, "schema": { "type": "integer", "format": "int64" } });
    let paths = json!({
        format!("/groups{}/items{number}", number % 97): {
            "get": {
                "operationId": format!("listItems{number}"),
                "summary": "List items", "description": text,
                "parameters": [
                    { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100, "default": 30 } },
                    { "name": "sort", "in": "query", "schema": { "type": "string", "enum": ["created", "updated", "name"] } },
                ],
                "responses": { "200": answer(json!({ "type": "array", "items": reference("Item") })), "404": failure },
            },
            "post": {
                "operationId": format!("createItem{number}"),
                "description": text,
                "requestBody": { "required": true, "content": { "application/json": { "schema": reference("NewItem") } } },
                "responses": { "201": answer(reference("Item")), "422": failure },
            },
        },
        format!("/groups{}/items{number}/{{id}}", number % 97): {
            "get": { "operationId": format!("getItem{number}"), "parameters": [id], "responses": { "200": answer(reference("Item")), "404": failure } },
        },
    });
    let properties = json!({
        "id": { "type": "integer", "format": "int64", "description": text, "readOnly": true },
        "name": { "type": "string", "minLength": 1, "maxLength": 100, "example": "Octocat" },
        "email": { "type": "string", "format": "email", "nullable": true },
        "url": { "type": "string", "format": "uri", "description": text },
        "state": { "type": "string", "enum": ["open", "closed"], "nullable": true },
        "created_at": { "type": "string", "format": "date-time", "description": text },
        "labels": { "type": "array", "items": { "type": "object", "required": ["color"], "properties": { "color": { "type": "string", "pattern": "^[0-9a-f]{6}$" } } } },
        "owner": { "allOf": [{ "$ref": before }], "description": text },
    });
    let schemas = json!({
        format!("Item{number}"): { "type": "object", "description": text, "required": ["id", "name", "url", "created_at"], "properties": properties.clone() },
        format!("NewItem{number}"): { "type": "object", "required": ["name"], "additionalProperties": false, "properties": properties },
        format!("Problem{number}"): { "type": "object", "required": ["message"], "properties": { "message": { "type": "string" }, "documentation_url": { "type": "string" } } },
    });
    (paths, schemas)
}

/// The document as JSON, indented as published ones are.
pub(crate) fn json(document: &Value) -> String {
    format!("{document:#}")
}

/// The document as YAML in block style.
pub(crate) fn yaml(document: &Value) -> String {
    let mut text = String::new();
    block(document, 0, &mut text);
    text
}

fn block(value: &Value, indent: usize, text: &mut String) {
    let mut line = |head: &str, value: &Value| {
        text.extend(std::iter::repeat_n(' ', indent));
        text.push_str(head);
        let holds_others = match value {
            Value::Object(map) => !map.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        if holds_others {
            text.push('\n');
            block(value, indent + 2, text);
        } else {
            text.extend([" ", &value.to_string(), "\n"]);
        }
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| line(&format!("{}:", json!(key)), value)),
        Value::Array(items) => items.iter().for_each(|item| line("-", item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
