//! Documents that are broken or mean harm: each is told with a place, in bounded time, and takes no other operation down.

use std::path::Path;
use std::time::{Duration, Instant};

use http::Method;
use proptest::prelude::*;
use standin::contract::Contract;
use standin::diagnostic::{Diagnostic, Severity, Style, render};
use standin::document::Source;
use standin::engine::{Engine, Options};
use standin::message::Request;

use crate::support::{build, inline};

/// How long loading anything here may take, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Loads, and holds what was found against what every diagnostic has to be.
fn load(name: &str, source: &Source) -> (Option<Contract>, Vec<Diagnostic>) {
    let begun = Instant::now();
    let (contract, found) = build("it", source);
    let taken = begun.elapsed();
    assert!(taken < PATIENCE, "{name} took {taken:?}");
    for diagnostic in &found {
        let message = &diagnostic.message;
        let shown = render(diagnostic, Style::Plain);
        assert!(
            !message.is_empty() && !message.ends_with('.') && !message.contains('\n'),
            "{name}: {message}"
        );
        assert!(shown.len() < 20_000, "{name} is told in {} bytes", shown.len());
        assert!(!shown.contains('\u{1b}'), "{name}: {shown:?}");
    }
    (contract, found)
}

/// The errors of a broken document, rendered, each with a place and a caret under it.
fn errors(name: &str, source: &Source) -> String {
    let (_, found) = load(name, source);
    let errors: Vec<&Diagnostic> =
        found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    assert!(!errors.is_empty(), "{name} is told no error");
    let mut shown = String::new();
    for error in errors {
        assert!(error.span.is_some(), "{name}: `{}` has no place", error.message);
        let rendered = render(error, Style::Plain);
        assert!(rendered.contains('^'), "{name} has no caret:\n{rendered}");
        shown.push_str(&rendered);
        shown.push('\n');
    }
    shown
}

/// A document with one good operation, `good`, and something else in it.
fn with(paths: &str, rest: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths:\n  /good:\n    get:\n      operationId: good\n      responses: {{ '204': {{ description: Nothing }} }}\n{paths}\n{rest}\n"
    )
}

/// A partly broken document still answers its good operation.
fn answers_the_good_one(name: &str, contract: Option<Contract>) {
    let contract = contract.unwrap_or_else(|| panic!("{name} took the good operation down"));
    let engine = Engine::new(vec![contract.into()], Vec::new(), Options::default());
    let reply = engine.answer(Request::new(Method::GET, "/good"));
    assert_eq!(reply.status, 204, "{name}");
    let operations: Vec<String> = engine.contracts()[0]
        .operations
        .iter()
        .map(|operation| operation.template.replace(['{', '}'], ""))
        .collect();
    for template in operations {
        let status = engine.answer(Request::new(Method::GET, &template)).status;
        assert!((200..600).contains(&status), "{name}: {template}");
    }
}

#[test]
fn what_can_not_be_read_is_told_with_a_place() {
    let mut deep_yaml = String::new();
    for depth in 0..10_000 {
        deep_yaml.extend([&" ".repeat(depth), "a:\n"]);
    }
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (next, last) in ('b'..='l').zip('a'..='k') {
        let aliases = vec![format!("*{last}"); 10].join(",");
        bomb.extend([next.to_string(), format!(": &{next} [{aliases}]\n")]);
    }
    let table = [
        ("not YAML", "openapi: [3.0.3\npaths: }{".to_owned(), ""),
        ("an empty file", String::new(), ""),
        ("a scalar", "just text".to_owned(), "openapi"),
        ("a list", "- a\n- b\n".to_owned(), "openapi"),
        ("another version", "openapi: 4.0.0\npaths: {}\n".to_owned(), "4.0.0"),
        ("tabs", "openapi: 3.0.3\npaths:\n\t/a: {}\n".to_owned(), ""),
        ("an unknown alias", "openapi: *nothing\n".to_owned(), ""),
        ("an alias of itself", "openapi: 3.0.3\npaths: &a\n  /a: *a\n".to_owned(), ""),
        ("a bomb", bomb, ""),
        ("deep block YAML", deep_yaml, "deep"),
        ("deep flow YAML", format!("openapi: {}", "[".repeat(10_000)), "deep"),
        (
            "deep closed flow YAML",
            format!("openapi: {}{}", "{a: ".repeat(10_000), "}".repeat(10_000)),
            "deep",
        ),
        ("deep JSON", format!("{{\"openapi\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000)), "deep"),
        ("deep JSON objects", format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)), "deep"),
        ("broken JSON", "{\"openapi\": \"3.0.3\", \"paths\": {".to_owned(), ""),
        ("control characters", "openapi: \u{1}\u{1b}[31m\n".to_owned(), ""),
    ];
    for (name, text, part) in table {
        let told = errors(name, &inline("it", &text));
        assert!(told.contains(part), "{name}: {told}");
    }
}

