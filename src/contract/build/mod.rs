//! From a document's structure to the contract, read through `openapiv3` operation by operation.

mod example;
mod link;
mod parameter;
mod security;

use http::Method;
use openapiv3::{
    self as typed, HeaderStyle, ParameterSchemaOrContent, ReferenceOr, StatusCode as TypedStatus,
};
use serde_json::Value;

use super::{
    Branch, Content, Encoding, Header, Operation, RequestBody, Response, Scheme, Serialization, StatusKey,
    Style,
};
use crate::diagnostic::Diagnostic;
use crate::document::{Document, POINTER, RawOperation};
use crate::media_type::MediaType;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas, reference};
use crate::text;
use crate::violation::Rule;
pub(super) use link::resolve as resolve_links;

/// Reads the parts of one document and collects what is wrong with them.
pub(in crate::contract) struct Build<'a> {
    pub(in crate::contract) document: &'a Document,
    pub(in crate::contract) schemas: &'a Schemas,
    pub(in crate::contract) schemes: Vec<Scheme>,
    pub(in crate::contract) diagnostics: Vec<Diagnostic>,
}

impl Build<'_> {
    /// The operation; `None` if it can't be read, which is reported.
    pub(in crate::contract) fn operation(&mut self, raw: RawOperation) -> Option<Operation> {
        let Ok(method) = Method::from_bytes(raw.method.as_bytes()) else {
            self.report("wrong-method", format!("`{}` is no method", raw.method), &raw.pointer);
            return None;
        };
        let mut shape = raw.shape;
        let security = self.security(shape.as_object_mut()?.remove("security").as_ref(), &raw.pointer);
        let groups = self.groups(shape.get("x-standin-parameter-groups"), &raw.pointer);
        let parameters = self.parameters(&mut shape);
        // The package refuses `openapi` 3.1's null; everything else in the shape has been checked before.
        let operation: typed::Operation = match serde_json::from_value(shape) {
            Ok(operation) => operation,
            Err(error) => {
                let message = format!("this operation can't be read: {error}");
                self.report("unreadable-operation", message, &raw.pointer);
                return None;
            }
        };
        let body = match operation.request_body {
            Some(ReferenceOr::Item(body)) => Some(self.request_body(body)),
            Some(ReferenceOr::Reference { .. }) | None => None,
        };
        let mut responses: Vec<Response> = Vec::new();
        for (status, response) in operation.responses.responses {
            let key = match status {
                TypedStatus::Code(code) => StatusKey::Exact(code),
                TypedStatus::Range(range) => StatusKey::Range(range as u8),
            };
            if let ReferenceOr::Item(response) = response {
                responses.push(self.response(key, response));
            }
        }
        if let Some(ReferenceOr::Item(response)) = operation.responses.default {
            responses.push(self.response(StatusKey::Default, response));
        }
        Some(Operation {
            id: operation
                .operation_id
                .unwrap_or_else(|| format!("{} {}", raw.method.to_lowercase(), raw.template)),
            method,
            template: raw.template,
            pointer: raw.pointer,
            summary: operation.summary,
            deprecated: operation.deprecated,
            parameters,
            groups,
            body,
            responses,
            security,
        })
    }

    fn request_body(&mut self, body: typed::RequestBody) -> RequestBody {
        let pointer = pointer_of(body.extensions.get(POINTER));
        let content = self.content(body.content, &pointer);
        RequestBody { required: body.required, content, pointer }
    }

    fn response(&mut self, key: StatusKey, response: typed::Response) -> Response {
        let pointer = pointer_of(response.extensions.get(POINTER));
        let headers = response
            .headers
            .into_iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
            .filter_map(|(name, header)| self.header(name, header))
            .collect();
        let answers = self.answers(response.extensions.get("x-standin-answers"), &pointer);
        let content = self.content(response.content, &pointer);
        let links = Self::links(response.extensions.get("x-standin-links"));
        let branches =
            content.first().and_then(|content| content.schema.as_ref()).map(|schema| self.branches(schema));
        Response {
            key,
            pointer,
            description: response.description,
            headers,
            content,
            links,
            answers,
            branches: branches.unwrap_or_default(),
        }
    }

    /// The alternatives of a response's schema, each with the rules that it says it answers.
    fn branches(&mut self, schema: &Pointer) -> Vec<Branch> {
        let Some((whole, value)) = self.schemas.resolve(schema, Direction::Response) else {
            return Vec::new();
        };
        let Some((keyword, list)) = ["oneOf", "anyOf"]
            .into_iter()
            .find_map(|keyword| Some((keyword, value.get(keyword)?.as_array()?)))
        else {
            return Vec::new();
        };
        let found: Vec<(Pointer, Option<Value>)> = (0..list.len())
            .map(|index| {
                let pointer = whole.join(keyword).index(index);
                let (place, branch) = self
                    .schemas
                    .resolve(&pointer, Direction::Response)
                    .unwrap_or((pointer.clone(), &Value::Null));
                (place, branch.get("x-standin-answers").cloned())
            })
            .collect();
        let branches = found.into_iter().enumerate().map(|(index, (pointer, answers))| Branch {
            whole: whole.clone(),
            answers: self.answers(answers.as_ref(), &pointer),
            pointer,
            index,
        });
        branches.collect()
    }

    fn content(
        &mut self,
        content: indexmap::IndexMap<String, typed::MediaType>,
        owner: &Pointer,
    ) -> Vec<Content> {
        let mut result = Vec::new();
        for (name, declared) in content {
            let Some(media_type) = self.media_type(&name, owner) else { continue };
            let pointer = pointer_of(declared.extensions.get(POINTER));
            let encoding = declared.encoding.into_iter();
            let encoding = encoding.map(|(name, encoding)| (name, self.encoding(encoding))).collect();
            let item_schema = declared
                .extensions
                .get("x-standin-item-schema")
                .and_then(|found| reference(found.get("$ref")?));
            let schema = declared.schema.as_ref().and_then(schema_pointer);
            let given = (declared.example, declared.examples);
            let examples = self.examples(given, Some(&media_type));
            let mut by_place = |value: &Value| {
                serde_json::from_value(value.clone()).ok().map(|encoding| self.encoding(encoding))
            };
            let extension = |name: &str| declared.extensions.get(name);
            let prefix = extension("x-standin-prefix-encoding").and_then(Value::as_array);
            let prefix_encoding =
                prefix.into_iter().flatten().map(|one| by_place(one).unwrap_or_default()).collect();
            let item_encoding = extension("x-standin-item-encoding").and_then(by_place);
            result.push(Content {
                media_type,
                pointer,
                schema,
                item_schema,
                examples,
                encoding,
                prefix_encoding,
                item_encoding,
            });
        }
        result
    }

    fn media_type(&mut self, name: &str, owner: &Pointer) -> Option<MediaType> {
        let media_type = MediaType::parse(name);
        if media_type.is_none() {
            let place = owner.join("content").join(name);
            self.report(
                "wrong-media-type",
                format!("`{name}` is no media type, expected `type/subtype`"),
                &place,
            );
        }
        media_type
    }

    fn answers(&mut self, value: Option<&Value>, owner: &Pointer) -> Vec<Rule> {
        let mut rules = Vec::new();
        for item in value.and_then(Value::as_array).into_iter().flatten() {
            let code = item.as_str().unwrap_or_default();
            match Rule::from_code(code) {
                Some(rule) => rules.push(rule),
                None => {
                    let known = || Rule::ALL.iter().map(|rule| rule.code());
                    let help = text::nearest(code, known())
                        .map_or_else(|| text::list(known()), |near| format!("did you mean `{near}`?"));
                    let place = owner.join("x-standin-answers");
                    let diagnostic =
                        Diagnostic::error("unknown-rule", format!("`{code}` is no rule")).help(help);
                    self.diagnostics.push(diagnostic.at(Some(self.document.span(&place))));
                }
            }
        }
        rules
    }

    fn report(&mut self, code: &'static str, message: String, pointer: &Pointer) {
        self.diagnostics.push(Diagnostic::error(code, message).at(Some(self.document.span(pointer))));
    }
}

