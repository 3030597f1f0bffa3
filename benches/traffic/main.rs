//! Measures how fast recorded traffic is held against a document, in how much memory, and what a second core brings.
//!
//! `cargo bench --bench traffic` writes a million exchanges of the Packet document, which the engine answers itself, into a
//! temporary file (1.4 GB), and checks it in processes of their own: on one core and on two. `-- --quick` takes
//! 50,000. Each process is held to its cores by `taskset`, where there is one. Nothing is asserted.
#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use http::{HeaderValue, Method};
use serde_json::json;
use standin::check::Received;
use standin::clock::Moment;
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};
use standin::engine::{Engine, Options};
use standin::message::Request;
use standin::traffic::{self, Assumptions, Credentials, Input, Judge, Reading, Recorded};

/// What the runs measure: a name, the cores, how many threads.
const RUNS: &[(&str, &str, usize)] = &[("one core", "0", 1), ("two cores", "0,1", 2)];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, file, threads] = &arguments[..]
        && flag == "--child"
    {
        return child(Path::new(file), threads.parse()?);
    }
    let count = if arguments.iter().any(|argument| argument == "--quick") { 50_000 } else { 1_000_000 };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("traffic.ndjson");
    let start = Instant::now();
    write(&file, count)?;
    let bytes = std::fs::metadata(&file)?.len();
    println!("{count} exchanges, {} MB, written in {:.1?}", bytes / 1_000_000, start.elapsed());
    for (name, cores, threads) in RUNS {
        print!("{name:10} ");
        std::io::stdout().flush()?;
        run(&file, cores, *threads)?;
    }
    Ok(())
}

fn contract() -> Result<Arc<Contract>, &'static str> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/packet.yaml");
    let loaded = Document::load(&Source::File(path), LoadOptions::default());
    Ok(Arc::new(Contract::build("packet", loaded.value.ok_or("the document can't be served")?).0))
}

/// Writes exchanges of every operation; one of a hundred requests has a value that is not allowed.
fn write(file: &Path, count: u64) -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(vec![contract()?], Vec::new(), Options::default());
    let mut file = BufWriter::with_capacity(1 << 20, File::create(file)?);
    for number in 0..count {
        let id = format!("{number:08x}-0000-4000-8000-000000000000");
        let target = match number % 5 {
            0 if number % 100 == 0 => "/organizations?personal=yes&__items=2".to_owned(),
            0 => format!("/organizations?page={}&__items=2", number % 1000 + 1),
            1 => "/organizations".to_owned(),
            _ => format!("/organizations/{id}"),
        };
        let method = match number % 5 {
            1 => Method::POST,
            3 => Method::PUT,
            4 => Method::DELETE,
            _ => Method::GET,
        };
        let mut request = Request::new(method, &target);
        request.headers.insert("x-auth-token", HeaderValue::from_static("token"));
        request.headers.insert("user-agent", HeaderValue::from_static("bench/1"));
        if matches!(number % 5, 1 | 3) {
            request.headers.insert("content-type", HeaderValue::from_static("application/json"));
            let address =
                json!({ "address": "Hafenstr. 1", "city": "Kiel", "country": "DE", "zip_code": "24103" });
            let body = json!({ "name": format!("Company {number}"), "website": "https://a.example", "address": address });
            request.body = body.to_string().into();
        }
        let reply = engine.answer(request.clone());
        let url = format!("https://api.packet.net{target}");
        let at = Moment(1_700_000_000_000 + number as i64);
        file.write_all(Recorded::new(&request, &url, Some(Received::from(&reply)), at).line().as_bytes())?;
    }
    file.flush()?;
    Ok(())
}

/// Checks the file in a process of its own, on some cores.
fn run(file: &Path, cores: &str, threads: usize) -> Result<(), Box<dyn Error>> {
    let own: PathBuf = std::env::current_exe()?;
    let child = |command: &mut Command| command.arg("--child").arg(file).arg(threads.to_string()).status();
    // Without `taskset` the number of threads has to do.
    if child(Command::new("taskset").args(["-c", cores]).arg(&own)).is_err() {
        child(&mut Command::new(&own))?;
    }
    Ok(())
}

fn child(file: &Path, threads: usize) -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(vec![contract()?], Vec::new(), Options::default());
    let assumptions = Assumptions {
        servers: Vec::new(),
        credentials: Credentials::MayBeStripped,
        client: None,
        now: Moment(0),
    };
    let judge = Judge::new(engine, assumptions);
    let reading = Reading { threads, progress: Arc::default() };
    let start = Instant::now();
    let source = traffic::Source { input: Input::File(file.to_owned()) };
    let (tally, stopped) = traffic::check(vec![source], &judge, &reading);
    let taken = start.elapsed();
    let rate = tally.entries.read as f64 / taken.as_secs_f64();
    let (peak, drifts) = (peak(), tally.ledger.drifts().len());
    println!("{rate:>9.0} entries/s  {taken:>8.1?}  peak {peak:>4} MB  ({}; {drifts} drifts)", tally.entries);
    if !stopped.is_empty() {
        println!("not read to the end: {stopped:?}");
    }
    Ok(())
}

/// The most memory that the process had, in MB; 0 where it can't be told.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