#[test]
fn a_file_that_is_no_text_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let table: [(&str, Vec<u8>); 4] = [
        ("random", (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
        ("utf-16", "openapi: 3.0.3".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("gzip", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff]),
        ("zeros", vec![0; 4096]),
    ];
    for (name, bytes) in table {
        let path = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&path, bytes).unwrap();
        let (contract, found) = load(name, &Source::File(path));
        assert!(contract.is_none(), "{name}");
        assert!(found.iter().any(|diagnostic| diagnostic.severity == Severity::Error), "{name}");
    }
    let (contract, found) = load("a folder", &Source::File(folder.path().to_owned()));
    assert!(contract.is_none() && found[0].message.contains("folder"), "{:?}", found[0].message);
    let (contract, found) = load("nothing", &Source::File(folder.path().join("nothing.yaml")));
    assert!(contract.is_none() && found[0].message.contains("nothing.yaml"), "{:?}", found[0].message);
}

#[test]
fn a_line_of_50_megabytes_is_read_and_told() {
    let long = "x".repeat(50_000_000);
    let (contract, _) = load("a long description", &inline("it", &with("", &format!("x-long: \"{long}\""))));
    answers_the_good_one("a long description", contract);
    let told = errors("a long broken line", &inline("it", &format!("openapi: [\"{long}\", }}")));
    assert!(told.len() < 20_000);
}

