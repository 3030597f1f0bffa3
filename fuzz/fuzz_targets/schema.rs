//! Any schema: nothing panics, whatever is written for it is valid, and nothing takes longer than a second.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};

#[path = "../../tests/hard/made.rs"]
mod made;
#[path = "../../tests/hard/property.rs"]
mod property;

use property::Outcome;

/// A schema takes no longer than this to compile and to be written a few times.
const SLOW: Duration = Duration::from_secs(1);
/// Larger texts are slow for being large.
const LARGEST: usize = 16 * 1024;

fuzz_target!(|data: &[u8]| -> Corpus { play(data) });

/// Bytes are read as the text of a schema where they are one, else a schema is made of them.
fn play(data: &[u8]) -> Corpus {
    let text = data.first().filter(|_| data.len() < LARGEST).is_some_and(|byte| *byte == b'{');
    let written: Option<Value> = text.then(|| serde_json::from_slice(data).ok()).flatten();
    let schemas = match written {
        Some(schema) => json!({ "S": schema }),
        None if text => return Corpus::Reject,
        None => made::schemas(data),
    };
    let begun = Instant::now();
    let outcome = match property::hold(&schemas, 8) {
        Ok(outcome) => outcome,
        Err(why) => panic!("{why}"),
    };
    let taken = begun.elapsed();
    assert!(taken < SLOW, "{} ms for {schemas}", taken.as_millis());
    if outcome == Outcome::Refused { Corpus::Reject } else { Corpus::Keep }
}
