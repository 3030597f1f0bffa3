//! Each rule on the smallest document that breaks it.

use super::*;
use crate::document::{Document, LoadOptions, Source};

/// What the rules find, as `code line`, each once.
fn found(text: &str) -> Vec<String> {
    let source = Source::Text { name: "t.yaml".into(), text: text.to_owned() };
    let loaded = Document::load(&source, LoadOptions::default());
    let (contract, _) = Contract::build("t", loaded.value.unwrap());
    let mut told = run(&contract)
        .into_iter()
        .map(|one| format!("{} {}", one.code, one.span.unwrap().line_and_column().0))
        .collect::<Vec<_>>();
    told.sort();
    told
}

fn document(version: &str, rest: &str) -> String {
    format!("openapi: {version}\ninfo: {{ title: T, version: '1' }}\n{rest}")
}

#[test]
fn operations_and_paths_that_can_not_be_told_apart_are_found() {
    let text = document(
        "3.0.0",
        "paths:
  /a/{id}:
    get:
      operationId: one
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: ok } }
  /a/{name}:
    get:
      operationId: one
      parameters: [{ name: nam, in: path, required: true, schema: { type: string } }]
      responses: { '404': { description: no } }
",
    );
    let expected = [
        "operation-id-repeated 11",
        "path-parameter-undeclared 10",
        "path-parameter-unused 12",
        "success-missing 13",
        "template-ambiguous 10",
    ];
    let told = found(&text);
    assert_eq!(told, expected);
}

#[test]
fn examples_defaults_enums_and_vacuous_schemas_are_found_where_they_stand() {
    let text = document(
        "3.0.0",
        "paths:
  /a:
    get:
      parameters:
        - { name: n, in: query, schema: { type: integer, maximum: 5, default: 6 } }
      x-standin-parameter-groups: [{ rule: exclusive, parameters: [n, m] }]
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema:
                properties:
                  kind: { type: string, nullable: true, enum: [a] }
                  size: { type: integer, example: big }
              example:
                kind: b
  /b:
    get:
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { type: object, required: [id], properties: { id: { type: integer } } }
              examples: { good: { value: { id: 1 } } }
",
    );
    let expected = [
        "default-invalid 7",
        "enum-without-null 16",
        "example-invalid 17",
        "example-invalid 19",
        "group-parameter-unknown 8",
        "schema-vacuous 14",
    ];
    assert_eq!(found(&text), expected);
}

#[test]
fn examples_of_parameters_headers_and_texts_are_judged_too() {
    let text = document(
        "3.2.0",
        "paths:
  /a:
    get:
      parameters:
        - { name: n, in: query, schema: { type: integer }, example: few }
        - name: m
          in: query
          schema: { type: integer }
          examples: { good: { value: 5 }, bad: { value: many } }
        - name: j
          in: query
          content: { application/json: { schema: { type: integer }, example: j } }
      responses:
        '200':
          description: ok
          headers:
            X-N: { schema: { type: integer }, examples: { bad: { dataValue: n } } }
          content:
            text/plain: { schema: { type: string, maxLength: 3 }, example: long }
            application/xml: { schema: { type: object }, example: <a/> }
            text/xml: { schema: { type: object, required: [id] }, example: <a/> }
            application/x-www-form-urlencoded: { schema: { type: object, properties: { n: { type: integer } } }, example: n=x }
            multipart/form-data: { schema: { type: object }, example: '{}' }
            application/json:
              schema: { type: integer }
              examples: { text: { serializedValue: '\"x\"' } }
",
    );
    let lines = [11, 14, 19, 21, 23, 24, 25, 28, 7];
    assert_eq!(found(&text), lines.map(|line| format!("example-invalid {line}")));
}

