//! From a document's structure to the contract, read through `openapiv3` operation by operation.

use http::Method;
use openapiv3::{
    self as typed, HeaderStyle, ParameterSchemaOrContent, ReferenceOr, StatusCode as TypedStatus,
};
use serde_json::{Map, Value};

use super::{
    Branch, Content, Encoding, Example, Header, Location, Operation, Parameter, ParameterGroup, RequestBody,
    Requirement, Response, Scheme, SchemeKind, Serialization, StatusKey, Style,
};
use crate::diagnostic::Diagnostic;
use crate::document::{Document, POINTER, RawOperation, RawScheme};
use crate::media_type::MediaType;
use crate::pointer::Pointer;
use crate::schema::{Direction, Schemas, reference};
use crate::text;
use crate::violation::Rule;

/// Reads the parts of one document and collects what is wrong with them.
pub(super) struct Build<'a> {
    pub(super) document: &'a Document,
    pub(super) schemas: &'a Schemas,
    pub(super) schemes: Vec<Scheme>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

type Extensions = indexmap::IndexMap<String, Value>;

impl Build<'_> {
    pub(super) fn scheme(&mut self, raw: &RawScheme) -> Option<Scheme> {
        let field = |name: &str| raw.value.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = match field("type") {
            "http" => match field("scheme").to_ascii_lowercase().as_str() {
                "basic" => SchemeKind::Basic,
                "bearer" => SchemeKind::Bearer,
                other => SchemeKind::Http(other.to_owned()),
            },
            "oauth2" | "openIdConnect" => SchemeKind::Bearer,
            "apiKey" => match field("in") {
                "query" => SchemeKind::QueryKey(field("name").to_owned()),
                "cookie" => SchemeKind::CookieKey(field("name").to_owned()),
                _ => SchemeKind::HeaderKey(field("name").to_owned()),
            },
            "mutualTLS" => SchemeKind::MutualTls,
            found => {
                let message = format!(
                    "the security scheme `{}` has the type `{found}`, expected `http`, `apiKey`, `oauth2`, `openIdConnect` or `mutualTLS`",
                    raw.name
                );
                self.report("wrong-security-type", message, &raw.pointer.join("type"));
                return None;
            }
        };
        Some(Scheme { name: raw.name.clone(), kind, pointer: raw.pointer.clone() })
    }

    /// The operation; `None` if it can't be read, which is reported.
    pub(super) fn operation(&mut self, raw: &RawOperation) -> Option<Operation> {
        let Ok(method) = Method::from_bytes(raw.method.as_bytes()) else {
            self.report("wrong-method", format!("`{}` is no method", raw.method), &raw.pointer);
            return None;
        };
        let mut shape = raw.shape.clone();
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
            template: raw.template.clone(),
            pointer: raw.pointer.clone(),
            summary: operation.summary,
            deprecated: operation.deprecated,
            parameters,
            groups,
            body,
            responses,
            security,
        })
    }

    /// Takes the parameters out of the shape; what `openapiv3` does not know of them is read beside it.
    fn parameters(&mut self, shape: &mut Value) -> Vec<Parameter> {
        let Some(Value::Array(list)) = shape.get_mut("parameters").map(Value::take) else {
            return Vec::new();
        };
        if let Some(map) = shape.as_object_mut() {
            map.remove("parameters");
        }
        list.into_iter().filter_map(|raw| self.parameter(raw)).collect()
    }

    fn parameter(&mut self, mut raw: Value) -> Option<Parameter> {
        let pointer = pointer_of(raw.get(POINTER));
        let map = raw.as_object_mut()?;
        let location = match map.get("in").and_then(Value::as_str)? {
            "path" => Location::Path,
            "query" => Location::Query,
            "querystring" => Location::QueryString,
            "header" => Location::Header,
            _ => Location::Cookie,
        };
        if location == Location::QueryString {
            map.insert("in".into(), "query".into());
        }
        let style = map.remove("style");
        let style_name = style.as_ref().and_then(Value::as_str);
        let style = match style_name.map(|name| (name, Style::from_name(name))) {
            Some((_, Some(style))) if fits(style, location) => style,
            Some((name, _)) => {
                let message =
                    format!("`style` is `{name}`, which a {} parameter can't have", location.word());
                self.report("wrong-style", message, &pointer.join("style"));
                usual_style(location)
            }
            None => usual_style(location),
        };
        let name = map.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let typed: typed::Parameter = match serde_json::from_value(raw) {
            Ok(parameter) => parameter,
            Err(error) => {
                self.report(
                    "unreadable-parameter",
                    format!("the parameter `{name}` can't be read: {error}"),
                    &pointer,
                );
                return None;
            }
        };
        let allow_empty = matches!(typed, typed::Parameter::Query { allow_empty_value: Some(true), .. });
        let data = typed.parameter_data();
        let explode = data.explode.unwrap_or(style == Style::Form);
        let (serialization, schema) = match data.format {
            ParameterSchemaOrContent::Schema(schema) => {
                (Serialization::Style { style, explode }, schema_pointer(&schema))
            }
            ParameterSchemaOrContent::Content(content) => {
                let (media_type, declared) = content.into_iter().next()?;
                let media_type = self.media_type(&media_type, &pointer)?;
                (Serialization::Content(media_type), declared.schema.as_ref().and_then(schema_pointer))
            }
        };
        Some(Parameter {
            name: data.name,
            location,
            required: data.required,
            deprecated: data.deprecated.unwrap_or(false),
            allow_empty,
            serialization,
            schema,
            pointer,
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
            .filter_map(|(name, header)| declared_header(name, header))
            .collect();
        let answers = self.answers(response.extensions.get("x-standin-answers"), &pointer);
        let content = self.content(response.content, &pointer);
        let branches =
            content.first().and_then(|content| content.schema.as_ref()).map(|schema| self.branches(schema));
        Response {
            key,
            pointer,
            description: response.description,
            headers,
            content,
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
            let encoding =
                declared.encoding.into_iter().map(|(name, encoding)| (name, encoded(encoding))).collect();
            let item_schema = declared
                .extensions
                .get("x-standin-item-schema")
                .and_then(|found| reference(found.get("$ref")?));
            result.push(Content {
                media_type,
                schema: declared.schema.as_ref().and_then(schema_pointer),
                item_schema,
                examples: examples(declared.example, declared.examples, &declared.extensions, &pointer),
                encoding,
                pointer,
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

    fn groups(&mut self, value: Option<&Value>, operation: &Pointer) -> Vec<ParameterGroup> {
        let mut groups = Vec::new();
        for (index, group) in value.and_then(Value::as_array).into_iter().flatten().enumerate() {
            let pointer = operation.join("x-standin-parameter-groups").index(index);
            let names: Vec<String> = group
                .get("parameters")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
            if group.get("rule").and_then(Value::as_str) != Some("exclusive") || names.len() < 2 {
                let message =
                    "a parameter group has `rule: exclusive` and at least two names under `parameters`";
                self.report("wrong-parameter-group", message.into(), &pointer);
                continue;
            }
            groups.push(ParameterGroup { names, pointer });
        }
        groups
    }

    /// The operation's own security, else the document's (3.1 4.8.10.1): an empty list takes the document's away.
    fn security(&mut self, own: Option<&Value>, operation: &Pointer) -> Vec<Requirement> {
        let (value, owner) = match own {
            Some(value) => (value, operation.join("security")),
            None => match &self.document.security {
                Some(value) => (value, Pointer::root().join("security")),
                None => return Vec::new(),
            },
        };
        let mut requirements = Vec::new();
        for (index, requirement) in value.as_array().into_iter().flatten().enumerate() {
            let pointer = owner.index(index);
            let no_schemes = Map::new();
            let mut schemes = Vec::new();
            let mut known = true;
            for (name, scopes) in requirement.as_object().unwrap_or(&no_schemes) {
                let Some(at) = self.schemes.iter().position(|scheme| scheme.name == *name) else {
                    let names = self.schemes.iter().map(|scheme| scheme.name.as_str());
                    let help = text::nearest(name, names)
                        .map_or("declare it under `securitySchemes`".into(), |near| {
                            format!("did you mean `{near}`?")
                        });
                    let diagnostic = Diagnostic::error(
                        "unknown-security-scheme",
                        format!("no security scheme is called `{name}`"),
                    )
                    .help(help);
                    self.diagnostics.push(diagnostic.at(Some(self.document.span(&pointer.join(name)))));
                    known = false;
                    continue;
                };
                let scopes = scopes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|scope| scope.as_str().map(str::to_owned));
                schemes.push((at, scopes.collect()));
            }
            if known {
                requirements.push(Requirement { schemes, pointer });
            }
        }
        requirements
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

fn examples(
    one: Option<Value>,
    named: indexmap::IndexMap<String, ReferenceOr<typed::Example>>,
    extensions: &Extensions,
    owner: &Pointer,
) -> Vec<Example> {
    let pointer = extensions
        .get("x-standin-example-pointer")
        .map_or_else(|| owner.join("example"), |found| pointer_of(Some(found)));
    let mut examples: Vec<Example> =
        one.into_iter().map(|value| Example { name: None, pointer: pointer.clone(), value }).collect();
    for (name, example) in named {
        let ReferenceOr::Item(example) = example else { continue };
        let pointer = pointer_of(example.extensions.get(POINTER)).join("value");
        if let Some(value) = example.value {
            examples.push(Example { name: Some(name), pointer, value });
        }
    }
    examples
}

fn declared_header(name: String, header: ReferenceOr<typed::Header>) -> Option<Header> {
    let ReferenceOr::Item(header) = header else { return None };
    let HeaderStyle::Simple = header.style;
    let pointer = pointer_of(header.extensions.get(POINTER));
    let schema = match &header.format {
        ParameterSchemaOrContent::Schema(schema) => schema_pointer(schema),
        ParameterSchemaOrContent::Content(content) => {
            content.values().next().and_then(|content| schema_pointer(content.schema.as_ref()?))
        }
    };
    let examples = examples(header.example, header.examples, &header.extensions, &pointer);
    let explode = header.extensions.get("x-standin-explode") == Some(&Value::Bool(true));
    Some(Header { name, required: header.required, explode, schema, examples, pointer })
}

fn encoded(encoding: typed::Encoding) -> Encoding {
    let names = encoding.content_type.unwrap_or_default();
    let content_types = names.split(',').filter_map(MediaType::parse).collect();
    let style = encoding.style.map(|style| match style {
        typed::QueryStyle::Form => Style::Form,
        typed::QueryStyle::SpaceDelimited => Style::SpaceDelimited,
        typed::QueryStyle::PipeDelimited => Style::PipeDelimited,
        typed::QueryStyle::DeepObject => Style::DeepObject,
    });
    let serialization = style
        .map(|style| Serialization::Style { style, explode: encoding.explode || style == Style::DeepObject });
    let headers =
        encoding.headers.into_iter().filter_map(|(name, header)| declared_header(name, header)).collect();
    Encoding { content_types, serialization, headers }
}

fn usual_style(location: Location) -> Style {
    match location {
        Location::Path | Location::Header => Style::Simple,
        Location::Query | Location::QueryString | Location::Cookie => Style::Form,
    }
}

fn fits(style: Style, location: Location) -> bool {
    match style {
        Style::Matrix | Style::Label => location == Location::Path,
        Style::Simple | Style::TabDelimited | Style::SpaceDelimited | Style::PipeDelimited => {
            location != Location::Cookie
        }
        Style::Form => matches!(location, Location::Query | Location::Cookie | Location::QueryString),
        Style::DeepObject => location == Location::Query,
    }
}
