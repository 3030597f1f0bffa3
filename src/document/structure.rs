//! What the objects of a document may hold, as a table: the one description that checking, following references and
//! finding schemas are driven by.

use super::version::Version;

/// A kind of object that a document is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Document,
    Info,
    Server,
    Components,
    Paths,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Responses,
    Response,
    Header,
    MediaType,
    Encoding,
    Example,
    Link,
    SecurityScheme,
    Schema,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Boolean,
    TextList,
    Any,
    One(Kind),
    List(Kind),
    Map(Kind),
}

use Holds::{Any, Boolean, List, Map, One, Text, TextList};

/// One field: its name, what it holds, whether it must be there.
pub(super) type Field = (&'static str, Holds, bool);

impl Kind {
    /// The word for it in messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Info => "info object",
            Self::Server => "server",
            Self::Components => "components object",
            Self::Paths => "paths object",
            Self::PathItem => "path item",
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::RequestBody => "request body",
            Self::Responses => "responses object",
            Self::Response => "response",
            Self::Header => "header",
            Self::MediaType => "media type object",
            Self::Encoding => "encoding object",
            Self::Example => "example object",
            Self::Link => "link object",
            Self::SecurityScheme => "security scheme",
            Self::Schema => "schema",
        }
    }

    /// Whether a Reference Object may stand in its place.
    pub(super) fn may_be_a_reference(self) -> bool {
        !matches!(
            self,
            Self::Document | Self::Info | Self::Server | Self::Components | Self::Paths | Self::Encoding
        )
    }

    /// Its fields. Schemas, whose fields are keywords, and the maps `paths` and `responses` are read apart.
    pub(super) fn fields(self, version: Version) -> &'static [Field] {
        if version == Version::Swagger20 { self.fields_2() } else { self.fields_3() }
    }

    fn fields_3(self) -> &'static [Field] {
        match self {
            Self::Document => &[
                ("openapi", Text, true),
                ("info", One(Kind::Info), true),
                ("servers", List(Kind::Server), false),
                ("paths", One(Kind::Paths), false),
                ("components", One(Kind::Components), false),
                ("security", Any, false),
                ("jsonSchemaDialect", Text, false),
            ],
            Self::Info => &[("title", Text, true), ("version", Text, true)],
            Self::Server => &[("url", Text, true), ("variables", Any, false)],
            Self::Components => &[
                ("schemas", Map(Kind::Schema), false),
                ("responses", Map(Kind::Response), false),
                ("parameters", Map(Kind::Parameter), false),
                ("examples", Map(Kind::Example), false),
                ("requestBodies", Map(Kind::RequestBody), false),
                ("headers", Map(Kind::Header), false),
                ("links", Map(Kind::Link), false),
                ("securitySchemes", Map(Kind::SecurityScheme), false),
                ("pathItems", Map(Kind::PathItem), false),
                ("mediaTypes", Map(Kind::MediaType), false),
            ],
            Self::PathItem => &[
                ("get", One(Kind::Operation), false),
                ("put", One(Kind::Operation), false),
                ("post", One(Kind::Operation), false),
                ("delete", One(Kind::Operation), false),
                ("options", One(Kind::Operation), false),
                ("head", One(Kind::Operation), false),
                ("patch", One(Kind::Operation), false),
                ("trace", One(Kind::Operation), false),
                ("query", One(Kind::Operation), false),
                ("additionalOperations", Map(Kind::Operation), false),
                ("parameters", List(Kind::Parameter), false),
                ("servers", List(Kind::Server), false),
            ],
            Self::Operation => &[
                ("operationId", Text, false),
                ("summary", Text, false),
                ("deprecated", Boolean, false),
                ("parameters", List(Kind::Parameter), false),
                ("requestBody", One(Kind::RequestBody), false),
                ("responses", One(Kind::Responses), false),
                ("security", Any, false),
                ("servers", List(Kind::Server), false),
            ],
            Self::Parameter => &[
                ("name", Text, true),
                ("in", Text, true),
                ("required", Boolean, false),
                ("deprecated", Boolean, false),
                ("allowEmptyValue", Boolean, false),
                ("style", Text, false),
                ("explode", Boolean, false),
                ("schema", One(Kind::Schema), false),
                ("content", Map(Kind::MediaType), false),
                ("examples", Map(Kind::Example), false),
            ],
            Self::RequestBody => &[("required", Boolean, false), ("content", Map(Kind::MediaType), false)],
            Self::Response => &[
                ("description", Text, false),
                ("headers", Map(Kind::Header), false),
                ("content", Map(Kind::MediaType), false),
                ("links", Map(Kind::Link), false),
            ],
            Self::Header => &[
                ("required", Boolean, false),
                ("explode", Boolean, false),
                ("schema", One(Kind::Schema), false),
                ("content", Map(Kind::MediaType), false),
                ("examples", Map(Kind::Example), false),
            ],
            Self::MediaType => &[
                ("schema", One(Kind::Schema), false),
                ("itemSchema", One(Kind::Schema), false),
                ("examples", Map(Kind::Example), false),
                ("encoding", Map(Kind::Encoding), false),
                ("prefixEncoding", List(Kind::Encoding), false),
                ("itemEncoding", One(Kind::Encoding), false),
            ],
            Self::Encoding => &[
                ("contentType", Text, false),
                ("headers", Map(Kind::Header), false),
                ("style", Text, false),
                ("explode", Boolean, false),
                ("allowReserved", Boolean, false),
            ],
            Self::Example => &[("externalValue", Text, false), ("serializedValue", Text, false)],
            Self::Link => {
                &[("operationId", Text, false), ("operationRef", Text, false), ("parameters", Any, false)]
            }
            Self::SecurityScheme => &[("type", Text, true)],
            Self::Paths | Self::Responses | Self::Schema => &[],
        }
    }

    fn fields_2(self) -> &'static [Field] {
        match self {
            Self::Document => &[
                ("swagger", Text, true),
                ("info", One(Kind::Info), true),
                ("host", Text, false),
                ("basePath", Text, false),
                ("schemes", TextList, false),
                ("consumes", TextList, false),
                ("produces", TextList, false),
                ("paths", One(Kind::Paths), true),
                ("definitions", Map(Kind::Schema), false),
                ("parameters", Map(Kind::Parameter), false),
                ("responses", Map(Kind::Response), false),
                ("securityDefinitions", Map(Kind::SecurityScheme), false),
                ("security", Any, false),
            ],
            Self::PathItem => &[
                ("get", One(Kind::Operation), false),
                ("put", One(Kind::Operation), false),
                ("post", One(Kind::Operation), false),
                ("delete", One(Kind::Operation), false),
                ("options", One(Kind::Operation), false),
                ("head", One(Kind::Operation), false),
                ("patch", One(Kind::Operation), false),
                ("parameters", List(Kind::Parameter), false),
            ],
            Self::Operation => &[
                ("operationId", Text, false),
                ("summary", Text, false),
                ("deprecated", Boolean, false),
                ("consumes", TextList, false),
                ("produces", TextList, false),
                ("parameters", List(Kind::Parameter), false),
                ("responses", One(Kind::Responses), true),
                ("security", Any, false),
            ],
            Self::Parameter => &[
                ("name", Text, true),
                ("in", Text, true),
                ("required", Boolean, false),
                ("allowEmptyValue", Boolean, false),
                ("collectionFormat", Text, false),
                ("schema", One(Kind::Schema), false),
            ],
            Self::Response => &[
                ("description", Text, false),
                ("schema", One(Kind::Schema), false),
                ("headers", Map(Kind::Header), false),
                ("examples", Any, false),
            ],
            Self::Header => &[("type", Text, false), ("collectionFormat", Text, false)],
            Self::Info => &[("title", Text, true), ("version", Text, true)],
            Self::SecurityScheme => &[("type", Text, true)],
            Self::Server
            | Self::Components
            | Self::Paths
            | Self::RequestBody
            | Self::Responses
            | Self::MediaType
            | Self::Encoding
            | Self::Example
            | Self::Link
            | Self::Schema => &[],
        }
    }
}

