//! The change of a document that would allow one drift, where there is one.

use serde_json::{Map, Value, json};

use super::schema;
use crate::drift::finding::Drift;
use crate::pointer::Pointer;
use crate::violation::Rule;

/// One change of a document.
#[derive(Debug)]
pub(super) enum Change {
    /// Members for an object that is there.
    Set(Pointer, Map<String, Value>),
    /// An entry for a list that is there.
    Append(Pointer, Value),
    /// A value that is taken out.
    Remove(Pointer),
}

/// The methods that a path can have in every version.
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// How a document writes what the versions of `OpenAPI` write differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// 2.0
    Swagger,
    /// 3.0
    Nullable,
    /// 3.1 and later
    JsonSchema,
}

impl Dialect {
    fn of(document: &Value) -> Self {
        match document.get("openapi").and_then(Value::as_str) {
            Some(version) if version.starts_with("3.0") => Self::Nullable,
            Some(_) => Self::JsonSchema,
            // Files that a document of any version refers to have none: what all understand is written into them.
            None => Self::Swagger,
        }
    }

    /// A schema that takes anything, where a parameter or header has one.
    fn anything(self, mut declaration: Map<String, Value>) -> Map<String, Value> {
        match self {
            Self::Swagger => declaration.insert("type".into(), json!("string")),
            Self::Nullable | Self::JsonSchema => declaration.insert("schema".into(), json!({})),
        };
        declaration
    }

    /// A response with any content, or none.
    fn response(self) -> Value {
        const SEEN: &str = "seen in the traffic";
        match self {
            Self::Swagger => json!({ "description": SEEN, "schema": {} }),
            Self::Nullable | Self::JsonSchema => json!({ "description": SEEN, "content": any_content() }),
        }
    }

    /// An operation that takes and answers any content.
    fn operation(self) -> Value {
        let mut operation = json!({ "responses": { "default": self.response() } });
        if self != Self::Swagger {
            operation["requestBody"] = json!({ "content": any_content() });
        }
        operation
    }
}

/// Any content: of whatever type, and of bytes, of which there may be none.
fn any_content() -> Value {
    json!({ "*/*": {}, "application/octet-stream": {} })
}

/// The changes that would allow a drift, all together; none if it is the client, or the server, that has to change.
pub(super) fn of(drift: &Drift, document: &Value) -> Vec<Change> {
    let Some(rule) = Rule::from_code(&drift.rule) else { return Vec::new() };
    let pointer = Pointer::from_escaped(drift.pointer.strip_prefix('#').unwrap_or(&drift.pointer));
    let drifted = Drifted { drift, document, dialect: Dialect::of(document), pointer };
    drifted.changes(rule).unwrap_or_default()
}

/// A drift, and the document that it is declared in.
pub(super) struct Drifted<'a> {
    pub(super) drift: &'a Drift,
    pub(super) document: &'a Value,
    pub(super) dialect: Dialect,
    /// The place in the document.
    pub(super) pointer: Pointer,
}

