//! Measures how fast lists are generated, beside building a `serde_json::Value` of the same list and serializing it,
//! and beside copying the same bytes.
//!
//! `cargo bench --bench generate` takes the lists of the four documents in `specs/`, in turns with both others, so that
//! what else the machine does hits all alike; the ratios are what counts. Each reply is drawn from another seed.
//! `-- PATH…` takes other documents, `-- --quick` shorter and fewer rounds. Nothing is asserted.
#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use standin::contract::{Contract, Operation};
use standin::document::{Document, LoadOptions, Source};
use standin::generate::{Body, Draw, Plans};
use standin::media_type::Kind;
use standin::schema::Direction;
use standin::seed::Seed;

/// How many items are asked for, where the schema allows so many.
const ITEMS: usize = 50;

/// How long and how often each is measured.
#[derive(Debug, Clone, Copy)]
struct Rounds {
    length: Duration,
    count: usize,
}

const THOROUGH: Rounds = Rounds { length: Duration::from_millis(200), count: 9 };
const QUICK: Rounds = Rounds { length: Duration::from_millis(40), count: 3 };

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rounds = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { THOROUGH };
    let named: Vec<PathBuf> =
        arguments.iter().filter(|argument| !argument.starts_with('-')).map(PathBuf::from).collect();
    let own = || {
        let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
        ["katapult", "mserve", "nethesis", "packet"].map(|name| specs.join(format!("{name}.yaml"))).to_vec()
    };
    println!(
        "{:42} {:>6} {:>8}   {:^26}   {:^15}   {:^15}",
        "", "", "", "standin", "Value, then text", "copy"
    );
    println!(
        "{:42} {:>6} {:>8}   {:>12} {:>6} {:>6}   {:>8} {:>6}   {:>8} {:>6}",
        "list", "items", "bytes", "items/s", "MB/s", "ns/B", "MB/s", "ratio", "MB/s", "ratio"
    );
    for path in if named.is_empty() { own() } else { named } {
        match contract(&path) {
            Ok(contract) => measure_all(&contract, rounds),
            Err(reason) => println!("{}: {reason}", path.display()),
        }
    }
}

fn contract(path: &Path) -> Result<Contract, String> {
    let loaded = Document::load(&Source::File(path.to_owned()), LoadOptions::default());
    let document = loaded.value.ok_or("it can't be served; `standin lint` says why")?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(Contract::build(name, document).0)
}

/// Measures every list among the replies of a document.
fn measure_all(contract: &Contract, rounds: Rounds) {
    let plans = Plans::new(&contract.schemas);
    for operation in &contract.operations {
        if let Some(list) = List::of(operation, &plans) {
            list.measure(&format!("{}/{}", contract.name, operation.id), rounds);
        }
    }
}

/// A reply whose main list grows with what is asked for.
struct List {
    body: Body,
    items: usize,
}

impl List {
    fn of(operation: &Operation, plans: &Plans) -> Option<Self> {
        let success = operation.responses.iter().find(|response| response.key.takes(200))?;
        let content = success.content.iter().find(|content| content.media_type.kind() == Kind::Json)?;
        let body = Body::compile(plans, content, &content.media_type, Direction::Response).ok()?;
        let mut list = Self { body, items: ITEMS };
        list.items = longest(&list.value(0));
        // One item is one record that happens to hold a list, as far as this can tell.
        (list.items > 1 && list.items == longest(&list.value(1))).then_some(list)
    }

    fn write(&self, seed: u64, out: &mut Vec<u8>) {
        let mut draw = Draw { items: Some(ITEMS), ..Draw::new(Seed(seed)) };
        self.body.write(&mut draw, out);
    }

    fn value(&self, seed: u64) -> Value {
        let mut out = Vec::new();
        self.write(seed, &mut out);
        serde_json::from_slice(&out).unwrap_or_default()
    }

    fn measure(&self, name: &str, rounds: Rounds) {
        let mut text = Vec::new();
        self.write(0, &mut text);
        let value = self.value(0);
        let mut seed = 0;
        let mut buffer = Vec::with_capacity(text.len() * 2);
        let (mut own, mut built, mut copied) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds.count {
            own.push(speed(rounds.length, || {
                seed += 1;
                buffer.clear();
                self.write(seed, &mut buffer);
                black_box(buffer.len())
            }));
            built.push(speed(rounds.length, || {
                buffer.clear();
                // A copy is the least that building a value takes: nothing is decided and nothing drawn.
                let built = black_box(&value).clone();
                let _ = serde_json::to_writer(&mut buffer, &built); // memory takes everything
                black_box(buffer.len())
            }));
            copied.push(speed(rounds.length, || {
                buffer.clear();
                buffer.extend_from_slice(black_box(&text));
                black_box(buffer.len())
            }));
        }
        let (own, built, copied) = (median(own), median(built), median(copied));
        println!(
            "{name:42} {:>6} {:>8}   {:>12.0} {:>6.0} {:>6.2}   {:>8.0} {:>6.2}   {:>8.0} {:>6.2}",
            self.items,
            text.len(),
            own / text.len() as f64 * self.items as f64,
            own / 1e6,
            1e9 / own,
            built / 1e6,
            own / built,
            copied / 1e6,
            own / copied
        );
    }
}

/// The length of the longest list of objects.
fn longest(value: &Value) -> usize {
    match value {
        Value::Array(items) if items.iter().all(Value::is_object) => items.len(),
        Value::Object(members) => members.values().map(longest).max().unwrap_or(0),
        _ => 0,
    }
}

/// Bytes per second of what writes so many at a time.
fn speed(length: Duration, mut write: impl FnMut() -> usize) -> f64 {
    let (start, mut bytes) = (Instant::now(), 0);
    while start.elapsed() < length {
        for _ in 0..16 {
            bytes += write();
        }
    }
    bytes as f64 / start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