/// The keywords of a schema that hold one schema.
pub(super) const ONE_SCHEMA: &[&str] = &[
    "items",
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
/// The keywords of a schema that hold a list of schemas.
pub(super) const SCHEMA_LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems", "items"];
/// The keywords of a schema that hold schemas by name.
pub(super) const SCHEMA_MAP: &[&str] =
    &["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];

/// What a keyword of a schema must hold; those not listed may hold anything.
pub(super) fn keyword_fits(keyword: &str, value: &serde_json::Value) -> Option<&'static str> {
    let (fits, expected) = match keyword {
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
        | "minContains" | "maxContains" => {
            (value.as_f64().is_some_and(|number| number >= 0.0 && number.fract() == 0.0), "a whole number")
        }
        "minimum" | "maximum" => (value.is_number(), "a number"),
        "exclusiveMinimum" | "exclusiveMaximum" => (value.is_number() || value.is_boolean(), "a number"),
        "multipleOf" => (value.as_f64().is_some_and(|number| number > 0.0), "a number above 0"),
        "pattern" | "format" | "$ref" | "$anchor" => (value.is_string(), "a string"),
        "required" => (value.is_array() || value.is_boolean(), "a list of names"),
        "enum" => (value.is_array(), "a list"),
        "uniqueItems" | "nullable" | "readOnly" | "writeOnly" | "deprecated" => {
            (value.is_boolean(), "true or false")
        }
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
        | "dependentRequired" => (value.is_object(), "a map"),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
            (value.as_array().is_some_and(|list| !list.is_empty()), "a list of schemas")
        }
        _ => return None,
    };
    (!fits).then_some(expected)
}
