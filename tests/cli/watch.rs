//! `--watch`: what is saved is served, in whatever way an editor writes it, and what can't be served changes nothing.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Server, folder};

/// How long a busy machine may take for what takes a moment.
const PATIENCE: Duration = Duration::from_mins(1);

/// A document with one operation of this id, whose content a file beside it declares.
fn document(id: &str) -> String {
    format!(
        r#"openapi: 3.0.0
info: {{ title: Pets, version: "1.0" }}
paths:
  /pets:
    get:
      operationId: {id}
      responses:
        "200":
          description: Pets
          content: {{ application/json: {{ schema: {{ $ref: "parts/pet.yaml" }} }} }}
        "503": {{ description: Later }}
"#
    )
}

const PET: &str = "type: object\nrequired: [name]\nproperties: { name: { enum: [Rex] } }\n";

/// Asks until the reply holds this.
fn until(server: &Server, target: &str, expected: &str) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        let reply = server.ask(target);
        if reply.contains(expected) {
            return reply;
        }
        assert!(Instant::now() < end, "no {expected:?} in {reply}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Writes a file as many editors do: a new one takes its place.
fn replace(path: &Path, text: &str) {
    let other = path.with_extension("tmp");
    fs::write(&other, text).unwrap();
    fs::rename(other, path).unwrap();
}

#[test]
fn whatever_way_a_file_is_written_it_is_served() {
    let folder = folder(&[("api/pets.yaml", &document("one"))]);
    let path = folder.path().join("api/pets.yaml");
    let part = folder.path().join("api/parts/pet.yaml");
    let server = Server::start(folder.path(), &["api/pets.yaml", "--watch"]);
    // Found missing, in a folder that was missing, too.
    fs::create_dir(part.parent().unwrap()).unwrap();
    fs::write(&part, PET).unwrap();
    until(&server, "/pets", r#"{"name":"Rex"}"#);
    replace(&part, &PET.replace("Rex", "Ida"));
    until(&server, "/pets", r#"{"name":"Ida"}"#);
    fs::remove_dir_all(part.parent().unwrap()).unwrap();
    until(&server, "/_standin/specs", r#""refused":["#);
    assert!(server.ask("/pets").contains(r#"{"name":"Ida"}"#), "what was there before goes on");
    fs::create_dir(part.parent().unwrap()).unwrap();
    fs::write(&part, PET.replace("Rex", "Moe")).unwrap();
    until(&server, "/pets", r#"{"name":"Moe"}"#);
    fs::write(&path, document("two")).unwrap();
    until(&server, "/_standin/routes", r#""operation":"two""#);
    replace(&path, &document("three"));
    until(&server, "/_standin/routes", r#""operation":"three""#);
    fs::remove_file(&path).unwrap();
    until(&server, "/_standin/specs", "cannot read");
    fs::write(&path, document("four")).unwrap();
    until(&server, "/_standin/routes", r#""operation":"four""#);
    let output = server.stop();
    assert_eq!(output.status.code(), Some(0), "{}", super::shown(&output));
}

#[test]
fn a_save_that_can_not_be_served_is_told_with_its_place_and_changes_nothing() {
    let folder = folder(&[("pets.yaml", &document("one")), ("parts/pet.yaml", PET)]);
    let path = folder.path().join("pets.yaml");
    let server = Server::start(folder.path(), &["pets.yaml", "--watch"]);
    fs::write(&path, document("one").replace("paths:", "paths: [")).unwrap();
    let told = until(&server, "/_standin/specs", r#""refused":["#);
    assert!(told.contains("error[yaml-syntax]") && told.contains("pets.yaml:"), "{told}");
    assert!(server.ask("/pets").contains("Rex"));
    // One broken operation is reason enough, where there was none.
    fs::write(&path, document("5")).unwrap();
    until(&server, "/_standin/specs", "operationId");
    assert!(server.ask("/_standin/routes").contains(r#""operation":"one""#));
    fs::write(&path, document("two")).unwrap();
    until(&server, "/_standin/routes", r#""operation":"two""#);
    assert!(!server.ask("/_standin/specs").contains("refused"));
    let log = String::from_utf8(server.stop().stderr).unwrap();
    assert!(log.contains("--> pets.yaml:") && log.contains("operationId"), "{log}");
    assert!(log.contains("not served: `pets.yaml`; what was there before goes on"), "{log}");
    assert!(log.contains("served anew: `pets.yaml` (1 operation)"), "{log}");
}

#[test]
fn sessions_go_on_and_scenarios_are_looked_up_in_what_was_saved() {
    let scenario = "name: calm\nrules:\n  - when: { operation: one, call: { at_most: 3 } }\n    respond: { status: 503 }\n";
    let folder = folder(&[("pets.yaml", &document("one")), ("parts/pet.yaml", PET), ("calm.yaml", scenario)]);
    let (path, part) = (folder.path().join("pets.yaml"), folder.path().join("parts/pet.yaml"));
    let calm = folder.path().join("calm.yaml");
    let server = Server::start(folder.path(), &["pets.yaml", "--scenario", "calm.yaml", "--watch"]);
    let status = |server: &Server| server.ask("/~run/pets")[9..12].to_owned();
    assert_eq!([status(&server), status(&server)], ["503", "503"]);
    replace(&part, &PET.replace("Rex", "Ida"));
    until(&server, "/other", "404");
    until(&server, "/pets?__dynamic=true&__code=200", "Ida");
    assert_eq!([status(&server), status(&server)], ["503", "200"], "the third call, and the fourth");
    // The scenario names what would be gone: nothing of it is served, until both are saved.
    fs::write(&path, document("two")).unwrap();
    let told = until(&server, "/_standin/specs", r#""refused":["#);
    assert!(told.contains("calm.yaml:3:") && told.contains("no operation is called `one`"), "{told}");
    fs::write(&calm, scenario.replace("one", "two").replace("at_most: 3", "at_least: 1")).unwrap();
    until(&server, "/_standin/routes", r#""operation":"two""#);
    assert_eq!(status(&server), "503", "every call of the new operation");
    // A mistake in the scenario keeps the one before.
    fs::write(&calm, "name: calm\nrules: 7\n").unwrap();
    replace(&part, &PET.replace("Rex", "Moe"));
    until(&server, "/pets?__code=200", "Moe");
    assert_eq!(status(&server), "503");
    let journal = server.ask("/_standin/exchanges?session=run");
    assert_eq!(journal.matches(r#""target":"/pets""#).count(), 6, "{journal}");
    let log = String::from_utf8(server.stop().stderr).unwrap();
    assert!(log.contains("nothing of it is served: the scenario `calm.yaml` would not fit it"), "{log}");
    assert!(log.contains("not served: `calm.yaml`"), "{log}");
}

#[test]
fn a_burst_of_saves_is_served_at_once() {
    let folder = folder(&[("pets.yaml", &document("one")), ("parts/pet.yaml", PET)]);
    let path = folder.path().join("pets.yaml");
    let server = Server::start(folder.path(), &["pets.yaml", "--watch=true"]);
    for number in 0..300 {
        fs::write(&path, document(&format!("save{number}"))).unwrap();
    }
    until(&server, "/_standin/routes", r#""operation":"save299""#);
    let log = String::from_utf8(server.stop().stderr).unwrap();
    let reloads = log.matches("served anew").count();
    assert!((1..=30).contains(&reloads), "{reloads} reloads for 300 saves:\n{log}");
}

#[test]
fn what_is_no_file_is_not_watched_and_that_is_said() {
    let folder = folder(&[("calm.yaml", "name: calm\nrules: []\n")]);
    let output = super::run(folder.path(), &["--watch", "--port", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("nothing to watch"));
    let server = Server::start(folder.path(), &["--watch", "--scenario", "calm.yaml"]);
    let log = String::from_utf8(server.stop().stderr).unwrap();
    assert!(log.contains("not watched, since they are no files: `<bundled>/katapult.yaml`, "), "{log}");
}
