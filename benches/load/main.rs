//! Measures what large documents cost: until there is a contract, until the server is ready, in memory, and until the
//! first answer of an operation beside the second.
//!
//! `cargo bench --bench load` makes documents of 1 to 50 MB, as JSON and as YAML; `-- FILE...` takes real ones in their
//! place and asks each of their operations. `-- --quick` stops at 10 MB. Only Linux tells the memory of a process in
//! `/proc`; elsewhere those columns are empty. Nothing is asserted.
#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

mod ask;
#[path = "../serve/child.rs"]
#[expect(dead_code, reason = "this benchmark needs less of it than the other")]
mod child;
mod synthetic;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ask::Asked;
use child::Child;
use standin::contract::Contract;
use standin::document::{Document, LoadOptions, Source};

/// The sizes of the documents that are made, in megabytes.
const SIZES: [usize; 5] = [1, 5, 10, 25, 50];
/// How many operations of a made document are asked: they are all alike.
const MOST_ASKED: usize = 60;
/// How long a server is left alone before its memory counts as settled.
const SETTLING: Duration = Duration::from_secs(3);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let files: Vec<PathBuf> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    println!(
        "{:28} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9}   {:>9} {:>9} {:>9}",
        "", "size", "contract", "ready", "resident", "peak", "settled", "worst", "its", "more than"
    );
    println!(
        "{:28} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9}   {:>9} {:>9} {:>9}",
        "", "MB", "ms", "ms", "MB", "MB", "MB", "first ms", "second ms", "20 ms"
    );
    for file in &files {
        measure(file, usize::MAX);
    }
    if !files.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for size in SIZES.into_iter().filter(|size| !is_quick || *size <= 10) {
        let document = synthetic::document(size * 1_000_000);
        for (extension, text) in [("json", synthetic::json(&document)), ("yaml", synthetic::yaml(&document))]
        {
            let file = folder.path().join(format!("made-{size}.{extension}"));
            std::fs::write(&file, text).expect("the temporary folder can be written");
            measure(&file, MOST_ASKED);
        }
    }
}

/// Measures one document and prints its row.
fn measure(file: &Path, most_asked: usize) {
    // Many real documents have the same file name, so their folder is told, too.
    let parts: Vec<_> = file.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    let name: String = parts.join(" < ").chars().take(28).collect();
    let size = std::fs::metadata(file).map_or(f64::NAN, |metadata| metadata.len() as f64 / 1e6);
    let begin = Instant::now();
    let loaded = Document::load(&Source::File(file.to_owned()), LoadOptions::default());
    let Some(document) = loaded.value else { return println!("{name:28} is no document that can be used") };
    let (contract, _) = Contract::build("measured", document);
    let contract_after = begin.elapsed();
    let requests = ask::requests(&contract, most_asked);
    drop(contract);

    // The server is started in another folder.
    let path = file.canonicalize().unwrap_or_else(|_| file.to_owned()).display().to_string();
    let child = match Child::standin(&["serve", &path, "--port", "0", "--check", "report"]) {
        Ok(child) => child,
        Err(reason) => return println!("{name:28} {reason}"),
    };
    let resident = child.resident();
    let asked: Vec<Asked> =
        requests.iter().filter_map(|request| ask::twice(child.address(), request).ok()).collect();
    std::thread::sleep(SETTLING);
    let worst = asked.iter().max_by_key(|asked| asked.first.saturating_sub(asked.second));
    let slow = asked.iter().filter(|asked| asked.first.saturating_sub(asked.second) > ask::AIM).count();
    let milliseconds = |time: Option<Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    let megabytes = |size: Option<f64>| size.unwrap_or(f64::NAN);
    println!(
        "{name:28} {size:6.1} {:9.1} {:9.1} {:9.1} {:9.1} {:9.1}   {:9.2} {:9.2} {slow:4} of {}",
        milliseconds(Some(contract_after)),
        milliseconds(Some(child.ready_after)),
        megabytes(resident),
        megabytes(child.status("VmHWM:")),
        megabytes(child.resident()),
        milliseconds(worst.map(|asked| asked.first)),
        milliseconds(worst.map(|asked| asked.second)),
        asked.len(),
    );
}
