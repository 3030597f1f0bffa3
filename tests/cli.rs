//! The command line as its users see it: what it prints where, and with which code it exits.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

#[path = "cli/baseline.rs"]
mod baseline;
#[path = "cli/sample.rs"]
mod sample;
#[path = "cli/serving.rs"]
mod serving;
#[path = "cli/watch.rs"]
mod watch;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A document with one operation that takes a limit, and an example that is not valid.
const PETS: &str = r#"openapi: 3.0.0
info: { title: Pets, version: "1.0" }
servers: [{ url: /v1 }]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
      responses:
        "200":
          description: Pets
          content:
            application/json:
              schema: { type: array, items: { type: string } }
              example: [1]
        "404": { description: None }
"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("standin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STANDIN_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(arguments).env("COLUMNS", "100");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

/// Exit code, standard output and standard error in one text.
fn shown(output: &Output) -> String {
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A server under way, ended by its own id; also where a test fails.
struct Server {
    child: Option<Child>,
    url: String,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = command(folder, arguments)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        child.stdout = Some(output.into_inner());
        assert!(line.contains("://127.0.0.1:"), "{line}");
        Self { child: Some(child), url: line.trim().to_owned() }
    }

    fn ask(&self, target: &str) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    /// Asks and reads as far as there is something; how it ends is no matter.
    fn ask_for_end(&self, target: &str) {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }

    fn stop(mut self) -> Output {
        let child = self.child.take().unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        child.wait_with_output().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill(); // it may have ended by itself
            let _ = child.wait();
        }
    }
}