#[test]
fn a_partly_broken_document_keeps_its_good_operations() {
    let reply = |schema: &str| {
        format!(
            "  /bad:\n    get:\n      responses:\n        '200':\n          description: D\n          content: {{ application/json: {{ schema: {schema} }} }}"
        )
    };
    let table = [
        ("a dangling reference", reply("{ $ref: '#/components/schemas/Nothing' }"), "", "Nothing"),
        ("a dangling response", "  /bad:\n    get:\n      responses: { '200': { $ref: '#/components/responses/No' } }".into(), "", "No"),
        ("a remote reference", reply("{ $ref: 'https://example.com/schema.yaml#/A' }"), "", "example.com"),
        ("a file that is not there", reply("{ $ref: 'other.yaml#/A' }"), "", "other.yaml"),
        ("an endless loop", reply("{ $ref: '#/components/schemas/A' }"), "components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }", ""),
        ("an unknown type", reply("{ type: strnig }"), "", "strnig"),
        ("a path without a slash", "  bad:\n    get:\n      responses: { '204': { description: D } }".into(), "", "bad"),
        (
            "a parameter twice",
            "  /bad:\n    get:\n      parameters: [{ name: a, in: query, schema: {} }, { name: a, in: query, schema: {} }]\n      responses: { '204': { description: D } }".into(),
            "",
            "twice",
        ),
        ("responses that are a list", "  /bad:\n    get:\n      responses: [1]".into(), "", ""),
        ("an operation that is a text", "  /bad:\n    get: yes".into(), "", ""),
        ("a status that is none", "  /bad:\n    get:\n      responses: { '999': { description: D } }".into(), "", "999"),
        ("a key twice", "  /bad:\n    get:\n      summary: a\n      summary: b\n      responses: { '204': { description: D } }".into(), "", "summary"),
        ("an unknown security scheme", "  /bad:\n    get:\n      security: [{ nobody: [] }]\n      responses: { '204': { description: D } }".into(), "", "nobody"),
        ("a pattern that is none", reply("{ type: string, pattern: '[' }"), "", ""),
        ("a path item that is itself", "  /bad: { $ref: '#/paths/~1bad' }".into(), "", "back to itself"),
        ("a server that is no URL", String::new(), "servers: [{ url: 'http://[' }]", ""),
    ];
    let mut wrong = Vec::new();
    for (name, paths, rest, part) in table {
        let source = inline("it", &with(&paths, rest));
        let (contract, found) = load(name, &source);
        answers_the_good_one(name, contract);
        let shown: String = found.iter().map(|diagnostic| render(diagnostic, Style::Plain) + "\n").collect();
        let has_places = found.iter().all(|diagnostic| diagnostic.span.is_some()) && shown.contains('^');
        if found.is_empty() || !has_places || !shown.contains(part) {
            wrong.push(format!("{name} is told so: {shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn references_do_not_leave_the_folder() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("api");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        outer.path().join("secret.yaml"),
        "A: { type: string, const: hunter2, enum: [hunter2] }\n",
    )
    .unwrap();
    let link = |from: &Path, to: &Path| std::os::unix::fs::symlink(from, to).unwrap();
    link(&outer.path().join("secret.yaml"), &folder.join("link.yaml"));
    link(outer.path(), &folder.join("up"));
    let absolute = outer.path().join("secret.yaml").display().to_string();
    for reference in [
        "../secret.yaml",
        "link.yaml",
        "up/secret.yaml",
        "./a/../../secret.yaml",
        "%2e%2e/secret.yaml",
        &absolute,
        &format!("file://{absolute}"),
    ] {
        let schema = format!("{{ $ref: '{reference}#/A' }}");
        let paths = format!(
            "  /bad:\n    get:\n      responses:\n        '200':\n          description: D\n          content: {{ application/json: {{ schema: {schema} }} }}"
        );
        let path = folder.join("openapi.yaml");
        std::fs::write(&path, with(&paths, "")).unwrap();
        let (contract, found) = load(reference, &Source::File(path));
        let shown: String = found.iter().map(|diagnostic| render(diagnostic, Style::Plain)).collect();
        assert!(shown.contains('^') && !shown.contains("hunter2"), "{reference}: {shown}");
        let contract = contract.unwrap();
        let engine = Engine::new(vec![contract.into()], Vec::new(), Options::default());
        assert_eq!(engine.answer(Request::new(Method::GET, "/good")).status, 204, "{reference}");
        let body = engine.answer(Request::new(Method::GET, "/bad")).body;
        assert!(!String::from_utf8_lossy(&body).contains("hunter2"), "{reference} was read");
    }
}

#[test]
fn off_and_no_stay_texts() {
    let paths = "  /switch:\n    get:\n      operationId: no\n      responses:\n        '200':\n          description: off\n          content: { application/json: { schema: { type: string, enum: [off] } } }\n        '404': { description: Not there, content: { application/json: { schema: { type: string, enum: [no] } } } }";
    let (contract, found) = load("off and no", &inline("it", &with(paths, "")));
    assert!(found.is_empty(), "{:?}", found[0].message);
    let engine = Engine::new(vec![contract.unwrap().into()], Vec::new(), Options::default());
    let reply = engine.answer(Request::new(Method::GET, "/switch"));
    assert_eq!(&reply.body[..], b"\"off\"");
    assert_eq!(reply.headers["standin-operation"], "it/no");
    assert_eq!(&engine.answer(Request::new(Method::GET, "/switch?__code=404")).body[..], b"\"no\"");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_loading_panic(text in "[ \\n\\t\\-:{}\\[\\]#&*!|>'\"%@`,?a-c0-9\u{85}\u{2028}é]{0,80}") {
        load("random text", &inline("it", &text));
        load("random text behind a version", &inline("it", &format!("openapi: 3.1.0\n{text}")));
        load("random text as paths", &inline("it", &with(&format!("  /a: {text}"), "")));
    }

    #[test]
    fn a_document_cut_anywhere_does_not_panic(at in 0_usize..12_000, put in "[ -~]{0,6}") {
        let whole = std::fs::read_to_string(crate::support::repository("specs/katapult.yaml")).unwrap();
        let at = whole.floor_char_boundary(at);
        let text = format!("{}{put}{}", &whole[..at], &whole[(at + put.len()).min(whole.len())..]);
        load("a changed document", &inline("it", &text));
        load("half a document", &inline("it", &whole[..at]));
    }
}
