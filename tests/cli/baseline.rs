//! `--baseline` of a server: what is known is told as such while it runs, as it is when it stops.

use super::{PETS, Server, folder, shown};

#[test]
fn what_a_baseline_accepts_is_known_while_the_server_runs() {
    let folder = folder(&[("pets.yaml", PETS)]);
    let start = |more: &[&str]| {
        Server::start(folder.path(), &[&["pets.yaml", "--baseline", "known.json"], more].concat())
    };
    let server = start(&["--write-baseline", "new"]);
    server.ask("/pets?limit=500");
    assert!(server.ask("/_standin/drift?format=text").contains("1 violating: 1 drift (1 error)"));
    server.stop();

    let server = start(&["--fail-on", "warning"]);
    server.ask("/pets?limit=700");
    let told = server.ask("/_standin/drift?format=text");
    assert!(told.contains("1 violating: no drift, 1 known by the baseline"), "{told}");
    let told = server.ask("/_standin/drift?format=junit");
    assert!(told.contains("failures=\"0\"") && told.contains("<skipped "), "{told}");
    server.ask("/pets?lmit=5");
    let told = server.ask("/_standin/drift?format=junit");
    assert!(
        told.contains("<failure type=\"parameter-unknown\""),
        "a warning fails as it will at the end: {told}"
    );
    let output = server.stop();
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    assert!(shown(&output).contains("1 drift (1 warning), 1 known by the baseline"), "{}", shown(&output));
}
