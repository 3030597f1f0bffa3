//! Measures `standin` beside a bare hyper server in one run: throughput, CPU per request, start-up, memory.
//!
//! `cargo bench --bench serve` alternates rounds of both servers, so that what else the machine does hits both
//! alike; the ratios are what counts. `-- --quick` takes shorter and fewer rounds. `-- --against FILE` measures this
//! build beside another one, the program in FILE, in place of the bare server. Only Linux tells the CPU time
//! and memory of a process in `/proc`; elsewhere those columns are empty. Nothing is asserted.
#![expect(clippy::print_stdout, reason = "what a benchmark measures is printed")]

mod child;
mod document;
mod load;
mod sides;

use std::time::Duration;

use child::Child;
use document::Case;
use load::{Load, Measured};

/// How long and how often each side is measured.
#[derive(Debug, Clone, Copy)]
struct Plan {
    warm_up: Duration,
    round: Duration,
    rounds: usize,
    launches: usize,
}

const THOROUGH: Plan =
    Plan { warm_up: Duration::from_secs(1), round: Duration::from_secs(2), rounds: 5, launches: 10 };
const QUICK: Plan =
    Plan { warm_up: Duration::from_millis(300), round: Duration::from_millis(500), rounds: 3, launches: 3 };

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [side, size] = arguments.as_slice()
        && let Ok(size) = size.parse()
    {
        return sides::play(side, size);
    }
    let plan = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { THOROUGH };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let document = folder.path().join("organizations.yaml");
    std::fs::write(&document, document::DOCUMENT).expect("the temporary folder can be written");

    let path = document.display().to_string();
    let served = ["serve", &path, "--port", "0", "--seed", "random"];
    if let Some(at) = arguments.iter().position(|argument| argument == "--against") {
        let other = arguments.get(at + 1).map(String::as_str).unwrap_or_default();
        return against(other, &served, plan);
    }
    headings("bare");
    for size in [500, 5000] {
        let constant = Child::own("--handler", size).expect("this program can start itself");
        compare(&document::CONSTANT, &constant, plan);
    }
    match Child::standin(&served) {
        Ok(standin) => {
            for case in &document::CASES {
                compare(case, &standin, plan);
            }
            println!("\nmemory after the load: {}", megabytes(standin.resident()));
        }
        Err(reason) => println!("standin does not serve: {reason}"),
    }
    start_up(plan);
}

fn headings(other: &str) {
    println!("{:26} {:>7}   {:^25}   {:^25}", "", "body", "requests/s", "server CPU us/request");
    println!(
        "{:26} {:>7}   {:>8} {other:>8} {:>6}   {:>8} {other:>8} {:>6}",
        "", "bytes", "standin", "ratio", "standin", "ratio"
    );
}

/// Measures this build and another one in turns, and prints a row for each case.
fn against(other: &str, arguments: &[&str], plan: Plan) {
    let sides = Child::standin(arguments).and_then(|ours| Ok((ours, Child::program(other, arguments)?)));
    let (ours, theirs) = match sides {
        Ok(sides) => sides,
        Err(reason) => return println!("no two builds serve: {reason}"),
    };
    headings("other");
    for case in &document::CASES {
        let load = Load::new(ours.address(), case);
        let other_load = Load::new(theirs.address(), case);
        let size = load.run(plan.warm_up).mean_body().unwrap_or(0);
        other_load.run(plan.warm_up);
        in_turns(case, size, [(&ours, &load), (&theirs, &other_load)], plan);
    }
}

/// Measures a server and a bare one that sends as many bytes in turns, and prints a row.
fn compare(case: &Case, server: &Child, plan: Plan) {
    let name = case.name;
    let load = Load::new(server.address(), case);
    let first = match load.one() {
        Ok(body) => body,
        Err(reason) => return println!("{name:26} {reason}"),
    };
    let size = load.run(plan.warm_up).mean_body().unwrap_or(first.len());
    let bare = Child::own("--bare", size).expect("this program can start itself");
    // Whatever is asked of it, the bare server answers 200.
    let mut bare_case = *case;
    bare_case.status = 200;
    let bare_load = Load::new(bare.address(), &bare_case);
    bare_load.run(plan.warm_up);

    in_turns(case, size, [(server, &load), (&bare, &bare_load)], plan);
    if case.is_fresh && load.one().is_ok_and(|second| second == first) {
        println!("{:26} two replies are equal, though fresh ones were asked for", "");
    }
    if case.is_fresh && size < 5000 {
        println!("{:26} the reply is smaller than the 5 kB that are asked for", "");
    }
}

/// Measures two sides in turns and prints a row.
fn in_turns(case: &Case, size: usize, sides: [(&Child, &Load); 2], plan: Plan) {
    let mut rounds = [Vec::new(), Vec::new()];
    for round in 0..plan.rounds {
        for turn in 0..2 {
            // Who goes first changes: neither always follows the other.
            let side = (round + turn) % 2;
            rounds[side].push(with_cpu(sides[side].0, sides[side].1, plan.round));
        }
    }
    let [ours, theirs] = rounds.each_ref().map(|rounds| Sum::of(rounds));
    println!(
        "{:26} {size:7}   {:8.0} {:8.0} {:6.2}   {:8.2} {:8.2} {:6.2}",
        case.name,
        ours.rate,
        theirs.rate,
        ours.rate / theirs.rate,
        ours.cpu,
        theirs.cpu,
        theirs.cpu / ours.cpu,
    );
    if ours.failed > 0 || theirs.failed > 0 {
        println!("{:26} unexpected replies: {} and {}", "", ours.failed, theirs.failed);
    }
}

fn with_cpu(server: &Child, load: &Load, time: Duration) -> (Measured, Duration) {
    let before = server.cpu();
    let measured = load.run(time);
    (measured, server.cpu().saturating_sub(before))
}

/// The rounds of one side together.
struct Sum {
    /// Median of requests a second.
    rate: f64,
    /// Microseconds of CPU for one request.
    cpu: f64,
    failed: u64,
}

impl Sum {
    fn of(rounds: &[(Measured, Duration)]) -> Self {
        let rates = rounds.iter().map(|(measured, _)| measured.rate()).collect();
        let requests: u64 = rounds.iter().map(|(measured, _)| measured.requests).sum();
        let cpu: Duration = rounds.iter().map(|(_, cpu)| cpu).sum();
        let failed = rounds.iter().map(|(measured, _)| measured.failed).sum();
        Self { rate: median(rates), cpu: cpu.as_secs_f64() * 1e6 / requests as f64, failed }
    }
}

/// Launches `standin` with its four bundled documents and prints how soon it is ready and how large it is.
fn start_up(plan: Plan) {
    let mut times = Vec::new();
    let mut sizes = Vec::new();
    for _ in 0..plan.launches {
        match Child::standin(&["serve", "--port", "0"]) {
            Ok(child) => {
                times.push(child.ready_after.as_secs_f64() * 1e3);
                std::thread::sleep(Duration::from_secs(1));
                sizes.push(child.resident().unwrap_or(f64::NAN));
            }
            Err(reason) => return println!("start-up: {reason}"),
        }
    }
    let worst = times.iter().copied().fold(0.0, f64::max);
    println!("start-up, four documents: {:.1} ms (worst {worst:.1}), aim: under 50", median(times));
    println!("idle memory: {}, aim: under 20 MB", megabytes(Some(median(sizes))));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn megabytes(size: Option<f64>) -> String {
    size.map_or_else(|| "not known here".to_owned(), |size| format!("{size:.1} MB"))
}
