//! Validators, through the `jsonschema` package: its only door for validation.

use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::json::Json;
use jsonschema::{Draft, PatternOptions, Registry, Retrieve, ValidationError, ValidationOptions, Validator};
use serde_json::{Value, json};

use crate::pointer::Pointer;

/// One keyword that an instance fails.
#[derive(Debug, Clone)]
pub struct Mismatch {
    /// Where in the instance.
    pub instance: Pointer,
    /// The keyword's place in the normal form of the document.
    pub schema: Pointer,
    /// What is wrong, as one line.
    pub message: String,
    /// The keyword, such as `maximum`.
    pub keyword: String,
    /// What was found there.
    pub found: Value,
    /// The properties that it is about: missing, not allowed, or wrongly named.
    pub names: Vec<String>,
    /// What the branches of a failed `oneOf` or `anyOf` say, branch by branch; nothing for a branch that holds. What is
    /// wrong with a name, for `propertyNames`.
    pub branches: Vec<Vec<Mismatch>>,
}

pub(super) fn registry(base: &str, root: &Arc<Value>) -> Registry<'static> {
    let empty = || Registry::new().prepare().expect("an empty registry has nothing to refuse");
    match Registry::new().draft(Draft::Draft202012).add(base, Arc::clone(root)) {
        Ok(builder) => builder.prepare().unwrap_or_else(|_| empty()),
        Err(_) => empty(),
    }
}

/// How a schema is compiled for values of one representation.
type Options<'r, F> = ValidationOptions<'r, Arc<dyn Retrieve>, F>;

/// Compiles the schema at a pointer for values of a representation.
pub(super) fn compile<'r, F: Json>(
    options: Options<'r, F>,
    base: &str,
    registry: &'r Registry<'static>,
    pointer: &Pointer,
) -> Result<Validator<F>, String> {
    options
        .with_draft(Draft::Draft202012)
        .with_registry(registry)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(10_000))
        .offline()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_format("byte", is_base64)
        .build(&json!({ "$ref": format!("{base}{}", pointer.to_fragment()) }))
        .map_err(|error| error.to_string())
}

/// `format: byte` (OpenAPI 3.0.3 4.4): base64 by RFC 4648 4, or its URL-safe alphabet, padding optional.
pub(crate) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    digits.bytes().all(in_alphabet) && text.len() - digits.len() <= 2 && digits.len() % 4 != 1
}

/// Every keyword that `instance` fails, as the validator tells them; empty if it is valid.
pub fn mismatches(validator: &Validator, instance: &Value) -> Vec<Mismatch> {
    validator.iter_errors(instance).map(|error| mismatch(&error)).collect()
}

pub(super) fn mismatch(error: &ValidationError<'_>) -> Mismatch {
    let (mut names, mut branches) = (Vec::new(), Vec::new());
    match error.kind() {
        ValidationErrorKind::OneOfNotValid { context }
        | ValidationErrorKind::OneOfMultipleValid { context }
        | ValidationErrorKind::AnyOf { context } => {
            branches = context.iter().map(|branch| branch.iter().map(mismatch).collect()).collect();
        }
        ValidationErrorKind::PropertyNames { error } => {
            names.extend(error.instance().as_str().map(str::to_owned));
            branches.push(vec![mismatch(error)]);
        }
        ValidationErrorKind::Required { property } => names.extend(property.as_str().map(str::to_owned)),
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => names.clone_from(unexpected),
        _ => {}
    }
    Mismatch {
        instance: Pointer::from_escaped(error.instance_path().as_str()),
        schema: schema_pointer(error),
        message: error.to_string(),
        keyword: error.kind().keyword().to_owned(),
        found: error.instance().clone().into_owned(),
        names,
        branches,
    }
}

fn schema_pointer(error: &ValidationError<'_>) -> Pointer {
    let absolute = error.absolute_keyword_location().map(|uri| uri.as_str().to_owned());
    let fragment =
        absolute.as_deref().and_then(|uri| uri.split_once('#')).map_or("", |(_, fragment)| fragment);
    Pointer::from_fragment(fragment)
}

#[cfg(test)]
mod tests {
    use super::super::{Direction, Schemas};
    use super::*;

    #[test]
    fn a_mismatch_names_the_place_of_its_keyword_behind_references() {
        let root = Arc::new(json!({
            "paths": { "/a b": { "schema": { "properties": { "n{x}": { "$ref": "#/components/N" } } } } },
            "components": { "N": { "type": "integer", "maximum": 5 } }
        }));
        let schemas = Schemas::new(Arc::clone(&root), root);
        let pointer = Pointer::from_escaped("/paths/~1a b/schema");
        let validator = schemas.validator(&pointer, Direction::Request).unwrap();
        let found = mismatches(&validator, &json!({ "n{x}": 9 }));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].instance.as_str(), "/n{x}");
        assert_eq!(found[0].schema.as_str(), "/components/N/maximum");
        assert_eq!(found[0].keyword, "maximum");
    }
}