impl Drifted<'_> {
    fn changes(&self, rule: Rule) -> Option<Vec<Change>> {
        match rule {
            Rule::ParameterInvalid
            | Rule::BodyInvalid
            | Rule::ReplyBodyInvalid
            | Rule::ReplyHeaderInvalid => schema::allow(self),
            Rule::PropertyUndeclared | Rule::ReplyPropertyUndeclared | Rule::StrictPropertyUndeclared => {
                schema::declare(self)
            }
            Rule::ParameterUnknown => self.parameter("query"),
            Rule::HeaderUndeclared => self.parameter("header"),
            Rule::CookieUndeclared => self.parameter("cookie"),
            Rule::ParameterMissing | Rule::BodyMissing | Rule::ReplyHeaderMissing => self.optional(),
            Rule::RefusalUndeclared if self.drift.location != "response.status" => self.media_type(),
            Rule::StatusUndeclared | Rule::RefusalUndeclared => self.status(),
            Rule::MediaTypeUndeclared | Rule::ReplyMediaTypeUndeclared => self.media_type(),
            Rule::BodyUndeclared => {
                let content = json!({ "requestBody": { "content": any_content() } });
                let can_be = self.is_operation() && self.dialect != Dialect::Swagger;
                can_be.then(|| set(&self.pointer, content))
            }
            Rule::ReplyBodyUndeclared => {
                let is_response =
                    self.value()?.get("description").is_some() && self.dialect != Dialect::Swagger;
                is_response.then(|| set(&self.pointer, json!({ "content": any_content() })))
            }
            Rule::ReplyHeaderUndeclared => {
                let header = Value::Object(self.dialect.anything(Map::new()));
                let name = self.name("response.header.")?;
                self.value()?
                    .is_object()
                    .then(|| set(&self.pointer, json!({ "headers": { (name): header } })))
            }
            Rule::MethodUnknown => {
                let method = self.drift.sample.method.to_ascii_lowercase();
                let is_path = self.pointer.tokens().count() == 2 && METHODS.contains(&method.as_str());
                is_path.then(|| set(&self.pointer, json!({ (method): self.dialect.operation() })))
            }
            // What was sent can't be read, is forbidden by what stands elsewhere, or is a habit rather than a value; or
            // nothing says what a document should declare.
            Rule::PathUnknown
            | Rule::CredentialsMissing
            | Rule::CredentialsMalformed
            | Rule::CredentialsInvalid
            | Rule::ScopeMissing
            | Rule::ParameterUnreadable
            | Rule::ParameterConflict
            | Rule::ParameterRepeated
            | Rule::ParameterDeprecated
            | Rule::OperationDeprecated
            | Rule::EncodingUnsupported
            | Rule::DiscriminatorUnknown
            | Rule::ReplyDiscriminatorUnknown
            | Rule::BodyUnreadable
            | Rule::PropertyDeprecated
            | Rule::PropertyReadOnly
            | Rule::ReplyBodyMissing
            | Rule::ReplyBodyUnreadable
            | Rule::ReplyPropertyWriteOnly
            | Rule::StrictNotAnObject
            | Rule::StrictNothingNamed
            | Rule::StrictTagMissing
            | Rule::StrictTagUnknown
            | Rule::StrictBranchInvalid
            | Rule::ExpectationMissed
            | Rule::InvalidRequestAccepted
            | Rule::ValidRequestRefused
            | Rule::ServerError
            | Rule::NoReply
            | Rule::RetryTooSoon
            | Rule::RetryWithoutBackOff
            | Rule::RetryTooOften
            | Rule::RetryOfFinalFailure
            | Rule::RetryUnsafe
            | Rule::RetryKeyChanged => None,
        }
    }

    /// The value at the place.
    pub(super) fn value(&self) -> Option<&Value> {
        self.pointer.find(self.document)
    }

    /// The values that were found, if each of them is known whole.
    pub(super) fn values(&self) -> Option<Vec<Value>> {
        let values = || self.drift.values.iter().map(|text| serde_json::from_str(text).ok());
        let is_known = !self.drift.more_values && !self.drift.values.is_empty();
        if is_known { values().collect() } else { None }
    }

    /// The name behind a prefix of the place in the message; places in lists have none.
    fn name(&self, prefix: &str) -> Option<String> {
        let name = self.drift.location.strip_prefix(prefix)?;
        (!name.is_empty() && !name.contains('*')).then(|| name.to_owned())
    }

    fn is_operation(&self) -> bool {
        let tokens: Vec<String> = self.pointer.tokens().collect();
        tokens.len() == 3 && tokens[0] == "paths" && self.value().is_some_and(Value::is_object)
    }

    fn parameter(&self, place: &str) -> Option<Vec<Change>> {
        let name = self.name(&format!("request.{place}."))?;
        if !self.is_operation() {
            return None;
        }
        let declaration = json!({ "name": name, "in": place });
        let Value::Object(declaration) = declaration else { return None };
        let declaration = Value::Object(self.dialect.anything(declaration));
        let list = self.pointer.join("parameters");
        Some(match list.find(self.document) {
            Some(Value::Array(_)) => vec![Change::Append(list, declaration)],
            Some(_) | None => set(&self.pointer, json!({ "parameters": [declaration] })),
        })
    }

    /// What has to be there need not be there any more.
    fn optional(&self) -> Option<Vec<Change>> {
        let is_required = self.pointer.last()? == "required" && self.value()? == &Value::Bool(true);
        let is_in_path = self.drift.location.starts_with("request.path");
        let declaration = self.pointer.parent().filter(|_| is_required && !is_in_path)?;
        Some(set(&declaration, json!({ "required": false })))
    }

    fn status(&self) -> Option<Vec<Change>> {
        let is_whole = self.pointer.last()? == "responses" && !self.drift.more_values;
        let statuses = self.drift.values.iter().filter(|status| status.parse::<u16>().is_ok());
        let members: Map<String, Value> =
            statuses.map(|status| (status.clone(), self.dialect.response())).collect();
        (is_whole && !members.is_empty()).then(|| vec![Change::Set(self.pointer.clone(), members)])
    }

    fn media_type(&self) -> Option<Vec<Change>> {
        if self.pointer.last()? != "content" || !self.value()?.is_object() || self.drift.more_values {
            return None;
        }
        let types = self.drift.values.iter().map(|text| crate::media_type::MediaType::parse(text));
        let members: Option<Map<String, Value>> =
            types.map(|found| Some((found?.essence(), json!({})))).collect();
        members
            .filter(|members| !members.is_empty())
            .map(|members| vec![Change::Set(self.pointer.clone(), members)])
    }
}

/// Members for the object at a pointer.
pub(super) fn set(object: &Pointer, members: Value) -> Vec<Change> {
    match members {
        Value::Object(members) => vec![Change::Set(object.clone(), members)],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Vec::new(),
    }
}