#[test]
fn what_follows_a_hash_in_a_path_is_found() {
    let operation = "{ operationId: NAME, responses: { '200': { description: ok } } }";
    let path = |path: &str, name: &str| format!("  {path}:\n    get: {}\n", operation.replace("NAME", name));
    let paths = [path("/a", "a"), path("/a#b", "b"), path("/c#d", "c")].concat();
    let found = found(&document("3.0.0", &format!("paths:\n{paths}")));
    assert_eq!(found, ["path-fragment 7", "path-fragment 9"]);
}

#[test]
fn a_faker_that_is_not_known_is_found() {
    let text = document(
        "3.1.0",
        "paths:
  /a:
    get:
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  mail: { type: string, x-faker: internet.email }
                  male: { type: string, x-faker: internet.emial }
                  kind: { type: string, x-faker: { helpers.arrayElement: [[a, b]] } }
                  more: { type: string, x-faker: [a] }
",
    );
    assert_eq!(found(&text), ["faker-unknown 15", "faker-unknown 17"]);
}

#[test]
fn nothing_is_found_in_a_good_document() {
    let text = document(
        "3.1.0",
        "paths:
  /a/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, default: x } }]
    get:
      responses: { default: { description: ok, content: { application/json: { schema: { type: [string, 'null'], enum: [a] }, example: a } } } }
",
    );
    assert_eq!(found(&text), Vec::<String>::new());
}

#[test]
fn codes_are_unique_and_no_rule_of_exchanges_has_the_same() {
    let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    codes.extend(crate::violation::Rule::ALL.iter().map(|rule| rule.code()));
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

#[test]
fn a_document_without_operations_is_told() {
    assert_eq!(found(&document("3.0.0", "paths: {}\n")), ["operations-missing 3"]);
}

#[test]
fn every_file_of_a_rule_has_its_row() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().replace('_', "-"))
        .filter(|stem| !["mod", "judge", "remarks", "schemas", "tests"].contains(&stem.as_str()))
        .collect();
    let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    files.sort();
    codes.sort_unstable();
    assert_eq!(codes, files);
}

#[test]
fn schemas_that_contradict_themselves_are_found() {
    let text = document(
        "3.1.0",
        "paths:
  /a:
    get:
      operationId: one
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { type: integer, minimum: 10, maximum: 5 }
",
    );
    assert_eq!(found(&text), ["bounds-contradictory 12"]);
}

#[test]
fn contradictions_that_show_only_where_a_value_is_made_are_found() {
    let text = document(
        "3.1.0",
        "paths:
  /a:
    get:
      operationId: one
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Holder' }
components:
  schemas:
    Holder:
      required: [day]
      properties:
        day: { type: string, format: date, pattern: '^[a-z]+$' }
",
    );
    assert_eq!(found(&text), ["schema-unsatisfiable 18"]);
}

#[test]
fn styles_and_schemes_that_say_too_little_are_found() {
    let text = document(
        "3.1.0",
        "paths:
  /a:
    get:
      parameters:
        - { name: a, in: query, style: deepObject, explode: true, schema: { type: array } }
        - { name: b, in: query, style: deepObject, schema: { type: object } }
        - { name: c, in: query, style: deepObject, explode: true, schema: { type: object } }
        - { name: d, in: query, style: pipeDelimited, explode: true, schema: { type: array } }
        - { name: e, in: query, style: spaceDelimited, schema: { type: string } }
        - { name: f, in: query, style: spaceDelimited, schema: { type: array } }
        - { name: g, in: cookie, schema: { type: array } }
        - { name: h, in: cookie, explode: false, schema: { $ref: '#/components/schemas/list' } }
        - { name: i, in: cookie, schema: { type: string } }
      responses: { '200': { description: ok } }
components:
  schemas: { list: { type: array } }
  securitySchemes:
    certificate: { type: mutualTLS }
    misspelled: { type: http, scheme: Baerer }
    registered: { type: http, scheme: DPoP }
",
    );
    let expected = [
        "http-scheme-unregistered 21",
        "security-unjudged 20",
        "style-undefined 11",
        "style-undefined 13",
        "style-undefined 7",
        "style-undefined 8",
        "style-undefined 10",
    ];
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(found(&text), expected);
}
