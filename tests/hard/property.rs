//! What must hold for any schema: what is written for it is valid by it, and nothing panics.
//!
//! Shared with `fuzz/`, so it uses no other part of the tests.

use serde_json::{Value, json};
use standin::contract::Contract;
use standin::diagnostic::Severity;
use standin::document::{Document, LoadOptions, Source};
use standin::generate::{Draw, Plan, Plans};
use standin::pointer::Pointer;
use standin::schema::Direction;
use standin::seed::Seed;

/// What came of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The document that holds it has errors.
    Refused,
    /// No value was found.
    Unsatisfiable,
    /// All values were valid.
    Valid,
}

/// What a schema may say that `OpenAPI` reads otherwise than JSON Schema alone: then only the program's own reading judges.
///
/// `int32` and `int64` are ranges to `OpenAPI` (its format registry) and names without a meaning to JSON Schema, `byte` is
/// base64 and a name: under `not` or `if`, what is valid by the one is not by the other.
const READ_OTHERWISE: [&str; 9] =
    ["writeOnly", "$id", "$anchor", "$dynamic", "$recursive", "$schema", "int32", "int64", "\"byte\""];

/// Compiles the schema `S` among `schemas` and writes values of it; errors tell the first that is invalid.
pub fn hold(schemas: &Value, seeds: u64) -> Result<Outcome, String> {
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "made", "version": "1" },
        "paths": { "/": { "get": { "responses": { "200": { "description": "", "content": {
            "application/json": { "schema": { "$ref": "#/components/schemas/S" } }
        } } } } } },
        "components": { "schemas": schemas },
    });
    let text = document.to_string();
    let read_alike = !READ_OTHERWISE.iter().any(|keyword| text.contains(keyword));
    let source = Source::Text { name: "made.json".to_owned(), text };
    let loaded = Document::load(&source, LoadOptions::default());
    let is_error = |found: &standin::diagnostic::Diagnostic| found.severity == Severity::Error;
    let Some(read) = loaded.value.filter(|_| !loaded.diagnostics.iter().any(is_error)) else {
        return Ok(Outcome::Refused);
    };
    let (contract, _) = Contract::build("made", read);
    let at = Pointer::from_escaped("/components/schemas/S");
    let Ok(own) = contract.schemas.validator(&at, Direction::Response) else { return Ok(Outcome::Refused) };
    let written = if read_alike {
        let root = json!({ "$ref": "#/components/schemas/S", "components": document["components"] });
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        let options = options.should_validate_formats(true).should_ignore_unknown_formats(true);
        options.build(&root).ok()
    } else {
        None
    };
    let Ok(plan) = Plan::compile(&Plans::new(&contract.schemas), &at, Direction::Response) else {
        return Ok(Outcome::Unsatisfiable);
    };
    for seed in 0..seeds {
        let mut out = Vec::new();
        plan.write(&mut Draw::new(Seed(seed)), &mut out);
        let shown = String::from_utf8_lossy(&out);
        let value: Value =
            serde_json::from_slice(&out).map_err(|why| format!("seed {seed}: {why}: {shown}\n{schemas}"))?;
        for validator in std::iter::once(&*own).chain(&written) {
            if let Err(why) = validator.validate(&value) {
                return Err(format!("seed {seed}: {why} at `{}`: {shown}\n{schemas}", why.instance_path()));
            }
        }
    }
    Ok(Outcome::Valid)
}
