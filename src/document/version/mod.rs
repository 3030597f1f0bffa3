//! The versions of the specification: which there are, and how each is raised to the normal form.

mod openapi3;
mod swagger20;

use openapi3::{elements, text};
use serde_json::{Map, Value};

use super::walk::{Spot, Walk};
use super::{RawOperation, RawScheme, RawServer};
use crate::diagnostic::Diagnostic;
use crate::pointer::Pointer;

/// A version of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Swagger 2.0.
    Swagger20,
    /// `OpenAPI` 3.0.x.
    OpenApi30,
    /// `OpenAPI` 3.1.x.
    OpenApi31,
    /// `OpenAPI` 3.2.x.
    OpenApi32,
}

impl Version {
    /// Reads it from the document's own `openapi` or `swagger` field; errors say what was found and what is known.
    pub(super) fn of(root: &Value) -> Result<Self, (Pointer, String)> {
        let known = "`swagger: \"2.0\"` and `openapi: 3.0.x`, `3.1.x`, `3.2.x` are known";
        let Some(object) = root.as_object() else {
            return Err((
                Pointer::root(),
                format!("this is no OpenAPI document but {}; {known}", what(root)),
            ));
        };
        let (field, value) = match (object.get("openapi"), object.get("swagger")) {
            (Some(value), _) => ("openapi", value),
            (None, Some(value)) => ("swagger", value),
            (None, None) => {
                return Err((
                    Pointer::root(),
                    format!("there is neither `openapi` nor `swagger` at the top; {known}"),
                ));
            }
        };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is = |prefix: &str| text == prefix || text.starts_with(&format!("{prefix}."));
        match field {
            "swagger" if is("2.0") || text == "2" => Ok(Self::Swagger20),
            "openapi" if is("3.0") || text == "3" => Ok(Self::OpenApi30),
            "openapi" if is("3.1") => Ok(Self::OpenApi31),
            "openapi" if is("3.2") => Ok(Self::OpenApi32),
            _ => Err((Pointer::root().join(field), format!("`{field}` is `{text}`; {known}"))),
        }
    }

    /// Whether schemas are full JSON Schema (3.1 and later) rather than the dialect of 2.0 and 3.0.
    pub(super) fn has_json_schema(self) -> bool {
        self >= Self::OpenApi31
    }

    /// Whether a response must have a description: up to 3.1.
    pub(super) fn asks_for_descriptions(self) -> bool {
        self <= Self::OpenApi31
    }

    /// Whether a security requirement may list roles for schemes that have no scopes (3.1 4.8.30).
    pub fn has_roles(self) -> bool {
        self >= Self::OpenApi31
    }

    /// The structure of the document in 3.0 shape, with `{"$ref": "#/pointer"}` where a schema is.
    pub(super) fn raise(self, walk: &mut Walk) -> Raised {
        match self {
            Self::Swagger20 => swagger20::raise(walk),
            Self::OpenApi30 | Self::OpenApi31 | Self::OpenApi32 => openapi3::raise(walk),
        }
    }
}

/// What a version makes of a document.
pub(super) struct Raised {
    pub(super) operations: Vec<RawOperation>,
    pub(super) servers: Vec<RawServer>,
    pub(super) schemes: Vec<RawScheme>,
    /// Schemas that the document does not have as such, to be put at their pointers.
    pub(super) added_schemas: Vec<(Pointer, Value)>,
}

/// The JSON type of a value with its article.
pub(super) fn what(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Parameters that are given twice in one list (same name, same location) are a mistake; the first one is kept.
fn duplicate_parameter(name: &str, location: &str) -> Diagnostic {
    Diagnostic::error("duplicate-parameter", format!("the {location} parameter `{name}` is declared twice"))
        .help("a name may be used once in each location (`in`); the first one is kept")
}

/// The operation's own parameters, then those of the path item that it does not override
/// (3.1 4.8.10.1), references followed. A name may be used once in each location; the first one is kept.
pub(super) fn collected<'a>(
    walk: &mut Walk<'a>,
    operation: &Spot,
    shared: &[Spot],
) -> Vec<(Spot, &'a Map<String, Value>)> {
    let own = elements(walk, &(operation.0, operation.1.join("parameters")));
    let mut taken: Vec<(String, String)> = Vec::new();
    let mut result = Vec::new();
    for list in [own, shared.to_vec()] {
        let overridden = taken.clone();
        for spot in list {
            let Some((place, object)) = walk.object(&spot) else { continue };
            let (Some(name), Some(location)) = (text(object, "name"), text(object, "in")) else { continue };
            let key = (name.clone(), location.clone());
            if overridden.contains(&key) {
                continue;
            }
            if taken.contains(&key) {
                let diagnostic = duplicate_parameter(&name, &location);
                walk.report(diagnostic, &spot);
                continue;
            }
            taken.push(key);
            result.push((place, object));
        }
    }
    result
}
