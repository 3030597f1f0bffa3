//! Every fault over HTTP/1.1 and HTTP/2, with TLS and without, as a client sees it.

mod curl;
mod place;
mod sight;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use place::{Place, WAYS, Way};
use standin::fault;

/// What is asked for: the fault, as in `Prefer: fault=…`, and the time that it takes at least.
const ROWS: &[(&str, u64)] = &[
    ("delay", 100),
    (r#"{"dribble":{"piece":20,"pause":"30ms"}}"#, 60),
    (r#"{"bandwidth":{"bytes_per_second":500}}"#, 50),
    ("stall", 0),
    (r#"{"stall":{"at":10}}"#, 0),
    (r#"{"stall":{"at":"start","for":"50ms"}}"#, 50),
    (r#"{"slow_close":{"for":"200ms"}}"#, 0),
    ("empty", 0),
    ("abort", 0),
    (r#"{"abort":{"at":"head"}}"#, 0),
    (r#"{"abort":{"at":0.5}}"#, 0),
    (r#"{"abort":{"at":"mid_head"}}"#, 0),
    ("truncate", 0),
    ("reset", 0),
    (r#"{"reset":{"at":10}}"#, 0),
    ("garbage", 0),
    ("malformed_chunk", 0),
    ("wrong_length", 0),
    (r#"{"wrong_length":{"by":-10}}"#, 0),
    ("wrong_media_type", 0),
    ("corrupt_json", 0),
    ("false_gzip", 0),
    ("rst_stream", 0),
    (r#"{"rst_stream":{"code":"enhance_your_calm","at":0.5}}"#, 0),
    ("goaway", 0),
    (r#"{"goaway":{"code":"internal_error"}}"#, 0),
];

#[test]
fn every_fault_is_seen_by_its_client() {
    for definition in fault::TABLE {
        assert!(ROWS.iter().any(|(row, _)| row.contains(definition.name)), "{} has no row", definition.name);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let told = runtime.block_on(async {
        let place = Place::open().await;
        let mut seen = Vec::new();
        for (fault, least) in ROWS {
            for way in WAYS {
                let place = place.clone();
                seen.push((
                    fault,
                    least,
                    way,
                    tokio::spawn(async move {
                        let begin = Instant::now();
                        let sight = sight::of(&place, *way, fault).await;
                        (sight, begin.elapsed())
                    }),
                ));
            }
        }
        let mut told = String::new();
        for (fault, least, way, seeing) in seen {
            let (sight, time) = seeing.await.unwrap();
            assert!(time >= Duration::from_millis(*least), "{fault} over {way:?} took {time:?}");
            if *way == Way::ALL_FIRST {
                writeln!(told, "\n== {fault}").unwrap();
            }
            writeln!(told, "{:12} {sight}", way.name()).unwrap();
        }
        told
    });
    insta::assert_snapshot!("what_a_client_sees", told);
}