#[test]
fn every_mistake_on_the_command_line_is_one_message_and_exit_code_2() {
    let folder = folder(&[("pets.yaml", PETS), ("empty/part.yaml", "type: object\n")]);
    let table: &[&[&str]] = &[
        &["--prot", "3"],
        &["srve"],
        &["pet.yaml"],
        &["empty"],
        &["pets.yaml", "pets=pets.yaml", "--spec", "pets=empty/part.yaml"],
        &["--port", "70000", "--check", "refse", "--seed", "x"],
        &["--data", "extreme"],
        &["--locale", "dee"],
        &["--watch"],
        &["--tls-cert", "pets.yaml"],
        &["--tls-cert", "pets.yaml", "--tls-key", "none.pem"],
        &["--report", "junt=x.xml"],
        &["--fail-on", "body-invlid"],
        &["--report", "json=nowhere/x.json"],
        &["--scenario", "none.yaml", "pets.yaml"],
        &["proxy", "--upstream", "http://localhost:1"],
        &["proxy", "pets.yaml"],
        &["proxy", "pets.yaml", "--upstream", "pet=http://localhost:1"],
        &["proxy", "pets.yaml", "--upstream", "http://localhost:1", "--upstream", "http://localhost:2"],
        &["proxy", "pets.yaml", "--upstream", "http://localhost:1", "--upstream-ca", "pets.yaml"],
        &["proxy", "pets.yaml", "--upstream", "localhost:1", "--fallback", "40", "--record", "nowhere/x"],
        &["proxy", "pets.yaml", "--on-violation", "refse", "--upstream-timeout", "0s", "--allow-origin", "x"],
        &["explain", "parameter-invlid"],
        &["schema", "setings"],
        &["errors", "pets.yaml", "--operation", "listPet"],
        &["sample", "listPets", "pets.yaml", "--status", "500"],
        &["sample", "listPets", "pets.yaml", "--request"],
        &["sample", "listPets", "pets.yaml", "--data", "exmples"],
        &["sample", "listPets", "pets.yaml", "--edge", "99"],
        &["--admin-origin", "localhost", "--fail-on", "eror", "--no-cors=perhaps"],
    ];
    let mut text = String::new();
    for arguments in table {
        let output = run(folder.path(), arguments);
        text.extend(["$ standin ", &arguments.join(" "), "\n", &shown(&output), "\n"]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_document_that_can_not_be_read_is_shown_with_a_caret() {
    let folder = folder(&[
        ("yaml.yaml", "openapi: 3.0.0\ninfo: {title: A\npaths: {}\n"),
        ("json.json", "{\"openapi\": \"3.0.0\", \"paths\": {,}}"),
        ("other.yaml", "hello: world\n"),
    ]);
    let mut text = String::new();
    for file in ["yaml.yaml", "json.json", "other.yaml"] {
        let output = run(folder.path(), &[file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        text.push_str(&shown(&output));
        assert_eq!(run(folder.path(), &["lint", file]).status.code(), Some(2), "{file}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn mistakes_in_the_settings_are_shown_together_with_their_places() {
    let settings = "documents:\n  shop: pets.yaml\n  other: nowhere.yaml\nprot: 4010\nport: abc\ncheck:\n  securty: report\nwatch: perhaps\nseed: [1]\n";
    let folder = folder(&[("pets.yaml", PETS), ("standin.yaml", settings)]);
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(shown(&output));
}

#[test]
fn mistakes_in_severities_and_in_what_is_ignored_are_shown_with_their_places() {
    let settings = "documents: pets.yaml\nseverity:\n  parameter-unknown: off\n  parameter-unkown: error\n  body-invalid: eror\nignore:\n  - { rule: body-invalid, opration: listPets }\n  - { path: pets }\n  - {}\n  - body-invlid@listPets\n  - { rule: body-invalid, operation: listPets, path: /a/* }\n";
    let folder = folder(&[("pets.yaml", PETS), ("standin.yaml", settings)]);
    let mut text = shown(&run(folder.path(), &[]));
    std::fs::write(folder.path().join("good.yaml"), "severity: { body-invalid: off }\n").unwrap();
    for arguments in [["--severity", "body-invalid"], ["--ignore", "body-invalid@listPet"]] {
        let output =
            command(folder.path(), &["--config", "good.yaml", "pets.yaml"]).args(arguments).output().unwrap();
        text.push_str(&shown(&output));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_settings_file() {
    let folder = folder(&[
        ("pets.yaml", PETS),
        ("conf/settings.yaml", "documents: { filed: ../pets.yaml }\nformat: text\n"),
    ]);
    let names = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut command = command(folder.path(), &["routes", "--format", "json"]);
        command.args(arguments).envs(variable);
        let output = command.output().unwrap();
        let routes: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        routes["routes"][0]["document"].as_str().unwrap().to_owned()
    };
    let config: &[&str] = &["--config", "conf/settings.yaml"];
    assert_eq!(names(config, None), "filed");
    assert_eq!(names(config, Some(("STANDIN_SPEC", "environment=pets.yaml"))), "environment");
    let both: &[&str] = &["--config", "conf/settings.yaml", "--spec", "flag=pets.yaml"];
    assert_eq!(names(both, Some(("STANDIN_SPEC", "environment=pets.yaml"))), "flag");
}

#[test]
fn lint_exits_with_1_where_a_finding_weighs_enough() {
    let broken = PETS.replace("operationId: listPets", "operationId: 5");
    let folder = folder(&[("pets.yaml", PETS), ("broken.yaml", &broken)]);
    let table: &[(&[&str], i32)] = &[
        (&["lint", "pets.yaml"], 0),
        (&["lint", "pets.yaml", "--fail-on", "warning"], 1),
        (&["lint", "pets.yaml", "--fail-on", "never"], 0),
        (&["lint", "broken.yaml"], 1),
        (&["lint", "broken.yaml", "--fail-on", "never"], 0),
    ];
    for (arguments, expected) in table {
        assert_eq!(run(folder.path(), arguments).status.code(), Some(*expected), "{arguments:?}");
    }
    insta::assert_snapshot!(shown(&run(folder.path(), &["lint", "pets.yaml"])));
    insta::assert_snapshot!(shown(&run(folder.path(), &["lint", "pets.yaml", "--format", "json"])));
}

#[test]
fn the_faults_are_listed_as_on_their_page() {
    let output = run(folder(&[]).path(), &["explain", "--faults"]);
    assert_eq!(output.status.code(), Some(0));
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md")).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), page.trim_end());
}

#[test]
fn without_documents_the_bundled_ones_are_listed() {
    let folder = folder(&[]);
    insta::assert_snapshot!(shown(&run(folder.path(), &["routes"])));
    insta::assert_snapshot!(shown(&run(folder.path(), &["errors", "--operation", "getOrganization"])));
    let output = run(folder.path(), &["lint"]);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
}

#[test]
fn a_rule_is_explained() {
    let folder = folder(&[]);
    insta::assert_snapshot!(shown(&run(folder.path(), &["explain", "parameter-invalid"])));
    insta::assert_snapshot!(shown(&run(folder.path(), &["explain", "example-invalid"])));
    let all = String::from_utf8(run(folder.path(), &["explain"]).stdout).unwrap();
    assert!(all.contains("parameter-invalid") && all.contains("success-missing"));
    insta::assert_snapshot!(shown(&run(folder.path(), &["explain", "dangling-reference"])));
}

#[test]
fn the_page_of_rules_is_what_explain_prints() {
    let printed = run(folder(&[]).path(), &["explain", "--format", "markdown"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if std::env::var_os("STANDIN_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == printed, "docs/rules.md is stale: run this test with STANDIN_UPDATE_GOLDEN=1");
}

#[test]
fn help_shows_examples_and_where_else_a_setting_is_made() {
    let folder = folder(&[]);
    insta::assert_snapshot!(shown(&run(folder.path(), &["--help"])));
    let serve = String::from_utf8(run(folder.path(), &["serve", "--help"]).stdout).unwrap();
    for part in ["--fail-on <WHAT>", "[env: STANDIN_FAIL_ON]", "Examples:"] {
        assert!(serve.contains(part), "{part}\n{serve}");
    }
    assert_eq!(run(folder.path(), &["--version"]).stdout, b"standin 0.1.0\n");
    assert_eq!(run(folder.path(), &["completions", "bash"]).status.code(), Some(0));
}

#[test]
fn schemas_of_our_formats_are_printed_as_json() {
    let folder = folder(&[]);
    for name in ["scenario", "settings", "report"] {
        let output = run(folder.path(), &["schema", name]);
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(schema["properties"].is_object(), "{name}");
    }
}

#[test]
fn help_for_help_and_for_locales_is_there() {
    let folder = folder(&[]);
    let help = run(folder.path(), &["help", "--help"]);
    assert_eq!(help.status.code(), Some(0), "{}", shown(&help));
    let serve = String::from_utf8(run(folder.path(), &["serve", "--help"]).stdout).unwrap();
    assert!(serve.contains("Languages: en, de, fr"), "{serve}");
}

#[test]
fn operations_that_share_a_route_are_listed() {
    let path = |path: &str, id: &str| {
        format!(
            "  {path}: {{ get: {{ operationId: {id}, responses: {{ '200': {{ description: ok }} }} }} }}\n"
        )
    };
    let paths = [path("/items", "list"), path("/items#links", "listLinks")].concat();
    let text = format!("openapi: 3.0.3\ninfo: {{ title: t, version: '1' }}\npaths:\n{paths}");
    let folder = folder(&[("shop.yaml", &text)]);
    let told = run(folder.path(), &["routes", "shop.yaml"]);
    let line = "shared: GET /items of `shop` is the route of `list`, `listLinks`; the one that a request keeps best answers, `list` where that does not tell\n";
    assert!(String::from_utf8_lossy(&told.stdout).ends_with(line), "{}", shown(&told));
    let told = run(folder.path(), &["routes", "shop.yaml", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["shared"][0]["operations"], serde_json::json!(["list", "listLinks"]));
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let folder = folder(&[]);
    let mut child =
        command(folder.path(), &["explain"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", shown(&output));
}
