//! Parameters, and the groups of those that exclude one another; what `openapiv3` does not know is read beside it.

use openapiv3::{self as typed, ParameterSchemaOrContent};
use serde_json::Value;

use super::{Build, pointer_of, schema_pointer};
use crate::contract::{Location, Parameter, ParameterGroup, Serialization, Style};
use crate::document::POINTER;
use crate::pointer::Pointer;

impl Build<'_> {
    /// Takes the parameters out of the shape; what `openapiv3` does not know of them is read beside it.
    pub(super) fn parameters(&mut self, shape: &mut Value) -> Vec<Parameter> {
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
        let explode = data.explode.unwrap_or(matches!(style, Style::Form | Style::Cookie));
        let given = (data.example, data.examples);
        let (serialization, schema, mut examples) = match data.format {
            ParameterSchemaOrContent::Schema(schema) => {
                (Serialization::Style { style, explode }, schema_pointer(&schema), Vec::new())
            }
            ParameterSchemaOrContent::Content(content) => {
                let content = self.content(content, &pointer).into_iter().next()?;
                (Serialization::Content(content.media_type), content.schema, content.examples)
            }
        };
        let media_type = match &serialization {
            Serialization::Style { .. } => None,
            Serialization::Content(media_type) => Some(media_type),
        };
        examples.extend(self.examples(given, media_type));
        Some(Parameter {
            name: data.name,
            location,
            required: data.required,
            deprecated: data.deprecated.unwrap_or(false),
            allow_empty,
            serialization,
            schema,
            examples,
            pointer,
        })
    }

    pub(super) fn groups(&mut self, value: Option<&Value>, operation: &Pointer) -> Vec<ParameterGroup> {
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
        Style::Cookie => location == Location::Cookie,
    }
}
