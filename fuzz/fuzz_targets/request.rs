//! Any request: the engine answers it with a status, nothing panics, what it finds has its places, and nothing takes
//! longer than a second.
#![no_main]

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::engine::{Engine, Options};

#[path = "../../tests/hostile/bytes.rs"]
mod bytes;

/// A request takes no longer than this, once its operation is compiled.
const SLOW: Duration = Duration::from_secs(1);

fuzz_target!(|data: &[u8]| play(data));

/// The documents in `specs` and `tests/hard`.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut paths: Vec<_> = ["specs", "tests/hard", "tests/hostile"]
            .iter()
            .flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("the folder is there"))
            .map(|entry| entry.expect("it can be read").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
            .collect();
        paths.sort();
        let contracts = paths.into_iter().filter_map(|path| {
            let document = Document::load(&Source::File(path.clone()), LoadOptions::default()).value?;
            Some(Arc::new(Contract::build(path.file_stem()?.to_string_lossy(), document).0))
        });
        Engine::new(contracts.collect(), Vec::new(), Options::default())
    })
}

fn play(data: &[u8]) {
    let engine = engine();
    let request = bytes::request(engine, &mut bytes::Bytes::new(data));
    let begun = Instant::now();
    if let Err(why) = bytes::hold(engine, &request) {
        panic!("{why}: {request:?}");
    }
    let taken = begun.elapsed();
    assert!(taken < SLOW, "{} ms for {request:?}", taken.as_millis());
}
