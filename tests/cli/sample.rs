//! `standin sample`.

use super::*;

#[test]
fn a_sample_is_the_same_for_the_same_seed() {
    let folder = folder(&[]);
    let sample = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let first = sample(&["sample", "katapult/getOrganization", "--seed", "5"]);
    assert_eq!(first, sample(&["sample", "katapult/getOrganization", "--seed", "5"]));
    assert_ne!(first, sample(&["sample", "katapult/getOrganization", "--seed", "6"]));
    let polish = sample(&["sample", "katapult/getOrganization", "--seed", "5", "--locale", "pl"]);
    assert!(polish.contains("\"iso_code2\": \"PL\""), "{polish}");
    assert_eq!(sample(&["sample", "findOrganizations", "--count", "3"]).lines().count(), 3);
    let request = sample(&["sample", "v1_identity_createOrganization", "--request"]);
    assert!(request.contains("\"name\""), "{request}");
}

#[test]
fn the_edges_of_a_sample_are_lines_of_json_with_their_names() {
    let folder = folder(&[("pets.yaml", PETS)]);
    let sample = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["sample", "listPets", "pets.yaml"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let lines = sample(&["--data", "extremes"]);
    assert!(lines.starts_with(r#"{"edge":1,"what":"the whole: empty","body":[]}"#), "{lines}");
    assert_eq!(lines.lines().count(), 5, "{lines}");
    assert_eq!(sample(&["--data", "extremes", "--count", "2"]).lines().count(), 2);
    assert_eq!(sample(&["--edge", "1"]), "[]\n");
}

#[test]
fn a_sample_shows_the_examples_of_the_document_and_generates_behind_them() {
    let named = PETS.replace("example: [1]", "examples: { bad: { value: [1] }, good: { value: [Rex] } }");
    let folder = folder(&[("pets.yaml", &named)]);
    let sample = |data: &str| {
        let arguments = ["sample", "listPets", "pets.yaml", "--seed", "3", "--count", "3", "--data", data];
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (examples, auto, generated) = (sample("examples"), sample("auto"), sample("generated"));
    assert_eq!(examples[..2], ["[1]", r#"["Rex"]"#]);
    assert_eq!(examples[2], generated[2]);
    assert_eq!(auto[0], r#"["Rex"]"#);
    assert_eq!(auto[1..], generated[1..]);
}

#[test]
fn the_edges_of_header_fields_are_samples_behind_those_of_the_body() {
    let document = "openapi: 3.0.3
info: { title: Jobs, version: '1' }
paths:
  /jobs:
    get:
      operationId: jobs
      responses:
        '200':
          description: Jobs
          headers: { X-Left: { schema: { type: integer, minimum: 0, maximum: 9 } } }
          content: { application/json: { schema: { type: boolean } } }
";
    let folder = folder(&[("jobs.yaml", document)]);
    let sample = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["sample", "jobs", "jobs.yaml"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let lines = sample(&["--data", "extremes"]);
    let last = lines.lines().last().unwrap();
    assert!(last.starts_with(r#"{"edge":4,"what":"header `X-Left`: highest 9","body":"#), "{lines}");
    assert!(last.ends_with(r#","headers":{"X-Left":"9"}}"#), "{lines}");
    assert_eq!(sample(&["--edge", "4"]), "X-Left: 9\n");
}
