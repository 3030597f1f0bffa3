//! `standin verify` as its users see it: what it says where, with which code it exits, and how its budget ends it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use serde_json::Value;
use standin::client::{Reach, Upstreams};
use standin::message::{Reply, Request};
use standin::verify::{self, Budget, LeftOut, Setup};
use standin::violation::Policy;

use super::{PATIENCE, Server, at_once, cases, everything, judge, run};
use crate::support::{self, inline};

const PETS: &str = r#"openapi: 3.0.0
info: { title: Pets, version: "1" }
servers: [{ url: /v1 }]
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 100 } }]
      responses:
        "200": { description: pets, content: { application/json: { schema: { type: array, items: { type: string } } } } }
        "422": { description: wrong }
    post:
      operationId: addPet
      requestBody: { required: true, content: { application/json: { schema: { type: string, maxLength: 9 } } } }
      responses: { "201": { description: added }, 4XX: { description: wrong } }
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: one }, "404": { description: none } }
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pets.yaml"), PETS).unwrap();
    std::fs::write(folder.path().join("secret.yaml"), SECRET).unwrap();
    folder
}

/// The pets, of whom only who has a token is told.
const SECRET: &str = r#"openapi: 3.0.0
info: { title: Secrets, version: "1" }
security: [{ token: [] }]
paths: { /pets: { get: { operationId: listPets, responses: { "200": { description: pets }, "401": { description: who } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
"#;

/// Runs the command beside the server.
async fn verify(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("standin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STANDIN_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).arg("verify").args(arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn shown(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// A stand-in for the pets that takes every limit.
fn lenient() -> impl Fn(Request) -> Reply + Send + Sync + 'static {
    let engine = judge(&support::contract("pets", &inline("pets", PETS)));
    move |mut request| {
        if request.query.is_some() {
            request.headers.insert("prefer", "handling=lenient".parse().unwrap());
        }
        engine.answer(request)
    }
}

#[test]
fn findings_go_to_stdout_with_their_command_and_the_last_line_says_what_was_left_out() {
    run(async {
        let (server, folder) = (Server::start(lenient()).await, folder());
        let upstream = url(server.address);
        let (code, found, said) = shown(
            &verify(
                folder.path(),
                &["--upstream", &upstream, "pets.yaml", "--report", "text", "--report", "json=v.json"],
            )
            .await,
        );
        assert_eq!(code, 1, "{said}");
        assert!(
            found.contains("answered with 200 in place of a 4xx, though query parameter `limit`: "),
            "{found}"
        );
        let again = format!("   again     curl '{upstream}/v1/pets?limit=");
        assert!(found.contains(&again), "{found}");
        let last = said.lines().last().unwrap();
        assert!(
            last.contains(" sent, ") && last.contains(" 1 operation with unsafe methods (--allow-unsafe)"),
            "{said}"
        );
        assert!(said.contains(" to send, made from seed 1\n"), "{said}");
        let report: Value =
            serde_json::from_slice(&std::fs::read(folder.path().join("v.json")).unwrap()).unwrap();
        assert!(report["drifts"][0]["sample"]["curl"].as_str().unwrap().starts_with("curl "), "{report}");
        assert!(server.targets().iter().all(|target| target.starts_with("GET /v1/pets")));

        let never = ["--upstream", &upstream, "pets.yaml", "--fail-on", "never"];
        assert_eq!(shown(&verify(folder.path(), &never).await).0, 0);
        let ignored = ["--upstream", &upstream, "pets.yaml", "--ignore", "invalid-request-accepted@listPets"];
        assert_eq!(shown(&verify(folder.path(), &ignored).await).0, 0);
    });
}

#[test]
fn methods_that_change_something_are_sent_only_when_that_is_allowed() {
    run(async {
        let (server, folder) = (Server::start(lenient()).await, folder());
        let upstream = url(server.address);
        let arguments = ["--upstream", &upstream, "pets.yaml", "--allow-unsafe", "--param", "getPet.id=rex"];
        let (_, _, said) = shown(&verify(folder.path(), &arguments).await);
        assert!(!said.contains("--allow-unsafe"), "{said}");
        let targets = server.targets();
        assert!(targets.iter().any(|target| target == "POST /v1/pets"), "{targets:?}");
        assert!(targets.iter().any(|target| target == "GET /v1/pets/rex"), "{targets:?}");
    });
}

#[test]
fn what_can_not_be_verified_is_told_and_exit_code_2() {
    run(async {
        let folder = folder();
        let refusing = Server::start(|_| Reply::new(401)).await;
        let refusing = url(refusing.address);
        // A port that was free a moment ago.
        let gone = url(Server::start(|_| Reply::new(200)).await.address);
        let table: &[(&[&str], &str)] = &[
            (&["--upstream", "http://127.0.0.1:1", "pets.yaml"], "`http://127.0.0.1:1` could not be reached"),
            (&["pets.yaml"], "say where the real server is, with `--upstream URL`"),
            (&["--upstream", &gone], "name the document that the server is held against"),
            (&["--upstream", &refusing, "pets.yaml"], "nothing was judged"),
            (&["--upstream", &refusing, "secret.yaml"], "no valid request was judged"),
            (
                &["--upstream", &refusing, "secret.yaml", "--credentials", "old"],
                "no valid request was judged",
            ),
            (&["--upstream", &refusing, "pets.yaml", "--param", "idd=7"], "did you mean `id`?"),
            (&["--upstream", &refusing, "pets.yaml", "--rate", "0"], "such as `10/s` or `90/m`"),
            (&["--upstream", &refusing, "pets.yaml", "--header", "nothing"], "such as `X-Tenant: test`"),
            (&["--upstream", &refusing, "pets.yaml", "--cases", "0"], "a number from 1 on"),
        ];
        for (arguments, expected) in table {
            let (code, _, said) = shown(&verify(folder.path(), arguments).await);
            assert_eq!(code, 2, "{arguments:?}: {said}");
            assert!(said.contains(expected), "{arguments:?}: {said}");
        }
    });
}

#[test]
fn a_signal_ends_a_run_with_what_there_is() {
    run(async {
        let (server, folder) = (Server::start(lenient()).await, folder());
        let upstream = url(server.address);
        let arguments =
            ["verify", "--upstream", &upstream, "pets.yaml", "--rate", "1/s", "--concurrency", "1"];
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("standin"));
        command.current_dir(folder.path()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let begun = async {
            while server.targets().is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, begun).await.expect("a first request is sent");
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        let (code, found, said) = shown(&output);
        assert!(code != 2 || said.contains("nothing was judged"), "{code}: {said}");
        assert!(said.contains(" after the stop"), "{said}");
        assert!(code == 2 || found.contains(" read, "), "{found}");
    });
}

/// What comes of the pets under a budget, and how long it takes.
async fn under(budget: Budget, stop: impl Future<Output = ()>) -> (verify::Outcome, Duration, u64) {
    let contract = support::contract("pets", &inline("pets", PETS));
    let server = Server::start(lenient()).await;
    let (engine, asked) = (judge(&contract), everything());
    let plan = cases(&engine, &asked);
    let all = plan.cases.len() as u64;
    let setup = Setup {
        engine,
        asked: Arc::new(asked),
        policy: Policy::default(),
        upstreams: Upstreams::new(Reach { timeout: PATIENCE }, &[] as &[&str]).unwrap(),
        addresses: vec![url(server.address).parse().unwrap()],
        budget,
    };
    let start = Instant::now();
    let outcome = verify::run(setup, plan, &AtomicU64::new(0), stop).await.unwrap();
    (outcome, start.elapsed(), all)
}

#[test]
fn a_run_keeps_its_rate_and_ends_with_its_time_or_when_it_is_stopped() {
    run(async {
        let pause = Duration::from_millis(20);
        let (outcome, took, all) =
            under(Budget { pause, concurrency: 8, ..at_once() }, std::future::pending()).await;
        assert!(outcome.sent == all && took >= pause * (all as u32 - 1), "{outcome} in {took:?}");

        let slow =
            Budget { pause: Duration::from_millis(200), time: Some(Duration::from_millis(300)), ..at_once() };
        let (outcome, _, all) = under(slow.clone(), std::future::pending()).await;
        assert!(outcome.sent > 0 && outcome.sent < all, "{outcome}");
        assert_eq!(outcome.left_out[&LeftOut::Time], all - outcome.sent);

        let (outcome, _, all) = under(at_once(), std::future::ready(())).await;
        assert_eq!((outcome.sent, outcome.left_out[&LeftOut::Stopped]), (0, all));
    });
}