fn pointer_of(value: Option<&Value>) -> Pointer {
    Pointer::from_escaped(value.and_then(Value::as_str).unwrap_or_default())
}

fn schema_pointer(schema: &ReferenceOr<typed::Schema>) -> Option<Pointer> {
    match schema {
        ReferenceOr::Reference { reference } => Some(Pointer::from_fragment(reference)),
        ReferenceOr::Item(_) => None,
    }
}

impl Build<'_> {
    fn header(&mut self, name: String, header: ReferenceOr<typed::Header>) -> Option<Header> {
        let ReferenceOr::Item(header) = header else { return None };
        let HeaderStyle::Simple = header.style;
        let pointer = pointer_of(header.extensions.get(POINTER));
        let given = (header.example, header.examples);
        let explode = header.extensions.get("x-standin-explode") == Some(&Value::Bool(true));
        let (schema, media_type, mut examples) = match header.format {
            ParameterSchemaOrContent::Schema(schema) => (schema_pointer(&schema), None, Vec::new()),
            ParameterSchemaOrContent::Content(content) => {
                let content = self.content(content, &pointer).into_iter().next()?;
                (content.schema, Some(content.media_type), content.examples)
            }
        };
        examples.extend(self.examples(given, media_type.as_ref()));
        Some(Header { name, required: header.required, explode, media_type, schema, examples, pointer })
    }

    fn encoding(&mut self, encoding: typed::Encoding) -> Encoding {
        let names = encoding.content_type.unwrap_or_default();
        let content_types = names.split(',').filter_map(MediaType::parse).collect();
        let style = encoding.style.map(|style| match style {
            typed::QueryStyle::Form => Style::Form,
            typed::QueryStyle::SpaceDelimited => Style::SpaceDelimited,
            typed::QueryStyle::PipeDelimited => Style::PipeDelimited,
            typed::QueryStyle::DeepObject => Style::DeepObject,
        });
        let serialization = style.map(|style| Serialization::Style {
            style,
            explode: encoding.explode || style == Style::DeepObject,
        });
        let headers = encoding.headers.into_iter();
        let headers = headers.filter_map(|(name, header)| self.header(name, header)).collect();
        Encoding { content_types, serialization, allow_reserved: encoding.allow_reserved, headers }
    }
}
