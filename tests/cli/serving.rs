//! `standin serve`, from its first line to its exit code.

use super::*;

#[test]
fn the_log_tells_how_each_reply_ended() {
    let folder = folder(&[("pets.yaml", PETS)]);
    let server = Server::start(folder.path(), &["pets.yaml", "--log", "text"]);
    for fault in ["truncate", "reset", "dribble", "corrupt_json"] {
        server.ask_for_end(&format!("/pets?__fault={fault}"));
    }
    let told = server.ask("/_standin/exchanges?outcome=cut");
    assert!(told.contains(r#""outcome":{"end":"cut","sent":"#) && !told.contains("reset"), "{told}");
    assert!(server.ask("/_standin/exchanges?outcome=late").starts_with("HTTP/1.1 400 "));
    let log = String::from_utf8(server.stop().stderr).unwrap();
    let line = |fault: &str| log.lines().find(|line| line.contains(fault)).unwrap_or_default().to_owned();
    assert!(line("truncate").contains("  200  pets/listPets  cut after "), "{log}");
    assert!(line("reset").ends_with("  200  pets/listPets  reset after 0 bytes"), "{log}");
    for whole in ["dribble", "corrupt_json"] {
        assert!(line(whole).ends_with("  200  pets/listPets"), "{log}");
    }
}

#[test]
fn a_server_with_a_certificate_says_https_and_answers_no_plain_http() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let settings = "tls_cert: cert.pem\ntls_key: key.pem\n";
    let folder = folder(&[
        ("pets.yaml", PETS),
        ("conf/settings.yaml", settings),
        ("conf/cert.pem", &made.cert.pem()),
        ("conf/key.pem", &made.signing_key.serialize_pem()),
    ]);
    let server = Server::start(folder.path(), &["pets.yaml", "--config", "conf/settings.yaml"]);
    let address = server.url.strip_prefix("https://").expect("the URL is of TLS").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /pets HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes); // a reset is an end, too
    assert!(!bytes.starts_with(b"HTTP"), "{bytes:?}");
    assert_eq!(server.stop().status.code(), Some(0));
}

#[test]
fn what_keeps_it_from_serving_is_told_before_what_it_would_serve() {
    let folder =
        folder(&[("pets.yaml", PETS), ("bad.yaml", "name: x\nrules:\n  - respnd: { status: 500 }\n")]);
    for arguments in
        [&["pets.yaml", "--scenario", "bad.yaml"][..], &["pets.yaml", "--host", "256.1.1.1", "--port", "0"]]
    {
        let output = run(folder.path(), arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.starts_with("error") && !told.contains("operation"), "{told}");
    }
}

#[test]
fn a_server_says_its_url_and_nothing_else_and_exits_with_0_on_sigterm() {
    let folder = folder(&[("pets.yaml", PETS)]);
    let server = Server::start(folder.path(), &["pets.yaml"]);
    assert!(server.ask("/v1/pets").starts_with("HTTP/1.1 200 "));
    assert!(server.ask("/pets/v1/pets?limit=500").contains("standin-violations"));
    assert!(server.ask("/_standin/health").starts_with("HTTP/1.1 200 "));
    let url = server.url.clone();
    let output = server.stop();
    let text = shown(&output).replace(&url, "http://127.0.0.1:PORT");
    insta::assert_snapshot!(text);
}

#[test]
fn a_server_fails_only_if_it_was_asked_to() {
    let folder = folder(&[("pets.yaml", PETS)]);
    let table: &[(&[&str], &str, i32)] = &[
        (&["pets.yaml", "--fail-on", "error"], "/pets?limit=500", 1),
        (&["pets.yaml", "--fail-on", "error"], "/pets?limit=5", 0),
        (&["pets.yaml", "--fail-on", "error"], "/pets?lmit=5", 0),
        (&["pets.yaml", "--fail-on", "warning"], "/pets?lmit=5", 1),
        (&["pets.yaml", "--fail-on", "never"], "/pets?limit=500", 0),
        (&["pets.yaml", "--fail-on", "error", "--check", "off"], "/pets?limit=500", 0),
    ];
    for (arguments, target, expected) in table {
        let server = Server::start(folder.path(), arguments);
        server.ask(target);
        let output = server.stop();
        assert_eq!(output.status.code(), Some(*expected), "{arguments:?} {target}\n{}", shown(&output));
    }
}

#[test]
fn reports_are_written_when_the_server_stops() {
    let folder = folder(&[("pets.yaml", PETS)]);
    let reports = ["--report", "text", "--report", "json=drift.json", "--report", "junit=drift.xml"];
    let server = Server::start(folder.path(), &[&["pets.yaml"], &reports[..]].concat());
    server.ask("/pets?limit=500");
    server.ask("/~one/pets?limit=5");
    let output = server.stop();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("is more than the maximum of 100"), "{text}");
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("drift.json")).unwrap()).unwrap();
    assert_eq!(report["drifts"][0]["rule"], "parameter-invalid");
    assert_eq!(report["counts"]["exchanges"], 2);
    let junit = fs::read_to_string(folder.path().join("drift.xml")).unwrap();
    for (session, failures) in [("(default)", 1), ("one", 0)] {
        let suite = format!(r#"<testsuite name="{session}" tests="1" failures="{failures}""#);
        assert!(junit.contains(&suite), "{junit}");
    }
}

#[test]
fn a_port_that_is_taken_is_exit_code_2() {
    let folder = folder(&[("pets.yaml", PETS)]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(folder.path(), &["pets.yaml", "--port", &port]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("is taken by another program"), "{text}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_broken_document_is_left_out_only_if_that_was_asked_for() {
    let folder = folder(&[("pets.yaml", PETS), ("other.yaml", "openapi: 5.0.0\n")]);
    let arguments = ["routes", "pets.yaml", "other.yaml"];
    assert_eq!(run(folder.path(), &arguments).status.code(), Some(2));
    let lenient = run(folder.path(), &["routes", "pets.yaml", "other.yaml", "--lenient-load"]);
    assert_eq!(lenient.status.code(), Some(0), "{}", shown(&lenient));
    assert!(String::from_utf8_lossy(&lenient.stdout).contains("listPets"));
}

#[test]
fn a_url_that_the_user_typed_is_fetched() {
    let here = folder(&[]);
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/pets.yaml", there.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = there.accept().unwrap();
        let mut line = String::new();
        BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{PETS}",
            PETS.len()
        )
        .unwrap();
        line
    });
    let output = run(here.path(), &["routes", &url]);
    assert_eq!(served.join().unwrap(), "GET /pets.yaml HTTP/1.1\r\n");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("pets  GET     /v1/pets  listPets"),
        "{}",
        shown(&output)
    );
}
